from datetime import timedelta

import pytest

from applications.models import AuditEntry, Message
from applications.models.application import Refused
from applications.tests.builders import a_call, an_application
from reviews import assigning, scoring
from reviews.models import Assignment, Review, Screening
from reviews.tests.builders import (
    DUE,
    REVIEWING,
    a_juror,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)


def applied(call, seed="весна", at=REVIEWING):
    plan = assigning.plan_for(call, seed=seed)
    return assigning.apply(
        call, seed=seed, fingerprint=plan.fingerprint, due_at=DUE, by=an_officer(), at=at
    )


def readers(application):
    return set(application.assignments.active().values_list("juror", flat=True))


def test_what_was_previewed_is_applied_and_each_juror_gets_one_letter():
    call = a_call()
    jurors = [a_juror() for _ in range(3)]
    applications = [an_application(call) for _ in range(3)]
    made = applied(call)
    assert len(made) == 6
    assert {len(readers(a)) for a in applications} == {2}
    letters = Message.objects.filter(kind="assigned")
    assert sorted(letters.values_list("recipient", flat=True)) == sorted(j.email for j in jurors)
    entry = AuditEntry.objects.get(event="assignments.applied")
    assert entry.details["seed"] == "весна"
    assert len(entry.details["pairs"]) == 6


def test_applying_twice_assigns_nothing_more():
    call = a_call()
    a_juror()
    a_juror()
    an_application(call)
    applied(call)
    assert applied(call, at=LATER) == []
    assert Assignment.objects.count() == 2


def test_a_plan_that_has_changed_since_the_preview_is_not_applied():
    call = a_call()
    a_juror()
    a_juror()
    an_application(call)
    seen = assigning.plan_for(call, seed="x")
    an_application(call)
    with pytest.raises(assigning.OtherPlan) as other:
        assigning.apply(
            call,
            seed="x",
            fingerprint=seen.fingerprint,
            due_at=DUE,
            by=an_officer(),
            at=REVIEWING,
        )
    assert len(other.value.plan.pairs) == 4
    assert not Assignment.objects.exists()


def test_who_declared_a_conflict_or_dropped_out_is_not_planned_again():
    call = a_call(reviews_wanted=1)
    application = an_application(call)
    in_conflict, dropped, free = a_juror(), a_juror(), a_juror()
    declared = an_assignment(application, in_conflict, declared=False)
    scoring.declare(declared, conflict=True, reason="Родня", at=LATER)
    gone = an_assignment(application, dropped)
    assigning.withdraw(gone, by=an_officer(), reason="Болезнь", at=LATER)
    assert assigning.plan_for(call, seed="x").pairs == [(application.number, free.pk)]


def test_a_suspected_tie_keeps_a_juror_out_of_the_plan_but_not_out_by_hand():
    call = a_call(reviews_wanted=1)
    application = an_application(call, email="editor@steppe.example")
    tied = a_juror(email="elena@steppe.example")
    plan = assigning.plan_for(call, seed="x")
    assert (plan.pairs, plan.short) == ([], {application.number: 1})
    assigning.assign(application, tied, due_at=DUE, by=an_officer(), at=LATER)
    assert readers(application) == {tied.pk}


def test_the_language_of_the_application_decides_who_can_read_it():
    call = a_call(reviews_wanted=1)
    application = an_application(call, language="tg", country="TJ")
    a_juror(languages=["ru", "kk"])
    reader = a_juror(languages=["tg"])
    assert assigning.plan_for(call, seed="x").pairs == [(application.number, reader.pk)]


def test_the_ineligible_are_not_assigned():
    call = a_call()
    a_juror()
    application = an_application(call)
    officer = an_officer()
    Screening.objects.create(
        application=application, by=officer, at=LATER, outcome="ineligible", reason="Не те."
    )
    assert assigning.plan_for(call, seed="x").pairs == []
    with pytest.raises(Refused, match="not_submitted"):
        assigning.assign(application, a_juror(), due_at=DUE, by=officer, at=LATER)


@pytest.mark.parametrize(("points", "wanted"), [((5, 3), 3), ((5, 4), 2), ((4, 4), 2)])
def test_a_third_review_is_wanted_when_totals_differ_by_more_than_twenty(points, wanted):
    call = a_call()
    application = an_application(call)
    third = a_juror()
    for given in points:
        a_review(application, points=given)
    [standing] = assigning.standings(call)
    assert standing.wanted == wanted
    assert standing.needs_a_third == (wanted == 3)
    expected = [(application.number, third.pk)] if wanted == 3 else []
    assert assigning.plan_for(call, seed="x").pairs == expected


def test_once_a_third_is_asked_no_fourth_is_wanted():
    call = a_call()
    application = an_application(call)
    a_review(application, points=5)
    a_review(application, points=0)
    an_assignment(application)
    [standing] = assigning.standings(call)
    assert not standing.needs_a_third
    assert standing.lacking == 0


def test_an_assignment_by_hand_is_refused_where_a_conflict_stands_or_it_lies_there():
    application = an_application()
    there = an_assignment(application)
    officer = an_officer()
    with pytest.raises(Refused, match="assigned"):
        assigning.assign(application, there.juror, due_at=DUE, by=officer, at=LATER)
    scoring.declare(there, conflict=True, reason="Родня", at=LATER)
    with pytest.raises(Refused, match="conflict"):
        assigning.assign(application, there.juror, due_at=DUE, by=officer, at=LATER)


def test_an_assignment_taken_off_comes_back_with_what_was_written():
    review = a_started_review(points=4)
    assignment, officer = review.assignment, an_officer()
    assigning.withdraw(assignment, by=officer, reason="Ошибка", at=LATER)
    assigning.assign(assignment.application, assignment.juror, due_at=DUE, by=officer, at=LATER)
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is None
    assert {s.points for s in assignment.review.scores.all()} == {4}


def test_a_withdrawn_review_stays_in_the_database_and_does_not_count():
    review = a_review()
    assigning.withdraw(review.assignment, by=an_officer(), reason="Ошибка", at=LATER)
    assert Review.objects.filter(pk=review.pk).exists()
    assert not Review.objects.handed_in().exists()


def test_taking_off_needs_a_reason():
    with pytest.raises(Refused, match="reason_needed"):
        assigning.withdraw(an_assignment(), by=an_officer(), reason=" ", at=LATER)


def test_a_juror_who_drops_out_keeps_what_is_handed_in():
    call = a_call(reviews_wanted=1)
    juror = a_juror()
    done = a_review(an_application(call), juror)
    begun = a_started_review(an_application(call), juror)
    untouched = an_assignment(an_application(call), juror, declared=False)
    other = an_assignment(juror=juror)
    assigning.drop_out(juror, call, by=an_officer(), reason="Отпуск", at=LATER)
    left = set(Assignment.objects.of_juror(juror).values_list("pk", flat=True))
    assert left == {done.assignment.pk, other.pk}
    heir = a_juror()
    assert {n for n, key in assigning.plan_for(call, seed="x").pairs if key == heir.pk} == {
        begun.assignment.application.number,
        untouched.application.number,
    }


def test_queues_differ_so_that_nobody_is_read_last_by_all():
    call = a_call()
    a_rubric(call)
    jurors = [a_juror(), a_juror()]
    for _ in range(6):
        an_application(call)
    applied(call)
    orders = [
        list(Assignment.objects.filter(juror=j).values_list("application", flat=True))
        for j in jurors
    ]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_standings_cost_the_same_for_one_application_and_for_three(
    django_assert_num_queries, django_assert_max_num_queries
):
    call = a_call()
    a_review(an_application(call))
    with django_assert_max_num_queries(4) as one:
        assigning.standings(call)
    a_review(an_application(call))
    a_started_review(an_application(call))
    with django_assert_num_queries(len(one)):
        assert len(assigning.standings(call)) == 3
