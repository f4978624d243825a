"""Errors are reported to a Sentry that listens here: what broke arrives, whom it met doesn't."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from citizenjournalists.tests.mailserver import free_port
from launching import processes, servers

LINK, EMAIL = "7Q4MXK2PAAAABBBBCCCC", "editor@outlet.example"
TYPED, PHONE, COOKIE = "Наш район без воды", "+7 701 123-45-67", "a-cookie-of-hers"
UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress}


class Sentry:
    """Takes envelopes as a Sentry does; `events` are the errors in them, `said` every byte."""

    def __init__(self):
        self.envelopes: list[str] = []
        sentry = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                unpack = UNPACK.get(self.headers.get("Content-Encoding", ""), bytes)
                sentry.envelopes.append(f"{self.headers}\n{unpack(body).decode()}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://public@127.0.0.1:{self.server.server_port}/1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def said(self) -> str:
        return "\n".join(self.envelopes)

    @property
    def events(self) -> list[dict]:
        lines = [line for line in self.said.splitlines() if line.startswith('{"')]
        return [event for event in map(json.loads, lines) if "level" in event]

    def of(self, kind: str) -> dict | None:
        """Return the event whose last exception is of this type."""
        for event in self.events:
            if "exception" in event and event["exception"]["values"][-1]["type"] == kind:
                return event
        return None


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """Break a page, a middleware and a task of a real web process; give what a Sentry got."""
    folder, sentry, port = tmp_path_factory.mktemp("faults"), Sentry(), free_port()
    own = {"VAR_DIR": str(folder), "PORT": str(port), "SENTRY_DSN": sentry.dsn}
    own |= {"RELEASE": "1.2.3", "STATIC_ROOT": str(folder), "WEB_WORKERS": "1"}
    command = [sys.executable, "-m", "gunicorn", "citizenjournalists.tests.broken"]
    with open(folder / "log", "wb") as log:
        web = processes.start(
            command, env={**os.environ, **own}, cwd=servers.ROOT, stdout=log, stderr=log
        )
    try:
        servers.wait_until(lambda: asked(port, "/healthz") == 200, web, folder / "log")
        form = {"story": TYPED, "email": EMAIL, "phone": PHONE}
        assert asked(port, f"/z/{LINK}?q={EMAIL}", form) == 500
        assert asked(port, f"/nowhere/z/{LINK}") == 500
        assert asked(port, f"/nowhere/z/{LINK}?worse={EMAIL}") == 500
        assert asked(port, f"/task/?whom={EMAIL}") == 200
    finally:
        processes.stop(web, signal.SIGTERM)  # what waits to be sent is sent
        sentry.server.shutdown()
        sentry.server.server_close()
    sentry.log = (folder / "log").read_text()
    return sentry


def asked(port: int, path: str, form: dict | None = None) -> int:
    headers = {"Cookie": f"portal={COOKIE}", "User-Agent": f"Browser of {EMAIL}"}
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_what_broke_and_where_is_told(reported):
    event = reported.of("ValueError")
    assert (event["transaction"], event["request"]) == ("/z/{token}", {"method": "POST"})
    assert (event["release"], event["environment"]) == ("1.2.3", "local")
    assert len(event["tags"]["request"]) == 32
    first, last = event["exception"]["values"]
    assert (first["type"], first["value"]) == ("KeyError", "'contact_email'")
    assert last["value"] == "can't read “…” of …@… (…) at /z/…?q=…@…"
    frame = last["stacktrace"]["frames"][-1]
    assert (frame["function"], frame["module"]) == ("breaks", "citizenjournalists.tests.broken")


def test_a_line_of_the_log_is_told_as_it_is_written_in_the_code(reported):
    lines = [event["logentry"] for event in reported.events if "logentry" in event]
    assert {"message": "no letter to %s about %s"} in lines


def test_an_error_without_a_route_names_no_address(reported):
    event = reported.of("RuntimeError")
    assert "transaction" not in event
    assert event["exception"]["values"][-1]["value"] == "nothing at /z/…"


def test_a_task_that_fails_is_told_by_its_name_without_what_it_was_given(reported):
    event = reported.of("PermissionError")
    assert event["transaction"] == "remind"
    assert event["exception"]["values"][-1]["value"] == "nobody may remind …@…"


@pytest.mark.parametrize(
    "secret", [LINK, EMAIL, "outlet.example", TYPED, "701 123", COOKIE, "Browser of", "127.0.0.1:"]
)
def test_nothing_of_a_person_leaves_the_machine(reported, secret):
    assert len(reported.events) >= 4
    own = f"Host: 127.0.0.1:{reported.server.server_port}"
    assert secret not in reported.said.replace(own, "").replace(reported.dsn, "")
    assert json.dumps(secret)[1:-1] not in reported.said.replace(own, "").replace(reported.dsn, "")


def test_nor_does_the_log_tell_it_not_even_when_the_page_of_the_error_fails(reported):
    assert "Error handling request GET /nowhere/z/…" in reported.log
    for secret in (LINK, EMAIL):
        assert secret not in reported.log


def started_with(tmp_path, **environment) -> subprocess.CompletedProcess:
    look = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"
    own = {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "citizenjournalists.settings"}
    return subprocess.run(
        [sys.executable, "-c", look],
        cwd=servers.ROOT,
        env={**os.environ, **own, **environment},
        capture_output=True,
        text=True,
    )


def test_without_a_dsn_its_package_is_not_even_loaded(tmp_path):
    assert started_with(tmp_path).stdout == "False\n"


def test_outside_production_nobody_elsewhere_is_told(tmp_path):
    refused = started_with(tmp_path, SENTRY_DSN="https://public@sentry.example/1")
    assert refused.returncode == 1
    assert "Only production may report to others" in refused.stderr
