"""How the reviewing goes, for officers: per juror and per application, late ones first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Count, Max, Min, Q

from applications import instants
from applications.models import Call, Status
from reviews import assigning, reminding
from reviews.assigning import Standing, Tally
from reviews.models import Assignment
from reviews.tallying import hidden_from

DAY = timedelta(days=1)
SILENT_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    """One juror's part. `seen` is the last sign of them: a sign-in or a saved review."""

    user: User
    total: int
    handed_in: int
    started: int
    due_at: datetime | None
    seen: datetime | None
    reminded: datetime | None
    reminded_today: bool
    yesterday: int
    at: datetime

    @property
    def left(self) -> int:
        return self.total - self.handed_in

    @property
    def untouched(self) -> int:
        return self.left - self.started

    @property
    def is_silent(self) -> bool:
        return bool(self.left) and (self.seen is None or self.at - self.seen >= SILENT_AFTER)

    @property
    def days_silent(self) -> int | None:
        return (self.at - self.seen) // DAY if self.seen else None

    @property
    def is_overdue(self) -> bool:
        return bool(self.left) and self.due_at is not None and self.due_at <= self.at

    @property
    def is_late(self) -> bool:
        return self.is_silent or self.is_overdue


@dataclass(frozen=True)
class Lacking:
    """An application short of reviews, and whom it waits for."""

    standing: Standing
    awaited: list[User]
    declined: list[User]

    @property
    def handed_in(self) -> int:
        return len(self.standing.totals)

    @property
    def has_nobody(self) -> bool:
        return self.standing.lacking > 0


@dataclass(frozen=True)
class Progress:
    parts: list[Part]
    lacking: Sequence[Lacking]
    due_at: datetime | None
    yesterday: int
    at: datetime

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts)

    @property
    def handed_in(self) -> int:
        return sum(part.handed_in for part in self.parts)

    @property
    def started(self) -> int:
        return sum(part.started for part in self.parts)

    @property
    def a_day(self) -> int | None:
        """How many a day must come in to be in time; None when nothing is left or it is late."""
        left = self.total - self.handed_in
        if not left or self.due_at is None or self.due_at <= self.at:
            return None
        return math.ceil(left / max(1, math.ceil((self.due_at - self.at) / DAY)))


def progress_of(call: Call, user: AbstractBaseUser, *, at: datetime) -> Progress:
    """Return the whole picture in a constant number of queries; what is closed to `user` by a
    conflict or an own unfinished review is left out of the applications."""
    parts = parts_of(call, at=at)
    hidden = set(hidden_from(user, call).values_list("application", flat=True))
    short = [one for one in assigning.tallies(call) if one.is_short and one.pk not in hidden]
    due = [part.due_at for part in parts if part.left and part.due_at]
    yesterday = sum(part.yesterday for part in parts)
    return Progress(parts, Waiting(call, short), min(due, default=None), yesterday, at)


class Waiting(Sequence):
    """The applications short of reviews, the emptiest first; who reads them is looked up for as
    many as are asked for, not for all."""

    def __init__(self, call: Call, short: list[Tally]):
        self.call = call
        short.sort(key=lambda one: (not one.lacking, one.handed_in, one.number))
        self.keys = [one.pk for one in short]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, which: int | slice) -> Lacking | list[Lacking]:
        if isinstance(which, int):
            return self.found([self.keys[which]])[0]
        return self.found(self.keys[which])

    def __iter__(self) -> Iterator[Lacking]:
        return iter(self[:])

    def found(self, keys: list[int]) -> list[Lacking]:
        standings = assigning.standings(self.call, among=keys) if keys else []
        return waited_for(standings)


def parts_of(call: Call, *, at: datetime) -> list[Part]:
    """Return each juror's part, late ones first, then the least advanced."""
    users = counted(call, at=at)
    last = reminding.last_reminders(call, [user.pk for user in users])
    today = instants.as_day(at, call)
    parts = [
        Part(
            user=user,
            total=user.total,
            handed_in=user.handed_in,
            started=user.started,
            due_at=user.due,
            seen=max(filter(None, (user.last_login, user.saved)), default=None),
            reminded=last.get(user.pk),
            reminded_today=user.pk in last and instants.as_day(last[user.pk], call) == today,
            yesterday=user.yesterday,
            at=at,
        )
        for user in users
    ]
    return sorted(parts, key=lambda p: (not p.is_late, p.handed_in / p.total, str(p.user)))


def counted(call: Call, *, at: datetime) -> list[User]:
    """Return who has anything of the call on their desk, with the numbers of it. Two queries."""
    on_desks = Assignment.objects.of_call(call).filter(
        withdrawn_at=None, application__status=Status.SUBMITTED
    )
    handed_in = Q(review__submitted_at__isnull=False)
    today = instants.as_day(at, call)
    yesterday = Q(
        review__submitted_at__gte=call.end_of(today - 2 * DAY),
        review__submitted_at__lt=call.end_of(today - DAY),
    )
    rows = (
        on_desks.order_by()
        .values("juror")
        .annotate(
            total=Count("pk"),
            handed_in=Count("pk", filter=handed_in),
            started=Count("pk", filter=Q(review__isnull=False, review__submitted_at=None)),
            yesterday=Count("pk", filter=yesterday),
            due=Min("due_at", filter=~handed_in),
            saved=Max("review__saved_at"),
        )
    )
    numbers = {row.pop("juror"): row for row in rows}
    users = list(User.objects.filter(pk__in=numbers).select_related("juror"))
    for user in users:
        vars(user).update(numbers[user.pk])
    return users


def waited_for(standings: list[Standing]) -> list[Lacking]:
    """Say for each application whom it waits for and who declined; the emptiest first."""
    found = [
        Lacking(
            standing=standing,
            awaited=[a.juror for a in standing.assignments if not is_handed_in(a)],
            declined=[a.juror for a in standing.declined],
        )
        for standing in standings
    ]
    return sorted(found, key=lambda one: (not one.has_nobody, one.handed_in, one.standing.number))


def is_handed_in(assignment: Assignment) -> bool:
    review = getattr(assignment, "review", None)
    return review is not None and review.submitted_at is not None
