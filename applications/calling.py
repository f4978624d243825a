"""Preparing a season: a new call starts as a copy of an earlier one."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.models import Call, CallCountry, CallItem, CallText

COPIED_ALONG = (CallCountry, CallText, CallItem)


def copy(call: Call, *, by: AbstractBaseUser, at: datetime) -> Call:
    """Make next season's call of this one: texts, countries and rules; hidden, a year later.

    What happened to the old call stays with it: it is neither opened, closed nor announced here,
    and names no winners.
    """
    with transaction.atomic():
        new = Call.objects.get(pk=call.pk)
        new.pk, new.is_public = None, False
        for noted in ("opened_at", "closed_at", "announced_at", "winners_public_at"):
            setattr(new, noted, None)
        new._state.adding = True
        new.slug, new.season = free_slug(call), f"{call.season} +"
        for field in ("opens_at", "closes_at", "decision_date", "notification_date"):
            setattr(new, field, a_year_later(getattr(call, field)))
        new.save()
        for model in COPIED_ALONG:
            for row in model.objects.filter(call=call):
                row.pk, row.call = None, new
                row._state.adding = True
                row.save()
        audit.record("call.copied", new, at=at, actor=by.get_username(), from_call=call.slug)
    return new


def free_slug(call: Call) -> str:
    """Return an address for the copy that no call has."""
    taken = set(Call.objects.values_list("slug", flat=True))
    number = 2
    while f"{call.slug}-{number}" in taken:
        number += 1
    return f"{call.slug}-{number}"


def a_year_later(value: date | datetime) -> date | datetime:
    """Return the same day of the next year; 29 February becomes the 28th."""
    try:
        return value.replace(year=value.year + 1)
    except ValueError:
        return value.replace(year=value.year + 1, day=28)
