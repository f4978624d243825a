"""How a sweep walks: one broken row or step must not keep the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone

logger = logging.getLogger(__name__)


def each(verb: Callable, subjects: Iterable, *, at: datetime, **more) -> int:
    """Do `verb` to each subject in a transaction of its own; return for how many it did something.

    What fails is logged, left as it was and tried again by the next sweep.
    """
    done = 0
    for subject in subjects:
        try:
            done += bool(verb(subject, at=at, **more))
        except Exception:
            logger.exception("%s failed for %s, the next sweep tries again", verb.__name__, subject)
    return done


def walk(steps: Iterable[Callable], *, at: datetime) -> dict[str, int]:
    """Do every step of a sweep in turn; return how much each did, for those that did anything."""
    done = {}
    for step in steps:
        try:
            done[step.__name__] = step(at=at)
        except Exception:
            logger.exception("%s failed, the next sweep tries again", step.__name__)
    return {name: count for name, count in done.items() if count}


def instant(told: str) -> datetime:
    """Return now, or the instant that a rehearsal tells; nobody else may set a worker's clock."""
    if not told:
        return timezone.now()
    if not settings.REHEARSAL:
        raise PermissionError("This worker was not started with REHEARSAL=1.")
    return datetime.fromisoformat(told)
