"""Told to stop or to reload, web and worker finish what they have in hand.

The socket is the test's own, as systemd's would be with a socket unit: what comes while nobody
listens waits in it. Where gunicorn owns it, newcomers are refused until the next one listens.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from applications import outbox
from applications.models import Application, Message, MessageKind, MessageStatus, Status
from applications.tests.builders import a_call, a_complete_draft
from applications.tests.test_outbox import a_letter
from citizenjournalists.tests.test_deployment import COMPOSE, UNITS, unit
from citizenjournalists.tests.test_failures import DAY, holder
from citizenjournalists.tests.worker import database_url
from launching import processes, servers

CODE = """
from citizenjournalists.wsgi import application as portal

def application(environ, start_response):
    if environ["PATH_INFO"] != "/code":
        return portal(environ, start_response)
    start_response("200 OK", [])
    return [b"{version}"]
"""
CSRF = "c" * 32
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


# What systemd does for a service with a socket: hand it over as file 3.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "changing"])
"""


class Web:
    """Gunicorn with one worker on a socket of ours, serving code that lies in a file."""

    def __init__(self, folder):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port, self.folder = self.listener.getsockname()[1], folder
        self.code = folder / "changing.py"
        self.write("old")
        self.start()

    def start(self) -> None:
        longer = "&options=-c%20lock_timeout%3D60s"
        own = {"DATABASE_URL": database_url() + longer, "SECRET_KEY": settings.SECRET_KEY}
        own |= {"WEB_WORKERS": "1", "STATEMENT_TIMEOUT": "60"}
        own |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-c", HAND_OVER, self.listener.fileno()]
        with open(self.folder / "web.log", "ab") as log:
            self.process = processes.start(
                command,
                env={**os.environ, **own},
                cwd=servers.ROOT,
                stdout=log,
                stderr=log,
                pass_fds=[self.listener.fileno()],
            )

    def write(self, version: str) -> None:
        self.code.write_text(CODE.format(version=version))

    def ask(self, method: str, path: str, body: str = "", **headers) -> tuple[int, str, str]:
        """Return the status, where it leads, and the page; raises what the connection raises."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        finally:
            line.close()

    def version(self) -> str:
        return self.ask("GET", "/code")[2]


class Request(threading.Thread):
    """One request; `answer` is what came back, or the error of a connection that was cut."""

    method, body, headers = "GET", "", {}

    def __init__(self, web: Web, path: str):
        super().__init__()
        self.web, self.path, self.answer = web, path, None

    def run(self):
        try:
            self.answer = self.web.ask(self.method, self.path, self.body, **self.headers)
        except (OSError, http.client.HTTPException) as error:
            self.answer = error


class Submit(Request):
    """One press of the button."""

    method, body = "POST", urllib.parse.urlencode({"csrfmiddlewaretoken": CSRF})

    def __init__(self, web: Web, draft: Application):
        super().__init__(web, f"/en/application/{draft.number}/submit/")
        cookies = {name: morsel.value for name, morsel in holder(draft).cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = CSRF
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        self.headers["Content-Type"] = "application/x-www-form-urlencoded"


def is_held_up() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it stays as first seen
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


@pytest.fixture
def web(transactional_db, tmp_path):
    running = Web(tmp_path)
    try:
        assert running.version() == "old"
        yield running
    finally:
        processes.stop(running.process, signal.SIGTERM)
        running.listener.close()


def received(submit: Submit, draft: Application) -> None:
    """Check that a submit ended as it should: told, stored, with one receipt."""
    submit.join(30)
    assert submit.answer[:2] == (302, f"/en/application/{draft.number}/received/")
    draft.refresh_from_db()
    assert (draft.status, draft.version) == (Status.SUBMITTED, 1)
    assert draft.messages.filter(kind=MessageKind.SUBMITTED).count() == 1


@pytest.mark.postgresql
def test_a_submit_under_way_ends_through_a_reload_and_a_restart_and_nobody_is_cut(web, until):
    now = timezone.now()
    call = a_call(opens_at=now - 9 * DAY, closes_at=now + DAY)
    drafts = [a_complete_draft(call, at=now) for _ in range(2)]

    submit = Submit(web, drafts[0])
    with transaction.atomic():
        Application.objects.locked(drafts[0].pk)
        submit.start()
        until(is_held_up)
        web.write("new")
        web.process.send_signal(signal.SIGHUP)
        until(lambda: web.version() == "new", seconds=40)  # new code answers beside the old
        assert submit.is_alive()
    received(submit, drafts[0])

    submit = Submit(web, drafts[1])
    with transaction.atomic():
        Application.objects.locked(drafts[1].pk)
        submit.start()
        until(is_held_up)
        web.process.send_signal(signal.SIGTERM)
        newcomers = []
        for _ in range(20):  # while it stops
            newcomers.append(Request(web, "/code"))
            newcomers[-1].start()
            time.sleep(0.02)
        assert submit.is_alive()
    received(submit, drafts[1])
    assert web.process.wait(timeout=30) == 0
    web.write("newer")
    web.start()
    for newcomer in newcomers:
        newcomer.join(40)
    assert {newcomer.answer for newcomer in newcomers} <= {(200, "", "new"), (200, "", "newer")}


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_stop_ends_its_letter_and_the_next_one_sends_the_rest(
    mail_sink, worker, until
):
    letters, begun, take = [a_letter(n) for n in range(3)], threading.Event(), mail_sink.handle_DATA

    async def slowly(server, session, envelope):
        begun.set()
        await asyncio.sleep(1)
        return await take(server, session, envelope)

    mail_sink.handle_DATA = slowly
    outbox.nudge()
    assert begun.wait(20)
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(timeout=30) == 0
    statuses = set(Message.objects.values_list("status", flat=True))
    assert MessageStatus.SENDING not in statuses
    assert MessageStatus.SENT in statuses
    worker.log.write_bytes(b"")
    worker.start()
    outbox.nudge()
    until(lambda: Message.objects.filter(status=MessageStatus.SENT).count() == len(letters))
    arrived = [message["Message-ID"] for message in mail_sink.messages]
    assert sorted(arrived) == sorted(Message.objects.values_list("message_id", flat=True))


@pytest.mark.django_db
def test_a_round_of_letters_ends_after_a_while_and_asks_for_another(monkeypatch):
    nudged = []
    monkeypatch.setattr(outbox, "nudge", lambda: nudged.append(1))
    for n in range(3):
        a_letter(n)
    monkeypatch.setattr(outbox, "ROUND", 0.0)
    assert outbox.deliver_due(at=timezone.now()) == 1
    assert nudged
    monkeypatch.setattr(outbox, "ROUND", 60.0)
    assert outbox.deliver_due(at=timezone.now()) == 2


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_systemd_and_compose_wait_for_what_is_in_hand(name):
    service = COMPOSE.split(f"\n  {name}:\n")[1].split("\n\n")[0]
    told = unit(f"portal-{name}")
    assert f"stop_grace_period: {told['TimeoutStopSec']}s" in service
    assert told["KillMode"] == "mixed"  # SIGTERM to the first process; it tells its children
    assert "KillSignal" not in told
    assert (
        "stop_signal" not in COMPOSE + (UNITS["portal-web"].parents[2] / "Dockerfile").read_text()
    )
    gunicorn = (UNITS["portal-web"].parents[2] / "gunicorn.conf.py").read_text()
    least = {"web": int(gunicorn.split("graceful_timeout = ")[1].split()[0])}
    least |= {"worker": outbox.ROUND + settings.EMAIL_TIMEOUT, "beat": 10}
    assert int(told["TimeoutStopSec"]) > least[name]
