"""Whose sessions end and when; what others may do to an account, and what its owner is told."""

import io
import json
import re
import time
from unittest.mock import Mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from applications import instants, roles
from applications.models import AuditEntry, Message, MessageKind
from applications.tests.builders import a_person
from citizenjournalists.signin import sessions
from citizenjournalists.tests.test_permissions import (  # noqa: F401 - world is a fixture
    PATTERNS,
    address,
    opens,
    world,
)
from citizenjournalists.tests.test_signin_guards import NEW, again, forget_when
from citizenjournalists.tests.test_signing_in import PASSWORD, SECRET, code, enter, events, sign_in
from reviews import inviting
from reviews.tests.builders import a_juror

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return a_person(roles.OFFICER, username="dina", email="dina@portal.example")


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
    until = instants.moment(inviting.works_until(letter.queued_at), language="ru")
    assert f"Она действует до {until} по времени Астаны" in letter.text
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
