"""Tell an outlet its result: the page and the letter change in one transaction."""

from __future__ import annotations

from datetime import datetime

from applications import access, audit, outbox
from applications.models import Application, MessageKind, PrivateLink, Result

LETTERS = {
    Result.SELECTED: MessageKind.SELECTED,
    Result.RESERVE: MessageKind.RESERVE,
    Result.NOT_SELECTED: MessageKind.NOT_SELECTED,
}


def announce(
    application: Application,
    result: Result,
    *,
    at: datetime,
    actor: str,
    confirm_by: datetime | None = None,
    **facts,
) -> None:
    """Make the result visible and queue its letter; called inside the publishing transaction.

    An announced result is final: a second call with any result changes nothing.
    """
    application = Application.objects.locked(application.pk)
    if application.announced_at is not None:
        return
    application.result, application.announced_at = result, at
    application.confirm_by = confirm_by if result == Result.SELECTED else None
    application.save(update_fields=["result", "announced_at", "confirm_by"])
    audit.record("result.announced", application, at=at, actor=actor, result=result)
    outbox.queue(
        LETTERS[result],
        application,
        key=f"{result}/{application.number}",
        at=at,
        link=access.url_of(owner_link(application)),
        **facts,
    )


def owner_link(application: Application) -> PrivateLink:
    """Return the applicant's own link, the one that letters carry."""
    return application.links.valid().filter(is_owner=True).latest("pk")
