"""Invite a person to the jury: one act makes the account, the profile and the letter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group, User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from applications import audit, outbox, roles
from applications.models import Call, MessageKind
from applications.models.application import Refused
from reviews.models import Juror

WRONG_IN_A_NAME = re.compile(r"[^\w.+-]")


def invite(
    *,
    email: str,
    first_name: str,
    last_name: str,
    languages: list[str],
    home_country: str,
    call: Call | None,
    by: AbstractBaseUser,
    at: datetime,
) -> Juror:
    """Make a juror's account without a password and send the link to set one.

    Refused ("known") where the address has an account. The account sees what is assigned to it
    and nothing else of the admin.
    """
    with transaction.atomic():
        if User.objects.filter(email__iexact=email).exists():
            raise Refused("known")
        user = User.objects.create_user(
            free_name(email), email, None, first_name=first_name, last_name=last_name, is_staff=True
        )
        user.groups.add(Group.objects.get(name=roles.JUROR))
        juror = Juror.objects.create(user=user, languages=languages, home_country=home_country)
        audit.record("juror.invited", juror, at=at, actor=by.get_username(), username=user.username)
        send_link(juror, call=call, at=at)
    return juror


def invite_again(juror: Juror, *, call: Call | None, by: AbstractBaseUser, at: datetime) -> None:
    """Send a new link to who has never signed in; Refused ("signed_in") to others."""
    with transaction.atomic():
        juror = Juror.objects.select_for_update().select_related("user").get(pk=juror.pk)
        if juror.user.last_login is not None or not juror.user.is_active:
            raise Refused("signed_in")
        audit.record(
            "juror.invited", juror, at=at, actor=by.get_username(), username=juror.user.username
        )
        send_link(juror, call=call, at=at)


def send_link(juror: Juror, *, call: Call | None, at: datetime) -> None:
    outbox.queue_letter(
        MessageKind.INVITED,
        key=f"invited/{juror.pk}/{at:%Y%m%d%H%M%S}",
        at=at,
        recipient=juror.user.email,
        language=juror.language_of_letters(),
        facts={
            "name": juror.user.get_full_name(),
            "username": juror.user.username,
            "call": call,
            "link": password_link(juror.user),
            "expires": works_until(at),
        },
    )


def password_link(user: User) -> str:
    """Return the address at which the person sets a password; it dies with its first use."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("admin:reviews_invitation", args=[key, token])


def works_until(made_at: datetime) -> datetime:
    """Return until when a link to set a password works that was made then."""
    return made_at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def free_name(email: str) -> str:
    """Return a user name made from the address that nobody has yet."""
    base = WRONG_IN_A_NAME.sub("", email.partition("@")[0].lower())[:100] or "juror"
    name, n = base, 1
    while User.objects.filter(username__iexact=name).exists():
        n += 1
        name = f"{base}{n}"
    return name
