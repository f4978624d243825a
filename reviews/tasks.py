"""Celery's entrances for the jury's side."""

from celery import shared_task
from django.utils import timezone

from applications import sweeping
from reviews import watching

SWEEP = (watching.watch_dates,)


@shared_task
def sweep() -> None:
    sweeping.walk(SWEEP, at=timezone.now())
