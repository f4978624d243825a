"""The outlet's answer to an offered place: confirm, decline, be reminded, get more time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from applications import access, audit, outbox, results
from applications.models import Application, MessageKind, Result
from applications.models.application import Refused
from applications.sweeping import each

REMIND_BEFORE = timedelta(days=2)
NOT_SOONER_THAN = timedelta(days=1)  # after the offer itself


def confirm(application: Application, *, at: datetime, actor: str = audit.APPLICANT) -> Application:
    """Take the offered place; a second press changes nothing.

    Raises Refused: "not_offered", "declined", "released", "too_late" (from `confirm_by` on).
    """
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        require_offer(application)
        if application.confirmed_at is not None:
            return application
        if application.declined_at is not None:
            raise Refused("declined")
        if at >= application.confirm_by:
            raise Refused("too_late")
        application.confirmed_at = at
        application.save(update_fields=["confirmed_at"])
        audit.record("place.confirmed", application, at=at, actor=actor)
        tell(MessageKind.CONFIRMED, application, at=at)
    return application


def decline(
    application: Application, *, at: datetime, actor: str = audit.APPLICANT, reason: str = ""
) -> Application:
    """Give an offered place up, or leave the reserve list; also after confirming.

    The place stays counted until two people decide who gets it. Raises Refused ("not_offered",
    "released").
    """
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        if application.result != Result.RESERVE:
            require_offer(application)
        if application.declined_at is not None:
            return application
        before, application.confirmed_at = application.confirmed_at, None
        application.declined_at = at
        application.save(update_fields=["confirmed_at", "declined_at"])
        audit.record(
            "place.declined",
            application,
            at=at,
            actor=actor,
            reason=reason,
            confirmed_before=before and before.isoformat(),
        )
        tell(MessageKind.DECLINED, application, at=at)
    return application


def require_offer(application: Application) -> None:
    """Raise Refused unless a place was announced to the outlet and is still theirs."""
    if application.result != Result.SELECTED:
        raise Refused("not_offered")
    if application.released_at is not None:
        raise Refused("released")


def give_time(
    application: Application, *, until: datetime, at: datetime, actor: str, reason: str
) -> Application:
    """Let a selected outlet answer later; never earlier than it was told."""
    if not reason.strip():
        raise Refused("reason_needed")
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        require_offer(application)
        if until <= application.confirm_by:
            raise Refused("not_later")
        before, application.confirm_by = application.confirm_by, until
        application.save(update_fields=["confirm_by"])
        outbox.take_back(application, MessageKind.CONFIRM_REMINDER)
        audit.record(
            "answer.extended",
            application,
            at=at,
            actor=actor,
            reason=reason,
            before=before.isoformat(),
            after=until.isoformat(),
        )
    return application


def tell(kind: MessageKind, application: Application, *, at: datetime) -> None:
    """Confirm an answer by a letter; a change of mind back and forth gets one each."""
    outbox.take_back(application, MessageKind.CONFIRM_REMINDER)
    outbox.queue(
        kind,
        application,
        key=f"{kind}/{application.number}/{at.isoformat()}",
        at=at,
        link=access.url_of(results.owner_link(application)),
    )


def remind_unanswered(*, at: datetime) -> int:
    """Remind those whose time to answer runs out; return how many. Once per date told."""
    waiting = Application.objects.without_an_answer().filter(
        confirm_by__gt=at,
        confirm_by__lte=at + REMIND_BEFORE,
        announced_at__lte=at - NOT_SOONER_THAN,
    )
    return each(remind, waiting.values_list("pk", flat=True), at=at)


def remind(pk: int, *, at: datetime) -> bool:
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if not application.may_answer(at) or application.confirmed_at is not None:
            return False
        sent = outbox.queue(
            MessageKind.CONFIRM_REMINDER,
            application,
            key=f"confirm_reminder/{application.number}/{application.confirm_by.isoformat()}",
            at=at,
            good_until=application.confirm_by,
            link=access.url_of(results.owner_link(application)),
            confirm_by=application.confirm_by,
        )
        if sent:
            audit.record("answer.reminded", application, at=at, actor=audit.SYSTEM)
    return bool(sent)
