"""Celery's entrances for the jury's side."""

from celery import shared_task

from applications import sweeping
from reviews import watching

SWEEP = (watching.watch_dates,)


@shared_task
def sweep(at: str = "") -> None:
    sweeping.walk(SWEEP, at=sweeping.instant(at))
