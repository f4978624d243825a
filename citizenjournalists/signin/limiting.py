"""How often a password or a code may be wrong, per account and per network address.

Counts lie in the database with those of the public doors, so all web processes share them; the
cache of django-allauth's own limits is each process's. An attempt is counted before it is judged
and taken back when it was right: attempts made side by side can't slip through together. A refused
one doesn't count, so the time that is told is the time it takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from applications.knocking import hashed
from applications.models import Knock

PASSWORD, FACTOR, RESET = "password", "factor", "reset"
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
PER_ACCOUNT = ((QUARTER, 5), (DAY, 30))
PER_NETWORK = ((QUARTER, 50), (DAY, 500))  # an office may sit behind one address


class Wait(Exception):
    """Too many wrong ones; the next attempt is heard after `left`."""

    def __init__(self, left: timedelta):
        super().__init__(left)
        self.left = left


@dataclass
class Attempt:
    """One attempt, counted until it turns out right."""

    knocks: list[int] = field(default_factory=list)
    is_last: bool = False  # should this one be wrong, the account waits

    def take_back(self) -> None:
        Knock.objects.filter(pk__in=self.knocks).delete()


def attempt(door: str, *, account: str, network: str, at: datetime) -> Attempt:
    """Count an attempt at `door`; raise Wait where account or network had too many wrong ones."""
    if not settings.RATE_LIMITS:
        return Attempt()
    made, left = Attempt(), timedelta()
    for kind, who, limits in (("account", account, PER_ACCOUNT), ("network", network, PER_NETWORK)):
        if not who:
            continue  # a passkey that says nothing of its owner has no account to count by
        hidden = hashed(f"{kind} {who}")
        made.knocks.append(Knock.objects.create(door=door, who=hidden, at=at).pk)
        counted = Knock.objects.filter(door=door, who=hidden, at__gt=at - DAY)
        times = list(counted.order_by("-at").values_list("at", flat=True))
        left = max(left, wait(times, limits, at))
        if limits is PER_ACCOUNT:
            made.is_last = bool(wait([at, *times], limits, at))
    if left:
        made.take_back()
        raise Wait(left)
    return made


def wait(times: list[datetime], limits: tuple, at: datetime) -> timedelta:
    """Return how long the latest of `times` comes too early, nothing where it doesn't."""
    left = timedelta()
    for window, most in limits:
        if len(times) > most and times[most] > at - window:
            left = max(left, times[most] + window - at)
    return left
