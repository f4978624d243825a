"""A juror's work: declare, score, hand in; and what may still change afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.drafting import Page
from applications.models import Application, Call
from applications.models.application import Refused
from reviews.models import Assignment, Remark, Review, Score, ScoreChange
from reviews.models.rubric import HIGHEST

NO_PAGE = Page()
NOTES = ("strength", "improvement", "comment")


@dataclass(frozen=True)
class Entry:
    """What a juror says of one criterion; points None and no `cant_judge`: nothing yet."""

    points: int | None = None
    cant_judge: bool = False
    comment: str = ""

    @property
    def is_judged(self) -> bool:
        return self.points is not None or self.cant_judge


class OlderReview(Exception):
    """The review was saved elsewhere in between; `current` is what lies there now."""

    def __init__(self, current: Review):
        self.current = current
        super().__init__("A newer revision of this review was saved.")


class Unfinished(Refused):
    """Something is missing before handing in: criteria by key, and notes by name."""

    def __init__(self, criteria: list[int], notes: list[str]):
        self.criteria, self.notes = criteria, notes
        super().__init__("unfinished")


def declare(
    assignment: Assignment,
    *,
    conflict: bool,
    at: datetime,
    kinds: list[str] | None = None,
    reason: str = "",
) -> Assignment:
    """Say whether a conflict of interest exists. A conflict withdraws the assignment for good.

    A conflict may be declared later too, whatever was written by then; taking one back is for
    an officer (`assigning.lift_conflict`). Raises Refused
    ("withdrawn", "declared").
    """
    with transaction.atomic():
        assignment = Assignment.objects.locked(assignment.pk)
        if assignment.conflict == conflict:
            return assignment
        if assignment.conflict:
            raise Refused("declared")
        if assignment.withdrawn_at is not None:
            raise Refused("withdrawn")
        assignment.conflict, assignment.declared_at = conflict, at
        if conflict:
            assignment.conflict_kinds, assignment.conflict_reason = kinds or [], reason
            assignment.withdrawn_at = at
        assignment.save()
        record("conflict.declared" if conflict else "no_conflict.declared", assignment, at=at)
    return assignment


def save_review(
    assignment: Assignment,
    *,
    entries: Mapping[int, Entry],
    at: datetime,
    revision: int | None,
    strength: str = "",
    improvement: str = "",
    comment: str = "",
    page: Page = NO_PAGE,
) -> Review:
    """Keep a review as it stands, its author's alone; half of one is welcome.

    `entries` go by the criterion's key. `revision` is the one the juror started from: an older
    one raises OlderReview and changes nothing, unless both say the same or the same page wrote
    it; None overwrites. A save that its own page's later save has overtaken changes nothing.
    Only the first save enters the trail: autosaves come every few seconds.
    Raises Refused ("withdrawn", "undeclared", "handed_in").
    """
    notes = {"strength": strength, "improvement": improvement, "comment": comment}
    with transaction.atomic():
        assignment = Assignment.objects.locked(assignment.pk)
        require_readable(assignment)
        review, made = Review.objects.get_or_create(
            assignment=assignment, defaults={"saved_at": at}
        )
        if review.submitted_at is not None:
            raise Refused("handed_in")
        is_own = bool(page.name) and page.name == review.writer
        overtaken = is_own and page.step < review.step
        if overtaken or said(review) == (known(assignment, entries), notes):
            return review
        if revision not in (None, review.revision) and not is_own:
            raise OlderReview(review)
        review.writer, review.step = page.name, page.step
        keep(review, known(assignment, entries), notes, at=at)
        if made:
            record("review.started", assignment, at=at)
    return review


def require_readable(assignment: Assignment) -> None:
    """Raise Refused unless the juror has declared no conflict and the assignment stands."""
    if assignment.withdrawn_at is not None or assignment.conflict:
        raise Refused("withdrawn")
    if assignment.conflict is None:
        raise Refused("undeclared")


def known(assignment: Assignment, entries: Mapping[int, Entry]) -> dict[int, Entry]:
    """Return one entry for each criterion of the call, whatever was sent."""
    criteria = assignment.application.call.criteria.values_list("pk", flat=True)
    return {pk: entries.get(pk, Entry()) for pk in criteria}


def said(review: Review) -> tuple[dict[int, Entry], dict[str, str]]:
    """Return what the review says, in the shape it is saved from."""
    scores = {score.criterion_id: score for score in review.scores.all()}
    entries = {
        pk: Entry(score.points, score.cant_judge, score.comment) for pk, score in scores.items()
    }
    return entries, {name: getattr(review, name) for name in NOTES}


def keep(review: Review, entries: dict[int, Entry], notes: dict[str, str], *, at: datetime):
    """Write the entries and notes, under the assignment's lock."""
    Score.objects.bulk_create(
        [
            Score(review=review, criterion_id=pk, **vars_of(entry))
            for pk, entry in sorted(entries.items())
        ],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["points", "cant_judge", "comment"],
    )
    for name, text in notes.items():
        setattr(review, name, text)
    review.revision += 1
    review.saved_at = at
    review.save()


def vars_of(entry: Entry) -> dict:
    return {
        "points": None if entry.cant_judge else entry.points,
        "cant_judge": entry.cant_judge,
        "comment": entry.comment,
    }


def missing(review: Review) -> tuple[list[int], list[str]]:
    """Return what is not there yet: criteria without a judgement, and empty notes."""
    entries, notes = said(review)
    criteria = review.assignment.application.call.criteria.order_by("position")
    unjudged = [
        pk for pk in criteria.values_list("pk", flat=True) if not entries.get(pk, Entry()).is_judged
    ]
    return unjudged, [name for name in ("strength", "improvement") if not notes[name].strip()]


def submit_review(review: Review, *, at: datetime) -> Review:
    """Hand the review in: it locks, counts, and opens the others' to its author.

    A second press changes nothing. The call's row is held, so that nobody changes the rubric in
    the same moment (see `weighing`). Raises Unfinished, or Refused ("nothing_judged" where every
    criterion is “can't judge”, and what `save_review` raises).
    """
    with transaction.atomic():
        assignment = Assignment.objects.locked(review.assignment_id)
        require_readable(assignment)
        Call.objects.select_for_update().get(pk=assignment.application.call_id)
        review = Review.objects.get(pk=review.pk)
        review.assignment = assignment
        if review.submitted_at is not None:
            return review
        criteria, notes = missing(review)
        if criteria or notes:
            raise Unfinished(criteria, notes)
        if not review.scores.exclude(points=None).exists():
            raise Refused("nothing_judged")
        review.submitted_at = at
        review.first_submitted_at = review.first_submitted_at or at
        review.revision += 1
        review.save()
        record("review.handed_in", assignment, at=at, scores=points_of(review))
    return review


def points_of(review: Review) -> dict[str, int | None]:
    return {str(s.criterion_id): s.points for s in review.scores.all()}


def reopen(review: Review, *, by: AbstractBaseUser, reason: str, at: datetime) -> Review:
    """Give a handed-in review back to its author; it stops counting until handed in again."""
    if not reason.strip():
        raise Refused("reason_needed")
    with transaction.atomic():
        assignment = Assignment.objects.locked(review.assignment_id)
        review = Review.objects.get(pk=review.pk)
        if review.submitted_at is None:
            return review
        review.submitted_at = None
        review.revision += 1
        review.save(update_fields=["submitted_at", "revision"])
        record("review.reopened", assignment, at=at, by=by, reason=reason, scores=points_of(review))
    return review


def revise(score: Score, *, points: int | None, reason: str, at: datetime) -> ScoreChange | None:
    """Change a handed-in score with a reason; both values stay. None points: can't judge.

    Returns None where nothing changes. Raises Refused ("reason_needed", "not_handed_in",
    "nothing_judged", "withdrawn").
    """
    if not reason.strip():
        raise Refused("reason_needed")
    if points is not None and not 0 <= points <= HIGHEST:
        raise ValueError(f"Points run from 0 to {HIGHEST}.")
    with transaction.atomic():
        assignment = Assignment.objects.locked(score.review.assignment_id)
        require_readable(assignment)
        score = Score.objects.select_related("review", "criterion").get(pk=score.pk)
        if score.review.submitted_at is None:
            raise Refused("not_handed_in")
        old = score.points
        if old == points:
            return None
        others = score.review.scores.exclude(pk=score.pk).exclude(points=None)
        if points is None and not others.exists():
            raise Refused("nothing_judged")
        score.points, score.cant_judge = points, points is None
        score.save(update_fields=["points", "cant_judge"])
        change = score.changes.create(at=at, old_points=old, new_points=points, reason=reason)
        record(
            "score.revised",
            assignment,
            at=at,
            criterion=score.criterion_id,
            position=score.criterion.position,
            before=old,
            after=points,
            reason=reason,
        )
    return change


def discuss(application: Application, *, by: AbstractBaseUser, text: str, at: datetime) -> Remark:
    """Say something to those who have handed in; Refused ("not_handed_in") for others."""
    with transaction.atomic():
        own = Assignment.objects.filter(application=application, juror=by)
        may = Review.objects.handed_in().filter(assignment__in=own).exists()
        if not may and (own.exists() or not by.has_perm("reviews.view_all_reviews")):
            raise Refused("not_handed_in")
        remark = Remark.objects.create(application=application, author=by, at=at, text=text)
        audit.record("remark.made", remark, at=at, actor=by.get_username())
    return remark


def record(
    event: str,
    assignment: Assignment,
    *,
    at: datetime,
    by: AbstractBaseUser | None = None,
    **details,
) -> None:
    """Enter an event in the assignment's chain; the juror's own act unless `by` says whose."""
    audit.record(
        event,
        assignment,
        at=at,
        actor=(by or assignment.juror).get_username(),
        application=assignment.application.number,
        juror=assignment.juror.get_username(),
        **details,
    )
