"""A passkey from its making to a sign-in by it alone, and the sign-in's pages as axe sees them."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from applications import roles
from applications.models import AuditEntry
from applications.tests.builders import a_person
from citizenjournalists.tests.browser import faults
from citizenjournalists.tests.test_signing_in import PASSWORD, SECRET, code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBMIT = "#login-form input[type=submit]"
A_LAPTOPS_OWN = {  # an authenticator that knows its owner and keeps what it made
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def officer():
    return a_person(roles.OFFICER, username="dina")


def at_localhost(new_page, live_server, settings, **options):
    """Open the portal under a name: an address of digits can't be a passkey's owner."""
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    page = new_page(base_url=settings.SITE_URL, **options)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": A_LAPTOPS_OWN})
    return page


def give_password(page) -> None:
    page.goto("/admin/")
    page.get_by_label("Имя пользователя или почта").fill("dina")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.locator(SUBMIT).click()


def sign_out(page) -> None:
    page.goto(reverse("account_logout"))
    page.locator(SUBMIT).click()
    page.wait_for_url("**/sign-in/**")


def test_a_passkey_is_made_asked_for_and_signs_in_alone(new_page, live_server, settings, officer):
    settings.REQUIRE_SECOND_FACTOR = True
    page = at_localhost(new_page, live_server, settings)
    give_password(page)
    page.wait_for_url("**/account/factor/")
    page.get_by_role("link", name="Добавить ключ доступа").click()
    page.get_by_label("Входить только по нему").check()
    page.get_by_role("button", name="Добавить ключ доступа").click()
    page.wait_for_url("**/factor/codes/")
    page.get_by_role("link", name="Коды сохранены, к работе").click()
    page.wait_for_url("**/admin/")

    sign_out(page)
    give_password(page)
    page.get_by_role("button", name="Войти по ключу доступа").click()
    page.wait_for_url("**/admin/")

    sign_out(page)
    page.get_by_role("button", name="Войти только по ключу доступа").click()
    page.wait_for_url("**/admin/")
    by = [entry.details["by"] for entry in AuditEntry.objects.filter(event="user.signed_in")]
    assert sorted(by) == [["password"], ["password", "webauthn"], ["webauthn"]]
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_on_the_sign_ins_pages(
    new_page, live_server, settings, officer, width, scheme
):
    view = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = at_localhost(new_page, live_server, settings, **view)
    found = {}

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wrong := faults(page) + ([f"{wide} px wide"] if wide > width else []):
            found[name] = wrong

    give_password(page)
    page.wait_for_url("**/admin/")
    for name in (
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "usersessions_list",
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "admin:access",
    ):
        assert page.goto(reverse(name)).status == 200, name
        look(name)
    totp.TOTP.activate(officer, SECRET)
    sign_out(page)
    page.goto(reverse("account_reset_password"))
    look("lost password")
    give_password(page)
    page.get_by_label("Шесть цифр").fill("000000")
    page.locator(SUBMIT).click()
    look("wrong code")
    page.get_by_label("Шесть цифр").fill(code())
    page.locator(SUBMIT).click()
    page.wait_for_url("**/admin/")
    page.goto(reverse("mfa_generate_recovery_codes"))
    page.locator(SUBMIT).click()
    look("recovery codes")
    assert found == {}
