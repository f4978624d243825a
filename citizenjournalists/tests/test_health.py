"""/healthz says that the process is alive, /readyz that it can do its work, and why not."""

import json
from datetime import timedelta

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.utils import timezone

from applications import heartbeat
from applications.models import Attachment, Heartbeat, Message
from applications.tests.builders import a_call, a_draft, an_application
from applications.tests.staffing import a_file_of
from citizenjournalists import health


@pytest.fixture
def alive(db):
    for name in Heartbeat.Name:
        heartbeat.seen(name, at=timezone.now())


def test_the_process_is_alive_without_asking_the_database(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_probe_needs_neither_https_nor_a_known_host(client, settings, alive):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz", headers={"host": "10.0.0.7"}).status_code == 200


def test_everything_fine(client, alive):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ready": True,
            "disk": "fine",
            "broker": "fine",
            "database": "fine",
            "migrations": "fine",
            "beat": "fine",
            "outbox": "fine",
            "trail": "fine",
        },
    )


def test_without_the_database_it_is_not_ready_and_says_so(client, monkeypatch, db):
    def away(*args, **kwargs):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer: OperationalError"


def test_with_a_migration_missing_it_is_not_ready(client, alive):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "1 are not applied"


def test_with_a_full_disk_it_is_not_ready(client, alive, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 2**60)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["disk"].endswith(" MB are free")


def test_without_a_broker_the_web_still_works(client, alive):
    before = current_app.conf.broker_url
    current_app.conf.broker_url = current_app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    try:
        answer = client.get("/readyz")
    finally:
        current_app.conf.broker_url = current_app.conf.broker_write_url = before
    assert answer.status_code == 200
    assert answer.json()["broker"].startswith("does not answer")


def test_a_silent_clock_and_waiting_letters_are_told(client, db):
    an_application()
    long_ago = timezone.now() - timedelta(hours=2)
    past = a_call(opens_at=long_ago - timedelta(days=30), closes_at=long_ago)
    a_draft(past, at=past.opens_at)
    Message.objects.update(due_at=long_ago, queued_at=long_ago)
    Message.objects.filter(kind="started").update(status="failed")
    told = client.get("/readyz").json()
    assert told["ready"] is True
    assert told["beat"] == (
        "silent: beat, worker; 1 calls wait to be closed; 1 drafts wait to lapse"
    )
    assert told["outbox"] == (
        "1 letters wait, the first for 120 minutes; 2 letters wait for a person"
    )


def test_the_answer_tells_nothing_about_anyone(client, db):
    application = an_application(email="secret@outlet.example")
    said = json.dumps(client.get("/readyz").json())
    assert application.number not in said
    assert "outlet.example" not in said


def test_a_scanner_that_is_away_and_files_that_wait_for_it_are_told(client, alive, settings):
    settings.CLAMAV = "/nonexistent/clamd.ctl"
    file = a_file_of(an_application())
    Attachment.objects.filter(pk=file.pk).update(
        scan="waiting", scan_due_at=timezone.now(), uploaded_at=timezone.now() - timedelta(hours=1)
    )
    answer = client.get("/readyz")
    assert answer.json()["scanner"] == (
        "does not answer; 1 files wait to be checked, the first of them: no try yet"
    )
    assert answer.json()["ready"] is True
