"""The outbox: queue, claim, deliver, retry, stall. Nothing else talks to a mail server."""

from __future__ import annotations

import logging
import random
import smtplib
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, prefetch_related_objects
from django.utils import timezone
from kombu.exceptions import OperationalError

from applications import letters, posting
from applications.models import Application, MailSwitch, Message, MessageKind, MessageStatus
from applications.models.message import MESSAGE_DOMAIN
from applications.refusals import Refusal, Unreachable, codes, described, is_permanent
from applications.smtp import Unanswered

logger = logging.getLogger(__name__)

BATCH = 100  # letters looked up at once, over one connection
ROUND = 20.0  # seconds; then another task goes on, so that a worker told to stop soon can
ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)  # doubled with each attempt: about two hours in all
STALLED_AFTER = timedelta(minutes=10)  # a claim this old belonged to a worker that died
LEFT_ALONE = 10.0  # seconds
broker = SimpleNamespace(away_until=0.0)  # by this process's monotonic clock
OF_DJANGO = "django.core.mail.backends.smtp.EmailBackend"
OF_OURS = "applications.smtp.EmailBackend"


@dataclass(frozen=True)
class Prepared:
    """A letter as it will lie in the outbox, before it lies there."""

    kind: MessageKind
    key: str
    language: str
    recipient: str
    reply_to: str
    letter: letters.Letter
    application: Application | None


def queue(
    kind: MessageKind,
    application: Application,
    *,
    key: str,
    at: datetime,
    recipient: str = "",
    good_until: datetime | None = None,
    **facts,
) -> Message | None:
    """Write a letter about `application` and put it in the outbox, with the event that causes it.

    `key` names the event: a second letter with the same key is not made, and None comes back.
    A letter that has not gone by `good_until` never goes.
    """
    prepared = prepare(kind, application, key=key, recipient=recipient, **facts)
    return post(prepared, at=at, good_until=good_until)


def prepare(
    kind: MessageKind,
    application: Application,
    *,
    key: str,
    recipient: str = "",
    shelf: letters.Shelf | None = None,
    **facts,
) -> Prepared:
    """Write a letter about `application` without putting it anywhere."""
    contact, language = contact_of(application), application.language
    told = {"application": application, "call": application.call, **facts}
    told |= {"site_url": settings.SITE_URL, "contact": contact}
    return Prepared(
        kind=kind,
        key=key,
        language=language,
        recipient=recipient or application.contact_email,
        reply_to=contact,
        letter=letters.write(kind, language, shelf=shelf, **told),
        application=application,
    )


def contact_of(application: Application) -> str:
    """Return the address of who answers questions in the applicant's country."""
    prefetch_related_objects([application.call], "countries")
    contacts = {one.country: one.contact_email for one in application.call.countries.all()}
    return contacts.get(application.outlet.country, "")


def queue_letter(
    kind: MessageKind,
    *,
    key: str,
    at: datetime,
    recipient: str,
    language: str,
    reply_to: str = "",
    application: Application | None = None,
    good_until: datetime | None = None,
    facts: dict,
) -> Message | None:
    """Put a letter to anyone (staff, jurors) in the outbox. See `queue`."""
    letter = letters.write(
        kind, language, **{"site_url": settings.SITE_URL, "contact": reply_to, **facts}
    )
    prepared = Prepared(kind, key, language, recipient, reply_to, letter, application)
    return post(prepared, at=at, good_until=good_until)


def post(
    prepared: Prepared,
    *,
    at: datetime,
    replaces: Message | None = None,
    good_until: datetime | None = None,
) -> Message | None:
    """Put a written letter in the outbox; None where one with its key lies there already."""
    message, made = Message.objects.only("pk").get_or_create(
        key=prepared.key,
        defaults={
            "kind": prepared.kind,
            "application": prepared.application,
            "language": prepared.language,
            "recipient": prepared.recipient,
            "reply_to": prepared.reply_to,
            "subject": prepared.letter.subject,
            "text": prepared.letter.text,
            "html": prepared.letter.html,
            "message_id": f"<{uuid.uuid4()}@{MESSAGE_DOMAIN}>",
            "queued_at": at,
            "due_at": at,
            "good_until": good_until,
            "replaces": replaces,
        },
    )
    if made and not any(hook[1] is nudge for hook in database.run_on_commit):
        transaction.on_commit(nudge)
    return message if made else None


def nudge() -> None:
    """Ask a worker to look at the outbox now. Where no broker answers, the next sweep does.

    After a broker didn't answer it is left alone for a while: in the last minute's rush nobody's
    submit waits for a Redis that is away.
    """
    if time.monotonic() < broker.away_until:
        return
    try:
        current_app.send_task("applications.tasks.deliver_mail", retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        broker.away_until = time.monotonic() + LEFT_ALONE
        logger.warning("no broker to nudge, the sweep will deliver: %s", error)


def deliver_due(*, at: datetime, limit: int = 10_000) -> int:
    """Deliver what is due, one connection per batch; return how many letters went out.

    Runs outside any transaction. Any number of workers may run it at once: a letter belongs to
    whoever changes its row from queued to sending. A mail server that can't be reached costs no
    letter an attempt: nothing is claimed, and the next sweep tries again.
    """
    sent, round_ends = 0, time.monotonic() + ROUND
    for _ in range(0, limit, BATCH):
        due = list(Message.objects.due(at).order_by("due_at", "pk")[:BATCH])
        switch = MailSwitch.now()
        if not due or switch.paused_at is not None:
            break
        random.shuffle(due)  # workers beside this one start elsewhere
        courier = Courier()
        try:
            for message in due:
                sent += deliver(message, courier, per_minute=switch.per_minute)
                if time.monotonic() >= round_ends:
                    break
        except OutOfTurn:
            break
        except Unreachable as error:
            note_trouble(str(error))
            break
        finally:
            courier.close()
        note_trouble("")
        if time.monotonic() >= round_ends:
            nudge()
            break
    return sent


class OutOfTurn(Exception):
    """No more letters now: mail was stopped, or this minute's are sent."""


class Courier:
    """One connection to the mail server, opened when the first letter is there, and again when
    it broke."""

    def __init__(self):
        ours = OF_OURS if settings.EMAIL_BACKEND == OF_DJANGO else settings.EMAIL_BACKEND
        self.connection, self.is_open = get_connection(ours), False

    def open(self) -> None:
        if self.is_open:
            return
        try:
            self.connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        self.is_open = True

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self.connection.close()

    def send(self, message: Message) -> None:
        """Hand the letter over; a connection that broke is dropped, the next letter reopens it."""
        try:
            posting.hand_over(as_mail(message, self.connection))
        except (smtplib.SMTPException, OSError, Unanswered, Unreachable) as error:
            answered = isinstance(
                error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
            )
            if not answered or 421 in codes(error):
                self.close()
            raise


def claim(message: Message, *, per_minute: int | None) -> bool:
    """Take a queued letter for this worker; False where another got there first.

    The same statement asks the switch: once mail is stopped no further letter leaves.
    """
    if per_minute is not None and not take_turn(per_minute):
        raise OutOfTurn
    stopped = MailSwitch.objects.filter(paused_at__isnull=False)
    return bool(
        Message.objects.filter(
            pk=message.pk, status=MessageStatus.QUEUED, attempts=message.attempts
        )
        .exclude(Exists(stopped))
        .update(
            status=MessageStatus.SENDING,
            claimed_at=timezone.now(),
            attempts=message.attempts + 1,
        )
    )


def take_turn(per_minute: int) -> bool:
    """Count one letter against this minute's limit; False when the minute is full.

    All workers count in one row, so that the limit holds however many there are.
    """
    minute = int(timezone.now().timestamp() // 60)
    switch = MailSwitch.objects.filter(pk=MailSwitch.THE_ONE)
    switch.exclude(minute=minute).update(minute=minute, sent_in_minute=0)
    with transaction.atomic():
        row = switch.select_for_update().get()
        if row.minute != minute or row.sent_in_minute >= per_minute:
            return False
        return bool(switch.update(sent_in_minute=row.sent_in_minute + 1))


def deliver(message: Message, courier: Courier, *, per_minute: int | None = None) -> bool:
    """Send one letter if it is still to be had; True when the mail server took it.

    A mail service is first met with a letter in hand: where it can't be reached, the letter is
    put back as if nobody had claimed it.
    """
    courier.open()
    if not claim(message, per_minute=per_minute):
        return False
    message.attempts += 1
    try:
        courier.send(message)
    except Unreachable:
        settle(message, MessageStatus.QUEUED, attempts=message.attempts - 1)
        raise
    except Unanswered as error:
        settle(message, MessageStatus.STALLED, last_error=described(error))
        return False
    except (smtplib.SMTPException, OSError, ValueError, Refusal) as error:
        settle_failure(message, error)
        return False
    settle(message, MessageStatus.SENT, sent_at=timezone.now(), last_error="")
    return True


def settle(message: Message, status: MessageStatus, **changes) -> None:
    """Write how an attempt ended, if the letter is still this worker's."""
    Message.objects.filter(
        pk=message.pk,
        status__in=[MessageStatus.SENDING, MessageStatus.STALLED],
        attempts=message.attempts,
    ).update(status=status, **changes)


def as_mail(message: Message, connection) -> EmailMultiAlternatives:
    """Return the e-mail of a letter: one recipient, its fixed Message-ID, no automatic replies.

    Where MAIL_REDIRECT_TO is set every letter goes there instead, and says whose it was. Raises
    ValueError for an address or a header that mail can't carry.
    """
    try:
        validate_email(message.recipient)
    except ValidationError as error:
        raise ValueError(f"“{message.recipient}” is not an e-mail address.") from error
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if settings.MAIL_REDIRECT_TO:
        headers["X-Intended-For"] = message.recipient
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[settings.MAIL_REDIRECT_TO or message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        connection=connection,
        headers=headers,
    )
    mail.attach_alternative(message.html, "text/html")
    if settings.MAIL_PROVIDER:
        posting.mark(mail, message)
    return mail


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after the nth failed attempt: doubling, with a quarter's jitter."""
    return FIRST_PAUSE * 2 ** (attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311


def settle_failure(message: Message, error: Exception) -> None:
    """Put a letter back for a later attempt, or before a person when that can't help."""
    if is_permanent(error) or message.attempts >= ATTEMPTS:
        settle(message, MessageStatus.FAILED, last_error=described(error))
    else:
        due_at = timezone.now() + pause_after(message.attempts)
        settle(message, MessageStatus.QUEUED, last_error=described(error), due_at=due_at)


def note_trouble(why: str) -> None:
    """Keep before staff that the mail server can't be reached, since when and why."""
    known = MailSwitch.now().trouble
    if why and not known:
        logger.error("the mail server can't be reached: %s", why)
        MailSwitch.objects.update_or_create(
            pk=MailSwitch.THE_ONE,
            defaults={"trouble": why[:2000], "trouble_since": timezone.now()},
        )
    elif known and not why:
        MailSwitch.objects.update(trouble="", trouble_since=None)


def take_back(application: Application, *kinds: MessageKind) -> None:
    """Let letters that still wait lie: what they say of the application is true no longer."""
    waiting = application.messages.filter(kind__in=kinds, status=MessageStatus.QUEUED)
    waiting.update(status=MessageStatus.OUTDATED)


def lay_outdated_aside(*, at: datetime) -> int:
    """Let letters lie that waited too long for a mail server or a worker; return how many."""
    return Message.objects.outdated(at).update(status=MessageStatus.OUTDATED)


def stall_abandoned(*, at: datetime) -> int:
    """Mark letters whose worker died mid-send: nobody can say if they went. Return how many."""
    return Message.objects.filter(
        status=MessageStatus.SENDING, claimed_at__lte=at - STALLED_AFTER
    ).update(status=MessageStatus.STALLED)
