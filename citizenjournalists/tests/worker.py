"""A real Redis and a real Celery worker on the test's own database."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from celery import current_app
from django.db import connection
from kombu import pools

from launching import processes, servers

STARTS_WITHIN = 40  # seconds


@pytest.fixture(scope="session")
def redis_url():
    """Give the URL of a private Redis, kept for the whole run."""
    with servers.redis() as url:
        yield url


@pytest.fixture
def broker(redis_url):
    """Send this test's tasks to the real Redis, empty at first; give its URL."""
    before = current_app.conf.broker_url
    use_broker(redis_url)
    with current_app.connection_for_write() as connection_:
        connection_.default_channel.client.flushdb()
    yield redis_url
    use_broker(before)


def use_broker(url: str) -> None:
    current_app.conf.broker_url = current_app.conf.broker_write_url = url
    current_app.conf.broker_read_url = url
    pools.reset()
    current_app._pool = current_app.amqp._producer_pool = None


def database_url() -> str:
    """Return the DATABASE_URL of the test database itself."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    host = now["HOST"] or now["OPTIONS"].get("host", "")
    secret = f":{now['PASSWORD']}" if now["PASSWORD"] else ""
    return f"postgres://{now['USER']}{secret}@/{now['NAME']}?host={host}&port={now['PORT'] or 5432}"


@pytest.fixture
def worker(transactional_db, broker, settings, tmp_path):
    """Run a Celery worker as production does; it is ready when the test begins.

    It mails to the test's `mail_sink` when the test asked for one first, else to files in
    `worker.mails`. The test kills it with `worker.process` as it likes.
    """
    smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    mails = tmp_path / "mails"
    email_url = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if smtp else ""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": broker,
        "EMAIL_URL": email_url or f"filemail:///{mails}",
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "PYTHONWARNINGS": "default",
    }
    running = Worker(environment, tmp_path / "worker.log", mails)
    running.start()
    yield running
    running.stop()


class Worker:
    def __init__(self, environment: dict, log, mails):
        self.environment, self.log, self.mails = environment, log, mails

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "citizenjournalists", "worker"]
        command += ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip"]
        with open(self.log, "ab") as log:
            self.process = processes.start(
                command, env=self.environment, cwd=servers.ROOT, stdout=log, stderr=log
            )
        give_up = time.monotonic() + STARTS_WITHIN
        while b" ready." not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > give_up:
                pytest.fail("The worker did not start:\n" + self.log.read_text()[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        processes.stop(self.process, signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        processes.signal_group(self.process, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def until():
    """Give a function that waits for something to become true, and fails after a while."""

    def wait(happened, seconds: float = 15):
        give_up = time.monotonic() + seconds
        while not (result := happened()):
            if time.monotonic() > give_up:
                pytest.fail(f"Did not happen within {seconds} s.")
            time.sleep(0.05)
        return result

    return wait
