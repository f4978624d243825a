"""What a page of the staff's side asks for besides a role: a second factor, a recent password."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    STATE_SESSION_KEY,
    did_recently_reauthenticate,
)
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from citizenjournalists.signin.sessions import WITH_FACTOR

# What a forgotten, open browser must not do: asked for when pressed, and carried on afterwards
WHEN_PRESSED = {
    "exports",
    "reviews_copy",
    "reviews_data",
    "reviews_pack_paper",
    "reviews_publish",
    "access_act",
}
# What may hold a password, so is never kept aside: asked for before the page is shown
BEFOREHAND = {
    "auth_user_add",
    "auth_user_change",
    "auth_user_password_change",
}


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this very session has shown a second factor, or none is asked for here."""
    return not settings.REQUIRE_SECOND_FACTOR or bool(request.session.get(WITH_FACTOR))


def recent(view):
    """Ask for the password or a factor anew before a dangerous act; a quarter of an hour holds."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        name = request.resolver_match.url_name
        needed = name in BEFOREHAND or (name in WHEN_PRESSED and request.method == "POST")
        may = request.user.is_active and request.user.is_staff
        if needed and may and not did_recently_reauthenticate(request):
            return ask_anew(request, carry_on=name in WHEN_PRESSED)
        return view(request, *args, **kwargs)

    return asked


def ask_anew(request: HttpRequest, *, carry_on: bool) -> HttpResponse:
    """Lead to the password or factor, and back; with `carry_on` what was pressed is done then.

    django-allauth carries on only where it is led back to the very path, without a query.
    """
    [first, *_others] = get_adapter().get_reauthentication_methods(request.user)
    if not carry_on:
        return redirect_to_login(request.get_full_path(), first["url"])
    request.session[STATE_SESSION_KEY] = {"request": serialize_request(request)}
    return redirect_to_login(request.path, first["url"])


def pressed(view):
    """Lead a browser that merely opens what only a button does to the desk, and say so.

    It comes there by a sign-in that was asked for in between, by a reload, or from its history.
    """

    @wraps(view)
    def led(request, *args, **kwargs):
        answer = view(request, *args, **kwargs)
        opened = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not opened:
            return answer
        messages.warning(request, _("Nothing was done. Press the button on its page once more."))
        return redirect("admin:index")

    return led


def lead_on(request: HttpRequest) -> HttpResponse:
    """Answer at the admin's own door: to the sign-in, to setting up a factor, or onward."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(onward)
    if not (request.user.is_active and request.user.is_staff):
        raise PermissionDenied
    return redirect(onward) if has_second_factor(request) else redirect("mfa_index")
