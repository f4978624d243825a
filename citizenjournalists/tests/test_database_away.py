"""PostgreSQL stopped and started again around the deadline: what people see, and what holds."""

import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import Error, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import access, drafting, outbox, sweeping, tasks
from applications.models import Application, Attempt, Message, MessageKind, MessageStatus, Status
from applications.tests.builders import a_call, a_complete_draft
from applications.tests.test_outbox import a_letter
from applications.views import patience
from launching import servers

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
SECOND = timedelta(seconds=1)
PRESSING, AT_ONCE = 40, 10
LETTERS = 60


@pytest.fixture(scope="module")
def postgresql(django_db_setup, django_db_blocker):
    """Move this module to a server that may be stopped; it keeps what it said was committed."""
    with servers.private_folder("restarted") as folder, django_db_blocker.unblock():
        server = servers.PostgreSQL(folder, synchronous_commit="on")
        server.start()
        own, elsewhere = connection.settings_dict, dict(connection.settings_dict)
        connection.close()
        own.update(NAME="postgres", HOST=str(folder), PORT="", USER="portal", PASSWORD="")
        try:
            call_command("migrate", verbosity=0)
            yield server
        finally:
            connection.close()
            own.update(elsewhere)
            server.stop()


@contextmanager
def stopped(server, how=signal.SIGINT):
    """Stop the server for the length of a block."""
    server.stop(how)
    connection.close()
    try:
        yield
    finally:
        server.start()


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def a_call_closing_in(span):
    now = timezone.now()
    return a_call(opens_at=now - timedelta(days=30), closes_at=now + span)


def holder(application) -> Client:
    client = Client(raise_request_exception=False)
    client.post(f"/z/{access.token_of(application.links.get())}")
    return client


def press(client, application, **data):
    return client.post(reverse("applications:submit", args=[application.number]), data)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_restart_at_the_deadline_loses_no_press_and_lets_none_in_that_came_late(postgresql, how):
    """Forty press, some before and some after 24:00, while the server is stopped and started."""
    drafts = [a_complete_draft(a_call_closing_in(60 * SECOND), at=timezone.now())]
    drafts += [a_complete_draft(drafts[0].call, at=timezone.now()) for _ in range(PRESSING - 1)]
    waiting = iter([(holder(draft), draft) for draft in drafts])
    closes_at = timezone.now() + 1.2 * SECOND
    with connection.cursor() as cursor:  # the deadline was far off while this was prepared
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE applications_application SET closes_at = %s", [closes_at])
        cursor.execute("SET session_replication_role = DEFAULT")
    answers, lock = {}, threading.Lock()

    def press_on():
        while True:
            with lock:
                client, draft = next(waiting, (None, None))
            if client is None:
                break
            answers[draft.pk] = press(client, draft).status_code
            time.sleep(0.1)
        connection.close()

    pressing = [threading.Thread(target=press_on) for _ in range(AT_ONCE)]
    for thread in pressing:
        thread.start()
    time.sleep(0.3)
    with stopped(postgresql, how):
        time.sleep(1)
    for thread in pressing:
        thread.join()
    connection.close()
    assert set(answers.values()) == {302, 409}
    for draft in Application.objects.prefetch_related("attempts", "versions", "messages"):
        receipts = [one for one in draft.messages.all() if one.kind == MessageKind.SUBMITTED]
        if answers[draft.pk] == 302:
            assert draft.status == Status.SUBMITTED
            assert draft.submitted_at < closes_at
            assert (len(draft.versions.all()), len(receipts)) == (1, 1)
        else:
            assert draft.status == Status.DRAFT
            assert draft.attempts.get().at >= closes_at
            assert receipts == []


def test_who_pressed_in_time_is_in_though_the_site_was_away_past_the_deadline(
    postgresql, monkeypatch, arrive
):
    call = a_call_closing_in(60 * SECOND)
    pressed = call.closes_at - 20 * SECOND
    returns, waits, changes, late = [a_complete_draft(call, at=timezone.now()) for _ in range(4)]
    clients = {draft.pk: holder(draft) for draft in (returns, waits, changes, late)}
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    with stopped(postgresql):
        arrive(pressed)
        pages = [press(clients[draft.pk], draft) for draft in (returns, waits, changes)]
        arrive(call.closes_at)
        pages.append(press(clients[late.pk], late))
        typed = {"name": "Степь", "revision": "1"}
        path = f"/ru/application/{returns.number}/outlet/"
        unsaved = clients[returns.pk].post(path, typed)

    assert [page.status_code for page in (*pages, unsaved)] == [503] * 5
    assert "Мы это записали" in pages[0].content.decode()
    assert 'name="name" value="Степь"' in unsaved.content.decode()

    again = press(clients[returns.pk], returns)  # after the deadline, by the person
    assert again.url == reverse("applications:received", args=[returns.number])
    answers = changes.sections.get(section="outlet").answers
    drafting.save_section(
        changes, "outlet", {**answers, "name": "Another"}, revision=None, at=call.closes_at
    )
    for _ in range(2):
        sweeping.walk(tasks.SWEEP, at=call.closes_at + 30 * SECOND)

    stands = {draft.pk: draft for draft in Application.objects.all()}
    for draft in (returns, waits):
        assert stands[draft.pk].status == Status.SUBMITTED
        assert stands[draft.pk].submitted_at == pressed
        assert [one.why for one in draft.attempts.all()] == [Attempt.Why.AWAY]
        assert draft.messages.filter(kind=MessageKind.SUBMITTED).count() == 1
    for draft, why in ((changes, Attempt.Why.CHANGED), (late, Attempt.Why.CLOSED)):
        assert stands[draft.pk].submitted_at is None
        assert {one.why for one in draft.attempts.all()} == {Attempt.Why.AWAY, why}


def test_a_browser_without_a_key_has_no_press_kept(postgresql, monkeypatch, tmp_path):
    draft = a_complete_draft(a_call_closing_in(60 * SECOND), at=timezone.now())
    stranger = Client(raise_request_exception=False)
    other = holder(a_complete_draft(draft.call, at=timezone.now()))
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    with stopped(postgresql):
        assert press(stranger, draft).status_code == 404  # no key, nothing to ask about
        assert list(tmp_path.iterdir()) == []
        assert press(other, draft).status_code == 503
    sweeping.walk(tasks.SWEEP, at=timezone.now())
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert not Attempt.objects.exists()
    assert list((tmp_path / "pressed").iterdir()) == []


def test_a_restart_amid_letters_loses_none_and_sends_none_twice(postgresql, mail_sink):
    for n in range(LETTERS):
        a_letter(n)

    def deliver():
        while Message.objects.due(timezone.now()).exists():
            try:
                outbox.deliver_due(at=timezone.now())
            except Error:
                connection.close()
            while not servers.is_ready(postgresql.data):
                time.sleep(0.05)
            connection.close()

    delivering = threading.Thread(target=deliver)
    delivering.start()
    while len(mail_sink.messages) < LETTERS // 3:
        time.sleep(0.01)
    with stopped(postgresql, signal.SIGQUIT):
        pass
    delivering.join()
    connection.close()
    outbox.stall_abandoned(at=timezone.now() + outbox.STALLED_AFTER + SECOND)
    ends = Counter(Message.objects.values_list("status", flat=True))
    assert ends[MessageStatus.SENT] + ends[MessageStatus.STALLED] == LETTERS
    assert ends[MessageStatus.STALLED] <= 1
    arrived = Counter(message["Message-ID"] for message in mail_sink.messages)
    assert set(arrived.values()) == {1}
    sent = Message.objects.filter(status=MessageStatus.SENT)
    assert {message.message_id for message in sent} <= set(arrived)
