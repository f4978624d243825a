"""Letters leave once, wait when they must, stop when told, and end before a person otherwise."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from applications import outbox, resending
from applications.letters import Letter
from applications.models import Application, AuditEntry, MailSwitch, Message, MessageStatus
from applications.models.application import Refused
from applications.outbox import Prepared
from applications.tests.builders import a_draft

now = timezone.now


def a_letter(n: int = 1, **changes) -> Message:
    """Put a letter in the outbox that nobody has sent yet."""
    return outbox.post(
        Prepared(
            **{
                "kind": "submitted",
                "key": f"test/{n}",
                "language": "ru",
                "recipient": f"editor{n}@outlet.example",
                "reply_to": "kz@portal.example",
                "letter": Letter(f"Заявка {n}", "Получено.\n", "<p>Получено.</p>"),
                "application": None,
                **changes,
            }
        ),
        at=now(),
    )


def statuses() -> Counter:
    return Counter(Message.objects.values_list("status", flat=True))


@pytest.mark.django_db
def test_a_letter_carries_its_headers_one_recipient_and_both_bodies():
    letter = a_letter()
    assert outbox.deliver_due(at=now()) == 1
    (sent,) = mail.outbox
    assert sent.to == ["editor1@outlet.example"]
    assert (sent.cc, sent.bcc) == ([], [])
    assert sent.reply_to == ["kz@portal.example"]
    assert sent.extra_headers == {
        "Message-ID": letter.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "ru",
    }
    assert sent.body == "Получено.\n"
    assert sent.alternatives[0].content == "<p>Получено.</p>"


@pytest.mark.django_db
def test_a_key_is_used_once():
    assert a_letter() is not None
    assert a_letter() is None
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_the_database_keeps_a_second_result_letter_of_an_application_out():
    application = a_draft()
    a_letter(1, kind="selected", application=application)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_letter(2, kind="not_selected", application=application)
    a_letter(3, kind="promoted", application=application)


@pytest.mark.django_db
def test_a_letter_that_is_not_due_waits():
    letter = a_letter()
    assert outbox.deliver_due(at=letter.due_at - timedelta(seconds=1)) == 0
    assert statuses() == {MessageStatus.QUEUED: 1}


@pytest.mark.django_db
def test_a_temporary_refusal_is_tried_again_after_growing_pauses(mail_sink):
    letter, pauses = a_letter(), []
    mail_sink.fail_temporarily(3)
    for attempt in range(1, 4):
        outbox.deliver_due(at=letter.due_at)
        letter.refresh_from_db()
        assert (letter.status, letter.attempts) == (MessageStatus.QUEUED, attempt)
        assert letter.last_error == "451 4.3.0 Try again later"
        pauses.append(letter.due_at - now())
    assert pauses == sorted(pauses)
    assert timedelta(seconds=40) < pauses[0] < timedelta(seconds=80)
    outbox.deliver_due(at=letter.due_at)
    assert len(mail_sink.messages) == 1


@pytest.mark.django_db
def test_a_letter_refused_every_time_ends_before_a_person(mail_sink):
    letter = a_letter()
    mail_sink.fail_temporarily(20)
    for _ in range(outbox.ATTEMPTS + 2):
        outbox.deliver_due(at=now() + timedelta(days=1))
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (MessageStatus.FAILED, outbox.ATTEMPTS)


@pytest.mark.django_db
def test_a_permanent_refusal_is_not_tried_again_and_others_go_through(mail_sink):
    wrong, right = a_letter(1), a_letter(2)
    mail_sink.refuse(wrong.recipient)
    assert outbox.deliver_due(at=now()) == 1
    wrong.refresh_from_db()
    assert (wrong.status, wrong.attempts) == (MessageStatus.FAILED, 1)
    assert wrong.last_error == "550 5.1.1 No such mailbox"
    assert len(mail_sink.to(right.recipient)) == 1


@pytest.mark.django_db
def test_a_batch_goes_over_one_connection(mail_sink):
    for n in range(30):
        a_letter(n)
    assert outbox.deliver_due(at=now()) == 30
    assert mail_sink.connections == 1


@pytest.mark.django_db
def test_a_server_that_cannot_be_reached_costs_no_letter_an_attempt(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter = a_letter()
    assert outbox.deliver_due(at=now()) == 0
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (MessageStatus.QUEUED, 0)
    assert "refused" in MailSwitch.now().trouble


@pytest.mark.django_db
def test_trouble_is_forgotten_when_mail_flows_again(mail_sink):
    outbox.note_trouble("OSError: connection refused")
    a_letter()
    outbox.deliver_due(at=now())
    assert (MailSwitch.now().trouble, MailSwitch.now().trouble_since) == ("", None)


@pytest.mark.django_db
def test_a_connection_that_breaks_is_opened_again(mail_sink):
    for n in range(6):
        a_letter(n)
    mail_sink.answers += ["421 4.3.2 Closing"]
    outbox.deliver_due(at=now())
    assert statuses() == {MessageStatus.SENT: 5, MessageStatus.QUEUED: 1}
    assert mail_sink.connections == 2


@pytest.mark.django_db
def test_a_letter_handed_over_without_an_answer_stalls_and_is_not_sent_again(mail_sink):
    letter = a_letter()
    mail_sink.hang_up_after_text = True
    outbox.deliver_due(at=now())
    letter.refresh_from_db()
    assert letter.status == MessageStatus.STALLED
    mail_sink.hang_up_after_text = False
    assert outbox.deliver_due(at=now() + timedelta(days=1)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "a@outlet.example, b@outlet.example"),
        ("recipient", "a@outlet.example\nBcc: b@outlet.example"),
        ("recipient", "editor"),
        ("subject", "Ответ\nBcc: b@outlet.example"),
        ("reply_to", "kz@portal.example\r\nBcc: b@outlet.example"),
    ],
)
def test_nothing_a_person_wrote_becomes_a_header(mail_sink, field, value):
    letter = a_letter()
    Message.objects.filter(pk=letter.pk).update(**{field: value})
    outbox.deliver_due(at=now())
    letter.refresh_from_db()
    assert letter.status == MessageStatus.FAILED
    assert mail_sink.messages == []


@pytest.mark.django_db
def test_in_a_rehearsal_every_letter_goes_to_the_one_address(settings):
    settings.MAIL_REDIRECT_TO = "rehearsal@portal.example"
    a_letter(1)
    a_letter(2)
    outbox.deliver_due(at=now())
    assert [sent.to for sent in mail.outbox] == [["rehearsal@portal.example"]] * 2
    intended = sorted(sent.extra_headers["X-Intended-For"] for sent in mail.outbox)
    assert intended == ["editor1@outlet.example", "editor2@outlet.example"]


@pytest.mark.django_db
def test_a_copy_of_the_database_on_another_site_mails_nobody():
    letter = a_letter()
    Message.objects.update(message_id="<1@production.example>")
    assert outbox.deliver_due(at=now()) == 0
    letter.refresh_from_db()
    assert letter.status == MessageStatus.QUEUED


@pytest.mark.django_db
def test_stopped_mail_waits_and_flows_again():
    a_letter()
    resending.stop(by="aynur", because="Ошибка в тексте.", at=now())
    assert outbox.deliver_due(at=now()) == 0
    assert statuses() == {MessageStatus.QUEUED: 1}
    resending.resume(by="aynur", at=now())
    assert outbox.deliver_due(at=now()) == 1
    events = AuditEntry.objects.filter(event__startswith="mail.").order_by("pk")
    assert list(events.values_list("event", "actor")) == [
        ("mail.stopped", "aynur"),
        ("mail.resumed", "aynur"),
    ]


@pytest.mark.django_db
def test_mail_stopped_in_the_middle_of_a_batch_stops_there(monkeypatch):
    for n in range(5):
        a_letter(n)
    sends = outbox.Courier.send

    def stopping(courier, message):
        sends(courier, message)
        resending.stop(by="aynur", because="Стойте.", at=now())

    monkeypatch.setattr(outbox.Courier, "send", stopping)
    assert outbox.deliver_due(at=now()) == 1
    assert statuses() == {MessageStatus.SENT: 1, MessageStatus.QUEUED: 4}


@pytest.mark.django_db
def test_a_speed_limit_holds_for_the_minute():
    for n in range(5):
        a_letter(n)
    resending.limit_speed(3, by="aynur", at=now())
    assert outbox.deliver_due(at=now()) + outbox.deliver_due(at=now()) == 3
    MailSwitch.objects.update(minute=0)
    assert outbox.deliver_due(at=now()) == 2


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_stalled_for_a_person():
    letter = a_letter()
    Message.objects.update(status=MessageStatus.SENDING, claimed_at=now(), attempts=1)
    assert outbox.stall_abandoned(at=now()) == 0
    assert outbox.stall_abandoned(at=now() + outbox.STALLED_AFTER) == 1
    resending.mark_as_sent(letter, by="aynur", at=now())
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT
    with pytest.raises(Refused, match="not_to_be_replaced"):
        resending.send_again(letter, by="aynur", at=now())


@pytest.mark.django_db
def test_a_stalled_letter_sent_again_is_a_new_one_with_its_own_key():
    letter = a_letter()
    Message.objects.update(status=MessageStatus.STALLED)
    again = resending.send_again(letter, by="aynur", at=now())
    assert again.key == "test/1/again/2"
    assert again.message_id != letter.message_id
    assert again.replaces == letter
    outbox.deliver_due(at=now())
    assert [sent.body for sent in mail.outbox] == ["Получено.\n"]
    letter.refresh_from_db()
    assert letter.status == MessageStatus.REPLACED


@pytest.mark.django_db
def test_a_corrected_address_sends_again_what_did_not_arrive_and_nothing_else():
    application = a_draft(email="wrong@outlet.example")
    failed = application.messages.get()
    Message.objects.filter(pk=failed.pk).update(status=MessageStatus.FAILED)
    sent = a_letter(2, application=application, recipient="wrong@outlet.example")
    Message.objects.filter(pk=sent.pk).update(status=MessageStatus.SENT, sent_at=now())
    again = resending.correct_address(
        application, "right@outlet.example", by="aynur", reason="По телефону.", at=now()
    )
    assert [(one.replaces, one.recipient) for one in again] == [(failed, "right@outlet.example")]
    assert Application.objects.get(pk=application.pk).contact_email == "right@outlet.example"
    entry = AuditEntry.objects.get(event="address.corrected")
    assert entry.told["reason"] == "По телефону."
    with pytest.raises(Refused, match="reason_needed"):
        resending.correct_address(application, "x@outlet.example", by="aynur", reason="", at=now())


@pytest.mark.django_db
def test_a_bounce_told_twice_is_noted_once():
    letter = a_letter()
    outbox.deliver_due(at=now())
    for _ in range(2):
        resending.note_bounce(letter.message_id, detail="552 5.2.2 mailbox full", at=now())
    letter.refresh_from_db()
    assert (letter.status, letter.last_error) == (MessageStatus.BOUNCED, "552 5.2.2 mailbox full")
    assert AuditEntry.objects.filter(event="letter.bounced").count() == 1
    assert not resending.note_bounce("<unknown@elsewhere.example>", detail="", at=now())


def together(job, times: int) -> None:
    """Run the job in threads of their own, starting at once."""
    gate = threading.Barrier(times)

    def run():
        try:
            gate.wait()
            job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_twenty_deliverers_at_once_send_each_letter_once(mail_sink):
    for n in range(60):
        a_letter(n)
    together(lambda: outbox.deliver_due(at=now()), 20)
    assert statuses() == {MessageStatus.SENT: 60}
    ids = Counter(message["Message-ID"] for message in mail_sink.messages)
    assert len(ids) == 60
    assert set(ids.values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_twenty_deliverers_keep_to_one_speed_limit():
    for n in range(40):
        a_letter(n)
    resending.limit_speed(7, by="aynur", at=now())
    started = now()
    together(lambda: outbox.deliver_due(at=now()), 20)
    minutes = int(now().timestamp() // 60) - int(started.timestamp() // 60) + 1
    assert statuses()[MessageStatus.SENT] <= 7 * minutes


@pytest.mark.django_db(transaction=True)
def test_letters_end_sent_or_failed_and_none_twice_where_the_server_fails_often(mail_sink):
    for n in range(60):
        a_letter(n)
    for n in range(0, 60, 20):
        mail_sink.refuse(f"editor{n}@outlet.example")
    mail_sink.fail_temporarily(18)
    for _ in range(outbox.ATTEMPTS):
        together(lambda: outbox.deliver_due(at=now() + timedelta(days=1)), 3)
    assert statuses() == {MessageStatus.SENT: 57, MessageStatus.FAILED: 3}
    assert len({message["Message-ID"] for message in mail_sink.messages}) == 57
    assert len(mail_sink.messages) == 57
