"""The outbox: queue, claim, deliver, retry, stall. Nothing else talks to a mail server."""

from __future__ import annotations

import logging
import random
import smtplib
import uuid
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from applications import letters
from applications.models import Application, Message, MessageKind, MessageStatus

logger = logging.getLogger(__name__)

BATCH = 100  # letters over one SMTP connection
ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)  # doubled with each attempt: about two hours in all
STALLED_AFTER = timedelta(minutes=10)  # a claim this old belonged to a worker that died
MESSAGE_DOMAIN = settings.SITE_URL.split("://")[-1].split(":")[0].split("/")[0]


def queue(
    kind: MessageKind,
    application: Application,
    *,
    key: str,
    at: datetime,
    recipient: str = "",
    **facts,
) -> Message | None:
    """Write a letter about `application` and put it in the outbox, with the event that causes it.

    `key` names the event: a second letter with the same key is not made, and None comes back.
    """
    return queue_letter(
        kind,
        key=key,
        at=at,
        recipient=recipient or application.contact_email,
        language=application.language,
        reply_to=contact_of(application),
        application=application,
        facts={"application": application, "call": application.call, **facts},
    )


def contact_of(application: Application) -> str:
    """Return the address of who answers questions in the applicant's country."""
    countries = application.call.countries.filter(country=application.outlet.country)
    return countries.values_list("contact_email", flat=True).first() or ""


def queue_letter(
    kind: MessageKind,
    *,
    key: str,
    at: datetime,
    recipient: str,
    language: str,
    reply_to: str = "",
    application: Application | None = None,
    facts: dict,
) -> Message | None:
    """Put a letter to anyone (staff, jurors) in the outbox. See `queue`."""
    letter = letters.write(kind, language, site_url=settings.SITE_URL, contact=reply_to, **facts)
    message, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "application": application,
            "language": language,
            "recipient": recipient,
            "reply_to": reply_to,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "message_id": f"<{uuid.uuid4()}@{MESSAGE_DOMAIN}>",
            "queued_at": at,
            "due_at": at,
        },
    )
    if made and not any(hook[1] is nudge for hook in database.run_on_commit):
        transaction.on_commit(nudge)
    return message if made else None


def nudge() -> None:
    """Ask a worker to look at the outbox now. Where no broker answers, the next sweep does."""
    try:
        current_app.send_task("applications.tasks.deliver_mail", retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to nudge, the sweep will deliver: %s", error)


def deliver_due(*, at: datetime, limit: int = 10_000) -> int:
    """Deliver what is due, one connection per batch; return how many letters went out.

    Runs outside any transaction. Any number of workers may run it at once: a letter belongs to
    whoever changes its row from queued to sending.
    """
    sent = 0
    for _ in range(0, limit, BATCH):
        due = list(Message.objects.due(at).order_by("due_at", "pk")[:BATCH])
        if not due:
            break
        with get_connection() as connection:
            sent += sum(deliver(message, connection) for message in due)
    return sent


def claim(message: Message) -> bool:
    """Take a queued letter for this worker; False where another got there first."""
    now = timezone.now()
    return bool(
        Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED).update(
            status=MessageStatus.SENDING, claimed_at=now, attempts=message.attempts + 1
        )
    )


def deliver(message: Message, connection) -> bool:
    """Send one letter if it is still to be had; True when the mail server took it."""
    if not claim(message):
        return False
    message.attempts += 1
    try:
        as_mail(message, connection).send()
    except (smtplib.SMTPException, OSError) as error:
        settle_failure(message, error)
        return False
    Message.objects.filter(pk=message.pk).update(
        status=MessageStatus.SENT, sent_at=timezone.now(), last_error=""
    )
    return True


def as_mail(message: Message, connection) -> EmailMultiAlternatives:
    """Return the e-mail of a letter: one recipient, its fixed Message-ID, no automatic replies."""
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        connection=connection,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def is_permanent(error: Exception) -> bool:
    """Whether trying again can't help: the server refused for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after the nth failed attempt: doubling, with a quarter's jitter."""
    return FIRST_PAUSE * 2 ** (attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311


def settle_failure(message: Message, error: Exception) -> None:
    """Put a letter back for a later attempt, or before a person when that can't help."""
    changes = {"last_error": f"{type(error).__name__}: {error}"[:2000]}
    if is_permanent(error) or message.attempts >= ATTEMPTS:
        changes["status"] = MessageStatus.FAILED
    else:
        changes["status"] = MessageStatus.QUEUED
        changes["due_at"] = timezone.now() + pause_after(message.attempts)
    Message.objects.filter(pk=message.pk).update(**changes)


def stall_abandoned(*, at: datetime) -> int:
    """Mark letters whose worker died mid-send: nobody can say if they went. Return how many."""
    return Message.objects.filter(
        status=MessageStatus.SENDING, claimed_at__lte=at - STALLED_AFTER
    ).update(status=MessageStatus.STALLED)
