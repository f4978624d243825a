"""The ground the tests stand on is itself tested: it must not make a test pass by itself."""

import threading

import pytest
from celery import current_app
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction

from applications.models import AuditEntry
from applications.tests import builders
from citizenjournalists.tests.emptying import empty_database
from citizenjournalists.tests.mailserver import free_port


def an_entry(number=1):
    return AuditEntry.objects.create(
        chain="call/1", number=number, at=builders.IN_TIME, event="call.closed", actor="system"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ["first", "second"])
def test_a_test_that_commits_leaves_nothing_behind(round_):
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()
    User.objects.create(username="asel")
    an_entry()


@pytest.mark.django_db(transaction=True)
def test_the_trail_is_append_only_after_the_database_was_emptied():
    empty_database()
    entry = an_entry()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(actor="nobody")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert Permission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_threads_see_what_the_test_committed():
    User.objects.create(username="asel")
    seen = []

    def look():
        seen.extend(User.objects.values_list("username", flat=True))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["asel"]


def a_letter():
    return EmailMessage("Квитанция", "Получено.", to=["asel@outlet.example"])


def test_mail_stays_inside_unless_a_test_asks_for_the_sink():
    a_letter().send()
    assert [message.subject for message in mail.outbox] == ["Квитанция"]


def test_the_sink_takes_mail_over_real_smtp(mail_sink):
    a_letter().send()
    assert mail_sink.subjects == ["Квитанция"]
    assert mail_sink.to("asel@outlet.example")[0].get_content().strip() == "Получено."
    assert mail_sink.connections == 1


def test_the_sink_fails_as_told(mail_sink):
    mail_sink.fail_temporarily()
    with pytest.raises(Exception, match="451"):
        a_letter().send()
    mail_sink.refuse("asel@outlet.example")
    with pytest.raises(Exception, match="550"):
        a_letter().send()
    assert mail_sink.messages == []


def test_free_ports_are_free():
    assert free_port() != 0


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_postgresql_round_runs_on_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('қазақ')")
        assert cursor.fetchone() == ("ҚАЗАҚ",)


@pytest.mark.redis
def test_the_worker_is_real_and_takes_tasks_from_redis(mail_sink, worker, until):
    current_app.send_task("applications.tasks.deliver_mail", retry=False)
    until(lambda: b"deliver_mail" in worker.log.read_bytes().split(b" ready.")[-1])


@pytest.mark.browser
def test_the_browser_is_real(page):
    page.goto("/admin/login/")
    assert page.locator("input[name=login]").is_visible()
