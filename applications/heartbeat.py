"""Signs of life: when the clock (beat) and the workers were last seen, and what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from applications.closing import SETTLING
from applications.models import Application, Call, Heartbeat, Message

SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Sign:
    """One part's sign of life; `last_seen` is None where it never showed one."""

    name: str
    label: str
    last_seen: datetime | None
    silent: bool


@dataclass(frozen=True)
class Pulse:
    """What the index of the desk and /readyz tell: who is silent, and what is waiting."""

    beat: Sign
    worker: Sign
    letters_waiting: int
    oldest_letter_due: datetime | None
    letters_needing_a_person: int
    calls_to_close: int
    drafts_to_lapse: int

    @property
    def silent(self) -> list[Sign]:
        return [sign for sign in (self.beat, self.worker) if sign.silent]


def seen(name: str, *, at: datetime) -> None:
    """Note a sign of life; an earlier instant never replaces a later one."""
    Heartbeat.objects.get_or_create(name=name, defaults={"last_seen": at})
    Heartbeat.objects.filter(name=name, last_seen__lt=at).update(last_seen=at)


def pulse(at: datetime) -> Pulse:
    """Return the signs of life and what waits, in five queries."""
    rows = dict(Heartbeat.objects.values_list("name", "last_seen"))
    beat, worker = (sign(name, rows.get(name), at) for name in Heartbeat.Name)
    due = Message.objects.due(at)
    return Pulse(
        beat=beat,
        worker=worker,
        letters_waiting=due.count(),
        oldest_letter_due=due.aggregate(oldest=Min("due_at"))["oldest"],
        letters_needing_a_person=Message.objects.needing_a_person().count(),
        calls_to_close=Call.objects.due_to_close(at - SETTLING).count(),
        drafts_to_lapse=Application.objects.overdue_drafts(at - SETTLING).count(),
    )


def sign(name: Heartbeat.Name, last_seen: datetime | None, at: datetime) -> Sign:
    silent = last_seen is None or abs(at - last_seen) >= SILENT_AFTER  # or of a clock far ahead
    return Sign(name=name.value, label=str(name.label), last_seen=last_seen, silent=silent)
