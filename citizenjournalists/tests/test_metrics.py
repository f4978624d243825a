"""/metrics: figures for a monitor that shows its token, and nothing about anyone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from applications import heartbeat
from applications.models import Attempt, Call, Heartbeat, Message
from applications.tests.builders import a_call, a_draft, an_application
from applications.tests.staffing import a_file_of, an_attempt_at

TOKEN = "the-monitors-token-0123456789"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def ask(client, settings):
    """Give a function that asks as the monitor does; the answer's `figures` are by name, labels."""
    settings.METRICS_TOKEN = TOKEN

    def asked():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        answer.figures = {
            (sample.name.removeprefix("portal_"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }
        return answer

    return asked


def test_without_a_token_in_the_settings_there_is_no_such_page(client, db):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer ", "Basic x", "Bearer й"])
def test_a_monitor_without_the_token_is_told_nothing(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_figures_of_a_call_at_work(ask, db):
    now = timezone.now()
    call = a_call(slug="now", opens_at=now - 9 * DAY, closes_at=now + DAY, opened_at=now - 9 * DAY)
    draft = a_draft(call, country="TJ", at=now - DAY)
    a_file_of(draft)
    an_attempt_at(draft, at=now)
    an_application(call, country="KZ", at=now - DAY)
    heartbeat.seen(Heartbeat.Name.BEAT, at=now - 7 * MINUTE)
    Message.objects.filter(kind="started").update(status="failed")
    Message.objects.filter(kind="submitted").update(
        queued_at=now - 30 * MINUTE, due_at=now - 10 * MINUTE
    )
    found = ask().figures
    assert found["database_up",] == 1
    assert found["applications", "now", "TJ", "draft"] == 1
    assert found["applications", "now", "KZ", "submitted"] == 1
    assert (found["letters", "failed"], found["letters", "queued"]) == (2, 1)
    assert found["letters", "stalled"] == 0
    assert found["letters_oldest_waiting_seconds",] == pytest.approx(1800, abs=10)
    assert found["letters_overdue_seconds",] == pytest.approx(600, abs=10)
    assert found["heartbeat_age_seconds", "beat"] == pytest.approx(420, abs=10)
    assert found["heartbeat_age_seconds", "worker"] == float("inf")
    assert found["call_closes_in_seconds", "now"] == pytest.approx(86400, abs=10)
    attempt = Attempt.objects.get()
    assert found["refused_attempts", "now", attempt.why] == 1
    file = draft.attachments.get()
    assert (found["files",], found["files_bytes",]) == (1, file.size)
    assert found["disk_free_bytes",] > 0
    assert [name for name in found if name[0] == "build_info"]
    late = {name[1]: figure for name, figure in found.items() if name[0] == "sweep_late_seconds"}
    assert late == {"open": 0, "close": 0, "lapse": 0}


def test_sweeps_that_did_not_come_show_how_late_they_are(ask, db):
    now = timezone.now()
    call = a_call(opens_at=now - 9 * DAY, closes_at=now - 62 * MINUTE)
    a_draft(call, at=now - DAY)
    found = ask().figures
    assert found["sweep_late_seconds", "open"] == pytest.approx(9 * 86400, abs=10)
    assert found["sweep_late_seconds", "close"] == pytest.approx(3600, abs=10)
    assert found["sweep_late_seconds", "lapse"] == pytest.approx(3600, abs=10)
    assert not [name for name in found if name[0] == "call_closes_in_seconds"]
    Call.objects.update(opened_at=now, closed_at=now)
    call.applications.update(status="lapsed")
    assert ask().figures["sweep_late_seconds", "close"] == 0


def test_figures_take_one_query_a_topic_however_much_there_is(ask, db, django_assert_num_queries):
    queries = 9 if connection.vendor == "postgresql" else 8
    for _ in range(2):
        an_application(a_call(slug=f"call-{Call.objects.count()}"))
        with django_assert_num_queries(queries):
            ask()


def test_figures_tell_of_nobody(ask, db):
    application = an_application(email="secret@outlet.example")
    said = ask().content.decode()
    for personal in (application.number, application.outlet.name, "outlet.example"):
        assert personal not in said


def test_without_the_database_what_needs_none_is_told(ask, db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        found = ask().figures
    assert found["database_up",] == 0
    assert found["disk_free_bytes",] > 0
    assert not [name for name in found if name[0] == "applications"]
