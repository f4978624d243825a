"""Celery's entrances for the jury's side."""

from celery import shared_task


@shared_task
def sweep() -> None:
    """Remind jurors whose reviews are due: see reviews.reminding."""
