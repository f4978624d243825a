"""The staff's pages in a real Chromium: by day and by night, on a desk and on a phone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import roles
from applications.models import Message, MessageStatus
from applications.tests.builders import a_call, a_draft, a_person, an_application
from applications.tests.staffing import a_file_of, an_attempt_at
from citizenjournalists.tests.browser import faults
from reviews.tests.builders import a_juror, a_review, a_started_review

pytestmark = [
    pytest.mark.browser,
    pytest.mark.either,
    pytest.mark.django_db(transaction=True),
]
PASSWORD = "correct horse battery"
LONG = "Степной вестник Костанайской области, независимая газета с «кавычками» " + "и" * 60


@pytest.fixture
def season():
    """Return a call that closed yesterday, with a bit of everything."""
    now = timezone.now().replace(microsecond=0)
    call = a_call(
        opens_at=now - timedelta(days=30),
        closes_at=now - timedelta(days=1),
        decision_date=(now + timedelta(days=6)).date(),
        notification_date=(now + timedelta(days=11)).date(),
    )
    at = call.closes_at - timedelta(hours=2)
    first = an_application(call, name=LONG, at=at)
    a_file_of(first)
    second = an_application(call, country="TJ", language="tg", at=at - timedelta(days=3))
    a_review(first, a_juror(first_name="Салтанат", last_name="Оспанова"), 4)
    a_started_review(second, a_juror(), 3)
    an_attempt_at(a_draft(call, at=at), at=call.closes_at)
    letters = Message.objects.filter(application=first)
    letters.filter(kind="started").update(status=MessageStatus.FAILED, last_error="550 5.1.1 no")
    letters.filter(kind="submitted").update(status=MessageStatus.STALLED, claimed_at=now)
    return call


def pages_of(call) -> dict[str, str]:
    application = call.applications.get(outlet__name=LONG[:255])
    of = {"args": [application.pk]}
    letter = Message.objects.needing_a_person().first()
    return {
        "the desk": reverse("admin:index") + f"?call={call.pk}",
        "the list": reverse("admin:applications_application_changelist"),
        "an application": reverse("admin:applications_application_change", **of),
        "the outbox": reverse("admin:applications_message_changelist"),
        "a letter": reverse("admin:applications_message_change", args=[letter.pk]),
        "all mail": reverse("admin:applications_message_switch"),
        "the trail": reverse("admin:applications_auditentry_changelist"),
        "attempts": reverse("admin:applications_attempt_changelist"),
        "outlets": reverse("admin:applications_outlet_changelist"),
        "calls": reverse("admin:applications_call_changelist"),
        "a call": reverse("admin:applications_call_change", args=[call.pk]),
        "copying": reverse("admin:applications_call_copy", args=[call.pk]),
        "exports": reverse("admin:exports"),
        "the ranking": reverse("admin:reviews_ranking_of", args=[call.slug]),
        "accounts": reverse("admin:auth_user_changelist"),
        "an account": reverse("admin:auth_user_change", args=[a_person(roles.OFFICER).pk]),
        "password": reverse("admin:password_change"),
    }


def sign_in(page, person) -> None:
    page.goto(reverse("admin:login"))
    page.get_by_label("Имя пользователя или почта").fill(person.username)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.locator("#login-form input[type=submit]").click()
    page.wait_for_url(re.compile(r"/admin/$"))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(new_page, season, width, scheme):
    root = a_person(roles.OFFICER, is_superuser=True)
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    sign_in(page, root)
    found = {}
    for name, url in pages_of(season).items():
        assert page.goto(url).status == 200, name
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wrong := faults(page) + ([f"{wide} px wide"] if wide > width else []):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_sign_in_page(new_page, db, scheme):
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto(reverse("admin:login"))
    assert faults(page) == []
    page.locator("#login-form input[type=submit]").click()
    page.get_by_label("Имя пользователя или почта").fill("nobody")
    page.get_by_label("Пароль").fill("wrong")
    page.locator("#login-form input[type=submit]").click()
    page.get_by_role("alert").wait_for()
    assert faults(page) == []


def test_the_desk_works_without_script(new_page, season):
    page = new_page(java_script_enabled=False)
    sign_in(page, a_person(roles.OFFICER))
    page.goto(pages_of(season)["the desk"])
    page.locator("summary").first.click()
    assert page.locator(".cj-data").first.is_visible()
    page.locator(".cj-todo a").first.click()
    assert page.locator("#result_list tbody tr").count() == 2


def test_the_theme_switch_turns_the_page_dark(new_page, season):
    page = new_page(color_scheme="light")
    sign_in(page, a_person(roles.OFFICER))
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".theme-toggle").first.click()
    page.locator(".theme-toggle").first.click()
    themes = {page.evaluate("document.documentElement.dataset.theme")}
    shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert themes <= {"dark", "light"}
    assert (shown == light) == ("light" in themes)


def test_an_officer_corrects_an_address_and_the_letter_goes_again(new_page, season):
    page = new_page()
    sign_in(page, a_person(roles.OFFICER))
    page.goto(pages_of(season)["the outbox"])
    failed = page.locator(".cj-case").filter(has_text="550")
    failed.locator("a.cj-btn").click()
    page.locator("#id_email").fill("novyi@outlet.example")
    page.locator("#id_reason").fill("Редактор подтвердил по телефону")
    page.locator(".cj-act-form button").click()
    page.wait_for_url(re.compile("/message/$"))
    assert page.get_by_role("cell", name="novyi@outlet.example").count() == 1
    assert page.locator(".cj-case").filter(has_text="550").count() == 0
