"""Every address of the sign-in; what else django-allauth could do has none."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from citizenjournalists.signin import forms
from citizenjournalists.signin.pages import ActivateApp, RemovePasskey, framed, own_sessions

SIGN_IN, AGAIN = _("Sign-in for the jury and staff"), _("Is it you?")
CODE, NEW_PASSWORD = _("Code from the app"), _("New password")

urlpatterns = [
    path(
        "sign-in/",
        framed(account.LoginView.as_view(form_class=forms.SignInForm), SIGN_IN),
        name="account_login",
    ),
    path(
        "sign-in/code/",
        framed(
            factor.AuthenticateView.as_view(
                form_class=forms.CodeForm, webauthn_form_class=forms.PasskeyForm
            ),
            CODE,
        ),
        name="mfa_authenticate",
    ),
    path(
        "sign-in/passkey/",
        framed(passkey.LoginWebAuthnView.as_view(form_class=forms.PasskeyAloneForm), SIGN_IN),
        name="mfa_login_webauthn",
    ),
    path(
        "sign-out/",
        framed(account.LogoutView.as_view(), _("Sign out")),
        name="account_logout",
    ),
    path(
        "again/",
        framed(account.ReauthenticateView.as_view(form_class=forms.ReauthenticateForm), AGAIN),
        name="account_reauthenticate",
    ),
    path(
        "again/code/",
        framed(factor.ReauthenticateView.as_view(form_class=forms.CodeAgainForm), AGAIN),
        name="mfa_reauthenticate",
    ),
    path(
        "again/passkey/",
        framed(
            passkey.ReauthenticateWebAuthnView.as_view(form_class=forms.PasskeyAgainForm), AGAIN
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "password/",
        framed(
            account.PasswordChangeView.as_view(form_class=forms.PasswordForm),
            _("Change password"),
            with_factor=True,
        ),
        name="account_change_password",
    ),
    path(
        "password/lost/",
        framed(
            account.PasswordResetView.as_view(form_class=forms.LostPasswordForm),
            _("Forgotten your password?"),
        ),
        name="account_reset_password",
    ),
    path(
        "password/lost/sent/",
        framed(account.PasswordResetDoneView.as_view(), _("Look into your mail")),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        framed(
            account.PasswordResetFromKeyView.as_view(form_class=forms.NewPasswordForm),
            NEW_PASSWORD,
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        framed(account.PasswordResetFromKeyDoneView.as_view(), NEW_PASSWORD),
        name="account_reset_password_from_key_done",
    ),
    path(
        "sessions/",
        framed(own_sessions, _("Where you are signed in"), with_factor=True),
        name="usersessions_list",
    ),
    path("factor/", framed(factor.IndexView.as_view(), _("Second factor")), name="mfa_index"),
    path(
        "factor/app/",
        framed(ActivateApp.as_view(form_class=forms.AppForm), _("Set up an app")),
        name="mfa_activate_totp",
    ),
    path(
        "factor/app/remove/",
        framed(app.DeactivateTOTPView.as_view(), _("Remove the app")),
        name="mfa_deactivate_totp",
    ),
    path(
        "factor/codes/",
        framed(codes.ViewRecoveryCodesView.as_view(), _("Recovery codes")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "factor/codes/new/",
        framed(codes.GenerateRecoveryCodesView.as_view(), _("New recovery codes")),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "factor/codes/file/",
        codes.DownloadRecoveryCodesView.as_view(),
        name="mfa_download_recovery_codes",
    ),
    path(
        "factor/passkeys/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
    path(
        "factor/passkeys/add/",
        framed(
            passkey.AddWebAuthnView.as_view(form_class=forms.NewPasskeyForm), _("Add a passkey")
        ),
        name="mfa_add_webauthn",
    ),
    path(
        "factor/passkeys/<int:pk>/remove/",
        framed(RemovePasskey.as_view(), _("Remove the passkey")),
        name="mfa_remove_webauthn",
    ),
    path(
        "factor/passkeys/<int:pk>/edit/",
        framed(
            passkey.EditWebAuthnView.as_view(form_class=forms.PasskeyNameForm),
            _("Rename the passkey"),
        ),
        name="mfa_edit_webauthn",
    ),
]
