"""A juror's desk: what lies there, in which state, what comes next."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, F, Q

from applications.models import Call, Status
from reviews import ranking
from reviews.models import Assignment, Remark, Review
from reviews.suspicions import strings_in

DAY = timedelta(days=1)


class State(StrEnum):
    """Where one assignment stands, in the order a desk shows them."""

    STARTED = "started"
    READY = "ready"
    UNDECLARED = "undeclared"
    HANDED_IN = "handed_in"
    CONFLICT = "conflict"


ORDER = list(State)


@dataclass(frozen=True)
class Line:
    """One application on the desk. What `judged` counts are criteria."""

    assignment: Assignment
    state: State
    judged: int
    criteria: int
    total: Decimal | None
    letters: int = 0
    files: int = 0
    unseen: int = 0

    @property
    def application(self):
        return self.assignment.application


@dataclass(frozen=True)
class Desk:
    call: Call | None
    lines: list[Line]
    due_at: datetime | None

    @property
    def at_work(self) -> list[Line]:
        return [line for line in self.lines if line.state != State.CONFLICT]

    @property
    def handed_in(self) -> int:
        return sum(line.state == State.HANDED_IN for line in self.lines)

    @property
    def waiting(self) -> int:
        return len(self.at_work) - self.handed_in

    @property
    def next_line(self) -> Line | None:
        """What to open now: what was begun, else what comes first in the queue."""
        return next((line for line in self.lines if line.state in ORDER[:3]), None)

    def a_day(self, at: datetime) -> int:
        """How many a day are enough to be in time, today counted."""
        if not self.waiting or not self.due_at or self.due_at <= at:
            return self.waiting
        return math.ceil(self.waiting / max(1, math.ceil((self.due_at - at) / DAY)))


def current_call(user: AbstractBaseUser) -> Call | None:
    """Return the latest call that `user` was given anything of."""
    calls = Call.objects.filter(applications__assignments__juror=user)
    return calls.order_by("-closes_at", "-pk").first()


def queue(user: AbstractBaseUser, call: Call):
    """Return the user's assignments that stand, in their order; a withdrawn application is gone."""
    return (
        Assignment.objects.of_juror(user)
        .of_call(call)
        .filter(application__status=Status.SUBMITTED)
        .order_by("order", "pk")
    )


def desk_of(user: AbstractBaseUser) -> Desk:
    """Return the whole desk of the latest call, in a constant number of queries.

    Of an application with a declared conflict nothing but its number and country is told.
    """
    call = current_call(user)
    if call is None:
        return Desk(None, [], None)
    desk = queue(user, call) | Assignment.objects.of_call(call).filter(juror=user, conflict=True)
    found = list(desk.for_reading().prefetch_related("review__scores", "application__versions"))
    rows = [row for row in found if not row.conflict]
    weights = dict(call.criteria.values_list("pk", "weight"))
    unseen = unseen_remarks(user, rows)
    lines = [line_of(row, weights, unseen[row.application_id]) for row in rows]
    lines += [Line(row, State.CONFLICT, 0, len(weights), None) for row in found if row.conflict]
    lines.sort(key=lambda line: ORDER.index(line.state))
    due = [line.assignment.due_at for line in lines if line.state in ORDER[:3]]
    return Desk(call, lines, min(due, default=None))


def line_of(row: Assignment, weights: dict[int, int], unseen: int) -> Line:
    review = review_of(row)
    scores = list(review.scores.all()) if review else []
    judged = sum(score.points is not None or score.cant_judge for score in scores)
    state = state_of(row, review, scores)
    letters = files = 0
    if state in (State.STARTED, State.READY):
        version = next(
            v for v in row.application.versions.all() if v.number == row.application.version
        )
        letters = sum(len(text) for text in strings_in(version.answers))
        files = len(version.files)
    total = None
    if state == State.HANDED_IN:
        total = ranking.total({s.criterion_id: s.points for s in scores}, weights)
    return Line(row, state, judged, len(weights), total, letters, files, unseen)


def review_of(assignment: Assignment) -> Review | None:
    """Return the review, or None where none was begun."""
    return getattr(assignment, "review", None)


def state_of(row: Assignment, review: Review | None, scores: Iterable) -> State:
    if row.conflict is None:
        return State.UNDECLARED
    if review is None:
        return State.READY
    return State.HANDED_IN if review.submitted_at else State.STARTED


def unseen_remarks(user: AbstractBaseUser, rows: Iterable[Assignment]) -> Counter:
    """Count, by application, what others said since the user last looked at the discussion."""
    newer = Q(application__assignments__review__discussion_seen_at=None) | Q(
        at__gt=F("application__assignments__review__discussion_seen_at")
    )
    counted = (
        Remark.objects.where_handed_in_by(user)
        .filter(
            newer,
            application__in=[row.application_id for row in rows],
            application__assignments__juror=user,
        )
        .exclude(author=user)
        .values_list("application")
        .annotate(count=Count("pk"))
    )
    return Counter(dict(counted))


@dataclass(frozen=True)
class Neighbours:
    """Where an application stands in its juror's queue."""

    number: int
    count: int
    marks: list[State]
    before: str
    after: str


def neighbours(assignment: Assignment) -> Neighbours:
    """Return what comes before and after in the queue, by application number."""
    call = assignment.application.call
    rows = list(
        queue(assignment.juror, call)
        .select_related("review")
        .only("conflict", "application__number", "review__submitted_at", "juror", "order")
        .select_related("application", "review")
    )
    here = next(n for n, row in enumerate(rows) if row.pk == assignment.pk)
    numbers = [row.application.number for row in rows]
    return Neighbours(
        number=here + 1,
        count=len(rows),
        marks=[state_of(row, review_of(row), ()) for row in rows],
        before=numbers[here - 1] if here else "",
        after=numbers[here + 1] if here + 1 < len(rows) else "",
    )


def next_after(assignment: Assignment) -> str:
    """Return the number of the next application that waits, going round; "" when all is done."""
    call = assignment.application.call
    rows = list(queue(assignment.juror, call).select_related("application", "review"))
    here = next((n for n, row in enumerate(rows) if row.pk == assignment.pk), 0)
    for row in rows[here + 1 :] + rows[:here]:
        if state_of(row, review_of(row), ()) != State.HANDED_IN:
            return row.application.number
    return ""
