"""Who may open what outside the staff's side: one line per address, and no address without one.

Tried as nobody, as the applicant, as another applicant and as an officer, whose account opens
nothing here.
"""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from applications import access, roles, urls
from applications.tests.builders import IN_TIME, a_draft, a_person, an_application
from applications.tests.staffing import a_file_of
from applications.tests.visiting import holder

pytestmark = [pytest.mark.django_db, pytest.mark.either]

EVERYBODY, HOLDER, TOKEN = "everybody", "whoever holds the link", "whoever has the token"
RULES = {
    "home": EVERYBODY,
    "calls": EVERYBODY,
    "call": EVERYBODY,
    "eligibility": EVERYBODY,
    "questions": EVERYBODY,
    "questions_paper": EVERYBODY,
    "winners": EVERYBODY,  # once there are any
    "ics": EVERYBODY,
    "apply": EVERYBODY,
    "my": EVERYBODY,
    "privacy": EVERYBODY,
    "accessibility": EVERYBODY,
    "contacts": EVERYBODY,
    "guide": EVERYBODY,
    "reminders": TOKEN,
    "confirm_address": TOKEN,
    "tasks": HOLDER,
    "files": HOLDER,
    "file": HOLDER,
    "section": HOLDER,
    "check": HOLDER,
    "submit": HOLDER,
    "received": HOLDER,
    "draft": HOLDER,
    "version": HOLDER,
    "receipt": HOLDER,
    "withdraw": HOLDER,
    "status": HOLDER,
    "replace_link": HOLDER,
    "colleagues": HOLDER,
    "address": HOLDER,
    "copy": HOLDER,
    "answer": HOLDER,
}
PRESSED = {"submit", "withdraw", "replace_link", "copy"}  # a button of another page posts there
AT_THE_TOP = {
    "root",
    "robots",
    "sitemap",
    "language",
    "open_link",
    "mail_events",
    "admin",
    "applications",
}  # besides the sign-in, told apart by its own tests, and probes, by test_health and test_metrics


@pytest.fixture
def addresses(arrive):
    """Return name → (method, address) of every page, about an application with all there is."""
    arrive(IN_TIME)
    application = an_application()
    file = a_file_of(application)
    known = {
        "slug": application.call.slug,
        "number": application.number,
        "section": "letter",
        "version": 1,
        "key": file.key,
        "token": "forged",
    }
    told = {}
    for pattern in urls.urlpatterns:
        wanted = {name: known[name] for name in pattern.pattern.converters}
        told[pattern.name] = reverse(f"applications:{pattern.name}", kwargs=wanted)
    return application, told


def opens(client: Client, address: str, press: bool = False) -> bool:
    """Whether the page answers; `press` tries it with an empty POST."""
    answer = client.post(address) if press else client.get(address)
    if answer.streaming:
        list(answer.streaming_content)
    return answer.status_code in (200, 302, 409, 422)


def test_every_address_has_a_rule():
    assert sorted({one.name for one in urls.urlpatterns} ^ RULES.keys()) == []


def test_only_the_holder_of_the_link_opens_an_application(addresses):
    application, told = addresses
    officer = Client()
    officer.force_login(a_person(roles.OFFICER))
    private = {name for name, rule in RULES.items() if rule != EVERYBODY}
    for stranger in (Client(), holder(a_draft(application.call)), officer):
        for press in (False, True):
            assert {one for one in private if opens(stranger, told[one], press)} == set()


def test_the_holder_opens_every_page_of_the_application(addresses):
    application, told = addresses
    link = application.links.get()
    for name, rule in RULES.items():
        if rule == HOLDER:
            own = Client()
            assert own.post(f"/z/{access.token_of(link)}").status_code == 302
            assert opens(own, told[name], name in PRESSED), name
            link = application.links.valid().get()  # another, where the page replaced it


def test_everybody_opens_what_is_for_everybody(addresses):
    _, told = addresses
    closed = {
        name for name in RULES if RULES[name] == EVERYBODY and not opens(Client(), told[name])
    }
    assert closed <= {"winners"}


def test_nothing_else_is_served_at_the_top():
    named = set()
    for one in get_resolver().url_patterns:
        names = [getattr(one, name, None) for name in ("name", "app_name", "namespace")]
        named.add(next((name for name in names if name), "applications"))
    assert named <= AT_THE_TOP | {"account", "mfa"}
