"""Tell an outlet its result: the page and the letter change in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from applications import access, audit, letters, outbox
from applications.models import Application, MessageKind, PrivateLink, Result

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


def release(application: Application, *, at: datetime, actor: str, reason: str) -> None:
    """Take the place back from one who declined or stayed silent; it can no longer be confirmed."""
    application = Application.objects.locked(application.pk)
    if application.released_at is None:
        application.released_at = at
        application.confirmed_at = None
        application.save(update_fields=["released_at", "confirmed_at"])
        audit.record("place.released", application, at=at, actor=actor, reason=reason)
