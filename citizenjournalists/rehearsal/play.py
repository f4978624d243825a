"""Play every act in order and say in the end how it went."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from applications import outbox, sweeping
from applications import tasks as grounds
from applications.models import AuditEntry, Message, MessageKind, MessageStatus
from citizenjournalists import verifying
from citizenjournalists.rehearsal import applying, judging, scene
from citizenjournalists.rehearsal.timeline import Failed, Timeline
from reviews import tasks as jurys

ACTS = (
    applying.opening,
    applying.writing,
    applying.reminding,
    applying.last_minute,
    applying.closing,
    applying.extension,
    judging.reviewing,
    judging.publishing,
    judging.answering,
    judging.erasing,
)
PATIENCE = 30  # seconds a worker may take over what an act expects
TWO_BEATS = 2


def here(at: datetime) -> None:
    """Sweep and deliver in this very process, twice: the second finds nothing to do."""
    for _ in range(TWO_BEATS):
        sweeping.walk(grounds.SWEEP, at=at)
        sweeping.walk(jurys.SWEEP, at=at)
    outbox.deliver_due(at=at)


def by_workers(at: datetime) -> None:
    """Ask the running workers for the same, as two beats at once would."""
    for _ in range(TWO_BEATS):
        grounds.sweep.delay(at.isoformat())
        jurys.sweep.delay(at.isoformat())


def at_once(holds: Callable[[], bool], at: datetime) -> bool:
    outbox.deliver_due(at=at)
    return bool(holds())


def in_a_while(holds: Callable[[], bool], at: datetime) -> bool:
    """Wait for the workers; they deliver by the rehearsal's clock, for a letter has its time."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        grounds.deliver_mail.delay(at.isoformat())
        for _ in range(20):
            if holds():
                return True
            time.sleep(0.05)
    return False


def play(write: Callable[[str], None], *, workers: bool) -> None:
    """Play the rehearsal on this, empty, database. Raises Failed at the first thing amiss."""
    began = time.monotonic()
    settle = in_a_while if workers else at_once
    on_stage = scene.prepare()
    told = Timeline(write, settle, on_stage.call.zone)
    for act in ACTS:
        if act is judging.erasing:  # afterwards nobody could say whether a text was lost
            keep_to_the_rules(write)
        act(on_stage, by_workers if workers else here, told)
    keep_to_the_rules(write)
    sum_up(write, seconds=time.monotonic() - began)


def keep_to_the_rules(write: Callable[[str], None]) -> None:
    """End with what must hold in the whole database."""
    findings = list(verifying.verify())
    if broken := [finding.rule for finding in findings if finding.broken]:
        raise Failed("; ".join(broken))
    write(f"\n{len(findings)} rules of the whole database hold.")


def sum_up(write: Callable[[str], None], *, seconds: float) -> None:
    sent = Counter(Message.objects.values_list("kind", "status"))
    write("\nLetters")
    for kind in MessageKind:
        if number := sent[kind, MessageStatus.SENT]:
            write(f"  {number:>4}  {kind}")
    if broken := sum(n for (_, status), n in sent.items() if status != MessageStatus.SENT):
        raise Failed(f"{broken} letters did not go out")
    if sent[MessageKind.DATE_MISSED, MessageStatus.SENT]:
        raise Failed("somebody was told of a missed date, and none was missed")
    write(f"\n{AuditEntry.objects.count()} entries in the trail. Played in {seconds:.1f} s.")
