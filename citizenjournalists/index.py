"""The page of the staff's index, put together from what is unfinished and how it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import ngettext

from applications import access, heartbeat, instants, marks, pressing
from applications.models import MailSwitch, Message, MessageStatus
from applications.seasons import call_of, calls_at_hand
from citizenjournalists import desk, pictures


def told_to(request, *, at: datetime) -> dict:
    """Return the context of the index for this person: a coordinator sees the arrivals alone."""
    call = call_of(request, at)
    if call is None or not request.user.has_perm("applications.view_application"):
        return {}
    told = {
        "call": call,
        "calls": calls_at_hand(request),
        "now": instants.timed(at, instants.moment(at, call)),
        "panels": desk.panels(call, request.user, at),
        "submissions": pictures.submissions(call, request.user, at),
    }
    if access.reads_answers(request.user):
        parts = desk.jurors_parts(call)
        told |= {
            "service": service(at),
            "handed_in": sum(one.handed_in for one in parts),
            "reviews_in_all": sum(one.total for one in parts),
            "progress": pictures.progress(call, parts, at) if parts else None,
            "distribution": pictures.distribution(call, request.user) if parts else None,
        }
    return told


def service(at: datetime) -> dict:
    """Return the signs of life with how long ago they came, and how the mail stands."""
    pulse = heartbeat.pulse(at)
    letters = Message.objects.filter(status=MessageStatus.SENT, sent_at__gt=at - timedelta(days=1))
    needing = Message.objects.needing_a_person().values_list("status", flat=True)
    statuses = list(needing)
    return {
        "signs": [(sign, ago(sign.last_seen, at)) for sign in (pulse.beat, pulse.worker)],
        "behind": behind(pulse),
        "silent": bool(pulse.silent),
        "switch": MailSwitch.objects.first(),
        "waiting": pulse.letters_waiting,
        "sent": letters.count(),
        "needing": [
            (status, marks.word_of(status), statuses.count(status))
            for status in MessageStatus.values
            if status in statuses
        ],
    }


def behind(pulse: heartbeat.Pulse) -> list[str]:
    """Return what the sweep should have done by now."""
    calls, drafts = pulse.calls_to_close, pulse.drafts_to_lapse
    to_close = ngettext(
        "%(number)s call waits to be closed", "%(number)s calls wait to be closed", calls
    )
    to_lapse = ngettext(
        "%(number)s draft waits to lapse", "%(number)s drafts wait to lapse", drafts
    )
    presses = pressing.lying()
    to_hand_in = ngettext(
        "%(number)s press of “Submit” kept while the site was away waits to be handed in",
        "%(number)s presses of “Submit” kept while the site was away wait to be handed in",
        presses,
    )
    found = [(calls, to_close), (drafts, to_lapse), (presses, to_hand_in)]
    return [words % {"number": number} for number, words in found if number]


def ago(seen: datetime | None, at: datetime) -> str:
    return instants.time_left(at - seen) if seen else ""
