"""How many letters a minute's worth of work delivers: real worker, real SMTP, a sink."""

from __future__ import annotations

import time
from pathlib import Path

from django.utils import timezone

from applications import outbox
from applications.models import Message, MessageKind, MessageStatus
from applications.models.message import MESSAGE_DOMAIN
from citizenjournalists.bench import server

PATIENCE = 600  # seconds for all letters


def letters_per_second(count: int, environment: dict[str, str], folder: Path) -> str:
    """Queue `count` letters, start a worker and say how fast, with what memory, they went out."""
    at = timezone.now()
    Message.objects.all().delete()
    Message.objects.bulk_create(a_letter(number, at) for number in range(count))
    with server.mail_sink(folder) as port:
        mailed = {**environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        with server.celery_worker(mailed, folder) as pid:
            first = wait_until_sent(1)
            cpu, began = server.cpu_seconds(pid), time.perf_counter()
            memory = server.resident_megabytes(pid)
            sent = wait_until_sent(count)
            took = time.perf_counter() - began
            used = server.cpu_seconds(pid) - cpu
            grown = server.resident_megabytes(pid) - memory
    return (
        f"Mail: {sent} of {count} letters sent, {(sent - first) / took:.0f} per second, "
        f"{used / max(1, sent - first) * 1000:.1f} ms of CPU each, "
        f"worker {memory:.0f} MB at the first and {grown:+.0f} MB at the last."
    )


def a_letter(number: int, at) -> Message:
    return Message(
        key=f"bench/{number}",
        kind=MessageKind.SUBMITTED,
        language="ru",
        recipient=f"editor{number}@outlet.example",
        subject="Заявка 417-208",
        text="Заявку читают эксперты.\n" * 40,
        html="<p>Заявку читают эксперты.</p>" * 40,
        message_id=f"<bench-{number}@{MESSAGE_DOMAIN}>",
        queued_at=at,
        due_at=at,
    )


def wait_until_sent(count: int) -> int:
    """Return how many are sent once at least `count` are, nudging a worker until they are."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        sent = Message.objects.filter(status=MessageStatus.SENT).count()
        if sent >= count:
            return sent
        if not sent:
            outbox.nudge()
        time.sleep(0.2)
    raise RuntimeError(f"Only {sent} of {count} letters went out in {PATIENCE} seconds.")
