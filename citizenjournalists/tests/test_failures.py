"""What breaks around the deadline, with the real parts: nothing is lost, nothing is let in."""

import errno
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from celery import current_app
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import access, outbox, submitting, sweeping, tasks
from applications.models import Application, Call, Message, MessageKind, MessageStatus, Status
from applications.tests.builders import CLOSES, a_call, a_complete_draft, a_draft, an_application
from citizenjournalists.tests.worker import use_broker
from launching import processes

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def a_call_closing(at):
    return a_call(opens_at=at - 30 * DAY, closes_at=at)


def holder(application) -> Client:
    client = Client()
    client.post(f"/z/{access.token_of(application.links.get())}")
    return client


def press_submit(client, application):
    return client.post(reverse("applications:submit", args=[application.number]))


def left_by_kind():
    return Counter(Message.objects.values_list("kind", flat=True))


@pytest.fixture
def no_broker(monkeypatch, settings):
    """Point at a Redis that isn't there, under the settings of production."""
    conf = current_app.conf
    before = conf.broker_url, conf.broker_transport_options
    monkeypatch.setattr(outbox.broker, "away_until", 0.0)
    conf.broker_transport_options = settings.OVER_A_NETWORK
    use_broker("redis+socket:///nonexistent/redis.sock")
    yield
    conf.broker_transport_options = before[1]
    use_broker(before[0])


@pytest.mark.usefixtures("no_broker")
@pytest.mark.django_db(transaction=True)
def test_redis_is_down_at_the_deadline_and_the_receipt_goes_once_a_sweep_finds_it(caplog):
    draft = a_complete_draft(a_call_closing(timezone.now() + MINUTE), at=timezone.now())
    client, began = holder(draft), time.monotonic()
    response = press_submit(client, draft)
    assert time.monotonic() - began < 2
    assert response.url == reverse("applications:received", args=[draft.number])
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert "no broker to nudge" in caplog.text
    receipt = draft.messages.get(kind=MessageKind.SUBMITTED)
    assert receipt.status == MessageStatus.QUEUED
    outbox.deliver_due(at=timezone.now())
    receipt.refresh_from_db()
    assert receipt.status == MessageStatus.SENT


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_drafts_lapse_leaves_the_rest_to_the_next(worker, until):
    call = a_call_closing(timezone.now() - timedelta(minutes=5))
    for _ in range(40):
        a_draft(call, at=call.closes_at - DAY)
    lapsed = Application.objects.filter(status=Status.LAPSED)
    tasks.sweep.delay()
    until(lapsed.exists)
    worker.kill()
    assert 0 < lapsed.count() < 40
    assert Message.objects.filter(kind=MessageKind.LAPSED).count() == lapsed.count()
    worker.log.write_bytes(b"")
    worker.start()
    tasks.sweep.delay()
    until(lambda: lapsed.count() == 40)
    assert left_by_kind()[MessageKind.LAPSED] == 40
    assert Call.objects.get().closed_at


@pytest.mark.redis
@pytest.mark.usefixtures("worker")
@pytest.mark.django_db(transaction=True)
def test_beat_stopped_for_a_day_lets_nothing_in_and_one_sweep_tidies_up(until):
    call = a_call_closing(timezone.now() - DAY)
    late = a_complete_draft(call, at=call.closes_at - DAY)
    call.refresh_from_db()
    assert call.closed_at is None
    page = press_submit(holder(late), late)
    assert page.status_code == 409
    late.refresh_from_db()
    assert late.status == Status.DRAFT
    assert late.attempts.get().why == "closed"
    tasks.sweep.delay()
    until(lambda: Application.objects.get(pk=late.pk).status == Status.LAPSED)
    assert left_by_kind()[MessageKind.REMINDER] == 0


@pytest.mark.django_db
def test_a_worker_whose_clock_is_a_minute_off_closes_nothing_before_its_time():
    call = a_call()
    in_time, lapsing = a_complete_draft(call), a_draft(call)
    fast = CLOSES - timedelta(seconds=1) + MINUTE  # what its clock shows a second before 24:00
    sweeping.walk(tasks.SWEEP, at=fast)
    call.refresh_from_db()
    assert call.closed_at is None
    assert submitting.submit(in_time, at=CLOSES - timedelta(milliseconds=1))
    sweeping.walk(tasks.SWEEP, at=CLOSES + timedelta(minutes=2) - MINUTE)  # a slow one: later
    lapsing.refresh_from_db()
    assert lapsing.status == Status.DRAFT
    sweeping.walk(tasks.SWEEP, at=CLOSES + timedelta(minutes=2))
    lapsing.refresh_from_db()
    assert lapsing.status == Status.LAPSED


@pytest.mark.django_db
def test_a_full_disk_refuses_the_file_in_words_and_loses_no_text(monkeypatch):
    draft = a_complete_draft(a_call_closing(timezone.now() + DAY), at=timezone.now())
    texts = list(draft.sections.order_by("section").values_list("section", "answers"))

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    upload = SimpleUploadedFile("Резюме.pdf", b"%PDF-1.4\n%%EOF")
    page = holder(draft).post(f"/en/application/{draft.number}/files/", {"cv": upload})
    assert page.status_code == 422
    assert "“Резюме.pdf” could not be stored" in page.content.decode()
    assert not draft.attachments.exists()
    assert list(draft.sections.order_by("section").values_list("section", "answers")) == texts
    assert press_submit(holder(draft), draft).status_code == 302


def cut_all_connections():
    """Cut every connection but this one, as a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_postgresql_restarted_in_the_last_minute_rush_loses_no_submit_and_doubles_none(caplog):
    """Twenty press the button while connections are cut again and again; all are in time."""
    call = a_call_closing(timezone.now() + 5 * MINUTE)
    drafts = [a_complete_draft(call, at=timezone.now()) for _ in range(24)]
    clients = [(holder(draft), draft) for draft in drafts]
    answers, waiting, lock = [], iter(clients), threading.Lock()

    def press():
        while True:
            with lock:
                client, draft = next(waiting, (None, None))
            if client is None:
                break
            try:
                answers.append(press_submit(client, draft).status_code)
            except Exception as error:
                answers.append(error)
        connection.close()

    pressing = [threading.Thread(target=press) for _ in range(10)]
    for thread in pressing:
        thread.start()
    for _ in range(4):
        cut_all_connections()
        pressing[0].join(0.4)
    for thread in pressing:
        thread.join()
    assert "trying again" in caplog.text
    assert answers == [302] * 24
    assert Application.objects.submitted().count() == 24
    for draft in drafts:
        assert draft.versions.count() == 1
        assert draft.messages.filter(kind=MessageKind.SUBMITTED).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_submit_that_waited_out_a_restart_keeps_the_instant_it_arrived(monkeypatch):
    draft = a_complete_draft(
        a_call_closing(timezone.now() + timedelta(seconds=2)), at=timezone.now()
    )
    client = holder(draft)
    cut = []
    real = submitting.submit

    def submit_after_a_cut(application, *, at, seen):
        if not cut:
            cut.append(at)
            connection.close()
            while timezone.now() < draft.closes_at:
                pass
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return real(application, at=at, seen=seen)

    monkeypatch.setattr(submitting, "submit", submit_after_a_cut)
    assert press_submit(client, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.submitted_at == cut[0] < draft.closes_at < timezone.now()


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_stopped_redis_and_its_return_lose_no_letter(worker, until):
    """Letters of the time without a broker go with the first task that comes after it."""
    processes.signal_group(worker.process, 19)  # SIGSTOP: it hears nothing
    an_application(a_call_closing(timezone.now() + DAY), at=timezone.now())
    with current_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()  # Redis came back empty
    processes.signal_group(worker.process, 18)  # SIGCONT
    tasks.deliver_mail.delay()
    sent = Message.objects.filter(status=MessageStatus.SENT)
    until(lambda: sent.count() == Message.objects.count() > 1)
