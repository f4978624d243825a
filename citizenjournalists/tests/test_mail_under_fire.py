"""The real worker, the real Redis, a real mail server: killed, emptied, and nothing is doubled."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from applications import outbox
from applications.models import Message, MessageStatus
from applications.tests.test_outbox import a_letter

pytestmark = pytest.mark.redis
LETTERS, KILLS = 100, 2


def done() -> int:
    return Message.objects.exclude(status__in=[MessageStatus.QUEUED, MessageStatus.SENDING]).count()


def test_a_worker_killed_midway_loses_nothing_doubles_nothing_and_stalls_one_at_most(
    mail_sink, worker, until, broker
):
    for n in range(LETTERS):
        a_letter(n)
    for kill in range(1, KILLS + 1):
        outbox.nudge()
        aim = kill * 20 + random.randint(0, 10)
        until(lambda aim=aim: done() >= aim, 30)
        worker.kill()
        if kill == 1:  # what waited in Redis is gone as well
            with current_app.connection_for_write() as connection:
                connection.default_channel.client.flushall()
        worker.start()
    outbox.nudge()
    until(lambda: not Message.objects.filter(status=MessageStatus.QUEUED).exists(), 60)
    until(
        lambda: (
            Message.objects.filter(status=MessageStatus.SENDING).count() <= KILLS
            and done() >= LETTERS - KILLS
        ),
        30,
    )
    outbox.stall_abandoned(at=timezone.now() + outbox.STALLED_AFTER + timedelta(minutes=1))

    ends = Counter(Message.objects.values_list("status", flat=True))
    stalled = ends[MessageStatus.STALLED]
    assert ends[MessageStatus.SENT] + stalled == LETTERS
    assert stalled <= KILLS
    arrived = Counter(message["Message-ID"] for message in mail_sink.messages)
    assert set(arrived.values()) == {1}
    sent = set(Message.objects.filter(status="sent").values_list("message_id", flat=True))
    assert sent <= set(arrived)
