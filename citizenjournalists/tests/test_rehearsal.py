"""The whole life of a call, from opening to erasure, by the same verbs and sweeps."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications import sweeping
from applications.models import AuditEntry, Heartbeat, Message, MessageKind, MessageStatus
from applications.tests.builders import a_call, a_person
from citizenjournalists.rehearsal import play

EXPECTED = {
    MessageKind.STARTED: 11,
    MessageKind.SUBMITTED: 8,
    MessageKind.REMINDER: 20,
    MessageKind.LAPSED: 4,
    MessageKind.EXTENDED: 1,
    MessageKind.CALL_CLOSED: 2,
    MessageKind.DATE_NEAR: 2,
    MessageKind.SELECTED: 4,
    MessageKind.RESERVE: 2,
    MessageKind.NOT_SELECTED: 2,
    MessageKind.PROMOTED: 1,
}


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def rehearse(**options) -> str:
    out = StringIO()
    call_command("rehearse", here=True, stdout=out, **options)
    return out.getvalue()


def letters_sent() -> dict:
    sent = Message.objects.filter(status=MessageStatus.SENT).values_list("kind", flat=True)
    kinds = list(sent)
    return {kind: kinds.count(kind) for kind in EXPECTED}


@pytest.mark.django_db(transaction=True)
def test_a_call_is_played_from_its_opening_to_the_last_erasure():
    timeline = rehearse()
    assert "14 Dec 2021 23:59:59.999" in timeline
    assert "15 Dec 2021 00:00:00.000" in timeline
    assert timeline.strip().splitlines()[-1].endswith("s.")
    assert letters_sent() == EXPECTED
    assert AuditEntry.objects.filter(event="call.closed").count() == 1


@pytest.fixture
def rehearsing(monkeypatch):
    monkeypatch.setenv("REHEARSAL", "1")


@pytest.mark.redis
@pytest.mark.postgresql
@pytest.mark.usefixtures("rehearsing", "worker")
@pytest.mark.django_db(transaction=True)
def test_real_workers_on_redis_and_postgresql_play_the_same_call():
    rehearse(workers=True)
    assert letters_sent() == EXPECTED
    assert Heartbeat.objects.get().name == Heartbeat.Name.WORKER


@pytest.mark.parametrize("used_by", [a_call, a_person])
@pytest.mark.django_db
def test_a_database_in_use_is_never_rehearsed_on(used_by):
    used_by()
    with pytest.raises(CommandError, match="in use"):
        rehearse()
    assert not Message.objects.exists()


def test_workers_are_not_asked_to_sweep_a_database_that_is_thrown_away():
    with pytest.raises(CommandError, match="--here"):
        call_command("rehearse", workers=True)


def test_a_worker_that_does_not_rehearse_takes_no_ones_word_for_the_time():
    with pytest.raises(PermissionError):
        sweeping.instant("2031-12-14T18:00:00+00:00")


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_stops_at_the_first_thing_amiss(monkeypatch):
    monkeypatch.setattr(play.sweeping, "walk", lambda steps, *, at: {})
    with pytest.raises(CommandError, match="the call opens"):
        rehearse()
