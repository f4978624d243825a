"""The staff's sign-in as a person goes through it: password, second factor, codes, limits."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from applications import knocking, roles, tasks
from applications.models import AuditEntry, Knock, Message, MessageKind
from applications.tests.builders import a_person
from citizenjournalists.signin import limiting, sessions

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DESK = "/admin/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def officer():
    return a_person(roles.OFFICER, username="dina", email="dina@portal.example")


@pytest.fixture
def app(officer):
    return totp.TOTP.activate(officer, SECRET).instance


def code(steps: int = 0) -> str:
    """Return what the app shows now, or `steps` half-minutes later."""
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30 + steps))


def sign_in(client, login="dina", password=PASSWORD, **extra):
    data = {"login": login, "password": password}
    return client.post(reverse("account_login"), data, **extra)


def enter(client, given):
    return client.post(reverse("mfa_authenticate"), {"code": given})


def events(user) -> list[str]:
    chain = AuditEntry.objects.filter(chain=f"user/{user.pk}").order_by("number")
    return list(chain.values_list("event", flat=True))


@pytest.mark.parametrize("login", ["dina", "DINA@portal.example"])
def test_a_user_name_or_an_address_with_the_password_signs_in(client, officer, login):
    answer = sign_in(client, login)
    assert answer["Location"] == DESK
    assert client.get(DESK).status_code == 200
    assert events(officer) == ["user.signed_in"]


def test_the_admins_own_sign_in_leads_here_and_back(client, officer):
    wanted = reverse("admin:applications_call_changelist")
    hop = client.get(wanted)
    assert hop["Location"] == f"/admin/login/?next={wanted}"
    door = client.get(hop["Location"])
    assert door["Location"] == f"{reverse('account_login')}?next={wanted}"
    data = {"login": "dina", "password": PASSWORD, "next": wanted}
    assert client.post(reverse("account_login"), data)["Location"] == wanted


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_nobody_is_led_to_another_site(client, officer, elsewhere):
    data = {"login": "dina", "password": PASSWORD, "next": elsewhere}
    assert client.post(reverse("account_login"), data)["Location"] == DESK
    assert client.get(reverse("admin:login"), {"next": elsewhere})["Location"] == DESK


def test_a_sign_in_gets_a_new_session_key(client, officer):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_with_a_second_factor_the_password_alone_opens_nothing(client, officer, app):
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get(DESK).status_code == 302
    page = client.get(reverse("mfa_authenticate")).text
    assert "dina" in page
    assert enter(client, "000000").status_code == 200
    assert client.get(DESK).status_code == 302
    assert enter(client, code())["Location"] == DESK
    assert client.get(DESK).status_code == 200
    assert events(officer) == ["user.sign_in_failed", "user.signed_in"]
    assert AuditEntry.objects.get(event="user.signed_in").details["by"] == ["password", "totp"]


def test_a_code_is_good_once(client, officer, app):
    used = code()
    sign_in(client)
    assert enter(client, used).status_code == 302
    again = Client()
    sign_in(again)
    assert enter(again, used).status_code == 200
    assert enter(again, code(1)).status_code == 302


def test_a_recovery_code_works_once_and_is_told_of(client, officer, app):
    codes = RecoveryCodes.activate(officer)
    [first, *_] = codes.get_unused_codes()
    sign_in(client)
    assert enter(client, f"{first[:5]} {first[5:]}").status_code == 302
    again = Client()
    sign_in(again)
    assert enter(again, first).status_code == 200
    assert events(officer) == ["recovery_code.used", "user.signed_in", "user.sign_in_failed"]
    letter = Message.objects.get(kind=MessageKind.ACCOUNT_CHANGED)
    assert "запасному коду" in letter.text
    assert first not in str(AuditEntry.objects.values_list("details"))


def test_secrets_of_factors_are_kept_under_the_portals_key(officer, settings):
    secret = totp.TOTP.activate(officer, "").instance
    assert SECRET not in str(Authenticator.objects.values_list("data"))
    stored = totp.encrypt(SECRET)
    assert SECRET not in stored
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 5
    assert totp.decrypt(stored) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    assert totp.decrypt(stored) not in ("", SECRET, totp.decrypt(stored))
    secret.delete()


def test_under_a_new_key_no_recovery_code_can_be_worked_out(client, officer, app, settings):
    RecoveryCodes.activate(officer)
    settings.SECRET_KEY = "another-key-" * 5
    nothing = Authenticator(type=Authenticator.Type.RECOVERY_CODES)
    nothing.data = {"seed": encrypt(""), "used_mask": 0}
    sign_in(client)
    assert enter(client, nothing.wrap().get_unused_codes()[0]).status_code == 200
    assert enter(client, code()).status_code == 200


def test_wrong_passwords_make_the_account_wait_and_tell_how_long(client, officer):
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 200
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert "Попробуйте снова через 1" in answer.text
    assert events(officer) == ["user.sign_in_failed"] * 5 + ["user.locked_out"]
    Knock.objects.update(at=Knock.objects.first().at - limiting.QUARTER)
    assert sign_in(client).status_code == 302


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(client, officer):
    told = {}
    for login in ("dina", "nobody"):
        answers = [sign_in(Client(), login, "wrong") for _ in range(6)]
        told[login] = [(a.status_code, "не подходят" in a.text) for a in answers]
    assert told["dina"] == told["nobody"] == [(200, True)] * 5 + [(429, False)]


def test_strangers_who_guess_do_not_lock_the_person_out(client, officer):
    sign_in(client)
    client.post(reverse("account_logout"))
    for _ in range(6):
        stranger = sign_in(Client(), password="wrong")
    assert stranger.status_code == 429
    assert sign_in(client).status_code == 302


def test_many_accounts_tried_from_one_network_make_it_wait(officer, settings):
    settings.TRUSTED_PROXY_HOPS = 1
    for n in range(50):
        sign_in(Client(), f"name{n}", "wrong", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.7"})
    here = {"X-Forwarded-For": "203.0.113.7"}
    assert sign_in(Client(), headers=here).status_code == 429
    assert sign_in(Client(), headers={"X-Forwarded-For": "203.0.113.8"}).status_code == 302


def test_wrong_codes_are_counted_too(client, officer, app):
    sign_in(client)
    for _ in range(5):
        assert enter(client, "000000").status_code == 200
    assert enter(client, code()).status_code == 429


def test_passkeys_of_nobody_lock_nobody_out(client, officer):
    nonsense = ["[]", "7", '{"id": "x"}', '{"id": "x", "rawId": 3, "response": []}'] * 2
    for one in nonsense:
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": one})
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert Knock.objects.filter(door=limiting.FACTOR).count() == 6  # of the network; [] is none
    sign_in(client)
    answer = client.post(reverse("mfa_add_webauthn"), {"credential": '{"id": "x"}'})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_what_a_sign_in_left_is_forgotten_once_it_is_over(client, officer):
    sign_in(client)
    sign_in(Client(), password="wrong")
    assert tasks.SWEEP[-1] == knocking.forget_old
    assert knocking.forget_old(at=datetime.now(UTC) + timedelta(hours=25)) == 2
    sessions.forget_ended(at=datetime.now(UTC) + timedelta(hours=11))
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    sessions.forget_ended(at=datetime.now(UTC) + timedelta(hours=13))
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


def test_limits_are_off_where_a_load_test_asks_for_it(client, officer, settings):
    settings.RATE_LIMITS = False
    for _ in range(8):
        assert sign_in(client, password="wrong").status_code == 200
    assert not Knock.objects.exists()


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_a_former_member_of_staff_is_out_at_once_and_told_nothing(client, officer, lost):
    sign_in(client)
    setattr(officer, lost, False)
    officer.save()
    assert client.get(DESK).status_code == 302
    answer = sign_in(Client())
    assert answer.status_code == 200
    assert "не подходят" in answer.text


@pytest.mark.parametrize(
    ("began", "seen", "over"),
    [
        (timedelta(hours=1), timedelta(minutes=119, seconds=59), False),
        (timedelta(hours=3), timedelta(hours=2), True),
        (timedelta(hours=11, minutes=59), timedelta(0), False),
        (timedelta(hours=12), timedelta(0), True),
    ],
)
def test_a_sign_in_lasts_two_hours_unused_and_twelve_in_all(client, officer, began, seen, over):
    sign_in(client)
    session = client.session
    now = time.time()
    session[sessions.BEGAN] = now - began.total_seconds() + (0 if over else 30)
    session[sessions.SEEN] = now - seen.total_seconds() + (0 if over else 30)
    session.save()
    answer = client.get(DESK)
    assert answer.status_code == (302 if over else 200)
    assert Session.objects.filter(pk=session.session_key).exists() is not over


def test_work_keeps_a_sign_in_going_and_the_public_pages_do_not_look(client, officer):
    sign_in(client)
    session = client.session
    session[sessions.SEEN] = time.time() - 3600
    session.save()
    client.get("/ru/")
    assert client.session[sessions.SEEN] == session[sessions.SEEN]
    client.get(DESK)
    assert client.session[sessions.SEEN] > session[sessions.SEEN] + 3000


def test_a_new_browser_is_told_of_by_mail_and_a_known_one_is_not(client, officer):
    sign_in(client, headers={"User-Agent": FIREFOX})
    assert not Message.objects.exists()  # the very first sign-in
    client.post(reverse("account_logout"))
    sign_in(client, headers={"User-Agent": FIREFOX})
    assert not Message.objects.exists()
    sign_in(Client(), headers={"User-Agent": FIREFOX})
    letter = Message.objects.get()
    assert (letter.kind, letter.recipient) == (MessageKind.NEW_DEVICE, officer.email)
    assert "Firefox, Windows" in letter.text
    assert "по времени Астаны" in letter.text


def test_what_allauth_could_do_besides_has_no_address(client):
    for path in ("signup/", "email/", "confirm-email/", "login/code/", "3rdparty/", "social/"):
        assert client.get(f"/admin/account/{path}").status_code == 302  # the admin's catch-all
    client.force_login(a_person(roles.OFFICER))
    for path in ("signup/", "email/", "confirm-email/", "login/code/", "3rdparty/", "social/"):
        assert client.get(f"/admin/account/{path}").status_code == 404
