import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from applications import roles
from applications.models import AuditEntry, Message
from applications.models.application import Refused
from reviews import inviting
from reviews.models import Juror
from reviews.tests.builders import REVIEWING, a_juror, an_officer

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)
NEW_PASSWORD = "сорок тысяч обезьян"
LINK = re.compile(r"/admin/\S+/password/\S+/")


def invited(email="elena.kim@jury.example", **changes):
    told = {
        "email": email,
        "first_name": "Елена",
        "last_name": "Ким",
        "languages": ["ru", "tg"],
        "home_country": "TJ",
        "call": None,
        "by": an_officer(),
        "at": REVIEWING,
    }
    return inviting.invite(**told | changes)


def link_in(message) -> str:
    return LINK.search(message.text).group()


def test_one_act_makes_the_account_the_profile_and_the_letter():
    juror = invited()
    assert roles.is_only_juror(juror.user)
    assert (juror.user.username, juror.user.is_staff) == ("elena.kim", True)
    assert not juror.user.has_usable_password()
    assert not juror.user.get_all_permissions()
    message = Message.objects.get(kind="invited")
    assert message.recipient == "elena.kim@jury.example"
    assert AuditEntry.objects.get(event="juror.invited").details["username"] == "elena.kim"


@pytest.mark.parametrize(
    ("languages", "until"),
    [
        (["ru", "tg"], "действует до 3 января 2022 г., 14:00 по времени Астаны"),
        (["en"], "works once, until 3 January 2022, 14:00, Astana time"),
    ],
)
def test_the_letter_says_until_when_its_link_works(settings, languages, until):
    settings.PASSWORD_RESET_TIMEOUT = 2 * 24 * 60 * 60
    invited(languages=languages, at=datetime(2022, 1, 1, 8, tzinfo=UTC))
    assert until in Message.objects.get(kind="invited").text.replace("\xa0", " ")


def test_a_user_name_that_is_taken_gets_a_number():
    invited()
    assert invited(email="elena.kim@other.example").user.username == "elena.kim2"


def test_an_address_with_an_account_is_refused():
    invited()
    with pytest.raises(Refused, match="known"):
        invited(email="Elena.Kim@jury.example")


def test_the_link_sets_a_password_signs_in_and_dies(client):
    juror = invited()
    link = link_in(Message.objects.get(kind="invited"))
    form = client.get(link, follow=True)
    assert form.status_code == 200
    data = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    done = client.post(form.request["PATH_INFO"], data)
    assert done["Location"] == reverse("admin:index")
    juror.user.refresh_from_db()
    assert juror.user.check_password(NEW_PASSWORD)
    assert client.get(reverse("admin:reviews_queue")).status_code == 200
    client.logout()
    again = client.get(link, follow=True)
    assert again.context["validlink"] is False


def test_a_wrong_link_shows_nothing_of_anybody(client):
    answer = client.get(reverse("admin:reviews_invitation", args=["MQ", "wrong-token"]))
    assert answer.status_code == 200
    assert answer.context["validlink"] is False
    assert "form" not in answer.context or answer.context["form"] is None


def test_an_invitation_can_be_sent_again_until_the_first_sign_in():
    juror = invited()
    inviting.invite_again(juror, call=None, by=an_officer(), at=LATER)
    assert Message.objects.filter(kind="invited").count() == 2
    User.objects.filter(pk=juror.user_id).update(last_login=LATER)
    with pytest.raises(Refused, match="signed_in"):
        inviting.invite_again(juror, call=None, by=an_officer(), at=LATER)


def test_an_officer_invites_with_one_form(client):
    client.force_login(an_officer())
    data = {
        "first_name": "Мартин",
        "last_name": "Вебер",
        "email": "martin@jury.example",
        "languages": ["en", "ru"],
        "home_country": "",
    }
    answer = client.post(reverse("admin:reviews_invite"), data)
    assert answer["Location"] == reverse("admin:reviews_juror_changelist")
    assert Juror.objects.get().languages == ["en", "ru"]


def test_the_form_says_what_is_wrong(client):
    taken = a_juror()
    client.force_login(an_officer())
    answer = client.post(reverse("admin:reviews_invite"), {"email": taken.email.upper()})
    assert set(answer.context["form"].errors) == {"first_name", "last_name", "email", "languages"}


def test_a_juror_invites_nobody(client):
    client.force_login(a_juror())
    assert client.post(reverse("admin:reviews_invite"), {}).status_code == 403
