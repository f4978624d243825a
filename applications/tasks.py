"""Celery's entrances. Each reads the clock once and calls one verb."""

from celery import shared_task
from django.utils import timezone

from applications import (
    answering,
    closing,
    discarding,
    heartbeat,
    knocking,
    outbox,
    pressing,
    reminding,
    scanning,
    sealing,
    sweeping,
)
from applications.models import Heartbeat

SWEEP = (  # in this order: kept presses and moved deadlines come before anything lapses
    pressing.hand_in_kept,
    closing.open_due_calls,
    closing.follow_extended_calls,
    reminding.remind_draft_holders,
    closing.close_due_calls,
    closing.lapse_overdue_drafts,
    answering.remind_unanswered,
    outbox.stall_abandoned,
    outbox.lay_outdated_aside,
    sealing.seal_entries,
    discarding.delete_discarded,
    knocking.forget_old,
)


@shared_task
def sweep(at: str = "") -> None:
    heartbeat.seen(Heartbeat.Name.WORKER, at=timezone.now())
    sweeping.walk(SWEEP, at=sweeping.instant(at))


@shared_task
def deliver_mail(at: str = "") -> None:
    heartbeat.seen(Heartbeat.Name.WORKER, at=timezone.now())
    outbox.deliver_due(at=sweeping.instant(at))


@shared_task
def scan_files() -> None:
    scanning.scan_due(at=timezone.now())
