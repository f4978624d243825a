from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import attempts, extending, roles
from applications.models import Extension, Message, MessageKind
from applications.models.application import Refused
from applications.submitting import Incomplete
from applications.tests.builders import a_call, a_draft, a_person, an_application

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = "Сбой связи в Согдийской области."


def midnight(days: int):
    """Return 24:00 of a day `days` from today in the capital, as an instant."""
    call = a_call(is_public=False)
    return call.end_of(timezone.now().astimezone().date() + days * DAY)


def a_running_call(closes_in=3):
    closes_at = midnight(closes_in)
    return a_call(
        opens_at=closes_at - 40 * DAY,
        closes_at=closes_at,
        decision_date=(closes_at + 30 * DAY).date(),
        notification_date=(closes_at + 34 * DAY).date(),
    )


def typed(call, days=2, reason=WHY):
    return {
        "to_day": (call.closes_at + (days - 1) * DAY).astimezone().date().isoformat(),
        "to_clock": "24:00",
        "reason": reason,
    }


def page_of(thing):
    return reverse(f"admin:applications_extension_{thing._meta.model_name}", args=[thing.pk])


@pytest.fixture
def officer(client):
    person = a_person(roles.OFFICER)
    client.force_login(person)
    return person


def test_an_officer_moves_the_deadline_of_a_call_by_two_days(client, officer):
    call = a_running_call()
    a_draft(call, at=timezone.now())
    page = client.get(page_of(call)).content.decode()
    assert "24:00" in page
    response = client.post(page_of(call), typed(call))
    extension = Extension.objects.get()
    assert response.url == reverse("admin:applications_extension_change", args=[extension.pk])
    assert extension.new_closes_at == call.closes_at + 2 * DAY
    assert (extension.asked_by, extension.told) == (officer, 1)
    call.refresh_from_db()
    assert call.closes_at == extension.new_closes_at
    assert client.get(response.url).status_code == 200


def test_one_application_is_extended_on_its_own_page(client, officer):
    application = a_draft(a_running_call(), at=timezone.now())
    client.post(page_of(application), typed(application.call))
    assert Extension.objects.get().application == application
    assert Message.objects.get(kind=MessageKind.EXTENDED).application == application


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "   "},
        {"to_clock": "25:00"},
        {"to_clock": ""},
        {"to_day": "2020-01-01"},
        {"to_day": ""},
    ],
)
@pytest.mark.usefixtures("officer")
def test_what_was_typed_wrong_is_told_beside_the_field_and_nothing_moves(client, changes):
    call = a_running_call()
    response = client.post(page_of(call), {**typed(call), **changes})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Extension.objects.exists()


@pytest.mark.usefixtures("officer")
def test_after_the_deadline_a_second_officer_finds_the_button_and_the_first_does_not(client):
    call = a_running_call(closes_in=-2)
    client.post(page_of(call), typed(call, days=4))
    extension = Extension.objects.get()
    page, settle = (
        reverse(f"admin:applications_extension_{name}", args=[extension.pk])
        for name in ("change", "settle")
    )
    assert 'name="approve"' not in client.get(page).content.decode()
    client.post(settle, {"approve": ""})
    extension.refresh_from_db()
    assert extension.is_waiting()

    second = a_person(roles.CHAIR)
    client.force_login(second)
    assert 'name="approve"' in client.get(page).content.decode()
    client.post(settle, {"approve": ""})
    extension.refresh_from_db()
    call.refresh_from_db()
    assert (extension.approved_by, call.closes_at) == (second, extension.new_closes_at)
    client.post(settle, {"turn_down": ""})
    extension.refresh_from_db()
    assert extension.turned_down_at is None


def test_who_asked_may_take_it_back(client, officer):
    call = a_running_call(closes_in=-2)
    client.post(page_of(call), typed(call, days=4))
    extension = Extension.objects.get()
    client.post(
        reverse("admin:applications_extension_settle", args=[extension.pk]), {"turn_down": ""}
    )
    extension.refresh_from_db()
    assert extension.turned_down_by == officer


@pytest.mark.parametrize("role", [None, roles.JUROR, roles.COORDINATOR])
def test_nobody_else_may_extend_approve_or_see_the_ledger(client, role):
    call = a_running_call(closes_in=-2)
    application = a_draft(call, at=call.opens_at)
    asked = extending.extend_call(
        call,
        to=call.closes_at + 4 * DAY,
        reason=WHY,
        by=a_person(roles.OFFICER),
        at=timezone.now(),
    )
    if role:
        country = "KZ" if role == roles.COORDINATOR else ""
        client.force_login(a_person(role, country=country))
    settle = reverse("admin:applications_extension_settle", args=[asked.pk])
    answers = [
        client.get(page_of(call)),
        client.post(page_of(call), typed(call, days=4)),
        client.post(page_of(application), typed(call, days=4)),
        client.post(settle, {"approve": ""}),
        client.post(settle, {"turn_down": ""}),
        client.get(reverse("admin:applications_extension_changelist")),
        client.get(reverse("admin:applications_extension_change", args=[asked.pk])),
    ]
    allowed = {302} if role is None else {403, 404}
    assert {answer.status_code for answer in answers} <= allowed
    asked.refresh_from_db()
    assert asked.is_waiting()
    assert Extension.objects.count() == 1


@pytest.mark.usefixtures("officer")
def test_approving_takes_a_press_of_the_button_and_not_a_link(client):
    call = a_running_call(closes_in=-2)
    client.post(page_of(call), typed(call, days=4))
    settle = reverse("admin:applications_extension_settle", args=[Extension.objects.get().pk])
    assert client.get(settle).status_code == 405


@pytest.mark.usefixtures("officer")
def test_the_ledger_asks_the_same_however_long_it_is(client, django_assert_max_num_queries):
    ledger = reverse("admin:applications_extension_changelist")
    for _ in range(3):
        call = a_running_call()
        application = an_application(call, at=timezone.now())
        for thing in (application, call):
            client.post(page_of(thing), typed(call))
    assert Extension.objects.count() == 6
    client.get(ledger)
    with django_assert_max_num_queries(12):
        response = client.get(ledger)
    assert response.content.decode().count(WHY) == 6


@pytest.mark.usefixtures("officer")
def test_the_index_tells_the_second_person_that_a_deadline_waits(client):
    call = a_running_call(closes_in=-2)
    index = reverse("admin:index") + f"?call={call.pk}"
    ledger = reverse("admin:applications_extension_changelist")
    waiting = f'href="{ledger}?call__id__exact={call.pk}"'
    assert waiting not in client.get(index).content.decode()
    client.post(page_of(call), typed(call, days=4))
    client.force_login(a_person(roles.CHAIR))
    assert waiting in client.get(index).content.decode()
    assert client.get(f"{ledger}?call__id__exact={call.pk}").status_code == 200


@pytest.mark.usefixtures("officer")
def test_officers_read_who_tried_when_to_the_millisecond_and_what_was_missing(
    client, django_assert_max_num_queries
):
    call = a_running_call()
    for n in range(4):
        draft = a_draft(call, email=f"late{n}@outlet.example", at=timezone.now())
        refused = Incomplete(["Письмо-обоснование <b>не написано</b>", "Нет сметы"])
        at = call.opens_at + n * DAY + timedelta(hours=1, milliseconds=7)
        attempts.note(draft, at=at, refused=refused, link=draft.links.get())
    attempts.note(draft, at=call.closes_at, refused=Refused("closed"))
    address = reverse("admin:applications_attempt_changelist")
    client.get(address)
    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    assert "late3@outlet.example" in page
    assert page.count(":00.007</time>") == 4
    assert "Письмо-обоснование &lt;b&gt;не написано&lt;/b&gt;<br>Нет сметы" in page
    for person in (a_person(roles.JUROR), a_person(roles.COORDINATOR, country="KZ")):
        client.force_login(person)
        assert client.get(address).status_code == 403
