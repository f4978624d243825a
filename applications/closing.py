"""What follows a deadline: tidy up and tell people. Nothing here decides what is allowed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from applications import audit, outbox
from applications.models import Application, Call, MessageKind, Status


def close_due_calls(*, at: datetime) -> int:
    """Close each call whose deadline has passed, once; return how many this sweep closed."""
    return sum(close(call, at=at) for call in Call.objects.due_to_close(at))


def close(call: Call, *, at: datetime) -> bool:
    """Claim the closing of a call and record it; False where another sweep was first."""
    with transaction.atomic():
        if not Call.objects.due_to_close(at).filter(pk=call.pk).update(closed_at=at):
            return False
        audit.record(
            "call.closed",
            call,
            at=at,
            actor=audit.SYSTEM,
            submitted=call.applications.submitted().count(),
            drafts=call.applications.drafts().count(),
        )
    return True


def lapse_overdue_drafts(*, at: datetime) -> int:
    """Lapse drafts whose own deadline has passed and tell their holders; return how many."""
    overdue = Application.objects.overdue_drafts(at).values_list("pk", flat=True)
    return sum(lapse(pk, at=at) for pk in list(overdue))


def lapse(pk: int, *, at: datetime) -> bool:
    """Lapse one draft if it still is one; its texts stay."""
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if application.status != Status.DRAFT or application.closes_at > at:
            return False
        application.move_to(Status.LAPSED, at=at)
        application.save(update_fields=["status"])
        audit.record("application.lapsed", application, at=at, actor=audit.SYSTEM)
        outbox.queue(MessageKind.LAPSED, application, key=f"lapsed/{application.number}", at=at)
    return True
