"""What people, programs and ill will send: kept, or refused plainly, and never a fault of ours."""

import json
from itertools import cycle

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications import questions
from applications.models import Application, Result, SectionAnswers, Status
from applications.questions import Setting
from applications.tests.builders import (
    CLOSES,
    IN_TIME,
    a_call,
    a_complete_draft,
    a_draft,
    an_application,
    good_answers,
)
from applications.tests.visiting import at, begin, holder, save

pytestmark = pytest.mark.django_db
NAUGHTY = [
    "",
    " ",
    "null",
    "undefined",
    "True",
    "0",
    "-1",
    "1e309",
    "NaN",
    "9" * 5000,
    "0x0",
    "1/0",
    "'; DROP TABLE applications_application; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert('x')>",
    "{{ 7|add:7 }}{% include 'admin/base.html' %}",
    "%s%n%x %(name)s %d",
    "${7*7} #{7*7} {0.__class__}",
    "../../../../etc/passwd\0.pdf",
    "\0\x01\x02\x7f\x1b[31m",
    "a\0b",
    "\ufffe\uffff\ufeff",
    "\ud800",
    "\udfff\ud800",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
    "👩‍👩‍👧‍👦🏳️‍🌈🇰🇿❤️‍🔥",
    "مرحبا‮ עברית‬",
    "ａｂｃ１２３",
    "٠١٢٣٤٥٦٧٨٩",
    "和製漢語 𠜎𠜱",
    "Ә" * 3000,
    "й" + "\u0306" * 3000,
    "\u202etxt.exe",
    "\r\n\r\nSet-Cookie: a=b",
    "a\r\nBcc: everyone@portal.example",
    "http://[::1",
    "http://a@b:c@d/",
    "javascript:alert(document.domain)",
    "()[]{}*+?|^$\\.",
    "(" * 1000 + "a" * 1000,
    "\u2028\u2029\u0085",
    "x" * 100_000,
]


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


def as_a_browser_would(text: str) -> str:
    """Return the text as a form may carry it: halves of pairs become �."""
    return text.encode("utf-8", "replace").decode()


@pytest.mark.either
def test_every_question_reads_any_text_and_says_what_is_wrong_or_tells_it_in_words():
    setting = Setting(a_call(), "KZ", {})
    for section in questions.SECTIONS:
        for question in section.questions:
            for text in NAUGHTY[:-1]:
                typed = question.read([as_a_browser_would(text)])
                assert isinstance(question.problem(typed, setting), str)
                assert isinstance(question.in_words(typed, setting), str)


@pytest.mark.parametrize("shift", range(0, len(NAUGHTY), 6))
def test_any_text_can_be_saved_shown_checked_and_refused_in_words(shift):
    application = a_draft()
    client = holder(application)
    texts = cycle(as_a_browser_would(text) for text in NAUGHTY[shift:] + NAUGHTY[:shift])
    for section in questions.SECTIONS[:7] + questions.SECTIONS[8:]:
        answers = {question.key: next(texts) for question in section.questions}
        response = save(client, application, section.key, answers)
        assert response.status_code == 302, section.key
        page = client.get(at(application, section.key) + "?check")
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.content.decode()
        assert "onerror=alert('x')>" not in page.content.decode()
    for page in ("", "check/", "status/", "draft.pdf"):
        address = f"/en/application/{application.number}/{page}"
        assert client.get(address).status_code == 200, page
    assert client.post(at(application, "submit")).status_code == 422


def test_anything_can_be_sent_to_the_start_and_to_the_lost_link():
    call = a_call()
    good = {"country": "KZ", "name": "Степь", "email": "a@outlet.example"}
    for text in map(as_a_browser_would, NAUGHTY):
        for changes in ({"name": text, "key": text}, {"email": text, "country": text}):
            response = Client().post(f"/en/apply/{call.slug}/", good | changes)
            assert response.status_code in (200, 302, 429)
        assert Client().post("/en/status/", {"email": text}).status_code in (200, 302)


def test_nul_bytes_and_halves_of_pairs_are_dropped_and_the_rest_is_kept():
    application = a_draft()
    body = b"revision=1&plan=%00%D0%90%ED%A0%80%D0%91%C0%AF"
    response = holder(application).post(
        at(application, "network"), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in (302, 409)
    client = holder(application)
    save(client, application, "network", {"plan": "а\0б\x01в"})
    assert application.sections.get(section="network").answers["plan"] == "абв"


def test_a_million_letters_are_kept_whole_and_the_excess_is_told():
    application = a_draft()
    client = holder(application)
    save(client, application, "letter", {"letter": "ы" * 1_000_000})
    assert len(application.sections.get(section="letter").answers["letter"]) == 1_000_000
    page = client.get(at(application, "letter") + "?check").content.decode()
    assert "This is 995,000 characters too long: at most 5,000 fit" in page


def test_a_request_too_large_is_refused_with_a_page():
    application = a_draft()
    response = save(holder(application), application, "letter", {"letter": "x" * 4_000_000})
    assert response.status_code == 413
    assert "<h1" in response.content.decode()


def test_choices_nobody_offered_are_kept_as_problems_and_never_submitted():
    application = a_complete_draft()
    client = holder(application)
    answers = good_answers(application)["outlet"]
    forged = answers | {"region": "KZ-99", "media": ["site", "teleport"], "country": "RU"}
    save(client, application, "outlet", forged)
    found = {problem.key for problem in questions.problems(application)}
    assert found == {"region", "media", "country"}
    application.refresh_from_db()
    assert application.outlet.country == "KZ"
    assert client.post(at(application, "submit")).status_code == 422


def test_questions_switched_off_and_unknown_fields_cannot_be_smuggled_in():
    application = a_draft(a_call(switched_off=["donors"]))
    forged = {"donors": "x", "status": "submitted", "__proto__": "x", "outlet": "1", "id": "1"}
    save(holder(application), application, "independence", forged)
    assert not set(forged) & set(application.sections.get(section="independence").answers)


@pytest.mark.parametrize("revision", ["", "-1", "x", "1.5", "9" * 50, "٣", "\0"])
def test_a_forged_revision_overwrites_nothing(revision):
    application = a_complete_draft()
    before = application.sections.get(section="network").answers
    response = save(
        holder(application), application, "network", {"plan": "чужой"}, revision=revision
    )
    assert response.status_code == 409
    assert application.sections.get(section="network").answers == before


def test_an_answer_of_the_wrong_shape_in_the_database_is_read_as_none():
    application = a_complete_draft()
    SectionAnswers.objects.filter(application=application).update(
        answers={"media": "site", "name": ["a"], "letter": None, "founded": 2013, "data": True}
    )
    client = holder(application)
    for section in good_answers(application):
        assert client.get(at(application, section) + "?check").status_code == 200
    assert client.get(at(application, "check")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "application/000-000/",
        "application/１２３-456/",
        "application/123-4567/",
        "application/%00/",
        "application/123-456/nosuch/",
        "application/123-456/versions/99999999999999999999/",
        "application/123-456/files/not-a-uuid/",
        "apply/nosuch/",
        "new-address/x/",
        "new-address/%F0%9F%92%A9:1:2/",
    ],
)
def test_addresses_that_lead_nowhere_are_plain_404s(path):
    for method in (Client().get, Client().post):
        response = method(f"/en/{path}")
        assert response.status_code in (403, 404, 405)


def test_the_version_of_another_number_is_nowhere():
    application = a_complete_draft()
    client = holder(application)
    assert client.get(at(application, "versions", "2")).status_code == 404
    assert client.get(at(application, "versions", str(10**30))).status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_reload_of_what_a_button_posts_to_leads_back_to_the_button_and_changes_nothing(method):
    application = an_application()
    client, stranger = holder(application), Client()
    leads = {
        "submit": at(application, "check"),
        "withdraw": at(application, "status") + "#back",
        "new-link": at(application, "status") + "#key",
        "copy": at(application, "status") + "#data",
    }
    trail = application.trail.count()
    for page, to in leads.items():
        answer = getattr(client, method)(at(application, page))
        assert (answer.status_code, answer.url) == (302, to)
        assert client.get(to).status_code == 200
        assert getattr(stranger, method)(at(application, page)).status_code == 404
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert application.trail.count() == trail
    assert application.links.valid().count() == 1


def test_who_gave_up_a_place_is_not_asked_again_by_a_reload(arrive):
    application = an_application()
    told = {"result": Result.RESERVE, "announced_at": CLOSES}
    Application.objects.filter(pk=application.pk).update(**told)
    arrive(CLOSES)
    client, page = holder(application), at(application, "answer")
    assert client.get(page).status_code == 200
    client.post(page, {"answer": "decline"})
    assert client.get(page).url == at(application, "status")


def test_methods_a_page_does_not_know_are_405():
    application = a_draft()
    client = holder(application)
    for page in ("submit", "withdraw", "new-link", "copy"):
        assert client.put(at(application, page)).status_code == 405
    for page in ("check", "status", "received"):
        assert client.post(at(application, page)).status_code == 405


@pytest.mark.parametrize("value", ["x", "a.b.c", "7" * 4000, "\u00ff", '"', "VR103BC7:1:x"])
def test_a_forged_cookie_opens_nothing(value):
    application = a_draft()
    client = Client()
    client.cookies["applications"] = value
    assert client.get(at(application)).status_code == 404


def test_a_trap_filled_in_begins_nothing_and_a_person_is_told_what_to_do():
    call = a_call()
    response = begin(Client(), call, website="http://spam.example")
    assert "If you are a person, send the form once more" in response.content.decode()
    assert not Application.objects.exists()


def test_starts_are_limited_per_address():
    call = a_call()
    codes = [begin(Client(), call, name=f"Степь {n}").status_code for n in range(6)]
    assert codes == [302] * 5 + [429]
    assert Application.objects.count() == 5


def test_an_expired_token_costs_no_text():
    application = a_draft()
    client = holder(application, enforce_csrf_checks=False)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    ours = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    form = {"letter": "Долгий текст\nс абзацами", "revision": "0"}
    response = strict.post(at(application, "letter"), form, headers=ours)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Долгий текст\nс абзацами" in page
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    response = strict.post(at(application, "letter"), form, headers=foreign)
    assert response.status_code == 403
    assert "Долгий текст" not in response.content.decode()
    quiet = strict.post(
        at(application, "letter"), form, headers={**ours, "accept": "application/json"}
    )
    token = json.loads(quiet.content)["token"]
    response = strict.post(
        at(application, "letter"), {**form, "csrfmiddlewaretoken": token}, headers=ours
    )
    assert response.status_code == 302
    assert application.sections.get(section="letter").answers["letter"] == form["letter"]


@pytest.mark.parametrize("content", [b"", b"%PDF", b"PK\x03\x04", b"\xff\xd8\xff", b"\0" * 999])
def test_bad_files_are_refused_in_words(content):
    application = a_draft()
    response = holder(application).post(
        at(application, "files"),
        {"cv": SimpleUploadedFile("файл.pdf", content), "drop": "nonsense"},
    )
    assert response.status_code == 422
    assert "файл.pdf" in response.content.decode()


def test_a_field_that_should_be_a_file_and_a_file_that_should_be_text_do_no_harm():
    application = a_draft()
    client = holder(application)
    assert client.post(at(application, "files"), {"cv": "text"}).status_code == 302
    form = {"revision": "0", "letter": SimpleUploadedFile("x", b"y")}
    assert client.post(at(application, "letter"), form).status_code == 302
