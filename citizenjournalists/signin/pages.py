"""The sign-in's pages inside the frame of the staff's side."""

from __future__ import annotations

from functools import wraps

from allauth.account.internal.flows import logout
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citizenjournalists.signin import devices, requiring, sessions, telling
from citizenjournalists.signin.adapter import Factors
from citizenjournalists.signin.forms import USED


def framed(view, title="", *, with_factor: bool = False):
    """Give a page of allauth the header and menu of the staff's side, and its title.

    `with_factor` keeps it from a session that still owes its second factor.
    """

    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if with_factor and request.user.is_authenticated and owes_factor(request):
            return redirect("mfa_index")
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            frame = admin.site.each_context(request)
            told = {"title": title, "owes_factor": owes_factor(request)}
            told["two_steps"] = settings.REQUIRE_SECOND_FACTOR
            if stage := getattr(request, "_login_stage", None):
                told["enters"] = stage.login.user
            response.context_data = {**frame, **told, **(response.context_data or {})}
        return response

    return page


def owes_factor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not requiring.has_second_factor(request)


class ActivateApp(ActivateTOTPView):
    """The code that sets the app up is used up by that: it signs nobody in any more."""

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
            kind = Authenticator.Type.TOTP
            authenticator = Authenticator.objects.get(user=self.request.user, type=kind)
            authenticator.data[USED] = form.used
            authenticator.save(update_fields=["data"])
        return response


class RemovePasskey(RemoveWebAuthnView):
    """The last second factor stays where one is required."""

    def form_valid(self, form):
        if Factors().can_delete_authenticator(self.get_object()):
            return super().form_valid(form)
        messages.error(self.request, Factors.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_index")


@login_required
@require_http_methods(["GET", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Show where the person is signed in; POST signs out elsewhere, or here too."""
    if request.method == "POST":
        return end_own(request, everywhere="everywhere" in request.POST)
    found = [
        {
            "device": devices.named(one.user_agent),
            "began": one.created_at,
            "network": one.ip,
            "is_this": one.is_current(),
        }
        for one in sessions.open_of(request.user)
    ]
    return TemplateResponse(request, "signin/sessions.html", {"sessions": found})


def end_own(request: HttpRequest, *, everywhere: bool) -> HttpResponse:
    user, at = request.user, request.arrived_at
    with transaction.atomic():
        ended = sessions.end(user, but=request.session.session_key)
        telling.note("sessions.ended", user, at=at, sessions=ended + everywhere)
    if not everywhere:
        messages.success(request, _("You are signed out everywhere but here."))
        return redirect("usersessions_list")
    sessions.end(user)
    logout.logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")
