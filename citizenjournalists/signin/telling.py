"""What happens to a person's way in: an entry in the trail, and a letter where they should know.

The trail names the person and the kind of factor, never an address, a device or a secret.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from applications import audit, outbox
from applications.models import AuditEntry, Language, MessageKind


def language_of(user: User) -> str:
    """Return the language to write to this person in: a juror's own, else Russian."""
    juror = getattr(user, "juror", None)
    return juror.language_of_letters() if juror else Language.RU


def note(event: str, user: User, *, at: datetime, actor: str = "", **details) -> AuditEntry:
    """Record what happened to the person's account; by themselves unless `actor` says who."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        return audit.record(event, user, at=at, actor=actor or user.get_username(), **details)


def note_and_write(
    event: str,
    user: User,
    *,
    at: datetime,
    actor: str = "",
    device: str = "",
    to: str = "",
    **details,
) -> None:
    """Record a change and write to the person: whoever didn't do it themselves must learn of it.

    The letter goes to the account's address, or to another that was theirs until now.
    """
    with transaction.atomic():
        entry = note(event, user, at=at, actor=actor, **details)
        write(
            MessageKind.ACCOUNT_CHANGED,
            user,
            key=f"account/{user.pk}/{entry.number}",
            at=at,
            to=to,
            what=event,
            factor=details.get("factor", ""),
            by_another=bool(actor),
            device=device,
        )


def write(kind: MessageKind, user: User, *, key: str, at: datetime, to: str = "", **facts) -> None:
    """Queue a letter about the account, to the address it has now unless `to` names another."""
    if not (recipient := to or user.email):
        return
    own = {"name": user.get_full_name(), "username": user.get_username(), "at": at}
    own["account_link"] = settings.SITE_URL + reverse("mfa_index")
    outbox.queue_letter(
        kind,
        key=key,
        at=at,
        recipient=recipient,
        language=language_of(user),
        facts={**own, **facts},
    )
