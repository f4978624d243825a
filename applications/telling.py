"""Tell staff: a letter to each person who holds a role."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model

from applications import outbox
from applications.models import Language, MessageKind


def holders(*roles: str):
    """Return the people who hold one of the roles, may sign in and can be mailed."""
    people = get_user_model().objects.filter(is_active=True, groups__name__in=roles)
    return people.exclude(email="").order_by("pk").distinct()


def tell(
    *roles: str,
    kind: MessageKind,
    key: str,
    at: datetime,
    good_until: datetime | None = None,
    **facts,
) -> int:
    """Queue a letter to each holder of `roles`, once per person and `key`; return how many."""
    letters = [
        outbox.queue_letter(
            kind,
            key=f"{key}/{person.pk}",
            at=at,
            recipient=person.email,
            language=Language.RU,
            good_until=good_until,
            facts=facts,
        )
        for person in holders(*roles)
    ]
    return len([letter for letter in letters if letter])
