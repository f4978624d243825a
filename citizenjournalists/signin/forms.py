"""The sign-in's forms: django-allauth's, with our words, and each wrong answer counted."""

from __future__ import annotations

from contextlib import contextmanager

from allauth.account import forms as account
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn import forms as passkey
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from citizenjournalists.signin import devices, entering, limiting, telling

USED = "last_counter"  # in a TOTP authenticator's data: the latest half-minute that was used


def worded(form, **labels) -> None:
    """Give the fields our labels; placeholders and hints that come with them go."""
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, login=_("User name or e-mail"), password=_("Password"))
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocomplete": "username"}


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, password=_("Password"))
        self.fields["password"].widget.attrs["autofocus"] = True


class PasswordForm(account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(
            self,
            oldpassword=_("Current password"),
            password1=_("New password"),
            password2=_("New password again"),
        )

    def clean_oldpassword(self) -> str:
        with entering.counted(context.request, limiting.PASSWORD, self.user) as right:
            given = super().clean_oldpassword()
            right.append(given)
        return given


class NewPasswordForm(account.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, password1=_("New password"), password2=_("New password again"))


class LostPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, email=_("E-mail"))

    def clean_email(self) -> str:
        """Count every asking: a letter costs its reader's patience, whoever asked for it."""
        typed = self.cleaned_data["email"]
        with entering.counted(context.request, limiting.RESET, None, typed):
            return super().clean_email()


class CodeIsCounted:
    """A code from the app or a recovery code, right once and never again, on any process."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, code=_("Six digits"))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        with entering.counted(context.request, limiting.FACTOR, self.user) as right:
            self.authenticator = take(self.user, code)
            if self.authenticator is None:
                raise get_adapter().validation_error("incorrect_code")
            right.append(self.authenticator)
        self.authenticator.user = self.user
        return code


def take(user, code: str) -> Authenticator | None:
    """Use up the code; return what it belongs to, None for one that fits nothing or was used."""
    with transaction.atomic():
        for one in Authenticator.objects.select_for_update().filter(user=user):
            if one.type == Authenticator.Type.TOTP and take_totp(one, code):
                return one
            if one.type == Authenticator.Type.RECOVERY_CODES and one.wrap().validate_code(code):
                left = len(Authenticator.objects.get(pk=one.pk).wrap().get_unused_codes())
                at, device = context.request.arrived_at, devices.of(context.request)
                telling.note_and_write("recovery_code.used", user, at=at, device=device, left=left)
                return one
    return None


def take_totp(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is of a half-minute later than the last one used; then that is used up."""
    secret = decrypt(authenticator.data["secret"])
    counter = half_minute_of(code, secret, after=authenticator.data.get(USED, 0))
    if counter is None:
        return False
    authenticator.data[USED] = counter
    authenticator.save(update_fields=["data"])
    return True


def half_minute_of(code: str, secret: str, *, after: int = 0) -> int | None:
    """Return the half-minute around now whose code this is, later than `after`; None: no such."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return counter
    return None


class CodeForm(CodeIsCounted, factor.AuthenticateForm):
    pass


class CodeAgainForm(CodeIsCounted, factor.ReauthenticateForm):
    pass


class AppForm(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, code=_("Six digits from the app"))
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "class": "cj-code"}

    def clean_code(self) -> str:
        code = super().clean_code()
        self.used = half_minute_of(code, self.secret)
        if self.used is None:  # its time ran out between the two looks
            raise get_adapter().validation_error("incorrect_code")
        return code


@contextmanager
def refusing_nonsense():
    """Answer what no browser makes, JSON of another shape, like a passkey that doesn't fit."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class PasskeyIsCounted:
    def clean_credential(self):
        with entering.counted(context.request, limiting.FACTOR, self.user) as right:
            with refusing_nonsense():
                found = super().clean_credential()
            right.append(found)
        return found


class PasskeyForm(PasskeyIsCounted, passkey.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(PasskeyIsCounted, passkey.ReauthenticateWebAuthnForm):
    pass


class PasskeyAloneForm(PasskeyIsCounted, passkey.LoginWebAuthnForm):
    pass


class NewPasskeyForm(passkey.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, name=_("Name of the passkey"), passwordless=_("Sign in with it alone"))
        self.fields["passwordless"].help_text = _(
            "Without user name and password; the device asks for a fingerprint, a face or a PIN."
        )

    def clean(self) -> dict:
        with refusing_nonsense():
            return super().clean()


class PasskeyNameForm(passkey.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        worded(self, name=_("Name of the passkey"))
