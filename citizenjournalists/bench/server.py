"""What is measured: gunicorn with two workers, a Celery worker, a mail sink; and their CPU."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

WORKERS = 2
PATIENCE = 60  # seconds a process has to come up


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_of(pid: int) -> list[int]:
    """Return the pids of a process's children (Linux)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def cpu_seconds(pid: int) -> float:
    """Return the CPU a process and its children have used so far, all threads, in seconds.

    Read from the scheduler's own nanoseconds where Linux keeps them.
    """
    own = sum(
        int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")
    )
    return own / 1e9 + sum(cpu_seconds(child) for child in children_of(pid))


def database_pid(connection) -> int | None:
    """Return the process of the PostgreSQL behind a connection, if it runs on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/status")
    if not status.exists() or "postgres" not in status.read_text():
        return None
    return int(status.read_text().split("PPid:")[1].split()[0])


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process and its children, in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    own = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return own + sum(resident_megabytes(child) for child in children_of(pid))


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path):
    """Run a process for the length of a block and end it and its children afterwards."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  our own programs
            command,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    """Return when something listens on `port`; RuntimeError with the log when it does not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Nothing answers on port {port}:\n{log.read_text()[-3000:]}")


@contextmanager
def web(environment: dict[str, str], folder: Path):
    """Serve the portal as production does; yields (address, pid)."""
    port, log = free_port(), folder / "web.log"
    command = [
        *(sys.executable, "-m", "gunicorn", "citizenjournalists.bench.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", "4"),
        *("--log-level", "warning"),
    ]
    with running(command, environment, log) as process:
        wait_for(port, process, log)
        yield f"127.0.0.1:{port}", process.pid


@contextmanager
def mail_sink(folder: Path):
    """Take mail and throw it away, in a process of its own; yields the port."""
    port, log = free_port(), folder / "sink.log"
    command = [
        *(sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}"),
        *("--class", "aiosmtpd.handlers.Sink"),
    ]
    with running(command, {}, log) as process:
        wait_for(port, process, log)
        yield port


@contextmanager
def celery_worker(environment: dict[str, str], folder: Path, *, concurrency: int = WORKERS):
    """Run a Celery worker; yields its pid."""
    command = [
        *(sys.executable, "-m", "celery", "-A", "citizenjournalists", "worker"),
        *("--concurrency", str(concurrency), "--loglevel", "WARNING", "--without-gossip"),
        *("--without-mingle",),
    ]
    with running(command, environment, folder / "worker.log") as process:
        yield process.pid


def environment(folder: Path, database: str) -> dict[str, str]:
    """Return the variables under which the run's processes use the run's own database."""
    url = (
        f"sqlite:///{database}"
        if connection.vendor == "sqlite"
        else urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    )
    return {
        "DATABASE_URL": url,
        "DEBUG": "",
        "LOG_LEVEL": "ERROR",
        "RATE_LIMITS": "off",
        "SECRET_KEY": settings.SECRET_KEY,
    }
