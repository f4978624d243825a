"""How the reviewing goes, for officers: per juror and per application, late ones first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Count, Max, Min, Q

from applications import instants
from applications.models import Call, Status
from reviews import assigning, reminding
from reviews.assigning import Standing
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
    lacking: list[Lacking]
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
    standings = [s for s in assigning.standings(call) if s.application.pk not in hidden]
    lacking = [s for s in standings if len(s.totals) < s.wanted or s.lacking]
    due = [part.due_at for part in parts if part.left and part.due_at]
    yesterday = sum(part.yesterday for part in parts)
    return Progress(parts, waited_for(lacking), min(due, default=None), yesterday, at)


def parts_of(call: Call, *, at: datetime) -> list[Part]:
    """Return each juror's part, late ones first, then the least advanced."""
    users = list(counted(call, at=at))
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


def counted(call: Call, *, at: datetime):
    """Return who has anything of the call on their desk, with the numbers of it. One query."""
    on_desk = Q(
        assignments__application__call=call,
        assignments__withdrawn_at=None,
        assignments__application__status=Status.SUBMITTED,
    )
    review = "assignments__review"
    submitted = Q(**{f"{review}__submitted_at__isnull": False})
    begun = Q(**{f"{review}__isnull": False, f"{review}__submitted_at__isnull": True})
    waiting = begun | Q(**{f"{review}__isnull": True})
    today = instants.as_day(at, call)
    yesterday = Q(
        assignments__review__submitted_at__gte=call.end_of(today - 2 * DAY),
        assignments__review__submitted_at__lt=call.end_of(today - DAY),
    )

    def number(of: Q | None = None) -> Count:
        return Count("assignments", filter=of, distinct=True)

    on_jury = User.objects.filter(on_desk).select_related("juror")
    return on_jury.annotate(
        total=number(),
        handed_in=number(submitted),
        started=number(begun),
        yesterday=number(yesterday),
        due=Min("assignments__due_at", filter=waiting),
        saved=Max("assignments__review__saved_at"),
    )


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
