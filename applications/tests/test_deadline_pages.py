import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from applications import extending, instants, reminding
from applications.models import AuditEntry
from applications.tests.builders import CLOSES, a_call, a_draft, a_person
from applications.tests.visiting import words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 9, 30, 15, tzinfo=UTC)


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def calendar_of(client, call) -> list[str]:
    return unfolded(client.get(f"/ru/calls/{call.slug}/deadline.ics").content)


@pytest.mark.parametrize(
    ("closes_at", "starts", "ends"),
    [
        (datetime(2021, 12, 14, 18, tzinfo=UTC), "20211214T170000Z", "20211214T180000Z"),
        (datetime(2026, 12, 14, 19, tzinfo=UTC), "20261214T180000Z", "20261214T190000Z"),
    ],
)
def test_the_calendars_event_ends_as_the_call_closes_in_utc(client, closes_at, starts, ends):
    call = a_call(opens_at=closes_at - timedelta(days=30), closes_at=closes_at)
    response = client.get(f"/ru/calls/{call.slug}/deadline.ics")
    lines = unfolded(response.content)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART:{starts}" in lines
    assert f"DTEND:{ends}" in lines
    assert "SEQUENCE:0" in lines


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_the_calendars_lines_are_folded_without_tearing_a_letter(client, language):
    call = a_call(season="«Сезон; номер, один\\два» " + "Қ" * 11)
    body = client.get(f"/{language}/calls/{call.slug}/deadline.ics").content
    pieces = body.split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert all(piece.decode() is not None for piece in pieces)
    assert b"\n" not in body.replace(b"\r\n", b"")
    summary = next(line for line in unfolded(body) if line.startswith("SUMMARY:"))
    assert "«Сезон\\; номер\\, один\\\\два» " + "Қ" * 11 in summary


def test_the_calendar_says_24_00_and_both_capitals(client):
    body = client.get(f"/en/calls/{a_call().slug}/deadline.ics").content
    told = next(line for line in unfolded(body) if line.startswith("DESCRIPTION:Until"))
    assert "24:00" in told
    assert "Dushanbe" in told


def test_a_call_that_is_not_public_has_no_calendar(client):
    call = a_call(is_public=False)
    assert client.get(f"/ru/calls/{call.slug}/deadline.ics").status_code == 404


def test_opening_the_link_of_a_reminder_changes_nothing(client):
    application = a_draft()
    link = reminding.stop_link(application).removeprefix("http://localhost:8000")
    assert client.get(link).status_code == 200
    application.refresh_from_db()
    assert application.reminders_off_at is None


def test_pressing_the_button_stops_the_reminders_and_pressing_again_resumes_them(client):
    application = a_draft()
    link = reminding.stop_link(application).removeprefix("http://localhost:8000")
    for wanted, event in (("no", "reminders.stopped"), ("yes", "reminders.resumed")):
        assert client.post(link, {"wanted": wanted}).status_code == 302
        client.post(link, {"wanted": wanted})
        application.refresh_from_db()
        assert (application.reminders_off_at is None) == (wanted == "yes")
        assert AuditEntry.objects.filter(application=application, event=event).count() == 1


def test_the_page_of_the_reminders_shows_nothing_that_was_written(client):
    application = a_draft(name="Тайная редакция", email="hidden@outlet.example")
    link = reminding.stop_link(application).removeprefix("http://localhost:8000")
    page = client.get(link).content.decode()
    assert application.number in page
    assert "Тайная редакция" not in page
    assert "hidden@" not in page
    assert "/z/" not in page


def test_a_forged_link_of_a_reminder_opens_nothing(client):
    a_draft()
    assert client.get("/ru/reminders/Ijk5OS05OTki:1x:forged/").status_code == 404


def told(left: timedelta, language: str) -> str:
    template = Template("{% load instants %}{% countdown closes at %}")
    with translation.override(language):
        return template.render(Context({"closes": CLOSES, "at": CLOSES - left}))


def test_the_countdown_is_plain_text_with_the_servers_instant_beside_it():
    page = told(timedelta(days=3, hours=4), "ru")
    assert ">осталось 3\xa0дня 4\xa0часа</strong>" in page
    at, closes = (
        int(re.search(rf'data-{name}="(\d+)"', page)[1]) for name in ("now", "closes")
    )  # fmt: skip
    assert closes - at == (3 * 24 + 4) * 3_600_000
    assert closes == CLOSES.timestamp() * 1000


@pytest.mark.parametrize(("language", "forms"), [("ru", 3), ("kk", 1), ("tg", 1), ("en", 2)])
def test_the_countdowns_script_gets_the_languages_grammar_from_the_page(language, forms):
    page = told(timedelta(days=3), language)
    grammar = re.search('data-grammar="([^"]*)"', page)[1].replace("&quot;", '"')
    grammar = json.loads(grammar)
    assert {unit: len(words) for unit, words in grammar["units"].items()} == {
        "day": forms,
        "hour": forms,
        "minute": forms,
    }
    assert all("{span}" in phrase for phrases in grammar["left"].values() for phrase in phrases)
    assert "~" not in page


@pytest.mark.parametrize(
    ("left", "warning"),
    [
        (timedelta(hours=1, milliseconds=1), ""),
        (timedelta(hours=1), "Less than an hour is left until the deadline."),
        (timedelta(minutes=10, milliseconds=1), "Less than an hour is left until the deadline."),
        (
            timedelta(minutes=10),
            "Less than ten minutes are left. "
            "Submit what you have: it is in time until the deadline.",
        ),
    ],
)
def test_the_page_itself_warns_in_the_last_hour_and_the_last_ten_minutes(left, warning):
    assert re.search(r'role="status"[^>]*>([^<]*)<', told(left, "en"))[1] == warning


def test_the_page_and_the_calendar_of_a_call_tell_that_its_deadline_was_moved(client):
    call = a_call()
    address, moved = f"/ru/calls/{call.slug}/", "срок продлён, раньше:"
    assert moved not in client.get(address).content.decode()
    uid, *_ = (one for one in calendar_of(client, call) if one.startswith("UID:"))
    later = {"to": CLOSES + timedelta(days=2), "reason": "Наводнение", "by": a_person()}
    extending.extend_call(call, **later, at=CLOSES - timedelta(days=1))
    assert {uid, "SEQUENCE:1", "DTEND:20261216T190000Z"} <= set(calendar_of(client, call))
    assert f"{moved} {instants.until(CLOSES, call)}" in words(client.get(address).content.decode())
