"""Builders take a short cut past the verbs here and there; it leads to the same place."""

import pytest

from applications import drafting
from applications.tests.builders import IN_TIME, a_complete_draft, a_draft, good_answers

pytestmark = pytest.mark.django_db


def what_lies_there(application):
    return (
        list(application.sections.order_by("pk").values("section", "answers", "revision")),
        list(application.trail.order_by("number").values("number", "event", "actor", "details")),
    )


def test_a_complete_draft_is_what_saving_each_section_leaves():
    by_verbs = a_draft(name="Степь")
    for section, answers in good_answers(by_verbs).items():
        drafting.save_section(by_verbs, section, answers, revision=None, at=IN_TIME)
    assert what_lies_there(a_complete_draft(name="Степь")) == what_lies_there(by_verbs)
