"""The countdown in a real browser: the server's clock, two warnings, and the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import instants
from applications.models import CallText
from applications.tests.builders import a_call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECOND = timedelta(seconds=1)
TOLD = "[data-countdown]"
WARNING = ".deadline [role=status]"


def open_call(page, left, language="en"):
    now = timezone.now()
    call = a_call(
        opens_at=now - timedelta(days=20),
        closes_at=now + left,
        decision_date=(now + timedelta(days=20)).date(),
        notification_date=(now + timedelta(days=24)).date(),
    )
    CallText.objects.filter(call=call).update(zone_label="UTC+5")
    page.goto(f"/{language}/calls/{call.slug}/")


def becomes(page, selector, text):
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector).textContent.startsWith(text)",
        arg=[selector, text],
    )


@pytest.mark.parametrize(
    ("left", "before", "after"),
    [
        (timedelta(hours=1), "", "Less than an hour is left"),
        (timedelta(minutes=10), "Less than an hour is left", "Less than ten minutes are left"),
        (timedelta(0), "Less than ten minutes are left", "The deadline has passed"),
    ],
)
def test_the_countdown_warns_as_each_mark_is_crossed(page, left, before, after):
    open_call(page, left + 4 * SECOND)
    assert page.locator(WARNING).text_content().startswith(before)
    becomes(page, WARNING, after)
    assert page.locator(WARNING).get_attribute("role") == "status"


def test_at_the_deadline_the_words_say_so_without_a_reload(page):
    open_call(page, 4 * SECOND, "ru")
    assert page.locator(TOLD).text_content() == "осталось меньше минуты"
    becomes(page, TOLD, "срок прошёл")


def test_a_device_whose_clock_is_an_hour_off_counts_by_the_server(new_page):
    page = new_page()
    page.add_init_script(
        "const real = Date.now.bind(Date); Date.now = () => real() - 3600e3;"
        "const origin = performance.timeOrigin;"
        "Object.defineProperty(performance, 'timeOrigin', {get: () => origin - 3600e3});"
    )
    open_call(page, timedelta(minutes=30, seconds=58))
    page.wait_for_timeout(1500)
    assert page.locator(TOLD).text_content().replace("\xa0", " ") == "30 minutes left"


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_the_script_says_what_the_server_says(page, language):
    """Every length the server words is worded alike by the script, in all four languages."""
    spans = [
        timedelta(days=days, hours=hours, minutes=minutes)
        for days in (0, 1, 2, 5, 11, 21, 25)
        for hours in (0, 1, 3, 23)
        for minutes in (0, 1, 2, 59)
    ]
    open_call(page, timedelta(days=3), language)
    said = page.evaluate(
        """async spans => {
          const told = document.querySelector('[data-countdown]');
          const said = [];
          for (const span of spans) {
            const copy = told.parentElement.cloneNode(true);
            const clone = copy.querySelector('[data-countdown]');
            clone.dataset.now = 0;
            clone.dataset.closes = span + performance.now() + 59000;
            document.body.append(copy);
            said.push(clone);
          }
          const script = document.createElement('script');
          script.src = document.querySelector('script[src*=countdown]').src;
          document.body.append(script);
          await new Promise(done => { script.onload = done; });
          return said.map(clone => clone.textContent);
        }""",
        [span.total_seconds() * 1000 for span in spans],
    )
    assert said == [instants.remaining(span + 58 * SECOND, language) for span in spans]


def test_without_script_the_page_says_what_is_left_and_warns(new_page):
    page = new_page(java_script_enabled=False)
    open_call(page, timedelta(minutes=9, seconds=30))
    assert page.locator(TOLD).text_content().replace("\xa0", " ") == "9 minutes left"
    assert page.locator(WARNING).text_content().startswith("Less than ten minutes")
