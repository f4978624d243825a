"""Who of the staff can come in, and with what: officers end sessions and reset a lost factor."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications import roles
from citizenjournalists.signin import sessions, telling


def end_sessions(user: User, *, by: str, at: datetime) -> int:
    """Sign the person out everywhere; recorded as done by user name `by`, and told to them."""
    with transaction.atomic():
        ended = sessions.end(user)
        telling.note_and_write("sessions.ended", user, at=at, actor=by, sessions=ended)
    return ended


def reset_factor(user: User, *, by: str, at: datetime) -> None:
    """Take a lost telephone, key and codes off the account, and sign it out everywhere.

    The password stays: with it the person comes in and sets a new factor up.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.end(user)
        telling.note_and_write("factor.reset", user, at=at, actor=by)


ACTS = {
    "end": (end_sessions, lambda: _("%(name)s is signed out everywhere.")),
    "reset": (reset_factor, lambda: _("%(name)s sets a new second factor up at the sign-in.")),
}


def may_act(user: User) -> bool:
    return user.is_superuser or roles.has_role(user, roles.OFFICER)


def may_act_on(by: User, user: User) -> bool:
    """Whether `by` may end sessions of `user`: never their own here, an administrator's never
    without being one."""
    return may_act(by) and by.pk != user.pk and (by.is_superuser or not user.is_superuser)


@require_GET
def access(request: HttpRequest) -> HttpResponse:
    if not may_act(request.user):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Sign-ins of the staff"),
        "people": [told(user, request.user) for user in staff(request.arrived_at)],
    }
    return TemplateResponse(request, "signin/people.html", context)


def staff(at: datetime) -> QuerySet[User]:
    people = User.objects.filter(is_staff=True).order_by("last_name", "username")
    open_now = Prefetch("usersession_set", sessions.open_at(at))
    return people.prefetch_related("groups", "authenticator_set", open_now)


def told(user: User, reader: User) -> dict:
    kinds = {one.type for one in user.authenticator_set.all()}
    return {
        "user": user,
        "roles": [str(roles.NAMES.get(one.name, one.name)) for one in user.groups.all()],
        "app": Authenticator.Type.TOTP in kinds,
        "passkey": Authenticator.Type.WEBAUTHN in kinds,
        "sessions": len(user.usersession_set.all()),
        "may_act": may_act_on(reader, user),
    }


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_staff=True)
    if not may_act_on(request.user, user):
        raise PermissionDenied
    if request.POST.get("act") in ACTS:
        verb, words = ACTS[request.POST["act"]]
        verb(user, by=request.user.get_username(), at=request.arrived_at)
        messages.success(request, words() % {"name": user.get_full_name() or user.username})
    return redirect("admin:access")
