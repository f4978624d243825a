"""The clock shows that it is alive, and a database that is away never stops it."""

import pytest
from celery import current_app
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from applications import heartbeat
from applications.models import Heartbeat
from citizenjournalists import beat


@pytest.fixture
def clock(tmp_path):
    running = beat.LivingScheduler(
        current_app, schedule={}, schedule_filename=str(tmp_path / "schedule"), lazy=True
    )
    running.setup_schedule()
    yield running
    running.close()


def test_the_clock_of_the_settings_is_the_one_that_shows_life():
    assert settings.CELERY_BEAT_SCHEDULER == "citizenjournalists.beat:LivingScheduler"
    current_app.loader.import_default_modules()
    assert set(settings.CELERY_BEAT_SCHEDULE) <= set(current_app.tasks)


@pytest.mark.django_db(transaction=True)
def test_a_tick_leaves_a_sign_of_life_and_the_next_ones_not_more_than_twice_a_minute(
    clock,
):
    began = timezone.now()
    clock.schedule.clear()
    assert clock.tick() <= beat.EVERY
    first = Heartbeat.objects.get(name="beat").last_seen
    assert first >= began
    clock.tick()
    assert Heartbeat.objects.get(name="beat").last_seen == first
    clock.shown -= beat.EVERY
    clock.tick()
    assert Heartbeat.objects.get(name="beat").last_seen > first


def test_a_database_that_is_away_does_not_stop_the_clock(clock, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(heartbeat, "seen", away)
    clock.schedule.clear()
    clock.tick()
    assert "the database is away" in caplog.text
