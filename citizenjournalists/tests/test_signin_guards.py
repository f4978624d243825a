"""What the sign-in keeps shut: without a second factor, without a recent password, to others."""

import io
import json
import os
import re
import secrets
import subprocess
import sys
import time
from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings as portal
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from applications import roles
from applications.models import Application, AuditEntry, Message, MessageKind
from applications.tests.builders import IN_TIME, a_call, a_person, an_application
from citizenjournalists.signin import sessions
from citizenjournalists.tests import signing_in
from citizenjournalists.tests.test_permissions import (  # noqa: F401 - world is a fixture
    PATTERNS,
    address,
    opens,
    world,
)
from citizenjournalists.tests.test_signing_in import PASSWORD, SECRET, code, enter, events, sign_in
from reviews import inviting
from reviews.tests.builders import a_juror

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


# Sessions, others' and one's own


def test_signing_out_elsewhere_leaves_this_browser(client, officer):
    other = Client()
    for browser in (client, other):
        sign_in(browser)
    assert client.get(reverse("usersessions_list")).text.count("<b>") == 2
    client.post(reverse("usersessions_list"), {"elsewhere": "1"})
    assert [browser.get("/admin/").status_code for browser in (client, other)] == [200, 302]
    client.post(reverse("usersessions_list"), {"everywhere": "1"})
    assert client.get("/admin/").status_code == 302
    assert UserSession.objects.count() == 0
    assert events(officer)[-2:] == ["sessions.ended"] * 2


def test_a_new_password_ends_the_other_sessions_and_is_told_of(client, officer):
    other = Client()
    for browser in (client, other):
        sign_in(browser)
    page = reverse("account_change_password")
    data = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert "не ваш нынешний пароль" in client.post(page, data).text
    assert client.post(page, data | {"oldpassword": PASSWORD})["Location"] == "/admin/"
    assert [browser.get("/admin/").status_code for browser in (client, other)] == [200, 302]
    assert events(officer)[-2:] == ["user.sign_in_failed", "password.changed"]
    assert Message.objects.filter(kind=MessageKind.ACCOUNT_CHANGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_first_factor_ends_sign_ins_that_came_by_the_password_alone(client, officer, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    thief = Client()
    for browser in (thief, client):
        sign_in(browser)
    page = reverse("mfa_activate_totp")
    secret = client.get(page).context["form"].secret
    client.post(
        page, {"code": totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))}
    )
    assert client.get("/admin/").status_code == 200
    assert thief.get(reverse("mfa_view_recovery_codes"))["Location"].startswith(
        reverse("account_login")
    )


def test_a_lost_password_is_replaced_by_a_link_in_a_letter(client, officer, settings):
    sign_in(client)
    lost = reverse("account_reset_password")
    answers = [Client().post(lost, {"email": to}) for to in ("nobody@x.example", officer.email)]
    assert len({answer["Location"] for answer in answers}) == 1
    letter = Message.objects.get()
    assert (letter.kind, letter.recipient) == (MessageKind.PASSWORD_RESET, officer.email)
    [link] = re.findall(rf"{settings.SITE_URL}(/admin/account/password/new/\S+)", letter.text)
    other = Client()
    hidden = other.get(link)["Location"]
    assert "set-password" in hidden
    done = other.post(hidden, {"password1": NEW, "password2": NEW})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert client.get("/admin/").status_code == 302
    assert "устарела" in Client().get(link, follow=True).text
    assert sign_in(Client(), password=NEW).status_code == 302
    reader = Client()
    reader.force_login(a_person(roles.OFFICER))
    shown = reader.get(reverse("admin:applications_message_change", args=[letter.pk])).text
    assert link.split("/")[-2] not in shown


def test_links_for_a_password_are_sent_only_so_often(client, officer):
    lost = reverse("account_reset_password")
    answers = [client.post(lost, {"email": officer.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert Message.objects.count() == 5


def test_an_officer_resets_anothers_factor_and_ends_their_sessions(client, officer):
    juror = a_juror(username="juror")
    totp.TOTP.activate(juror, SECRET)
    theirs = Client()
    sign_in(theirs, "juror")
    enter(theirs, code())
    assert theirs.get("/admin/reviews/review/desk/").status_code == 200
    sign_in(client)
    assert client.get(reverse("admin:access")).status_code == 200
    act = reverse("admin:access_act", args=[juror.pk])
    forget_when(client)
    assert reverse("account_reauthenticate") in client.post(act, {"act": "reset"})["Location"]
    again(client, act)
    assert theirs.get("/admin/reviews/review/desk/").status_code == 302
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(event="factor.reset")
    assert (entry.chain, entry.actor) == (f"user/{juror.pk}", "dina")
    assert "сбросил" in Message.objects.get(recipient=juror.email).text


def test_an_administrator_without_anything_left_comes_back_by_a_command(client, officer):
    totp.TOTP.activate(officer, SECRET)
    call_command("reset_factor", "dina", stdout=io.StringIO())
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get(event="factor.reset").actor == "system"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_factor", "nobody")


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


def test_an_officer_ends_nobodys_session_whose_rights_are_greater(client, officer):
    root = a_person(username="root", is_superuser=True)
    client.force_login(officer)
    for person in (root, officer):
        act = reverse("admin:access_act", args=[person.pk])
        assert client.post(act, {"act": "end"}).status_code == 403
    assert not AuditEntry.objects.filter(event="sessions.ended").exists()


def save_account(client, person, **changes):
    """Save the administrator's form of an account as it was shown, but for `changes`."""
    path = reverse("admin:auth_user_change", args=[person.pk])
    page = client.get(path)
    data = page.context["adminform"].form.initial | changes
    data |= {"groups": [group.pk for group in person.groups.all()]}
    data |= {"coordinator-TOTAL_FORMS": 0, "coordinator-INITIAL_FORMS": 0}
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)
    data |= {"seen": seen[1]} if seen else {}
    done = client.post(path, {name: value for name, value in data.items() if value is not None})
    assert done.status_code == 302


def test_switching_an_account_off_ends_its_sessions(client, officer):
    theirs = Client()
    sign_in(theirs)
    assert UserSession.objects.filter(user=officer).exists()
    client.force_login(a_person(is_superuser=True))
    save_account(client, officer, is_active=None)
    officer.refresh_from_db()
    assert not officer.is_active
    assert not UserSession.objects.filter(user=officer).exists()
    assert theirs.get("/admin/").status_code == 302


def test_an_administrator_who_sets_anothers_password_signs_them_out_and_they_learn(client, officer):
    theirs = Client()
    sign_in(theirs)
    client.force_login(a_person(username="root", is_superuser=True))
    path = reverse("admin:auth_user_password_change", args=[officer.pk])
    data = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(path, data).status_code == 302
    assert theirs.get("/admin/").status_code == 302
    entry = AuditEntry.objects.get(event="password.changed")
    assert (entry.chain, entry.actor) == (f"user/{officer.pk}", "root")
    assert "Пароль вашей учётной записи изменён" in Message.objects.get().text


@pytest.mark.parametrize("own", [False, True])
def test_a_new_address_is_told_to_the_old_one_and_the_trail_names_neither(client, officer, own):
    root = a_person(username="root", is_superuser=True, email="root@portal.example")
    person, old = (root, root.email) if own else (officer, officer.email)
    client.force_login(root)
    save_account(client, person, last_name="Сейткали")
    assert not Message.objects.exists()

    save_account(client, person, email="new@portal.example")
    letter = Message.objects.get()
    assert letter.recipient == old
    assert "Изменён адрес электронной почты вашей учётной записи" in letter.text
    assert "new@portal.example" not in letter.text
    assert ("Если вы об этом не договаривались" in letter.text) is not own
    assert ("Если это сделали вы" in letter.text) is own
    entries = AuditEntry.objects.filter(chain=f"user/{person.pk}").order_by("number")
    assert [entry.actor for entry in entries.filter(event="user.address_changed")] == ["root"]
    assert "@" not in json.dumps([entry.told for entry in entries])


def test_an_administrators_own_password_changes_on_the_page_for_everybody(client):
    root = a_person(username="root", is_superuser=True)
    client.force_login(root)
    path = reverse("admin:auth_user_password_change", args=[root.pk])
    data = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(path, data)["Location"] == reverse("account_change_password")
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_a_password_set_by_another_is_told_of_or_not_set(client, officer, monkeypatch):
    client.force_login(a_person(username="root", is_superuser=True))
    path = reverse("admin:auth_user_password_change", args=[officer.pk])
    monkeypatch.setattr(sessions, "end", Mock(side_effect=RuntimeError("gone")))
    with pytest.raises(RuntimeError, match="gone"):
        client.post(path, {"password1": NEW, "password2": NEW, "usable_password": "true"})
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


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
