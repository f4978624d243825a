"""Several presses at the very same moment: real threads, on whichever database is under test."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from applications.models import AuditEntry, Message
from applications.tests.builders import a_call, an_application
from applications.tests.test_applying_races import AT_ONCE, at_once
from reviews import assigning, reminding, scoring, weighing
from reviews.models import Assignment, Review
from reviews.tests.builders import (
    DUE,
    REVIEWING,
    a_juror,
    a_rubric,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER = REVIEWING + timedelta(hours=1)


def test_of_many_windows_that_save_at_once_one_is_first_and_the_others_are_told():
    assignment = an_assignment()
    first, *_ = a_rubric(assignment.application.call)

    def save(n):
        entries = {first.pk: scoring.Entry(n % 6, comment=f"Окно {n}")}
        return scoring.save_review(assignment, entries=entries, revision=0, at=LATER)

    found = at_once(save)
    assert sum(isinstance(one, scoring.OlderReview) for one in found) == AT_ONCE - 1
    assert Review.objects.get().revision == 1


def test_a_review_handed_in_many_times_at_once_is_handed_in_once():
    review = a_started_review()
    at_once(lambda n: scoring.submit_review(review, at=LATER + timedelta(microseconds=n)))
    assert AuditEntry.objects.filter(event="review.handed_in").count() == 1


def test_a_plan_applied_many_times_at_once_is_applied_once():
    call = a_call()
    a_juror()
    a_juror()
    an_application(call)
    officer = an_officer()
    plan = assigning.plan_for(call, seed="x")

    def apply(_n):
        told = {"seed": "x", "fingerprint": plan.fingerprint, "due_at": DUE, "by": officer}
        return assigning.apply(call, **told, at=REVIEWING)

    found = at_once(apply)
    assert sum(isinstance(one, assigning.OtherPlan) for one in found) == AT_ONCE - 1
    assert Assignment.objects.count() == 2


def test_reminders_pressed_at_once_and_swept_are_one_letter():
    assignment = an_assignment()
    call, juror = assignment.application.call, assignment.juror
    officer = User.objects.get(pk=an_officer().pk)

    def act(n):
        if n % 2:
            return reminding.remind_due(at=DUE)
        return reminding.remind(juror, call, by=officer, at=DUE)

    at_once(act)
    assert Message.objects.filter(kind="review_reminder").count() == 1


def test_the_rubric_and_a_handing_in_at_once_leave_the_scores_their_words():
    review = a_started_review()
    call, officer = review.assignment.application.call, an_officer()
    keys = list(call.criteria.order_by("position").values_list("pk", flat=True))
    before = dict(call.criteria.values_list("pk", "weight"))

    def act(n):
        if n == 0:
            return scoring.submit_review(review, at=LATER)
        lines = [
            weighing.Weighed(key, weight)
            for key, weight in zip(keys, (10, 10, 20, 15, 20, 25), strict=True)
        ]
        return weighing.weigh(call, lines, by=officer, at=LATER)

    at_once(act)
    handed_in = AuditEntry.objects.get(event="review.handed_in")
    changed = AuditEntry.objects.filter(event="rubric.changed")
    after = dict(call.criteria.values_list("pk", "weight"))
    assert after == before or (changed.exists() and changed.earliest("pk").pk < handed_in.pk)
    assert not changed.filter(pk__gt=handed_in.pk).exists()
