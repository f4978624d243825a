"""Which season the staff's pages are about: the one chosen, or the one with the nearest date."""

from __future__ import annotations

from datetime import datetime

from applications.models import Call


def calls_at_hand(request) -> list[Call]:
    """Return every call, latest first; read once per request."""
    if not hasattr(request, "calls_at_hand"):
        request.calls_at_hand = list(Call.objects.order_by("-opens_at"))
    return request.calls_at_hand


def call_of(request, at: datetime) -> Call | None:
    """Return the call chosen in the address, else the one whose next date is nearest."""
    calls = calls_at_hand(request)
    chosen = {str(call.pk): call for call in calls}.get(request.GET.get("call", ""))
    if chosen or not calls:
        return chosen
    ahead = {call: next_date(call, at) for call in calls if call.has_opened(at)}
    ahead = {call: day for call, day in ahead.items() if day}
    return min(ahead, key=ahead.get) if ahead else calls[0]


def next_date(call: Call, at: datetime) -> datetime | None:
    """Return the next of the call's three dates; None when all have passed."""
    return min((end for end in ends_of(call) if end > at), default=None)


def ends_of(call: Call) -> tuple[datetime, datetime, datetime]:
    return (
        call.closes_at,
        call.end_of(call.decision_date),
        call.end_of(call.notification_date),
    )
