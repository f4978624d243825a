"""What the sign-in keeps shut: without a second factor, without a recent password, to others."""

import os
import re
import secrets
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as portal
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from applications import roles
from applications.models import Application, AuditEntry, MailSwitch, Message, MessageKind
from applications.tests.builders import IN_TIME, a_call, a_person, an_application
from citizenjournalists.tests import signing_in
from citizenjournalists.tests.test_permissions import (  # noqa: F401 - world is a fixture
    PATTERNS,
    address,
    opens,
    world,
)
from citizenjournalists.tests.test_signing_in import PASSWORD, SECRET, code, enter, events, sign_in
from reviews import inviting

pytestmark = pytest.mark.django_db

FACTOR = "/admin/account/factor/"
NEW = "seven lamps under water"
COOKIES = """
import django
from django.conf import settings
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "citizenjournalists.settings"
django.setup()
from applications import access
from citizenjournalists import staffsite
from citizenjournalists.signin import devices
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
print(access.COOKIE, devices.COOKIE, staffsite.LANGUAGE_COOKIE)
"""


@pytest.fixture
def officer():
    return a_person(roles.OFFICER, username="dina", email="dina@portal.example")


def forget_when(client) -> None:
    """Make the browser's sign-in one of an hour ago: nothing about it is recent."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session["account_authentication_methods"] = session["account_authentication_methods"]
    session.save()


def again(client, next_to):
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": next_to})


# A second factor, where it is required


def test_without_a_second_factor_no_page_of_the_admin_opens(client, world, settings):  # noqa: F811
    settings.REQUIRE_SECOND_FACTOR = True
    root = a_person(roles.OFFICER, username="dina", is_superuser=True)
    assert sign_in(client)["Location"] == "/admin/"
    assert [name for name in PATTERNS if opens(client, address(name, world))] == []
    hop = client.get("/admin/login/")
    assert hop["Location"] == FACTOR
    page = client.get(FACTOR)
    assert "Ещё один шаг" in page.text
    for name in ("usersessions_list", "account_change_password"):
        assert client.get(reverse(name))["Location"] == FACTOR
    assert AuditEntry.objects.filter(chain=f"user/{root.pk}").count() == 1


@pytest.mark.django_db(transaction=True)
def test_setting_the_app_up_opens_the_desk(client, officer, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert '<svg class="cj-qr"' in page.text
    secret = page.context["form"].secret
    now = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    done = client.post(reverse("mfa_activate_totp"), {"code": now})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>(\d{5} \d{5})</code>", client.get(done["Location"]).text)
    assert len(codes) == 10
    file = client.get(reverse("mfa_download_recovery_codes"))
    assert codes[0].replace(" ", "") in file.text
    assert client.get("/admin/").status_code == 200
    assert events(officer) == ["user.signed_in", "factor.added"]
    assert "приложение с кодами" in Message.objects.get(kind=MessageKind.ACCOUNT_CHANGED).text

    elsewhere = Client()
    sign_in(elsewhere)
    enter(elsewhere, now)
    assert not opens(elsewhere, "/admin/")  # what set the app up is used up
    enter(elsewhere, totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + 1)))
    assert opens(elsewhere, "/admin/")


def test_the_last_second_factor_stays_where_one_is_required(client, officer, settings):
    totp.TOTP.activate(officer, SECRET)
    sign_in(client)
    enter(client, code())
    settings.REQUIRE_SECOND_FACTOR = True
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "сначала добавьте другой" in answer.text
    settings.REQUIRE_SECOND_FACTOR = False
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=officer).exists()


@pytest.mark.parametrize(("said", "refused"), [("off", True), ("on", False)])
def test_production_does_not_start_without_the_second_factor(said, refused):
    environment = {**os.environ, "DEPLOYMENT": "production", "REQUIRE_SECOND_FACTOR": said}
    needed = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL")
    environment |= {name: f"{secrets.token_urlsafe(60)}" for name in needed}
    command = [sys.executable, "-c", "import citizenjournalists.settings"]
    ran = subprocess.run(command, env=environment, cwd=portal.BASE_DIR, capture_output=True)
    assert ("production asks for both" in ran.stderr.decode()) is refused


def test_names_of_cookies_keep_others_from_setting_them():
    environment = {**os.environ, "SITE_URL": "https://portal.example"}
    said = subprocess.check_output(
        [sys.executable, "-c", COOKIES], env=environment, cwd=portal.BASE_DIR, text=True
    )
    assert said.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-django_language",
        "__Host-applications",
        "__Secure-device",
        "__Secure-staff_language",
    ]


# Dangerous acts


def test_taking_data_away_asks_for_the_password_and_then_goes_on(client, officer):
    call = a_call()
    sign_in(client)
    path, data = f"/admin/exports/?call={call.pk}", {"what": "applications", "kind": "csv"}
    assert client.get(path).status_code == 200
    assert client.post(path, data).status_code == 200
    forget_when(client)
    asked = client.post(path, data)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(asked["Location"]).status_code == 200
    wrong = client.post(asked["Location"], {"password": "wrong", "next": path})
    assert "Пароль неверный" in wrong.text
    [onward] = parse_qs(urlsplit(asked["Location"]).query)["next"]
    file = again(client, onward)
    assert file["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(event="export.made").count() == 2


def test_an_outlets_data_is_copied_and_erased_only_after_the_password(client, officer):
    number = an_application().number
    sign_in(client)
    forget_when(client)
    address = reverse("admin:reviews_data", args=[number])
    copy = reverse("admin:reviews_copy", args=[number])
    form = {"erase-reason": "asked", "erase-number": number, "erase-take_out": "on"}
    for path, data in ((address, form), (copy, {"copy-reason": "asked"})):
        asked = client.post(path, data)
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(address).status_code == 200
    taken = again(client, copy)
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"jury.json" in b"".join(taken.streaming_content)
    assert Application.objects.get().erased_at is None
    client.post(address, form)
    assert Application.objects.get().erased_at is not None


def test_a_board_pack_comes_after_the_password_without_another_press(client, officer):
    call = a_call()
    sign_in(client)
    forget_when(client)
    path = reverse("admin:reviews_pack_paper", args=[call.slug, "KZ"])
    asked = client.post(path)
    [onward] = parse_qs(urlsplit(asked["Location"]).query)["next"]
    assert again(client, onward)["Content-Type"] == "application/pdf"


def test_a_browser_led_to_what_only_a_button_does_lands_on_the_desk_with_a_word(client, officer):
    sign_in(client)
    path = reverse("admin:applications_message_stop")
    opened = client.get(path, headers={"Sec-Fetch-Mode": "navigate"}, follow=True)
    assert opened.redirect_chain == [(reverse("admin:index"), 302)]
    assert "Нажмите кнопку" in opened.text
    assert client.get(path).status_code == 405
    assert MailSwitch.objects.filter(paused_at__isnull=False).count() == 0


def test_anothers_account_is_changed_only_after_the_password(client):
    root = a_person(roles.OFFICER, username="dina", is_superuser=True)
    path = reverse("admin:auth_user_change", args=[root.pk])
    sign_in(client)
    assert client.get(path).status_code == 200
    forget_when(client)
    asked = client.get(path)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert again(client, path)["Location"] == path
    assert client.get(path).status_code == 200


def test_own_factors_are_changed_only_after_the_password(client, officer):
    sign_in(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    forget_when(client)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        asked = client.get(reverse(name))
        assert asked["Location"].startswith(reverse("account_reauthenticate"))


# The first person, and the invited


def test_the_first_officer_comes_in_by_a_link_and_sets_a_factor_up(client, settings, capsys):
    settings.REQUIRE_SECOND_FACTOR = True
    call_command("first_officer", "aigul@portal.example", name="Айгуль Серикова")
    call_command("first_officer", "aigul@portal.example", again=True)
    assert AuditEntry.objects.get(event="password.link_sent").actor == "system"
    said = capsys.readouterr().out
    path = said.split()[-1].removeprefix(settings.SITE_URL)
    form = client.get(path)["Location"]
    done = client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert done["Location"] == "/admin/"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == FACTOR
    [entry] = AuditEntry.objects.filter(event="user.made")
    assert entry.details == {"role": "officer"}
    with pytest.raises(CommandError, match="has an account"):
        call_command("first_officer", "aigul@portal.example", again=True)


def test_an_invited_juror_is_led_on_to_the_second_factor(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    officer = a_person(roles.OFFICER)
    person = {"email": "elena@jury.example", "first_name": "Елена", "last_name": "Ким"}
    inviting.invite(**person, languages=["ru"], home_country="", call=None, by=officer, at=IN_TIME)
    [path] = re.findall(r"http\S+?(/admin/\S+/password/\S+)", Message.objects.get().text)
    form = client.get(path)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == FACTOR
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_tests_own_way_in_is_as_whole_as_the_real_one(client, officer):
    sign_in(client)
    real = set(client.session.keys())
    assert Client.force_login is signing_in.wholly
    told = Client()
    told.force_login(officer)
    assert set(told.session.keys()) <= real
