"""`make run` for real: a newcomer's first minute, then everything ends with what started it."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import psutil
import pytest
from django.conf import settings

from citizenjournalists.tests.mailserver import free_port

ROOT = settings.BASE_DIR
needs_its_own_venv = pytest.mark.skipif(
    not (ROOT / ".venv" / "bin" / "python").exists(), reason="make test makes .venv"
)
pytestmark = [pytest.mark.launch, needs_its_own_venv]
OURS = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


class Portal:
    """A portal started as `make run` starts it, with a folder for its state."""

    def __init__(self, var, **environment):
        self.port = free_port()
        own = {name: os.environ[name] for name in OURS if name in os.environ}
        self.address = f"http://127.0.0.1:{self.port}"
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "launch.py", "run"],
            cwd=ROOT,
            env={**own, "VAR_DIR": str(var), "PORT": str(self.port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = self.read_until("Ctrl-C")
        self.took = time.monotonic() - began
        self.all = psutil.Process(self.process.pid).children(recursive=True)

    def read_until(self, word: str) -> str:
        said = ""
        for line in self.process.stdout:
            said += line
            if word in line:
                return said
        pytest.fail(f"The portal did not start:\n{said}")

    def end(self, by=signal.SIGTERM) -> tuple[int, str]:
        """Ask the launcher to stop; return its exit code and last words."""
        self.process.send_signal(by)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said

    def still_running(self) -> list[str]:
        _, alive = psutil.wait_procs(self.all, timeout=20)
        return [" ".join(one.cmdline()) for one in alive]

    def kill(self) -> None:
        for one in (*self.all, self.process):
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="class")
def portal(var):
    """Start it for the first time; at the end, Ctrl-C ends every process it started."""
    running = Portal(var)
    try:
        yield running
        code, said = running.end(signal.SIGINT)
        assert (code, said.strip().splitlines()[-1]) == (0, "Stopped.")
        assert running.still_running() == []
    finally:
        running.kill()


@pytest.fixture
def second_start(var):
    running = Portal(var)
    yield running
    running.kill()


def apply_at(address: str) -> None:
    """Begin an application to the open call, as a browser without script does."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    home = browser.open(f"{address}/ru/").read().decode()
    form_at = address + re.search(r'href="(/ru/apply/[^"]+)"', home)[1]
    page = browser.open(form_at).read().decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    answers = {"country": "TJ", "name": "Пайрав", "email": "muharrir@payrav.example", **hidden}
    done = browser.open(form_at, urllib.parse.urlencode(answers).encode())
    assert re.search(r"/application/\d{3}-\d{3}/", done.url), done.read().decode()[:2000]


def letters_to(recipient: str, var) -> list[str]:
    return [
        letter
        for path in (var / "mail").glob("*")
        for letter in re.split(r"^-{79}$", path.read_text(), flags=re.MULTILINE)
        if f"To: {recipient}" in letter
    ]


class TestTheFirstStart:
    def test_a_newcomer_is_told_where_to_look_applies_and_gets_mail(self, portal, var):
        assert f"http://localhost:{portal.port}/" in portal.said
        for role in ("officer", "chair", "coordinator", "juror"):
            assert re.search(rf"^  \S+ +\S+ +{role}$", portal.said, re.MULTILINE)
        assert f"{var / 'mail'}/" in portal.said
        apply_at(portal.address)
        give_up = time.monotonic() + 20
        while not (found := letters_to("muharrir@payrav.example", var)):
            assert time.monotonic() < give_up, (var / "log" / "worker.log").read_text()[-3000:]
            time.sleep(0.2)
        assert len(found) == 1

    def test_static_files_are_compressed_and_kept_for_long(self, portal):
        home = urllib.request.urlopen(f"{portal.address}/ru/").read().decode()
        style = re.search(r'href="(/static/portal\.[0-9a-f]+\.css)"', home)[1]
        asked = urllib.request.Request(portal.address + style, headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            assert "immutable" in answer.headers["Cache-Control"]

    def test_a_second_portal_in_the_same_folder_is_refused(self, portal, var):
        second = subprocess.run(
            [sys.executable, "launch.py", "run"],
            cwd=ROOT,
            env={**os.environ, "VAR_DIR": str(var), "PORT": str(free_port())},
            capture_output=True,
            text=True,
        )
        assert second.returncode == 1
        assert second.stderr == f"The portal already runs with {var}. Stop it first.\n"


def test_a_second_start_is_quick_and_ends_whole_when_a_process_dies(second_start):
    assert "Loading" not in second_start.said
    assert second_start.took < 15  # seconds, beside other tests; alone it is under five
    worker = next(one for one in second_start.all if "worker" in one.cmdline())
    worker.kill()
    code, said = second_start.ended()
    assert code == 1
    assert "The worker ended by itself; everything was stopped." in said
    assert second_start.still_running() == []


def test_nothing_is_left_behind_when_the_launcher_itself_is_killed(second_start):
    second_start.end(signal.SIGKILL)
    assert second_start.still_running() == []


def refused(**environment) -> str:
    done = subprocess.run(
        [sys.executable, "launch.py", "run"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_what_keeps_it_from_starting_is_said_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(PORT=port, VAR_DIR=str(tmp_path))
        assert said.startswith(f"Port {port} can't be used (Address already in use).")
        assert re.search(r"PORT=\d+ make run$", said.strip())
    assert refused(PORT="web", VAR_DIR=str(tmp_path)).startswith("PORT is “web”; it must be")
    (tmp_path / "file").write_text("")
    assert refused(VAR_DIR=str(tmp_path / "file")).startswith("Can't write to ")
