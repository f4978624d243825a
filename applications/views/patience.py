"""Wait for a database that is away for a moment, on requests that must not be lost."""

from __future__ import annotations

import logging
import time
from functools import wraps

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds: a restart of PostgreSQL, and well within a worker's time-out
PAUSE = 0.25


def patiently(view):
    """Try a view again while the database restarts; its instant of arrival stays what it was.

    Only for views that may run twice: a connection can break after the commit and before we
    hear of it. Whoever pressed the button in time is in time, though the answer takes longer.
    """

    @wraps(view)
    def patient(request, *args, **kwargs):
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return view(request, *args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                if time.monotonic() >= give_up or connection.in_atomic_block:
                    raise
                logger.warning("the database is away, trying again: %s", type(error).__name__)
                connection.close()
                time.sleep(PAUSE)

    return patient
