"""The public pages: what holds at an instant, in one language whole, and nothing private."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import override

from applications import questions, showing
from applications.models import CallItem, CallText
from applications.tests import builders
from applications.tests.builders import CLOSES, IN_TIME, OPENS
from applications.tests.visiting import words

pytestmark = pytest.mark.django_db
LANGUAGES = ["ru", "kk", "tg", "en"]
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def _in_time():
    with time_machine.travel(IN_TIME, tick=False):
        yield


def address(name: str, *args, language: str = "en") -> str:
    with override(language):
        return reverse(f"applications:{name}", args=args)


def body(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def at(client, instant, url) -> str:
    with time_machine.travel(instant, tick=False):
        return body(client.get(url))


def add_items(call, language="en"):
    for kind, n in ((CallItem.Kind.BENEFIT, 4), (CallItem.Kind.QUESTION, 5)):
        for position in range(n):
            call.items.create(
                language=language, kind=kind, position=position, heading=f"{kind} {n}", text="Yes."
            )


def test_the_call_page_changes_at_the_opening_and_the_closing_instant(client):
    url = address("call", builders.a_call().slug)
    starts, closed = "Start an application", "no longer takes applications"
    assert starts not in at(client, OPENS - MILLISECOND, url)
    assert starts in at(client, OPENS, url)
    last = at(client, CLOSES - MILLISECOND, url)
    assert starts in last
    assert closed not in last
    after = at(client, CLOSES, url)
    assert starts not in after
    assert closed in after


def test_a_call_that_is_not_yet_open_shows_its_questions_and_when_it_opens(client):
    call = builders.a_call()
    shown = at(client, OPENS - MILLISECOND, address("call", call.slug))
    assert "Applications open on 15 November 2026 at 00:00" in words(shown)
    assert address("questions", call.slug) in shown


def test_a_closed_call_tells_the_truth_about_its_answers(client):
    call = builders.a_call()
    url = address("call", call.slug)
    assert "Experts are reading them now" in at(client, CLOSES, url)
    assert "The answers are not out yet" in at(client, CLOSES + timedelta(days=30), url)
    call.announced_at = CLOSES + timedelta(days=10)
    call.save()
    assert "was sent an answer" not in at(client, CLOSES + timedelta(days=9), url)
    assert "Every newsroom that applied was sent an answer" in at(client, call.announced_at, url)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_strip_tells_the_deadline_to_people_and_machines(client, language):
    shown = body(client.get(address("call", builders.a_call().slug, language=language)))
    assert '<time datetime="2026-12-14T19:00:00Z">' in shown
    assert "24:00" in shown
    assert {"ru": "Душанбе", "kk": "Душанбеде", "tg": "Душанбе", "en": "Dushanbe"}[
        language
    ] in shown


def test_the_time_left_is_that_of_the_arrival(client):
    url = address("call", builders.a_call().slug)
    assert "3 days left" in at(client, CLOSES - timedelta(days=3), url)
    assert "10 minutes left" in at(client, CLOSES - timedelta(minutes=10, seconds=59), url)


def test_the_call_page_takes_four_queries_with_one_or_many_of_everything(
    client, django_assert_num_queries
):
    call = builders.a_call()
    with django_assert_num_queries(4):
        client.get(address("call", call.slug))
    add_items(call)
    builders.a_call(opens_at=OPENS - timedelta(days=700), closes_at=CLOSES - timedelta(days=700))
    for url in (address("call", call.slug), address("home")):
        with django_assert_num_queries(4):
            client.get(url)


def test_the_front_page_is_the_one_open_call_and_names_past_ones(client):
    past = builders.a_call(
        season="2021–2022",
        opens_at=OPENS - timedelta(days=1800),
        closes_at=CLOSES - timedelta(days=1800),
    )
    assert "Season 2021–2022 no longer" in body(client.get(address("home")))
    builders.a_call()
    shown = body(client.get(address("home")))
    assert "Start an application" in shown
    assert address("call", past.slug) in shown
    assert client.get(address("call", past.slug)).status_code == 200


def test_the_front_page_is_a_list_where_calls_overlap(client):
    one, other = builders.a_call(season="A"), builders.a_call(season="B")
    hidden = builders.a_call(is_public=False)
    shown = body(client.get(address("home")))
    assert address("call", one.slug) in shown
    assert address("call", other.slug) in shown
    assert hidden.slug not in shown
    assert client.get(address("call", hidden.slug)).status_code == 404


def test_the_front_page_stands_without_any_call(client):
    assert "There is no competition at the moment" in body(client.get(address("home")))
    for name in ("calls", "guide", "privacy", "accessibility", "contacts"):
        assert client.get(address(name)).status_code == 200


def test_who_asks_for_a_language_the_call_lacks_is_led_to_one_it_has(client):
    call = builders.a_call()
    CallText.objects.filter(call=call).exclude(language="tg").delete()
    for name in ("call", "questions", "eligibility"):
        answer = client.get(address(name, call.slug))
        assert answer.url == address(name, call.slug, language="tg")
    assert client.get(address("home")).url == address("call", call.slug, language="tg")
    shown = body(client.get(address("call", call.slug, language="tg")))
    assert "/language/tg/" in shown
    assert "/language/kk/" not in shown
    CallText.objects.all().delete()
    assert client.get(address("call", call.slug)).status_code == 404


def test_the_root_leads_by_choice_then_by_the_browser_then_to_russian(client):
    assert client.get("/").url == "/ru/"
    assert client.get("/", headers={"accept-language": "de, tg-TJ;q=0.8"}).url == "/tg/"
    assert client.get("/", headers={"accept-language": "kk-KZ"}).url == "/kk/"
    client.get("/language/en/?to=/ru/")
    assert client.get("/", headers={"accept-language": "kk-KZ"}).url == "/en/"


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/ru/calls/x/?a=1", "/kk/calls/x/?a=1"),
        ("/z/7Q4M", "/z/7Q4M"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("ru/", "/"),
        ("", "/"),
    ],
)
def test_choosing_a_language_leads_back_to_the_page_and_nowhere_else(client, to, leads):
    answer = client.get("/language/kk/", {"to": to})
    assert answer.url == leads
    assert answer.cookies["django_language"].value == "kk"


def test_an_unknown_language_is_not_found(client):
    assert client.get("/language/de/").status_code == 404


def test_a_page_names_its_other_languages_and_its_picture(client):
    call = builders.a_call()
    shown = body(client.get(address("call", call.slug)))
    for code in LANGUAGES:
        there = f"{settings.SITE_URL}{address('call', call.slug, language=code)}"
        assert f'hreflang="{code}" href="{there}"' in shown
    assert f'content="{settings.SITE_URL}/static/share-en.png"' in shown
    assert "noindex" not in shown


def test_eligibility_explains_a_no_and_stops_nobody(client):
    call = builders.a_call()
    url = address("eligibility", call.slug)
    answers = {"ask": 1, "country": "elsewhere", "independence": "no", "coordinator": "no"}
    shown = body(client.get(url, answers))
    assert shown.count('class="alert alert-warning"') == 3
    assert "Start an application" in shown
    answers = {"ask": 1, "country": "TJ", "independence": "yes", "coordinator": "yes"}
    assert "The competition is for you" in body(client.get(url, answers))


def test_eligibility_says_what_was_left_out_beside_the_question_and_above(client):
    url = address("eligibility", builders.a_call().slug)
    shown = body(client.get(url, {"ask": 1, "country": "XX", "independence": "yes"}))
    assert "<title>Error:" in shown
    assert shown.count("Choose whether there is a person to lead the network") == 2
    assert "There are 2 things to put right" in shown


def test_all_questions_are_shown_but_those_the_season_switched_off(client):
    call = builders.a_call(switched_off=["heard"])
    shown = body(client.get(address("questions", call.slug)))
    with override("en"):
        for section in questions.sections_of(call):
            for question in section.asked(call):
                assert str(question.label) in shown
    assert "How you heard about the competition" not in shown
    assert "Sughd Region" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blank_form_is_a_pdf_in_each_language(client, language):
    call = builders.a_call()
    answer = client.get(address("questions_paper", call.slug, language=language))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"questions-{call.slug}-{language}.pdf" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")
    again = client.get(address("questions_paper", call.slug, language=language))
    assert again.content == answer.content


def test_public_pages_are_the_same_for_all(client):
    answer = client.get(address("call", builders.a_call().slug))
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies


def test_the_blank_form_is_not_sent_twice(client):
    url = address("questions_paper", builders.a_call().slug)
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"if-none-match": etag}).status_code == 304


@pytest.fixture
def _pages_are_kept(settings):
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "test"},
    }
    yield
    caches["pages"].clear()


@pytest.mark.usefixtures("_pages_are_kept")
def test_a_kept_page_asks_the_database_nothing_and_tells_the_readers_own_instant(
    client, django_assert_num_queries
):
    url = address("call", builders.a_call().slug)
    early = IN_TIME + timedelta(seconds=7)
    later = early + timedelta(seconds=2)
    first = at(client, early, url)
    with django_assert_num_queries(0):
        second = at(client, later, url)
    assert f'data-now="{int(later.timestamp() * 1000)}"' in second
    told = 'data-now="{}"'
    assert (
        first.replace(
            told.format(int(early.timestamp() * 1000)), told.format(int(later.timestamp() * 1000))
        )
        == second
    )
    with django_assert_num_queries(4):
        at(client, early + timedelta(seconds=3), url)
    with django_assert_num_queries(4):
        at(client, later, f"{url}?x=1")


@pytest.mark.usefixtures("_pages_are_kept")
@pytest.mark.parametrize("change", ["opens_at", "closes_at"])
def test_no_kept_page_outlives_the_instant_at_which_it_changes(client, change):
    call = builders.a_call()
    url, instant = address("call", call.slug), getattr(call, change)
    before = at(client, instant - MILLISECOND, url)
    after = at(client, instant, url)
    starts = "Start an application"
    assert (starts in before, starts in after) == (change == "closes_at", change == "opens_at")


@pytest.mark.usefixtures("_pages_are_kept")
@pytest.mark.parametrize("minutes", [61, 60, 11, 10, 2, 1])
def test_a_kept_page_never_tells_a_minute_that_is_gone(client, minutes):
    url = address("call", builders.a_call().slug)
    tick = CLOSES - timedelta(minutes=minutes)
    for instant in (tick - MILLISECOND, tick, tick + MILLISECOND, tick + timedelta(seconds=1)):
        kept = at(client, instant, url)
        caches["pages"].clear()
        assert kept == at(client, instant, url)


def test_a_page_about_nothing_to_come_never_changes_by_itself():
    call = builders.a_call(announced_at=CLOSES + timedelta(days=1))
    assert showing.next_change([call], CLOSES + timedelta(days=60)) is None
    assert showing.next_change([], CLOSES) is None


def test_what_does_not_say_it_is_public_is_kept_nowhere(client):
    answer = client.get("/admin/login/")
    assert "no-store" in answer.headers["Cache-Control"]
    answer = client.get("/en/nothing/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_map_lists_public_pages_in_their_languages_and_robots_point_to_it(client):
    call, hidden = builders.a_call(), builders.a_call(is_public=False)
    CallText.objects.filter(call=call, language="kk").delete()
    found = client.get("/sitemap.xml")
    addresses = {one.text for one in ElementTree.fromstring(found.content).iter() if one.text}
    with_call = f"{settings.SITE_URL}{address('call', call.slug, language='tg')}"
    assert with_call in addresses
    assert with_call.replace("/tg/", "/kk/") not in addresses
    assert not [one for one in addresses if hidden.slug in one]
    robots = body(client.get("/robots.txt"))
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in robots
    assert "Disallow: /z/" in robots


@pytest.mark.parametrize("name", ["home", "calls", "privacy", "contacts"])
def test_public_pages_take_no_posts(client, name):
    assert client.post(address(name)).status_code == 405
