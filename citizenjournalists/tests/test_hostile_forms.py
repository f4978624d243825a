"""Every form of the site sent with what people, programs and ill will put into forms.

Each role walks from its first page along the links and spoils every form it meets. A quick set is
part of the suite; `make test ARGS="-k hostile --hostile 600"` goes on for ten minutes a role.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from random import Random

import pytest
from django.db import connection, transaction
from django.test import Client

from applications import access, roles
from applications.tests.builders import (
    IN_TIME,
    a_complete_draft,
    a_person,
    an_application,
)
from applications.tests.staffing import a_file_of, an_attempt_at
from applications.tests.visiting import at, holder
from citizenjournalists.tests import formwalk
from reviews.tests.builders import AFTER, a_draft_list, a_judged_call, an_assignment

pytestmark = pytest.mark.django_db
ROUNDS = 2  # of each form in the quick set
STAFF = {  # an administrator meets every form that officers and the chair meet
    "juror": (roles.JUROR,),
    "coordinator": (roles.COORDINATOR,),
    "administrator": (),
}
CHANGES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"(\w+)\"", re.IGNORECASE)
COUNTED = {"django_session", "applications_knock", "applications_attempt"}  # a visit leaves these
NOTED = {"applications_auditentry", "reviews_review"}  # who took an export, saw a discussion
SAID_WHY = re.compile(r'aria-invalid="true"|class="[^"]*\b(errornote|errorlist|error|alert)\b')
PLAIN = (200, 204, 302, 400, 403, 404, 405, 409, 413, 422, 429)


@pytest.fixture(autouse=True)
def _without_limits(settings):
    settings.RATE_LIMITS = False


@contextmanager
def undone():
    """Take back whatever the block changes, so that each form meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def changes():
    """Collect the tables that the block writes to."""
    written = set()

    def watch(execute, sql, params, many, context):
        if (found := CHANGES.match(sql)) and found[2] not in COUNTED:
            written.add(found[2])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def forms_of(client: Client, start: list[str]) -> tuple[list, list]:
    """Return each form once, and the addresses of all pages; reading them changes nothing."""
    forms, addresses = {}, []
    with changes() as written:
        for address, answer in formwalk.pages_of(client, start):
            assert answer.status_code in PLAIN, address
            assert written <= NOTED, (address, written)
            addresses.append(address)
            if answer["Content-Type"].startswith("text/html"):
                for form in formwalk.Page(address, answer.content.decode()).forms:
                    forms.setdefault(form.shape, form)
    return list(forms.values()), addresses


def attack(client: Client, start: list[str], seconds: int) -> list:
    """Walk, then spoil every form again and again; return the forms. All that broke is told."""
    random = Random(seconds)
    forms, addresses = forms_of(client, start)
    broken, end, rounds = [], time.monotonic() + seconds, 0
    while rounds < ROUNDS or time.monotonic() < end:
        rounds += 1
        for form in forms:
            broken += broken_by(client, hostile_requests(form, random))
        away = [("GET", formwalk.beside(address, random), b"", "") for address in addresses]
        broken += broken_by(client, away)
    assert broken == []
    return forms


def hostile_requests(form: formwalk.Form, random: Random) -> list[tuple[str, str, bytes, str]]:
    method, address, body, kind = formwalk.request_of(form, random)
    requests = [(method, address, body, kind)]
    if form.method == "post":
        kind, body = random.choice(formwalk.BODIES)
        requests.append(("PUT" if kind == "text/plain" else "POST", form.action, body, kind))
    return requests


def broken_by(client: Client, requests) -> list[str]:
    """Send each request in a world of its own; return those that were not answered in words."""
    broken = []
    for method, address, body, kind in requests:
        try:
            with undone():
                answer = formwalk.whole(client.generic(method, address, body, content_type=kind))
            is_plain = answer.status_code in PLAIN
            why = unsaid(method, address, answer) if is_plain else answer.status_code
            if not why:
                continue
        except Exception as error:
            why = repr(error)
        broken.append(f"{method} {address} {kind} {body[:300]!r}: {why}")
    return broken


def unsaid(method: str, address: str, answer) -> str:
    """Return what is wrong with a page that shows the form again: it must say why."""
    is_page = answer.status_code in (200, 422) and answer["Content-Type"].startswith("text/html")
    if method == "GET" or not is_page or not answer.wsgi_request.POST:
        return ""
    html = answer.content.decode()
    again = any(form.action == address for form in formwalk.Page(address, html).forms)
    return "shown again without a word" if again and not SAID_WHY.search(html) else ""


@pytest.fixture
def seconds(request) -> int:
    return request.config.getoption("--hostile")


def test_nobody_and_an_applicant_break_nothing_by_hostile_forms(arrive, seconds):
    arrive(IN_TIME)
    draft = a_complete_draft()
    handed_in = an_application(draft.call)
    client = holder(draft)
    client.post(f"/z/{access.token_of(handed_in.links.get())}")
    forms = attack(client, ["/en/", at(draft), at(handed_in, "status")], seconds)
    asked = {formwalk.route_of(form.action).split("/")[-2] for form in forms}
    assert {"<section:section>", "files", "submit", "withdraw", "address", "colleagues"} <= asked


def in_the_middle_of_the_reviewing():
    """Return a world in which every kind of staff has something to do."""
    call = a_judged_call(kz=(90, 80), tj=(70,))
    a_draft_list(call)
    application = an_application(call, country="KZ")
    a_file_of(application)
    an_attempt_at(application, at=IN_TIME)
    a_complete_draft(call)
    return application


@pytest.mark.parametrize("role", STAFF)
def test_staff_break_nothing_by_hostile_forms(arrive, role, seconds):
    arrive(AFTER)
    application = in_the_middle_of_the_reviewing()
    person = a_person(*STAFF[role], country="KZ", is_superuser=role == "administrator")
    if role == "juror":
        an_assignment(application, person)
        an_assignment(application.call.applications.earliest("pk"), person, declared=False)
    assert attack(signed_in(person), ["/admin/"], seconds)


@pytest.mark.either
def test_no_form_of_the_staff_works_without_the_right_to_it(arrive):
    arrive(AFTER)
    application = in_the_middle_of_the_reviewing()
    forms, _ = forms_of(signed_in(a_person(is_superuser=True)), ["/admin/"])
    posts = [form for form in forms if form.method == "post"]
    assert len(posts) > 30
    juror = a_person(roles.JUROR)
    an_assignment(application, juror)
    coordinator = a_person(roles.COORDINATOR, country="TJ")
    for stranger in (Client(), holder(application), signed_in(juror), signed_in(coordinator)):
        own = {formwalk.route_of(form.action) for form in forms_of(stranger, ["/admin/"])[0]}
        for form in posts:
            if formwalk.route_of(form.action) not in own:
                with changes() as written, undone():
                    answer = stranger.post(form.action, dict(form.as_drawn()))
                assert answer.status_code in (302, 403, 404, 405), form.action
                assert written == set(), form.action


@pytest.mark.either
def test_no_form_of_an_application_works_for_another_applicant(arrive):
    arrive(IN_TIME)
    draft = a_complete_draft()
    other = holder(a_complete_draft(draft.call))
    forms, _ = forms_of(holder(draft), [at(draft)])
    posts = [one for one in forms if one.method == "post" and draft.number in one.action]
    assert len(posts) > 10
    for stranger in (Client(), other):
        for form in posts:
            with changes() as written, undone():
                answer = stranger.post(form.action, dict(form.as_drawn()))
            assert answer.status_code in (403, 404), form.action
            assert written == set(), form.action


@pytest.mark.either
def test_every_form_that_posts_carries_a_token_and_works_with_no_other(arrive):
    arrive(IN_TIME)
    draft = a_complete_draft()
    strict = holder(draft, enforce_csrf_checks=False)
    strict.handler.enforce_csrf_checks = True
    forms, _ = forms_of(strict, ["/en/", at(draft)])
    posts = [form for form in forms if form.method == "post"]
    for form in posts:
        assert "csrfmiddlewaretoken" in {one.name for one in form.fields}, form.action
        with changes() as written:
            answer = strict.post(form.action, {**dict(form.as_drawn()), "csrfmiddlewaretoken": "x"})
        assert (answer.status_code, written) == (403, set()), form.action


def test_the_staffs_choice_of_language_leads_back_whatever_the_form_says(client):
    for onward in ("10000-01-01", "//evil.example", "javascript:alert(1)", "a\nb", "\ud800"):
        form = {"language": "en", "next": onward.encode("utf-8", "replace")}
        answer = client.post("/admin/language/", form)
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]


@pytest.mark.parametrize("key", ["²", "9" * 5000, "-1", "x", "9223372036854775808"])
def test_a_key_that_is_none_filters_nothing_and_breaks_nothing(key):
    officer = signed_in(a_person(is_superuser=True))
    for page in ("applications/application", "applications/message", "reviews/assignment"):
        assert officer.get(f"/admin/{page}/", {"call": key}).status_code in (200, 302), page


def test_no_nul_byte_reaches_the_database_from_a_query_a_form_or_a_hidden_field(arrive):
    arrive(IN_TIME)
    draft = a_complete_draft()
    call = draft.call.pk
    officer = signed_in(a_person(roles.OFFICER))
    page = officer.get("/admin/applications/application/?status=a%00b&call=%00&q=%00&o=%00&%00=1")
    assert page.status_code in (200, 302)
    form = {"opens\0": "x", "closes_at_0": "\0", "slug": "a\0b", "season": "\0"}
    assert officer.post(f"/admin/applications/call/{call}/change/", form).status_code in (200, 403)
    own = holder(draft)
    form = {"revision": "1", "page": "a\0b", "step": "1", "plan": "Сеть\0"}
    assert own.post(at(draft, "network"), form).status_code == 302
    assert own.post(at(draft, "colleagues"), {"back": "a\0b"}).status_code == 404
