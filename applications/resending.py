"""What people decide about mail: stop it, slow it, settle what stalled, send again, correct.

Each is a recorded act. A letter that is sent again is a new letter with its own key and
Message-ID; the one it replaces stays as it was and says so.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from applications import audit, letters, outbox
from applications.models import Application, MailSwitch, Message, MessageStatus
from applications.models.application import Refused

CAN_BE_REPLACED = [
    MessageStatus.FAILED,
    MessageStatus.STALLED,
    MessageStatus.BOUNCED,
    MessageStatus.QUEUED,
]
MAY_COME_BACK = [MessageStatus.SENDING, MessageStatus.STALLED, MessageStatus.SENT]


def stop(*, by: str, because: str, at: datetime) -> MailSwitch:
    """Stop all mail. The letter on its way arrives; no other leaves until `resume`."""
    if not because.strip():
        raise Refused("reason_needed")
    return turn(
        "mail.stopped",
        by=by,
        at=at,
        reason=because,
        paused_at=at,
        paused_by=by,
        paused_because=because,
    )


def resume(*, by: str, at: datetime) -> MailSwitch:
    """Let mail go out again; what waited is due."""
    return turn("mail.resumed", by=by, at=at, paused_at=None, paused_by="", paused_because="")


def limit_speed(per_minute: int | None, *, by: str, at: datetime) -> MailSwitch:
    """Set how many letters may leave in a minute; None: as fast as the server takes them."""
    return turn("mail.limited", by=by, at=at, per_minute=per_minute, told=per_minute)


def turn(
    event: str, *, by: str, at: datetime, reason: str = "", told=None, **changes
) -> MailSwitch:
    with transaction.atomic():
        MailSwitch.objects.get_or_create(pk=MailSwitch.THE_ONE)
        switch = MailSwitch.objects.select_for_update().get()
        for name, value in changes.items():
            setattr(switch, name, value)
        switch.save(update_fields=list(changes))
        audit.record(event, switch, at=at, actor=by, reason=reason, per_minute=told)
    if event == "mail.resumed":
        outbox.nudge()
    return switch


def held(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).get(pk=message.pk)


def mark_as_sent(message: Message, *, by: str, at: datetime) -> Message:
    """Close a stalled letter that its recipient says has come."""
    with transaction.atomic():
        message = held(message)
        if message.status != MessageStatus.STALLED:
            raise Refused("not_stalled")
        message.status, message.sent_at = MessageStatus.SENT, message.claimed_at or at
        message.save(update_fields=["status", "sent_at"])
        audit.record("letter.found_sent", message, at=at, actor=by, key=message.key)
    return message


def send_again(
    message: Message, *, by: str, at: datetime, recipient: str = "", reason: str = ""
) -> Message:
    """Replace a letter that failed, stalled or came back by the same words under a new key."""
    with transaction.atomic():
        message = held(message)
        if message.status not in CAN_BE_REPLACED:
            raise Refused("not_to_be_replaced")
        message.status = MessageStatus.REPLACED
        message.save(update_fields=["status"])
        again = outbox.post(
            as_prepared(message, recipient),
            at=at,
            replaces=message,
            good_until=message.good_until,
        )
        audit.record(
            "letter.sent_again",
            message,
            at=at,
            actor=by,
            key=message.key,
            new_key=again.key,
            address=again.recipient,
            reason=reason,
        )
    return again


def as_prepared(message: Message, recipient: str) -> outbox.Prepared:
    """Return the same words under the next free key: selected/417-208/again/2."""
    first = message.key.split("/again/")[0]
    count = Message.objects.filter(key__startswith=f"{first}/again/").count()
    return outbox.Prepared(
        kind=message.kind,
        key=f"{first}/again/{count + 2}",
        language=message.language,
        recipient=recipient or message.recipient,
        reply_to=message.reply_to,
        letter=letters.Letter(message.subject, message.text, message.html),
        application=message.application,
    )


def correct_address(
    application: Application, email: str, *, by: str, reason: str, at: datetime
) -> list[Message]:
    """Change where an outlet is written to, and send again what didn't reach it.

    Letters that wait go to the new address as well. Returns the letters sent again. Raises
    Refused ("reason_needed", "same_address"): the private link lies in those letters, so the
    reason says who confirmed the address.
    """
    if not reason.strip():
        raise Refused("reason_needed")
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        before = application.contact_email
        if before == email:
            raise Refused("same_address")
        application.contact_email = email
        application.save(update_fields=["contact_email"])
        audit.record(
            "address.corrected",
            application,
            at=at,
            actor=by,
            old_address=before,
            new_address=email,
            reason=reason,
        )
        wrong = application.messages.filter(
            recipient=before,
            status__in=[MessageStatus.FAILED, MessageStatus.BOUNCED, MessageStatus.QUEUED],
        )
        return [
            send_again(message, by=by, at=at, recipient=email, reason=reason)
            for message in wrong.order_by("pk")
        ]


def note_bounce(message_id: str, *, detail: str, at: datetime) -> bool:
    """Mark a letter as returned by the recipient's server; False for one that isn't ours.

    Told twice it changes nothing: mail services repeat themselves. They may also be faster than
    our own note that the letter left, and what comes back settles that a stalled one did.
    """
    wanted = message_id if message_id.startswith("<") else f"<{message_id}>"
    with transaction.atomic():
        bounced = Message.objects.filter(message_id=wanted, status__in=MAY_COME_BACK).update(
            status=MessageStatus.BOUNCED,
            sent_at=Coalesce("sent_at", "claimed_at"),
            bounced_at=at,
            last_error=detail[:2000],
        )
        if bounced:
            message = Message.objects.get(message_id=wanted)
            audit.record("letter.bounced", message, at=at, actor=audit.SYSTEM, key=message.key)
    return bool(bounced)
