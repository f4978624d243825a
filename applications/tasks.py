"""Celery's entrances. Each reads the clock once and calls one verb."""

from celery import shared_task
from django.utils import timezone

from applications import closing, outbox


@shared_task
def sweep() -> None:
    at = timezone.now()
    closing.close_due_calls(at=at)
    closing.lapse_overdue_drafts(at=at)
    outbox.stall_abandoned(at=at)


@shared_task
def deliver_mail() -> None:
    outbox.deliver_due(at=timezone.now())
