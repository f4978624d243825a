"""From the ranking to the answers, in real browsers: two people decide, outlets answer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from applications import outbox
from applications.models import Message
from applications.tests.builders import a_call, an_application
from citizenjournalists.tests.browser import DESKTOP, PHONE, faults
from citizenjournalists.tests.test_staff_in_a_browser import sign_in
from reviews.models import Decision, DecisionList
from reviews.tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOTALS = {"KZ": (90, 80, 70, 70, 60, 50), "TJ": (84, 76, 66)}
LANGUAGES = {"KZ": ["ru", "kk", "en", "ru", "kk", "ru"], "TJ": ["tg", "tg", "ru"]}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WHY = "One juror read them all; the others are ill until after the letters."
SELECTED_SAYS = {"ru": "отобрана", "kk": "таңдалды", "tg": "интихоб шуд", "en": "is selected"}


@pytest.fixture
def call():
    """Return a call that closed a week ago, judged: three places a country, a tie for KZ's last."""
    now = timezone.now().replace(microsecond=0)
    call = a_call(
        opens_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=7),
        decision_date=(now + timedelta(days=1)).date(),
        notification_date=(now + timedelta(days=4)).date(),
        places=5,
        places_per_country=3,
        reserve_per_country=1,
    )
    builders.a_rubric(call, weights=(50, 30, 20))
    juror, at = builders.a_juror(), call.closes_at - timedelta(hours=3)
    for country, totals in TOTALS.items():
        for total, language in zip(totals, LANGUAGES[country], strict=True):
            application = an_application(call, country=country, language=language, at=at)
            builders.a_review(application, juror, points=builders.points_for(total))
    return call


class Desk:
    """A member of staff at their browser."""

    def __init__(self, page, person, call):
        sign_in(page, person)
        page.context.add_cookies(
            [{"name": "staff_language", "value": "en", "url": page.url.split("/admin")[0]}]
        )
        self.page, self.root = page, f"/admin/reviews/decisionlist/{call.slug}/"

    def open(self, path: str = ""):
        self.page.goto(self.root + path)
        return self

    def press(self, words: str):
        self.page.get_by_role("button", name=words).click()
        return self

    def sees(self, words: str):
        self.page.get_by_text(words).first.wait_for()
        return self

    def gives(self, reason: str, field: str = "reason"):
        self.page.locator(f"textarea[name={field}]:visible").first.fill(reason)
        return self

    def is_sound(self):
        """Check the page with axe, and that it never scrolls sideways, on a phone either."""
        assert faults(self.page) == []
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            assert self.page.evaluate(TOO_WIDE) == 0
        return self


def test_from_the_ranking_to_the_answers(call, new_page, mail_sink):
    officer = Desk(new_page(), builders.an_officer(email="o@portal.example"), call)
    chair = Desk(new_page(), builders.a_chair(email="c@portal.example"), call)

    draft_and_settle(officer, call)
    word_the_feedback(officer)
    officer.gives(WHY, "because").is_sound()
    officer.press("Propose the list").sees("Waits for a second person.")
    officer.open("publish/").sees("You proposed this list, so you can’t publish it").is_sound()

    change_a_row(officer, call)
    officer.press("Propose the list").sees("Waits for a second person.")

    read_the_letters(chair, call)
    publish(chair)
    watch_the_progress(officer, call, mail_sink)
    confirm_and_decline(call, new_page, mail_sink)

    promote(officer, chair, call)
    outbox.deliver_due(at=timezone.now())
    assert len([m for m in mail_sink.messages if "/z/" in text_of(m)]) > 0
    assert Message.objects.filter(kind="promoted", status="sent").count() == 1

    officer.open("report/").sees("Tie of equals, decided by criterion 1.").sees(WHY).is_sound()
    assert officer.page.pdf().startswith(b"%PDF")


def draft_and_settle(officer: Desk, call) -> None:
    officer.open().press("Draft the list").sees("Tie for place 3 of Kazakhstan").is_sound()
    assert officer.page.get_by_role("button", name="Propose the list").is_disabled()
    officer.page.locator("input[name=first]").first.check()
    officer.gives("Tie of equals, decided by criterion 1.").press("Record the choice")
    officer.sees("The tie is settled; the reason goes into the report.")


def word_the_feedback(officer: Desk) -> None:
    officer.open("feedback/").is_sound().press("Save all").sees("The feedback is saved.")
    officer.sees("Needs a written reason: some were read by too few.")


def change_a_row(officer: Desk, call) -> None:
    """Decide one row by hand: the proposal loses its force before everybody's eyes."""
    reserve = Decision.objects.get(call=call, country="KZ", result="reserve")
    officer.open(f"row/{reserve.pk}/").is_sound()
    officer.page.get_by_label("not selected").check()
    officer.gives("Its coordinator has left.").press("Decide")
    officer.sees("What changed after proposal no. 1").is_sound()
    first = DecisionList.objects.get(call=call, number=1)
    assert first.status == "void"
    word_the_feedback(officer)


def read_the_letters(chair: Desk, call) -> None:
    """Read a letter of each language, on a page that shows no private link."""
    chair.open("publish/").sees(WHY).is_sound()
    for language, words in SELECTED_SAYS.items():
        chair.open(f"publish/?result=selected&language={language}").sees(words)
    assert not re.search(r"/z/[0-9A-Z]", chair.page.content())


def publish(chair: Desk) -> None:
    chair.open("publish/")
    page = chair.page
    for name in ("selected", "reserve", "not_selected", "ineligible"):
        assert page.locator(f"input[name={name}]").input_value() == ""
        page.fill(f"input[name={name}]", "9")
    page.get_by_label("now", exact=True).check()
    chair.press("Announce the results").sees("Selected: you typed 9, the list has another number.")
    assert not Message.objects.of_results().exists()
    counts = {"selected": 5, "reserve": 2, "not_selected": 2, "ineligible": 0}
    for name, number in counts.items():
        page.fill(f"input[name={name}]", str(number))
    chair.is_sound().press("Announce the results").sees("Announced.")


def watch_the_progress(officer: Desk, call, mail_sink) -> None:
    outlets = "/admin/applications/message/?kind=results"
    officer.page.goto(outlets)
    officer.sees("0 of 9 sent")
    outbox.deliver_due(at=timezone.now())
    officer.page.goto(outlets)
    officer.sees("9 of 9 sent")
    told = [m for m in mail_sink.messages if m["Message-ID"] in ids_of_results(call)]
    assert len({m["Message-ID"] for m in told}) == len(told) == 9
    assert all(m["To"].count("@") == 1 for m in told)


def ids_of_results(call) -> set[str]:
    results = Message.objects.of_results().filter(application__call=call)
    return set(results.values_list("message_id", flat=True))


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def confirm_and_decline(call, new_page, mail_sink) -> None:
    """Two outlets answer by the link in their letters, on phones."""
    first, second = Decision.objects.filter(call=call, country="KZ", result="selected")[:2]
    for decision, answer in ((first, "confirm"), (second, "decline")):
        application = decision.application
        letter = Message.objects.get(application=application, kind="selected")
        (sent,) = [m for m in mail_sink.messages if m["Message-ID"] == letter.message_id]
        phone = new_page(viewport=PHONE, locale=application.language)
        phone.goto(re.search(r"https?://\S+/z/\S+", text_of(sent))[0])
        phone.locator("main form button").click()
        if not re.search("/status/", phone.url):
            phone.goto(f"/{application.language}/application/{application.number}/status/")
        if answer == "decline":
            phone.locator("a[href$='/answer/']").click()
        phone.locator(f"button[value={answer}]").click()
        phone.get_by_role("status").wait_for()
        application.refresh_from_db()
        assert (application.confirmed_at is None) == (answer == "decline")
        assert (application.declined_at is None) == (answer == "confirm")


def promote(officer: Desk, chair: Desk, call) -> None:
    """The freed place goes to the next of the reserve, by the same two people."""
    officer.open().sees("A place of Kazakhstan awaits a decision").is_sound()
    officer.gives("The outlet declined.").press("Draft the promotion")
    officer.sees("Drafted. Nobody is told before a second person publishes it.")
    officer.press("Propose the list").sees("Waits for a second person.")
    chair.open("publish/")
    chair.page.fill("input[name=selected]", "1")
    chair.page.get_by_label("now", exact=True).check()
    chair.press("Announce the result").sees("Announced.")
    held = Decision.objects.of_call(call).holding_a_place()
    assert (held.count(), held.filter(country="KZ").count()) == (5, 3)
