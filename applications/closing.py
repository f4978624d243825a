"""What follows an opening and a deadline: tidy up and tell people.

Nothing here decides what is allowed: time does. Every step may come late, twice or from twenty
workers at once, and does its work exactly once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q

from applications import access, audit, outbox, results, roles, telling
from applications.models import Application, Call, Country, MessageKind, Status
from applications.sweeping import each

SETTLING = timedelta(minutes=2)  # a submit that arrived in time may still be at work that long


def open_due_calls(*, at: datetime) -> int:
    """Note that calls have opened; return how many. What may be done then, time decides."""
    return each(note_opening, Call.objects.due_to_open(at), at=at)


def note_opening(call: Call, *, at: datetime) -> bool:
    """Record the opening once; False where another sweep was first."""
    with transaction.atomic():
        if not Call.objects.due_to_open(at).filter(pk=call.pk).update(opened_at=at):
            return False
        audit.record("call.opened", call, at=at, actor=audit.SYSTEM)
    return True


def close_due_calls(*, at: datetime) -> int:
    """Close each call whose deadline has passed, once; return how many this sweep closed."""
    return each(close, Call.objects.due_to_close(at - SETTLING), at=at)


def close(call: Call, *, at: datetime) -> bool:
    """Claim the closing of a call, record it and tell staff; False where another was first."""
    with transaction.atomic():
        mine = Call.objects.due_to_close(at - SETTLING).filter(pk=call.pk).update(closed_at=at)
        if not mine:
            return False
        call.refresh_from_db()
        counts = counts_by_country(call)
        audit.record(
            "call.closed",
            call,
            at=at,
            actor=audit.SYSTEM,
            closes_at=call.closes_at.isoformat(),
            submitted=sum(row["submitted"] for row in counts),
            drafts=sum(row["drafts"] for row in counts),
        )
        telling.tell(
            roles.OFFICER,
            kind=MessageKind.CALL_CLOSED,
            key=f"call-closed/{call.slug}/{call.closes_at:%Y%m%dT%H%M%S}",
            at=at,
            call=call,
            counts=counts,
        )
    return True


def counts_by_country(call: Call) -> list[dict]:
    """Return how many of each country handed in and how many were left with a draft."""
    counted = {
        row["outlet__country"]: row
        for row in call.applications.values("outlet__country")
        .annotate(
            submitted=Count("pk", filter=Q(status=Status.SUBMITTED)),
            drafts=Count("pk", filter=Q(status__in=[Status.DRAFT, Status.LAPSED])),
        )
        .order_by()
    }
    nobody = {"submitted": 0, "drafts": 0}
    return [
        {"country": Country(country).label, **nobody, **counted.get(country, {})}
        for country in call.countries.values_list("country", flat=True)
    ]


def lapse_overdue_drafts(*, at: datetime) -> int:
    """Lapse drafts whose own deadline has passed and tell their holders; return how many."""
    overdue = Application.objects.overdue_drafts(at - SETTLING).values_list("pk", flat=True)
    return each(lapse, list(overdue), at=at)


def lapse(pk: int, *, at: datetime) -> bool:
    """Lapse one draft if it still is one; its texts stay readable for as long as the call says."""
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if application.status != Status.DRAFT or application.closes_at > at - SETTLING:
            return False
        application.move_to(Status.LAPSED, at=at)
        application.save(update_fields=["status"])
        audit.record("application.lapsed", application, at=at, actor=audit.SYSTEM)
        outbox.queue(
            MessageKind.LAPSED,
            application,
            key=f"lapsed/{application.number}/{application.closes_at:%Y%m%dT%H%M%S}",
            at=at,
            link=access.url_of(results.owner_link(application)),
            kept_days=application.call.drafts_kept_days,
        )
    return True


def follow_extended_calls(*, at: datetime) -> int:
    """Carry a call's later deadline to applications started in the very instant it moved."""
    behind = Application.objects.filter(closes_at__lt=F("call__closes_at"), erased_at=None)
    return each(follow_call, list(behind.values_list("pk", flat=True)), at=at)


def follow_call(pk: int, *, at: datetime) -> bool:
    """Give one application its call's deadline where that is the later one."""
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if application.closes_at >= application.call.closes_at:
            return False
        application.closes_at = application.call.closes_at
        application.save(update_fields=["closes_at"])
        audit.record("deadline.followed", application, at=at, actor=audit.SYSTEM)
    return True
