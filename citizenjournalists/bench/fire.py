"""Mail under fire: the worker is killed again and again, the mail server refuses, nothing doubles.

The long form of the suite's own test. A letter is lost when it neither arrived nor is shown as
failed or stalled; it is doubled when the mail server took it twice.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from applications import outbox
from applications.models import Message, MessageStatus
from citizenjournalists.bench import mail, server

try:
    from aiosmtpd.controller import Controller
except ModuleNotFoundError:  # a developers' requirement, absent where only the portal runs
    Controller = None

TEMPORARY, PERMANENT = 30, 5  # in a hundred letters: refused at first, refused for good
PATIENCE = 300  # seconds for all of it


class MoodyServer:
    """An SMTP server that keeps a count of what it took, and refuses as a real one does."""

    def __init__(self):
        self.taken: Counter[str] = Counter()
        self.refused_once: set[str] = set()
        self.lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        recipient = envelope.rcpt_tos[0]
        mood = int("".join(filter(str.isdigit, recipient)) or 0) % 100
        if mood < PERMANENT:
            return "550 no such mailbox"
        with self.lock:
            if mood < PERMANENT + TEMPORARY and recipient not in self.refused_once:
                self.refused_once.add(recipient)
                return "451 try again later"
            self.taken[recipient] += 1
        return "250 taken"


def under_fire(count: int, kills: int, environment: dict[str, str], folder: Path) -> str:
    """Deliver `count` letters while a worker is killed `kills` times; tell how each ended."""
    at = timezone.now()
    Message.objects.all().delete()
    Message.objects.bulk_create(mail.a_letter(number, at) for number in range(count))
    moody = MoodyServer()
    sink = Controller(moody, hostname="127.0.0.1", port=server.free_port())
    sink.start()
    try:
        mailed = {**environment, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
        for kill in range(1, kills + 1):
            with server.celery_worker(mailed, folder, concurrency=1) as pid:
                wait_until_settled(count * kill // (kills + 2))
                os.killpg(pid, signal.SIGKILL)
        outbox.stall_abandoned(at=timezone.now() + outbox.STALLED_AFTER + timedelta(minutes=1))
        with server.celery_worker(mailed, folder, concurrency=1):
            wait_until_settled(count)
    finally:
        sink.stop()
    return table(count, kills, moody)


def settled() -> int:
    waiting = [MessageStatus.QUEUED, MessageStatus.SENDING]
    return Message.objects.exclude(status__in=waiting).count()


def wait_until_settled(count: int) -> None:
    """Wait until `count` letters have ended; a pause before trying again is cut short."""
    until = time.monotonic() + PATIENCE
    while settled() < count:
        if time.monotonic() > until:
            raise RuntimeError(f"Only {settled()} letters ended in {PATIENCE} seconds.")
        Message.objects.filter(status=MessageStatus.QUEUED).update(due_at=timezone.now())
        outbox.nudge()
        time.sleep(0.5)


def table(count: int, kills: int, moody: MoodyServer) -> str:
    ends = Counter(Message.objects.values_list("status", flat=True))
    sent = set(Message.objects.filter(status="sent").values_list("recipient", flat=True))
    figures = {
        "letters, kills": f"{count}, {kills}",
        "refused at first, refused for good": f"{TEMPORARY} %, {PERMANENT} %",
        "sent": ends[MessageStatus.SENT],
        "failed, before an officer": ends[MessageStatus.FAILED],
        "stalled, before an officer": ends[MessageStatus.STALLED],
        "lost": count - sum(ends[end] for end in ("sent", "failed", "stalled")),
        "marked sent that never arrived": len(sent - set(moody.taken)),
        "arrived twice": sum(times > 1 for times in moody.taken.values()),
    }
    lines = [f"| {name} | {value} |" for name, value in figures.items()]
    return "\n".join(["| mail under fire | |", "|---|---:|", *lines])
