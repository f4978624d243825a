"""Celery's entrances for the jury's side."""

from celery import shared_task

from applications import sweeping
from reviews import erasing, reminding, watching
from reviews.deciding.sweep import publish_due_lists, tell_of_vacancies, void_changed_proposals

SWEEP = (
    void_changed_proposals,
    publish_due_lists,
    tell_of_vacancies,
    watching.watch_dates,
    reminding.remind_due,
    erasing.erase_overdue,
)


@shared_task
def sweep(at: str = "") -> None:
    sweeping.walk(SWEEP, at=sweeping.instant(at))
