"""Figures for a monitor (/metrics, Prometheus): states, lateness, deadlines; nothing of anybody.

Read from the database at each request, so that every web process tells the same.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from hmac import compare_digest

import django
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min, Sum
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.exposition import choose_encoder

from applications import sealing
from applications.closing import SETTLING
from applications.models import Application, Attachment, Attempt, Call, Heartbeat, Message
from applications.models.message import MessageStatus

NEVER = float("inf")


def tell(request: HttpRequest) -> HttpResponse | None:
    """Answer a monitor that knows METRICS_TOKEN; None where there is no such page."""
    if not settings.METRICS_TOKEN:
        return None
    given = request.headers.get("Authorization", "").encode()
    if not compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer", **PRIVATE})
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry()
    registry.register(Figures(request.arrived_at))
    return HttpResponse(encode(registry), content_type=content_type, headers=PRIVATE)


PRIVATE = {"Cache-Control": "no-store"}


class Figures:
    """All figures at one instant; where the database is away, those that need none."""

    def __init__(self, at: datetime):
        self.at = at

    def describe(self) -> list:
        return []  # else the registry would collect once more to learn the names

    def collect(self) -> list[Gauge]:
        return [*of_the_machine(), *self.of_the_database()]

    def of_the_database(self) -> list[Gauge]:
        answers = Gauge("portal_database_up", "Whether the database answers.")
        try:
            found = [family for topic in TOPICS for family in topic(self.at)]
        except (DatabaseError, InterfaceError):
            found = []
        answers.add_metric([], bool(found))
        return [answers, *found]


def gauge(name: str, says: str, labels: list[str], rows) -> Gauge:
    """Return a family of figures; each row is its labels' values, then the figure."""
    family = Gauge(f"portal_{name}", says, labels=labels)
    for *values, figure in rows:
        family.add_metric([str(value) for value in values], figure)
    return family


def of_the_machine() -> Iterator[Gauge]:
    build = [settings.RELEASE, django.__version__, platform.python_version(), connection.vendor]
    labels = ["release", "django", "python", "database"]
    yield gauge("build_info", "What runs here.", labels, [[*build, 1]])
    free = shutil.disk_usage(settings.VAR_DIR).free
    yield gauge("disk_free_bytes", "Room left where state and files lie.", [], [[free]])


def applications(at: datetime) -> Iterator[Gauge]:
    rows = Application.objects.counted_by_state()
    labels = ["call", "state", "country"]
    yield gauge("applications", "Applications of a call by state and country.", labels, rows)


def letters(at: datetime) -> Iterator[Gauge]:
    by_status = dict.fromkeys(MessageStatus.values, 0)
    waiting = overdue = 0.0
    for status, count, queued_at, due_at in (
        Message.objects.order_by()
        .values_list("status")
        .annotate(Count("pk"), Min("queued_at"), Min("due_at"))
    ):
        by_status[status] = count
        if status == MessageStatus.QUEUED:
            waiting, overdue = since(queued_at, at), since(due_at, at)
    yield gauge("letters", "Letters of the outbox by state.", ["state"], by_status.items())
    says = "Age of the oldest letter that waits to be sent."
    yield gauge("letters_oldest_waiting_seconds", says, [], [[waiting]])
    says = "How long ago the first letter that waits should have been sent."
    yield gauge("letters_overdue_seconds", says, [], [[overdue]])


def signs_of_life(at: datetime) -> Iterator[Gauge]:
    seen = dict(Heartbeat.objects.values_list("name", "last_seen"))
    rows = [[n, since(seen[n], at) if n in seen else NEVER] for n in Heartbeat.Name.values]
    yield gauge("heartbeat_age_seconds", "Since beat or the worker was seen.", ["of"], rows)


def calls(at: datetime) -> Iterator[Gauge]:
    """Tell deadlines ahead, and how late the sweeps are with those that have passed."""
    every = list(Call.objects.public().order_by("pk"))
    ahead = [[c.slug, (c.closes_at - at).total_seconds()] for c in every if c.is_open(at)]
    says = "Until the deadline of each open call."
    yield gauge("call_closes_in_seconds", says, ["call"], ahead)
    settled = at - SETTLING
    open_late = [since(c.opens_at, at) for c in every if c.opened_at is None and c.has_opened(at)]
    close_late = [
        since(c.closes_at, settled) for c in every if c.closed_at is None and c.has_closed(settled)
    ]
    first = Application.objects.overdue_drafts(settled).aggregate(Min("closes_at"))
    lapse_late = since(first["closes_at__min"], settled)
    rows = [["open", max(open_late, default=0.0)], ["close", max(close_late, default=0.0)]]
    says = "How late a sweep is with what is due."
    yield gauge("sweep_late_seconds", says, ["sweep"], [*rows, ["lapse", lapse_late]])


def refused_attempts(at: datetime) -> Iterator[Gauge]:
    counted = Attempt.objects.order_by().values_list("application__call__slug", "why")
    says = "Refused attempts to submit."
    yield gauge("refused_attempts", says, ["call", "why"], counted.annotate(Count("pk")))


def files(at: datetime) -> Iterator[Gauge]:
    held = Attachment.objects.aggregate(n=Count("pk"), size=Sum("size"))
    yield gauge("files", "Files of applications.", [], [[held["n"]]])
    yield gauge("files_bytes", "Their size in all.", [], [[held["size"] or 0]])


def connections(at: datetime) -> Iterator[Gauge]:
    """Tell how many connections PostgreSQL has and may have; SQLite has none to count."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity"
            " WHERE backend_type = 'client backend'"
        )
        now, most = cursor.fetchone()
    yield gauge("database_connections", "Connections of PostgreSQL.", [], [[now]])
    yield gauge("database_connections_most", "How many it allows.", [], [[most]])


def trail(at: datetime) -> Iterator[Gauge]:
    says = "Entries of the trail that wait too long for their seal."
    yield gauge("trail_unsealed", says, [], [[sealing.waiting(at)[0]]])


def since(moment: datetime | None, at: datetime) -> float:
    """Return the seconds since a moment; 0 for none and for one ahead."""
    return max(0.0, (at - moment).total_seconds()) if moment else 0.0


TOPICS: tuple[Callable[[datetime], Iterator[Gauge]], ...] = (
    applications,
    letters,
    signs_of_life,
    calls,
    refused_attempts,
    files,
    trail,
    connections,
)
