"""An application by an outlet that has no script: begun, written, submitted, changed, withdrawn."""

import re
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications import access, showing
from applications.models import Application, Message, MessageKind, Result, Status
from applications.tests.builders import (
    CLOSES,
    IN_TIME,
    a_call,
    a_complete_draft,
    a_draft,
    an_application,
    good_answers,
)
from applications.tests.visiting import at, begin, hidden, holder, save

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


def test_a_whole_application_without_script():
    call, client = a_call(), Client()
    response = begin(client, call)
    application = Application.objects.get()
    assert response.url == at(application)
    page = client.get(response.url).content.decode()
    assert access.token_of(application.links.get()) in page
    for section, answers in good_answers(application).items():
        response = save(client, application, section, answers)
        assert response.status_code == 302
        assert "check" not in response.url, section
    client.post(
        at(application, "files"), {"cv": SimpleUploadedFile("Резюме.pdf", PDF), "onward": "1"}
    )
    assert "Check and submit" in client.get(at(application)).content.decode()
    page = client.get(at(application, "check")).content.decode()
    assert "Submit the application" in page
    assert "Резюме.pdf" in page
    seen = hidden(page, "seen")
    response = client.post(at(application, "submit"), {"seen": seen})
    assert response.url == at(application, "received")
    assert application.number in client.get(response.url).content.decode()
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    receipt = Message.objects.get(kind=MessageKind.SUBMITTED)
    assert application.number in receipt.text
    assert "SHA-256" in receipt.text
    pdf = client.get(f"/en/application/{application.number}/versions/1/receipt.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_every_page_of_an_application_opens_in_every_language():
    application = an_application()
    client = holder(application)
    pages = ["", "check/", "received/", "status/", "colleagues/", "address/", "versions/1/"]
    sections = [*good_answers(application), "files"]
    for language in ("ru", "kk", "tg", "en"):
        for page in pages + [f"{one}/" for one in sections] + [f"{one}/?check" for one in sections]:
            if page == "files/?check":
                continue
            response = client.get(f"/{language}/application/{application.number}/{page}")
            assert response.status_code == 200, page
            html = response.content.decode()
            assert html.count("<h1") == 1, page
            assert f'<html lang="{language}">' in html
            assert response.headers["Cache-Control"] == "private, no-store"
            assert "noindex" in html


def test_a_section_is_saved_whatever_is_wrong_with_it_and_says_so():
    application = a_draft()
    client = holder(application)
    response = save(client, application, "outlet", {"name": "", "founded": "давно"})
    assert response.url == at(application, "outlet") + "?check"
    page = client.get(response.url).content.decode()
    assert "<title>Error: Outlet" in " ".join(page.split())
    words = "Write the year in four figures, from 1900 to 2026"
    assert page.count(words) == 2
    assert f'<a href="#id_founded">{words}</a>' in page
    assert 'value="давно"' in page
    assert 'aria-invalid="true"' in page
    response = save(client, application, "outlet", {"founded": "потом"}, later="1")
    assert response.url == at(application) + "?kept=outlet"
    assert "thing" in client.get(response.url).content.decode()


def test_optional_questions_say_so_and_no_asterisk_stands_anywhere():
    application = a_draft()
    page = holder(application).get(at(application, "outlet")).content.decode()
    assert page.count("(optional)") == 3
    assert "*" not in re.sub(r"<[^>]+>", "", page)
    assert " novalidate" in page
    assert " required" not in page


def test_a_newer_version_is_told_with_both_texts_kept():
    application = a_complete_draft()
    client, colleague = holder(application), holder(application)
    mine = good_answers(application)["network"] | {"plan": "Мой план"}
    theirs = good_answers(application)["network"] | {"plan": "План коллеги"}
    assert save(colleague, application, "network", theirs).status_code == 302
    response = client.post(at(application, "network"), {**mine, "revision": 1, "page": "abc"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Мой план" in page
    assert "План коллеги" in page
    assert application.sections.get(section="network").answers["plan"] == "План коллеги"
    revision = hidden(page, "revision")
    client.post(at(application, "network"), {**mine, "revision": revision})
    assert application.sections.get(section="network").answers["plan"] == "Мой план"


def test_a_page_whose_answer_got_lost_is_not_told_to_be_somebody_else():
    application = a_draft()
    client = holder(application)

    def post(plan, step, name="one"):
        form = {"plan": plan, "revision": 0, "page": name, "step": step}
        return client.post(at(application, "network"), form, headers={"accept": "application/json"})

    assert post("а", 1).status_code == 200
    assert post("аб", 2).status_code == 200
    assert post("а", 1).status_code == 200
    assert application.sections.get(section="network").answers["plan"] == "аб"
    assert post("чужое", 1, "two").status_code == 409
    assert application.sections.get(section="network").answers["plan"] == "аб"


def test_a_text_that_arrives_after_the_deadline_is_kept_and_said_not_to_be_submitted(arrive):
    application = a_complete_draft()
    client = holder(application)
    arrive(CLOSES)
    answers = good_answers(application)["letter"] | {"letter": "Мы опоздали. " * 200}
    response = save(client, application, "letter", answers)
    assert response.url.endswith("?late")
    page = client.get(response.url).content.decode()
    assert "Applications have closed: this one was not submitted" in page
    assert "Мы опоздали" in page
    response = client.post(at(application, "submit"))
    assert response.status_code == 409
    assert "this one was not submitted" in response.content.decode()
    application.refresh_from_db()
    assert application.submitted_at is None
    assert application.attempts.get().at == CLOSES


def test_a_double_press_begins_one_application():
    call, client, other_tab = a_call(), Client(), Client()
    address = f"/en/apply/{call.slug}/"
    key = hidden(client.get(address).content.decode(), "key")
    form = {"country": "KZ", "name": "Степь", "email": "a@outlet.example", "key": key}
    first, second = client.post(address, form), other_tab.post(address, form)
    assert first.url == second.url
    assert begin(client, call).url == first.url
    assert Application.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_double_press_submits_once_though_the_last_one_lands_after_the_deadline(arrive):
    application = a_complete_draft()
    client = holder(application)
    seen = hidden(client.get(at(application, "check")).content.decode(), "seen")
    for instant in (IN_TIME, CLOSES - timedelta(milliseconds=1), CLOSES):
        arrive(instant)
        response = client.post(at(application, "submit"), {"seen": seen})
        assert response.url == at(application, "received")
    assert application.versions.count() == 1
    assert not application.attempts.exists()
    assert Message.objects.filter(kind=MessageKind.SUBMITTED).count() == 1


def test_what_changed_since_it_was_checked_is_shown_before_it_is_submitted():
    application = a_complete_draft()
    client, colleague = holder(application), holder(application)
    page = client.get(at(application, "check")).content.decode()
    seen = hidden(page, "seen")
    save(colleague, application, "network", good_answers(application)["network"] | {"target": "9"})
    response = client.post(at(application, "submit"), {"seen": seen})
    assert response.status_code == 409
    assert "The answers have changed since you opened this page" in response.content.decode()
    application.refresh_from_db()
    assert application.submitted_at is None
    assert [one.why for one in application.attempts.all()] == ["changed"]


def test_who_comes_too_late_with_changes_or_to_withdraw_is_told_just_that(arrive):
    application = an_application()
    client = holder(application)
    save(client, application, "network", good_answers(application)["network"] | {"target": "9"})
    arrive(CLOSES)
    changes = client.post(at(application, "submit")).content.decode()
    assert "The changes were not submitted</h1>" in changes
    assert "Version 1, submitted in time, counts." in changes
    page = client.post(at(application, "withdraw")).content.decode()
    assert "The application was not withdrawn</h1>" in page
    assert "not submitted" not in page
    assert [one.why for one in application.attempts.all()] == ["closed"]  # to submit, not withdraw
    Application.objects.update(status=Status.WITHDRAWN)
    for page in (
        client.post(at(application, "submit")).content.decode(),
        client.get(at(application, "check")).content.decode(),
    ):
        assert "Version 1" not in page
        assert "the submitted version counts" not in page


def test_the_submitted_version_counts_until_the_new_one_is_submitted():
    application = an_application()
    client = holder(application)
    answers = good_answers(application)["outlet"] | {"name": "Новое имя", "country": "TJ"}
    save(client, application, "outlet", answers)
    application.refresh_from_db()
    assert application.outlet.country == "KZ"
    assert application.version == 1
    status = client.get(at(application, "status")).content.decode()
    assert "There are changes you haven’t submitted" in status
    assert "Новое имя" not in client.get(at(application, "versions", "1")).content.decode()
    save(client, application, "outlet", answers | {"country": "KZ"})
    client.post(at(application, "submit"))
    application.refresh_from_db()
    assert (application.version, application.outlet.name) == (2, "Новое имя")
    history = client.get(at(application, "status")).content.decode()
    assert "You submitted the changed application, version 2" in history
    assert client.get(at(application, "versions", "1")).status_code == 200


def test_an_application_can_be_withdrawn_and_come_back():
    application = an_application()
    client = holder(application)
    stands = "Where the application is"
    assert stands in client.get(at(application, "status")).content.decode()
    client.post(at(application, "withdraw"))
    assert stands not in client.get(at(application, "status")).content.decode()
    application.refresh_from_db()
    assert application.status == Status.WITHDRAWN
    assert "Withdrawn" in client.get(at(application, "status")).content.decode()
    assert "Submit the application again" in client.get(at(application, "check")).content.decode()
    client.post(at(application, "submit"))
    application.refresh_from_db()
    assert (application.status, application.version) == (Status.SUBMITTED, 2)


def test_a_lost_cookie_does_not_cost_a_text():
    application = a_draft()
    response = Client().post(at(application, "letter"), {"letter": "Здравствуйте!\nМы"})
    page = response.content.decode()
    assert response.status_code == 403
    assert '<input type="hidden" name="letter" value="Здравствуйте!\nМы">' in page
    nowhere = Client().post("/en/application/100-000/letter/", {"letter": "Здравствуйте!\nМы"})
    strip = re.compile(r'value="[\w-]{64}"|\d{3}-\d{3}')
    assert strip.sub("", page) == strip.sub("", nowhere.content.decode())


def test_a_result_is_not_told_before_it_is_announced(arrive):
    application = an_application()
    client = holder(application)
    arrive(CLOSES)
    page = client.get(at(application, "status")).content.decode()
    assert "Under review" in page
    for word in ("selected", "Selected", "reserve", "ineligible", "take part", "jury selected"):
        assert word not in page, word


def test_a_section_needs_two_queries_once_its_call_is_known(settings, django_assert_num_queries):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sections"}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    application = a_complete_draft()
    client = holder(application)
    client.get(at(application, "outlet"))
    for section in good_answers(application):
        with django_assert_num_queries(2):
            assert client.get(at(application, section)).status_code == 200


def test_a_call_as_shown_is_each_readers_own_copy_and_soon_read_anew(settings, monkeypatch):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "calls"}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    call = a_call()
    showing.call_as_shown(pk=call.pk).season = "spoilt by one reader"
    assert showing.call_as_shown(pk=call.pk).season == call.season
    call.season = "2031-2032"
    call.save()
    later = SimpleNamespace(time=lambda: time.time() + showing.CALL_KEPT)
    monkeypatch.setattr("django.core.cache.backends.locmem.time", later)
    assert showing.call_as_shown(pk=call.pk).season == "2031-2032"


def test_after_the_deadline_a_draft_is_read_and_nobody_is_sent_on_to_fill_it_in(arrive):
    draft = a_draft()
    client, pages = holder(draft), (at(draft), at(draft, "check"))
    arrive(IN_TIME)
    asked = "".join(client.get(page).content.decode() for page in pages)
    assert ("Continue: " in asked, "to put right" in asked) == (True, True)
    arrive(CLOSES)
    asked = "".join(client.get(page).content.decode() for page in pages)
    assert ("Continue: " in asked, "to put right</h2>" in asked, "Error:" in asked) == (False,) * 3
    assert "See all answers" in asked


def test_a_place_says_when_its_time_to_confirm_has_passed(arrive):
    application = an_application()
    told = {"result": Result.SELECTED, "announced_at": CLOSES, "confirm_by": CLOSES + WEEK}
    Application.objects.filter(pk=application.pk).update(**told)
    client, words = holder(application), "The time to confirm has passed"
    for instant, is_past in ((CLOSES, False), (CLOSES + WEEK, True)):
        arrive(instant)
        page = client.get(at(application, "status")).content.decode()
        assert (words in page, "Please answer" in page) == (is_past, not is_past)
        assert ('value="confirm"' in page) is not is_past
