"""The clock: Celery's own scheduler, which also shows that it is alive."""

import logging
import time
from pathlib import Path

from celery.beat import PersistentScheduler
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from applications import heartbeat
from applications.models import Heartbeat

logger = logging.getLogger(__name__)

EVERY = 30  # seconds


class LivingScheduler(PersistentScheduler):
    """Leaves a sign of life in the database itself, so that a dead worker can't be mistaken for it.

    A database that is away never stops the clock.
    """

    shown = float("-inf")

    def setup_schedule(self):
        """Keep the schedule where it is told to, on a machine that has no such folder yet."""
        Path(self.schedule_filename).parent.mkdir(parents=True, exist_ok=True)
        super().setup_schedule()

    def tick(self, *args, **kwargs):
        if time.monotonic() - self.shown >= EVERY:
            self.shown = time.monotonic()
            show_life()
        return min(super().tick(*args, **kwargs), EVERY)


def show_life() -> None:
    close_old_connections()
    try:
        heartbeat.seen(Heartbeat.Name.BEAT, at=timezone.now())
    except DatabaseError as error:
        logger.warning("the database is away, no sign of life left: %s", error)
    finally:
        close_old_connections()
