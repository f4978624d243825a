"""How long a sign-in lasts, and how it is ended before that.

Twelve hours from the sign-in at most, two hours without a request: a juror who writes a long review
saves it every few seconds, and that is a request. Nothing here touches the public pages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

BEGAN, SEEN, WITH_FACTOR = "signed_in_at", "seen_at", "second_factor"
NOTED_EVERY = timedelta(minutes=1)  # the last request is known to the minute


def begin(request: HttpRequest, *, at: datetime) -> None:
    """Stamp a fresh sign-in: when it was, whether with a second factor, and that it is recent."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    for record in records:
        record["reauthenticated"] = True
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    request.session[BEGAN] = request.session[SEEN] = at.timestamp()
    request.session[WITH_FACTOR] = any(record["method"] == "mfa" for record in records)


def is_over(began: float, seen: float, at: datetime) -> bool:
    """Whether a sign-in has lasted its time, or nothing has been heard of it for too long."""
    lasted, silent = at.timestamp() - began, at.timestamp() - seen
    return lasted >= settings.SESSION_COOKIE_AGE or silent >= settings.SESSION_IDLE_AGE


def keep_within_limits(get_response):
    """End a sign-in that is over before a page of the staff's side is shown to it."""

    def middleware(request: HttpRequest):
        if not request.path_info.startswith(reverse("admin:index")):
            return get_response(request)
        began, at = request.session.get(BEGAN), request.arrived_at
        seen = request.session.get(SEEN, 0)
        if began is not None and is_over(began, seen, at):
            request.session.flush()
            messages.info(request, _("You were signed out: too much time has passed. Sign in."))
            return redirect_to_login(request.get_full_path())
        if began is not None and at.timestamp() - seen >= NOTED_EVERY.total_seconds():
            request.session[SEEN] = at.timestamp()
        return get_response(request)

    return middleware


def open_of(user: AbstractBaseUser) -> list[UserSession]:
    """Return the person's open sessions, latest first; what has expired is cleared away."""
    found = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def open_at(at: datetime) -> QuerySet[UserSession]:
    kept = Session.objects.filter(expire_date__gt=at).values("session_key")
    return UserSession.objects.filter(session_key__in=kept)


def end(user: AbstractBaseUser, *, but: str = "") -> int:
    """End the person's sessions, except the one with the key `but`; return how many."""
    ended = list(UserSession.objects.filter(user_id=user.pk).exclude(session_key=but))
    for session in ended:
        session.end()
    return len(ended)


def forget_ended(*, at: datetime) -> None:
    """Delete sessions past their time, and what was noted of the browsers they were in."""
    Session.objects.filter(expire_date__lte=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
