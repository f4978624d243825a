from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from applications.drafting import Page
from applications.models import AuditEntry
from applications.models.application import Refused
from applications.tests.builders import a_call, an_application
from reviews import assigning, scoring
from reviews.models import Assignment, Criterion, CriterionText, Remark, Review
from reviews.tests.builders import (
    REVIEWING,
    a_juror,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
    an_officer,
    entries_of,
)

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)


def events(assignment):
    chain = f"assignment/{assignment.pk}"
    return list(
        AuditEntry.objects.filter(chain=chain).order_by("number").values_list("event", flat=True)
    )


def test_a_review_needs_a_declared_absence_of_conflict():
    assignment = an_assignment(declared=False)
    a_rubric(assignment.application.call)
    with pytest.raises(Refused, match="undeclared"):
        scoring.save_review(assignment, entries={}, revision=0, at=REVIEWING)
    assert not Review.objects.exists()


def test_a_conflict_withdraws_the_assignment_and_is_recorded():
    assignment = an_assignment(declared=False)
    scoring.declare(assignment, conflict=True, kinds=["work"], reason="Вела тренинг.", at=LATER)
    assignment.refresh_from_db()
    assert assignment.withdrawn_at == LATER
    assert assignment.conflict_kinds == ["work"]
    assert events(assignment) == ["conflict.declared"]
    assert not Assignment.objects.active().exists()


def test_a_declared_conflict_is_not_taken_back_by_the_juror():
    assignment = an_assignment(declared=False)
    scoring.declare(assignment, conflict=True, at=LATER)
    with pytest.raises(Refused, match="declared"):
        scoring.declare(assignment, conflict=False, at=LATER)


def test_an_officer_lifts_a_mistaken_conflict_and_the_juror_is_asked_again():
    assignment = an_assignment(declared=False)
    scoring.declare(assignment, conflict=True, reason="ошибка", at=LATER)
    assigning.lift_conflict(assignment, by=an_officer(), reason="Ошиблась строкой.", at=LATER)
    assignment.refresh_from_db()
    assert assignment.conflict is None
    assert events(assignment) == ["conflict.declared", "conflict.lifted"]


def test_the_database_keeps_a_conflict_withdrawn():
    assignment = an_assignment(declared=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=assignment.pk).update(conflict=True, declared_at=LATER)


def test_a_conflict_found_after_handing_in_takes_the_review_out():
    review = a_review()
    scoring.declare(review.assignment, conflict=True, reason="Узнала потом.", at=LATER)
    assert not Review.objects.handed_in().exists()
    assert Review.objects.filter(pk=review.pk).exists()


def test_half_a_review_is_kept_with_a_growing_revision():
    assignment = an_assignment()
    first, *_ = a_rubric(assignment.application.call)
    review = scoring.save_review(
        assignment, entries={first.pk: scoring.Entry(4)}, revision=0, at=REVIEWING
    )
    assert review.revision == 1
    entries = {first.pk: scoring.Entry(4, comment="Сильно.")}
    review = scoring.save_review(assignment, entries=entries, revision=1, at=LATER)
    assert review.revision == 2
    assert review.scores.get(criterion=first).comment == "Сильно."
    assert review.scores.exclude(points=None).count() == 1


def test_an_older_revision_changes_nothing_and_returns_what_lies_there():
    assignment = an_assignment()
    first, *_ = a_rubric(assignment.application.call)
    mine = {first.pk: scoring.Entry(4)}
    scoring.save_review(assignment, entries=mine, revision=0, at=REVIEWING)
    entries = {first.pk: scoring.Entry(1)}
    with pytest.raises(scoring.OlderReview) as clash:
        scoring.save_review(assignment, entries=entries, revision=0, at=LATER)
    assert clash.value.current.scores.get(criterion=first).points == 4
    assert Review.objects.get().revision == 1


def test_saving_the_same_again_from_an_older_revision_is_no_clash():
    assignment = an_assignment()
    entries = entries_of(assignment.application.call, 4)
    scoring.save_review(assignment, entries=entries, revision=0, at=REVIEWING)
    review = scoring.save_review(assignment, entries=entries, revision=0, at=LATER)
    assert (review.revision, review.saved_at) == (1, REVIEWING)


def test_a_page_whose_answer_got_lost_is_no_stranger_to_its_own_text():
    assignment = an_assignment()
    first, *_ = a_rubric(assignment.application.call)

    def save(points, step, name="страница"):
        return scoring.save_review(
            assignment,
            entries={first.pk: scoring.Entry(points)},
            revision=0,
            at=LATER,
            page=Page(name, step),
        )

    save(1, step=1)
    save(2, step=3)
    save(4, step=2)  # overtaken on the way: the later save stands
    assert Review.objects.get().scores.get(criterion=first).points == 2
    with pytest.raises(scoring.OlderReview):
        save(5, step=4, name="другая")


def test_a_score_for_another_calls_criterion_is_left_out():
    assignment = an_assignment()
    a_rubric(assignment.application.call)
    foreign, *_ = a_rubric(a_call())
    entries = {foreign.pk: scoring.Entry(5)}
    review = scoring.save_review(assignment, entries=entries, revision=0, at=REVIEWING)
    assert not review.scores.filter(criterion=foreign).exists()


def test_handing_in_names_what_is_missing():
    review = a_started_review(points=[4, 3, None, 2, 1, 5], improvement=" ")
    gap = review.scores.order_by("criterion__position").last()
    gap.points = None
    gap.save()
    with pytest.raises(scoring.Unfinished) as refused:
        scoring.submit_review(review, at=LATER)
    assert refused.value.criteria == [gap.criterion_id]
    assert refused.value.notes == ["improvement"]


def test_a_review_that_judges_nothing_is_refused():
    with pytest.raises(Refused, match="nothing_judged"):
        scoring.submit_review(a_started_review(points=None), at=LATER)


def test_handing_in_twice_is_handing_in_once():
    review = a_started_review()
    scoring.submit_review(review, at=REVIEWING)
    again = scoring.submit_review(review, at=LATER)
    assert again.submitted_at == REVIEWING
    assert events(review.assignment).count("review.handed_in") == 1


def test_a_handed_in_review_is_locked():
    review = a_review()
    entries = entries_of(review.assignment.application.call, 5)
    with pytest.raises(Refused, match="handed_in"):
        scoring.save_review(review.assignment, entries=entries, revision=None, at=LATER)
    assert {score.points for score in review.scores.all()} == {3}


def test_reopening_needs_a_reason_and_is_in_the_trail():
    review, officer = a_review(), an_officer()
    with pytest.raises(Refused, match="reason_needed"):
        scoring.reopen(review, by=officer, reason="  ", at=LATER)
    review = scoring.reopen(review, by=officer, reason="Перепутана заявка.", at=LATER)
    assert review.submitted_at is None
    entry = AuditEntry.objects.get(event="review.reopened")
    assert (entry.actor, entry.told["reason"]) == (officer.username, "Перепутана заявка.")
    assert set(entry.details["scores"].values()) == {3}


def test_a_revised_score_keeps_both_values_and_the_reason():
    score = a_review().scores.first()
    change = scoring.revise(score, points=5, reason="Прочла приложение.", at=LATER)
    score.refresh_from_db()
    assert (change.old_points, change.new_points, score.points) == (3, 5, 5)
    assert events(score.review.assignment)[-1] == "score.revised"


def test_a_revision_needs_a_reason_and_a_handed_in_review():
    with pytest.raises(Refused, match="reason_needed"):
        scoring.revise(a_review().scores.first(), points=5, reason="", at=LATER)
    with pytest.raises(Refused, match="not_handed_in"):
        scoring.revise(a_started_review().scores.first(), points=5, reason="Да.", at=LATER)


def test_points_can_be_revised_to_cant_judge_but_not_all_of_them():
    review = a_review(points=[3, None, None, None, None, None])
    with pytest.raises(Refused, match="nothing_judged"):
        scoring.revise(review.scores.get(points=3), points=None, reason="Нет.", at=LATER)


def test_only_those_who_handed_in_and_officers_discuss():
    review = a_review()
    application = review.assignment.application
    waiting = an_assignment(application, a_juror())
    with pytest.raises(Refused, match="not_handed_in"):
        scoring.discuss(application, by=waiting.juror, text="А что у вас?", at=LATER)
    scoring.discuss(application, by=review.assignment.juror, text="Смотрите файл 2.", at=LATER)
    assert [r.text for r in Remark.objects.visible_to(review.assignment.juror)] == [
        "Смотрите файл 2."
    ]
    assert not Remark.objects.visible_to(waiting.juror).exists()


def changes_of(criterion):
    """Return what someone might try on a rubric, as callables that go past every form."""
    text = criterion.texts.get()

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reviews_criterion SET weight = 1 WHERE id = %s", [criterion.pk])

    return {
        "weight": lambda: Criterion.objects.filter(pk=criterion.pk).update(weight=1),
        "wording": lambda: CriterionText.objects.filter(pk=text.pk).update(anchor_3="иначе"),
        "another": lambda: Criterion.objects.create(call=criterion.call, position=9, weight=9),
        "other_call": lambda: Criterion.objects.filter(pk=criterion.pk).update(call=a_call()),
        "text_gone": lambda: CriterionText.objects.filter(pk=text.pk).delete(),
        "raw": raw,
    }


@pytest.mark.parametrize("what", ["weight", "wording", "another", "other_call", "text_gone", "raw"])
def test_the_database_freezes_the_rubric_from_the_first_handed_in_review(what):
    review = a_review()
    change = changes_of(review.assignment.application.call.criteria.first())[what]
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        change()


@pytest.mark.parametrize("what", ["weight", "wording", "another", "other_call", "text_gone", "raw"])
def test_a_rubric_without_handed_in_reviews_can_still_change(what):
    review = a_started_review()
    a_review(an_application())  # another call's
    changes_of(review.assignment.application.call.criteria.first())[what]()


def test_a_reopened_review_keeps_the_rubric_frozen():
    review = a_review()
    scoring.reopen(review, by=an_officer(), reason="Опечатка.", at=LATER)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        review.assignment.application.call.criteria.update(weight=1)
