"""Someone is at the door: judge what they gave, count what was wrong, note who came in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import instants, knocking
from applications.models import MessageKind
from citizenjournalists.signin import devices, limiting, sessions, telling


def person_named(login: str) -> User | None:
    """Return whose user name or e-mail address this is, if anybody's."""
    named = User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login))
    return named.order_by("pk").first() if login else None


@contextmanager
def counted(request: HttpRequest, door: str, user: User | None, typed: str = "") -> Iterator[list]:
    """Count an attempt, wrong until something is put in the list; answer with a page that waits.

    A name that nobody has is counted like one that somebody has, and is told the same.
    """
    key = devices.key_of(request, user)
    account = f"{user.pk} {key}" if user else typed.casefold()
    try:
        attempt = limiting.attempt(
            door, account=account, network=knocking.network_of(request), at=request.arrived_at
        )
    except limiting.Wait as full:
        raise ImmediateHttpResponse(waiting_page(request, full)) from full
    right: list = []
    try:
        yield right
    finally:
        if right:
            attempt.take_back()
        elif user:
            note_failure(request, door, user, attempt)


def note_failure(request: HttpRequest, door: str, user: User, attempt: limiting.Attempt) -> None:
    telling.note("user.sign_in_failed", user, at=request.arrived_at, step=door)
    if attempt.is_last:
        telling.note("user.locked_out", user, at=request.arrived_at, step=door)


def waiting_page(request: HttpRequest, full: limiting.Wait) -> HttpResponse:
    whole_minutes = timedelta(minutes=math.ceil(full.left / timedelta(minutes=1)))
    context = {
        **admin.site.each_context(request),
        "title": _("Too many attempts"),
        "left": instants.time_left(whole_minutes),
    }
    response = render(request, "signin/wait.html", context, status=429)
    response.headers["Retry-After"] = str(math.ceil(full.left.total_seconds()))
    return response


def judge(request: HttpRequest, credentials: dict) -> User | None:
    """Return who signs in with these; nobody for a wrong password or who may not come in."""
    login = credentials.get("username") or credentials.get("email") or ""
    with counted(request, limiting.PASSWORD, person_named(login), login) as right:
        user = authenticate(request, **credentials)
        if user is None or not user.is_staff:
            return None
        right.append(user)
    return user


def came_in(
    request: HttpRequest, response: HttpResponse, user: User, *, is_first_time: bool
) -> None:
    """Stamp the session, note the sign-in, and write where the browser is a new one.

    Nobody is written to about their first sign-in: its link came by mail a moment ago.
    """
    at = request.arrived_at
    is_new = not devices.key_of(request, user)
    records = get_authentication_records(request, user)
    by = [record.get("type") or record["method"] for record in records]
    sessions.begin(request, at=at)
    devices.remember(request, response, user)
    entry = telling.note("user.signed_in", user, at=at, by=by, new_device=is_new)
    if is_new and not is_first_time:
        telling.write(
            MessageKind.NEW_DEVICE,
            user,
            key=f"new-device/{user.pk}/{entry.number}",
            at=at,
            device=devices.of(request),
        )
