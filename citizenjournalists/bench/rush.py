"""The last minute before a deadline: hundreds submit while thousands read, and time decides.

Every request carries the instant a proxy took it, as in production. Submits fall thicker towards
the end and a little beyond it; afterwards the database is asked who was let in.
"""

from __future__ import annotations

import http.client
import queue
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from celery import current_app
from django.core import signing
from django.db import connection

from applications import access
from applications.models import Application, Call, Message, MessageKind
from applications.tests.builders import a_call, a_complete_draft
from citizenjournalists.bench import server
from citizenjournalists.bench.client import Browser, Failed
from citizenjournalists.bench.measures import quantile

MINUTE = 60.0  # seconds
BEYOND = 3.0  # seconds after the deadline in which some still try
LATE_SHARE = 0.1
SECONDS_TO_PREPARE = 0.2  # per outlet; more than it takes
CLIENTS = 96
ARRIVAL = "X-Request-Start"


@dataclass
class Tried:
    """One request of the rush: when it set out, how long it took, what came back."""

    what: str
    sent_at: datetime
    seconds: float
    outcome: str


@dataclass
class Outlet:
    """A complete draft, with the browser that is about to submit it."""

    number: str
    cookies: dict[str, str]
    form: dict[str, str]


def run(outlets: int, readers: int, environment: dict[str, str], folder: Path) -> str:
    """Play the rush on a server of its own and tell what became of every request."""
    environment = {**environment, "TRUSTED_ARRIVAL_HEADER": ARRIVAL}
    with (
        server.web(environment, folder) as (address, _),
        server.celery_worker(environment, folder),
    ):
        call = a_call_about_to_close(outlets)
        ready = [prepared(call, address) for _ in range(outlets)]
        wait_until(call.closes_at - timedelta(seconds=MINUTE))
        tried = play(call, ready, readers, address)
    connection.close()  # whoever restarts the database amid the rush has cut it
    return table(call, tried, outlets, readers)


def a_call_about_to_close(outlets: int) -> Call:
    now = datetime.now(UTC)
    ahead = timedelta(seconds=MINUTE + 10 + outlets * SECONDS_TO_PREPARE)
    return a_call(
        slug="rush",
        opens_at=now - timedelta(days=30),
        closes_at=now + ahead,
        decision_date=(now + timedelta(days=7)).date(),
        notification_date=(now + timedelta(days=11)).date(),
    )


def prepared(call: Call, address: str) -> Outlet:
    """Write a whole draft and open the page from which it will be submitted."""
    draft = a_complete_draft(call, at=datetime.now(UTC))
    signer = signing.get_cookie_signer(salt=access.COOKIE + access.SALT)
    browser = Browser(address, {access.COOKIE: signer.sign(draft.links.get().nonce)})
    check = browser.get(f"/ru/application/{draft.number}/check/")
    return Outlet(draft.number, browser.cookies, check.hidden)


def play(call: Call, ready: list[Outlet], readers: int, address: str) -> list[Tried]:
    """Send everything at its moment; return what was tried."""
    chance = random.Random(call.slug)  # noqa: S311  not a secret
    jobs = [(chance.uniform(0, MINUTE), "read", None) for _ in range(readers)]
    for outlet in ready:
        late = chance.random() < LATE_SHARE
        moment = MINUTE + chance.uniform(0, BEYOND) if late else MINUTE * chance.random() ** 0.5
        jobs.append((moment, "submit", outlet))
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for job in sorted(jobs, key=lambda job: job[0]):
        waiting.put(job)
    tried: list[Tried] = []
    begin = call.closes_at - timedelta(seconds=MINUTE)

    def work() -> None:
        while True:
            try:
                moment, what, outlet = waiting.get_nowait()
            except queue.Empty:
                return
            wait_until(begin + timedelta(seconds=moment))
            tried.append(ask(what, outlet, call, address))

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        current_app.send_task("applications.tasks.sweep", ignore_result=True)
        time.sleep(2)
    for thread in threads:
        thread.join()
    return tried


def ask(what: str, outlet: Outlet | None, call: Call, address: str) -> Tried:
    sent_at = datetime.now(UTC)
    stamp = {ARRIVAL: f"t={sent_at.timestamp():.3f}"}
    began = time.perf_counter()
    try:
        if what == "read":
            Browser(address).get(f"/ru/calls/{call.slug}/", **stamp)
            outcome = "read"
        else:
            outcome = submit(outlet, address, stamp)
    except (Failed, OSError, http.client.HTTPException) as error:
        outcome = f"error: {error}"[:200]
    return Tried(what, sent_at, time.perf_counter() - began, outcome)


def submit(outlet: Outlet, address: str, stamp: dict[str, str]) -> str:
    """Press the button; return "accepted" or "refused"; Failed for anything else."""
    path = f"/ru/application/{outlet.number}/submit/"
    answer = Browser(address, dict(outlet.cookies)).ask("POST", path, outlet.form, **stamp)
    leads_to = answer.headers.get("location", "")
    if answer.status == 302 and "/received/" in leads_to:
        return "accepted"
    if answer.status == 409 or (answer.status == 302 and "late" in leads_to):
        return "refused"
    raise Failed(f"{answer.status} {leads_to}")


def wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def table(call: Call, tried: list[Tried], outlets: int, readers: int) -> str:
    """Return the rush in figures, the browsers' answers held against the database."""
    submits = [one for one in tried if one.what == "submit"]
    reads = [one for one in tried if one.what == "read"]
    accepted = [one for one in submits if one.outcome == "accepted"]
    refused = [one for one in submits if one.outcome == "refused"]
    errors = [one for one in tried if one.outcome.startswith("error")]
    stored = Application.objects.of_call(call).submitted()
    receipts = Message.objects.filter(application__call=call, kind=MessageKind.SUBMITTED)
    figures = {
        "submits, reads": f"{outlets}, {readers} in {MINUTE:.0f} s",
        "accepted, refused, errors": f"{len(accepted)}, {len(refused)}, {len(errors)}",
        "accepted though late": sum(one.sent_at >= call.closes_at for one in accepted),
        "refused though in time": sum(one.sent_at < call.closes_at for one in refused),
        "told accepted but not stored": len(accepted) - stored.count(),
        "receipts": receipts.count(),
        "submit p50, p95, max (ms)": latencies(submits),
        "read p50, p95, max (ms)": latencies(reads),
    }
    lines = [f"| {name} | {value} |" for name, value in figures.items()]
    lines += [f"| error | {one.outcome} |" for one in errors[:5]]
    return "\n".join(["| the rush | |", "|---|---:|", *lines])


def latencies(tried: list[Tried]) -> str:
    seconds = [one.seconds for one in tried]
    return ", ".join(f"{quantile(seconds, share):.0f}" for share in (0.5, 0.95, 1))
