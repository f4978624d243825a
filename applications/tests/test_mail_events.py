"""What a mail service tells of a letter: believed with its password and signature alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from applications import outbox, resending
from applications.models import AuditEntry, Message, MessageStatus
from applications.tests.builders import IN_TIME, an_application
from applications.tests.mailservice import configure
from applications.tests.test_outbox import a_letter
from applications.tests.visiting import at, holder
from applications.views import mailevents
from citizenjournalists import urls as portal

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PROVIDERS = ("mailgun", "postmark", "sparkpost")
urlpatterns = [*map(mailevents.address_of, PROVIDERS), *portal.urlpatterns]
handler400 = portal.handler400
SECRET = "hooks:a-password-of-tests"
WORDS = "550 5.1.1 No such mailbox"
now = timezone.now
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


def sent_letter(**changes) -> Message:
    letter = a_letter(**changes)
    sent = {"status": MessageStatus.SENT, "sent_at": now(), "claimed_at": now(), "attempts": 1}
    Message.objects.filter(pk=letter.pk).update(**sent)
    return letter


def bounce(provider: str, message_id: str) -> dict | list:
    """Return the service's event of a letter that came back for good, unsigned."""
    metadata = {"message_id": message_id.strip("<>"), "key": "test/1"}
    if provider == "mailgun":
        told = {
            "event": "failed",
            "severity": "permanent",
            "timestamp": 1638360000.5,
            "recipient": "editor1@outlet.example",
            "delivery-status": {"code": 550, "message": WORDS},
            "message": {"headers": {"message-id": message_id.strip("<>")}},
            "user-variables": metadata,
        }
        return {"event-data": told}
    if provider == "postmark":
        told = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "MessageID": "its-own"}
        return {**told, "Details": WORDS, "Email": "editor1@outlet.example", "Metadata": metadata}
    told = {"type": "bounce", "bounce_class": "10", "raw_reason": WORDS, "rcpt_meta": metadata}
    return [{"msys": {"message_event": {**told, "transmission_id": "its-own"}}}]


def signed(event: dict, key: str = "signing") -> dict:
    """Return Mailgun's event with its signature."""
    stamp, token = "1638360001", "a" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {**event, "signature": {"timestamp": stamp, "token": token, "signature": signature}}


def tell(settings, provider: str, event, *, secret: str | None = SECRET, client=None):
    """Post an event as it stands, with the password unless `secret` says otherwise."""
    configure(settings, provider, "http://127.0.0.1:9/")
    headers = {}
    if secret is not None:
        headers = {"authorization": f"Basic {b64encode(secret.encode()).decode()}"}
    body = event if isinstance(event, str | bytes) else json.dumps(event)
    return (client or Client(enforce_csrf_checks=True)).post(
        f"/mail-events/{provider}/", body, content_type="application/json", headers=headers
    )


def genuine(provider: str, letter: Message):
    event = bounce(provider, letter.message_id)
    return signed(event) if provider == "mailgun" else event


@each_provider
def test_a_letter_that_came_back_is_marked_and_recorded_once(settings, provider):
    letter = sent_letter()
    for _ in range(3):  # services repeat themselves
        assert tell(settings, provider, genuine(provider, letter)).status_code == 200
    letter.refresh_from_db()
    assert (letter.status, letter.last_error) == (MessageStatus.BOUNCED, WORDS)
    assert letter.bounced_at is not None
    entry = AuditEntry.objects.get(event="letter.bounced")
    assert entry.details["key"] == "test/1"


def test_the_applicant_is_told_on_the_status_page(settings):
    application = an_application(email="editor1@outlet.example")
    outbox.deliver_due(at=IN_TIME)
    client = holder(application)
    told = "Our letters don’t reach you"
    assert told not in client.get(at(application, "status")).content.decode()
    tell(settings, "postmark", genuine("postmark", application.messages.get(kind="submitted")))
    assert told in client.get(at(application, "status")).content.decode()


@each_provider
@pytest.mark.parametrize("secret", [None, "", "hooks:", "hooks:guessed", "a-password-of-tests"])
def test_without_the_password_nothing_is_believed(settings, provider, secret):
    letter = sent_letter()
    answer = tell(settings, provider, genuine(provider, letter), secret=secret)
    assert answer.status_code == 400
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT
    assert not AuditEntry.objects.filter(event="letter.bounced").exists()


@pytest.mark.parametrize("forge", [dict, lambda event: signed(event, key="guessed")])
def test_mailgun_without_its_signature_is_not_believed(settings, forge):
    letter = sent_letter()
    answer = tell(settings, "mailgun", forge(bounce("mailgun", letter.message_id)))
    assert answer.status_code == 400
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT


@each_provider
def test_a_letter_of_somebody_else_changes_nothing(settings, provider):
    letter = sent_letter()
    elsewhere = Message(message_id="<unknown@elsewhere.example>")
    assert tell(settings, provider, genuine(provider, elsewhere)).status_code == 200
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT


@each_provider
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[1]", b"null", b"{}", b"\xff", b'"text"'])
def test_what_is_no_event_is_refused_or_ignored(settings, provider, body):
    assert tell(settings, provider, body).status_code in (200, 400)
    assert not AuditEntry.objects.filter(event="letter.bounced").exists()


@each_provider
def test_signs_no_database_stores_do_no_harm(settings, provider):
    letter = sent_letter()
    text = json.dumps(genuine(provider, letter)).replace(WORDS, "550\\u0000 No")
    assert tell(settings, provider, text).status_code == 200
    letter.refresh_from_db()
    assert (letter.status, letter.last_error) == (MessageStatus.BOUNCED, "550 No")


@pytest.mark.parametrize(
    ("event", "severity"), [("delivered", ""), ("opened", ""), ("failed", "temporary")]
)
def test_other_events_change_nothing(settings, event, severity):
    letter = sent_letter()
    told = bounce("mailgun", letter.message_id)
    told["event-data"] |= {"event": event, "severity": severity}
    assert tell(settings, "mailgun", signed(told)).status_code == 200
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT


def test_a_service_faster_than_our_own_note_is_believed(settings):
    letter = a_letter()
    sending = {"status": MessageStatus.SENDING, "claimed_at": now(), "attempts": 1}
    Message.objects.filter(pk=letter.pk).update(**sending)
    letter.attempts = 1
    tell(settings, "postmark", genuine("postmark", letter))
    outbox.settle(letter, MessageStatus.SENT, sent_at=now())
    letter.refresh_from_db()
    assert letter.status == MessageStatus.BOUNCED
    assert letter.sent_at == letter.claimed_at


def test_what_comes_back_settles_that_a_stalled_letter_had_gone(settings):
    letter = a_letter()
    stalled = {"status": MessageStatus.STALLED, "claimed_at": now(), "attempts": 1}
    Message.objects.filter(pk=letter.pk).update(**stalled)
    tell(settings, "postmark", genuine("postmark", letter))
    letter.refresh_from_db()
    assert letter.status == MessageStatus.BOUNCED


def test_a_late_event_leaves_the_letter_that_replaced_it_alone(settings):
    letter = sent_letter()
    tell(settings, "postmark", genuine("postmark", letter))
    again = resending.send_again(letter, by="aynur", at=now(), recipient="right@outlet.example")
    tell(settings, "postmark", genuine("postmark", letter))
    letter.refresh_from_db()
    again.refresh_from_db()
    assert (letter.status, again.status) == (MessageStatus.REPLACED, MessageStatus.QUEUED)
    assert AuditEntry.objects.filter(event="letter.bounced").count() == 1


def test_a_browser_gets_nothing_there(settings):
    configure(settings, "postmark", "http://127.0.0.1:9/")
    assert Client().get("/mail-events/postmark/").status_code == 405


@pytest.mark.urls(portal.__name__)
def test_where_no_service_is_configured_there_is_no_such_address(client):
    assert client.post("/mail-events/postmark/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("mail_events")
