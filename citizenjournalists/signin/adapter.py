"""Where django-allauth asks how this portal does it: who may enter, what is told, what is sent."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import secrets

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from applications import knocking
from applications.models import MessageKind
from citizenjournalists.signin import devices, entering, sessions, telling
from reviews import inviting

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
UNKNOWN_NETWORK = "::"
EVENTS = {  # what allauth would write a letter of: the event it is here, and the kind of factor
    "account/email/password_changed": ("password.changed", ""),
    "account/email/password_reset": ("password.reset", ""),
    "mfa/email/totp_activated": ("factor.added", "totp"),
    "mfa/email/totp_deactivated": ("factor.removed", "totp"),
    "mfa/email/webauthn_added": ("factor.added", "webauthn"),
    "mfa/email/webauthn_removed": ("factor.removed", "webauthn"),
    "mfa/email/recovery_codes_generated": ("recovery_codes.made", ""),
}
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}
WRONG = _("The user name or e-mail and the password don’t match.")
WRONG_CODE = _("The code doesn’t fit. It changes every 30 seconds: wait for the next and enter it.")


class Account(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(ipaddress.ip_address(knocking.network_of(request)))
        except ValueError:
            return UNKNOWN_NETWORK

    def authenticate(self, request: HttpRequest, **credentials):
        return entering.judge(request, credentials)

    def pre_login(self, request: HttpRequest, user, **kwargs) -> HttpResponse | None:
        """Turn away who holds a key of a former member of staff, with the same words."""
        if user.is_active and user.is_staff:
            return None
        clear_login(request)
        messages.error(request, WRONG)
        return redirect("account_login")

    def login(self, request: HttpRequest, user) -> None:
        user.is_here_first = user.last_login is None
        super().login(request, user)

    def post_login(self, request: HttpRequest, user, **kwargs) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        entering.came_in(request, response, user, is_first_time=user.is_here_first)
        return response

    def add_message(self, request, level, message_template=None, *args, message=None, **kwargs):
        """Say what is worth saying, in our words; a greeting isn't."""
        if said := message or SAID.get(message_template):
            messages.add_message(request, level, said)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        raise NotImplementedError(f"Letters go by the outbox, and it has none for it: {email}.")

    def send_password_reset_mail(self, user, email: str, context: dict) -> None:
        """Send the link to the address the account has now, to who may use it."""
        if not user.is_staff or user.email.casefold() != email.casefold():
            return
        entry = telling.note("password.link_sent", user, at=self.request.arrived_at)
        telling.write(
            MessageKind.PASSWORD_RESET,
            user,
            key=f"password-reset/{user.pk}/{entry.number}",
            at=self.request.arrived_at,
            link=settings.SITE_URL + reset_path(context),
            expires=inviting.works_until(self.request.arrived_at),
        )

    def send_notification_mail(self, template_prefix: str, user, *args, **kwargs) -> None:
        """Follow a change of password or factor: the trail, a letter, and the other sessions."""
        event, factor = EVENTS[template_prefix]
        request = self.request
        told = {"device": devices.of(request)} | ({"factor": factor} if factor else {})
        with transaction.atomic():
            telling.note_and_write(event, user, at=request.arrived_at, **told)
            if event.startswith("password") or (event == "factor.added" and is_first(user)):
                sessions.end(user, but=request.session.session_key or "")
        if event.startswith("factor"):
            request.session[sessions.WITH_FACTOR] = is_mfa_enabled(user, FACTORS)


def is_first(user) -> bool:
    """Whether the account has one second factor: what came in before it was there had none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).count() == 1


def reset_path(context: dict) -> str:
    named = {"uidb36": context["uid"], "key": context["key"]}
    return reverse("account_reset_password_from_key", kwargs=named)


class Factors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": _("This is your only second factor: add another first."),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def build_totp_svg(self, url: str) -> str:
        """Return the picture to stand in the page itself: one path, no style of its own."""
        drawn = qrcode.QRCode(border=2)
        drawn.add_data(url)
        rows = drawn.get_matrix()
        dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
        return format_html(
            '<svg class="cj-qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" '
            'shape-rendering="crispEdges"><path d="{2}"/></svg>',
            len(rows),
            _("QR code to set the app up with"),
            "".join(f"M{x} {y}h1v1h-1z" for x, y in dark),
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return not settings.REQUIRE_SECOND_FACTOR or others.exclude(pk=authenticator.pk).exists()

    def encrypt(self, text: str) -> str:
        return keyring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; for one that another SECRET_KEY wrote a new one, which fits no code.

        Nothing known may stand in for it: recovery codes are worked out from their secret alone.
        """
        try:
            return keyring().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def keyring() -> MultiFernet:
    """Return what secrets of factors are kept under: a copy of the database alone opens none."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"signin.factors" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
