"""What a monitor asks: is the process alive (/healthz), and can it do its work (/readyz)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from applications import clamd, heartbeat, sealing
from applications.models import Attachment
from citizenjournalists import metrics

LEAST_FREE = 500 * 1024 * 1024  # bytes
LONGEST_WAIT = timedelta(minutes=10)  # of a letter that is due, of a file to be scanned
FINE = "fine"


def answer_probes(get_response):
    """Answer before anything can get in the way: redirects to HTTPS, hosts, sessions."""
    answers = {"/healthz": alive, "/readyz": ready, "/metrics": metrics.tell}

    def middleware(request: HttpRequest):
        answer = answers.get(request.path)
        return (answer and answer(request)) or get_response(request)

    return middleware


def alive(request: HttpRequest) -> JsonResponse:
    return private(JsonResponse({"alive": True}))


def ready(request: HttpRequest) -> JsonResponse:
    """Say what is fine and what isn't, in plain words; 503 while the web can't do its work.

    A broker that is away is told of and no more: the sweep delivers what it would have nudged.
    So is a place for files elsewhere: texts are written and handed in without it.
    """
    found = dict(state(request.arrived_at))
    needed = ("database", "migrations", "disk")
    is_ready = all(found.get(name) == FINE for name in needed)
    return private(JsonResponse({"ready": is_ready, **found}, status=200 if is_ready else 503))


def private(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def state(at: datetime) -> Iterator[tuple[str, str]]:
    yield "disk", disk()
    if default_storage.is_elsewhere:
        yield "files", default_storage.trouble() or FINE
    yield "broker", broker()
    try:
        yield "database", database()
        yield "migrations", migrations()
        pulse = heartbeat.pulse(at)
        yield "beat", beat(pulse)
        yield "outbox", outbox(pulse, at)
        if settings.CLAMAV is not None:
            yield "scanner", scanner(at)
        yield "trail", trail(at)
    except (DatabaseError, InterfaceError) as error:
        yield "database", f"does not answer: {type(error).__name__}"


def disk() -> str:
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.MEDIA_ROOT, os.W_OK):
        return "the folder of files can't be written to"
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    return FINE if free >= LEAST_FREE else f"{free // 1024**2} MB are free"


def broker() -> str:
    try:
        with current_app.connection_for_write() as channel:
            channel.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OperationalError, OSError) as error:
        return f"does not answer: {type(error).__name__}"
    return FINE


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return FINE


def migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} are not applied" if missing else FINE


def beat(pulse: heartbeat.Pulse) -> str:
    """Tell who has shown no sign of life, and what waits: deadlines hold without them."""
    silent = [sign.name for sign in pulse.silent]
    told = [f"silent: {', '.join(silent)}"] if silent else []
    if pulse.calls_to_close:
        told.append(f"{pulse.calls_to_close} calls wait to be closed")
    if pulse.drafts_to_lapse:
        told.append(f"{pulse.drafts_to_lapse} drafts wait to lapse")
    return "; ".join(told) or FINE


def outbox(pulse: heartbeat.Pulse, at: datetime) -> str:
    """Tell of letters that wait too long, or for a person."""
    told = []
    if pulse.oldest_letter_due and at - pulse.oldest_letter_due > LONGEST_WAIT:
        minutes = (at - pulse.oldest_letter_due) // timedelta(minutes=1)
        told.append(f"{pulse.letters_waiting} letters wait, the first for {minutes} minutes")
    if pulse.letters_needing_a_person:
        told.append(f"{pulse.letters_needing_a_person} letters wait for a person")
    return "; ".join(told) or FINE


def trail(at: datetime) -> str:
    """Tell of entries of the trail that wait too long for their seal."""
    unsealed, since = sealing.waiting(at)
    if not unsealed:
        return FINE
    minutes = (at - since) // timedelta(minutes=1)
    return f"{unsealed} entries are not sealed, the first for {minutes} minutes"


def scanner(at: datetime) -> str:
    """Tell of a scanner that is away, and of files that have waited long for its verdict."""
    told = [] if clamd.ping(settings.CLAMAV, patience=2.0) else ["does not answer"]
    waiting = Attachment.objects.waiting().filter(uploaded_at__lt=at - LONGEST_WAIT)
    if number := waiting.count():
        said = waiting.order_by("uploaded_at").values_list("scan_said", flat=True).first()
        told.append(f"{number} files wait to be checked, the first of them: {said or 'no try yet'}")
    return "; ".join(told) or FINE
