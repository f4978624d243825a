"""Tell an outlet its result: the page and the letter change in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from applications import access, audit, letters, outbox
from applications.models import Application, MessageKind, PrivateLink, Result
from applications.models.application import Refused

LETTERS = {
    Result.SELECTED: MessageKind.SELECTED,
    Result.RESERVE: MessageKind.RESERVE,
    Result.NOT_SELECTED: MessageKind.NOT_SELECTED,
    Result.INELIGIBLE: MessageKind.INELIGIBLE,
}
FINAL_UNLESS = {Result.RESERVE: {Result.SELECTED}}  # what an announced result may still become


@dataclass(frozen=True)
class Announcement:
    """A result as it will be told: everything the outlet will see, before anybody is told."""

    application: Application
    result: Result
    prepared: outbox.Prepared
    confirm_by: datetime | None


def prepare(
    application: Application,
    result: Result,
    *,
    confirm_by: datetime | None = None,
    shelf: letters.Shelf | None = None,
    **facts,
) -> Announcement:
    """Write the letter that tells a result; nothing is stored and nobody is told.

    One who was on the reserve list and gets a place now is told so, by a letter of its own.
    """
    promoted = application.result == Result.RESERVE and result == Result.SELECTED
    kind = MessageKind.PROMOTED if promoted else LETTERS[result]
    confirm_by = confirm_by if result == Result.SELECTED else None
    application.confirm_by = confirm_by
    prepared = outbox.prepare(
        kind,
        application,
        key=f"{kind}/{application.number}",
        shelf=shelf,
        link=access.url_of(owner_link(application)),
        confirm_by=confirm_by,
        **facts,
    )
    return Announcement(application, result, prepared, confirm_by)


def announce(announcement: Announcement, *, at: datetime, actor: str) -> None:
    """Make the result visible and queue its letter; called inside the publishing transaction.

    An announced result is final, but for a place that goes to one on the reserve list: a second
    call changes nothing.
    """
    application = Application.objects.locked(announcement.application.pk)
    if application.result is not None and announcement.result not in FINAL_UNLESS.get(
        application.result, ()
    ):
        return
    application.result, application.announced_at = announcement.result, at
    application.confirm_by = announcement.confirm_by
    application.save(update_fields=["result", "announced_at", "confirm_by"])
    audit.record("result.announced", application, at=at, actor=actor, result=announcement.result)
    outbox.post(announcement.prepared, at=at)


def owner_link(application: Application) -> PrivateLink:
    """Return the applicant's own link, the one that letters carry; the latest that is valid.

    Raises PrivateLink.DoesNotExist where it was taken back and no other was given.
    """
    own = [link for link in application.links.all() if link.is_owner and link.revoked_at is None]
    if not own:
        raise PrivateLink.DoesNotExist(application.number)
    return max(own, key=lambda link: link.pk)


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


def release(application: Application, *, at: datetime, actor: str, reason: str) -> None:
    """Take the place back from one who declined or stayed silent; it can no longer be confirmed."""
    application = Application.objects.locked(application.pk)
    if application.released_at is None:
        application.released_at = at
        application.confirmed_at = None
        application.save(update_fields=["released_at", "confirmed_at"])
        audit.record("place.released", application, at=at, actor=actor, reason=reason)


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
    outbox.queue(
        kind,
        application,
        key=f"{kind}/{application.number}/{at.isoformat()}",
        at=at,
        link=access.url_of(owner_link(application)),
    )
