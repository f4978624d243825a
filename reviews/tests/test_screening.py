from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application, AuditEntry
from applications.models.application import Refused
from applications.tests.builders import a_call, a_draft, an_application
from reviews import screening
from reviews.models import Screening
from reviews.tests.builders import REVIEWING, an_officer

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)
YES = dict.fromkeys(screening.QUESTIONS, True)
NO = {**YES, "is_independent": False}


def screened(application, outcome="eligible", answers=None, reason="", by=None, at=REVIEWING):
    return screening.screen(
        application,
        outcome=outcome,
        answers=answers or YES,
        by=by or an_officer(),
        at=at,
        reason=reason,
    )


def test_a_check_is_recorded_with_its_answers():
    application = an_application()
    made = screened(application, "ineligible", NO, "Собственник — акимат.")
    assert (made.is_independent, made.is_current) == (False, True)
    entry = AuditEntry.objects.get(event="application.screened")
    assert entry.told["reason"] == "Собственник — акимат."
    assert list(Screening.objects.ineligible()) == [made]


@pytest.mark.parametrize("outcome", ["ineligible", "unsure"])
def test_anything_but_eligible_needs_a_reason(outcome):
    application = an_application()
    with pytest.raises(Refused, match="reason_needed"):
        screened(application, outcome)
    with pytest.raises(IntegrityError), transaction.atomic():
        Screening.objects.create(
            application=application, by=an_officer(), at=LATER, outcome=outcome
        )


def test_eligible_against_a_no_on_the_list_needs_a_reason():
    application = an_application()
    with pytest.raises(Refused, match="answers_contradict"):
        screened(application, "eligible", NO)
    assert screened(application, "eligible", NO, "Доля государства — 1 %.").outcome == "eligible"


def test_a_second_opinion_comes_from_another_person_and_the_first_stays():
    application, first = an_application(), an_officer()
    screened(application, "unsure", NO, "Не ясен собственник.", by=first)
    with pytest.raises(Refused, match="another_person"):
        screened(application, "eligible", YES, "Да.", by=first, at=LATER)
    screened(application, "eligible", YES, at=LATER)
    outcomes = application.screenings.order_by("pk").values_list("outcome", "is_current")
    assert list(outcomes) == [("unsure", False), ("eligible", True)]


def test_the_database_lets_one_check_count():
    application = an_application()
    screened(application)
    with pytest.raises(IntegrityError), transaction.atomic():
        Screening.objects.create(
            application=application, by=an_officer(), at=LATER, outcome="eligible"
        )


def test_a_draft_is_not_checked():
    with pytest.raises(Refused, match="not_submitted"):
        screened(a_draft())


def test_an_announced_result_is_not_touched():
    application = an_application()
    Application.objects.filter(pk=application.pk).update(result="selected", announced_at=LATER)
    with pytest.raises(Refused, match="announced"):
        screened(application, "ineligible", NO, "Поздно.")


def test_hints_point_at_a_likely_duplicate_and_decide_nothing():
    call = a_call()
    first = an_application(call, name="Степь сегодня", email="a@steppe.example")
    second = an_application(call, name="Cтепь сегодня", email="b@steppe.example")
    only_one = next(hint for hint in screening.hints(second) if hint.name == "is_only_one")
    assert (only_one.says, first.number in only_one.about) == (None, True)


def test_lists_by_result_are_apart():
    call = a_call()
    unchecked, eligible, out = (an_application(call) for _ in range(3))
    screened(eligible)
    screened(out, "ineligible", NO, "Нет.")
    everything = screening.with_current(call)
    assert list(screening.unchecked(everything)) == [unchecked]
    assert list(screening.found(everything, "eligible")) == [eligible]
    assert list(screening.found(everything, "ineligible")) == [out]
