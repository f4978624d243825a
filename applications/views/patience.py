"""Wait for a database that is away for a moment, on requests that must not be lost."""

from __future__ import annotations

import logging
import time
from functools import wraps
from types import SimpleNamespace

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds: a restart of PostgreSQL, and well within a worker's time-out
PAUSE = 0.25
outage = SimpleNamespace(began=0.0, last=0.0)  # by this process's monotonic clock


def patiently(view):
    """Try a view again while the database restarts; its instant of arrival stays what it was.

    Only for views that may run twice: a connection can break after the commit and before we
    hear of it. Whoever pressed the button in time is in time, though the answer takes longer.
    All requests of a process wait out the same outage: those that find it old don't wait at all,
    so that a long one holds up no queue.
    """

    @wraps(view)
    def patient(request, *args, **kwargs):
        while True:
            try:
                return view(request, *args, **kwargs)
            except Error as error:
                if not is_passing(error) or connection.in_atomic_block:
                    raise
                if how_long_away(time.monotonic()) >= PATIENCE:
                    raise
                logger.warning("the database is away, trying again: %s", type(error).__name__)
                connection.close()
                time.sleep(PAUSE)

    return patient


def is_passing(error: BaseException | None) -> bool:
    """Whether the database is away, or too busy just now.

    A connection cut in the midst of an answer is a bare DatabaseError, without a class of its own.
    """
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def how_long_away(now: float) -> float:
    """Return for how many seconds the database has been away, by what failed without a break."""
    if now - outage.last > 4 * PAUSE:
        outage.began = now
    outage.last = now
    return now - outage.began
