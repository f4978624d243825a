"""An outlet applies, in a real Chromium: without script on a phone, and with what script adds."""

import re
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from applications import linking
from applications.counting import signs
from applications.models import Application, MessageKind, PrivateLink, SectionAnswers, Status
from applications.tests import builders
from citizenjournalists.tests.applicant import (
    A_PDF,
    a_draft,
    an_open_call,
    open_application,
    section,
)
from citizenjournalists.tests.browser import DESKTOP, PHONE, faults
from citizenjournalists.tests.test_public_in_a_browser import weigh

pytestmark = [
    pytest.mark.browser,
    pytest.mark.either,
    pytest.mark.django_db(transaction=True),
]
LETTER = "Про окраины мы узнаём последними.\n" * 60
OUT_OF_THE_MARGIN = """() => [...document.querySelectorAll(".side *")].filter((one) =>
    one.getBoundingClientRect().right > one.closest(".side").getBoundingClientRect().right + 1
).map((one) => one.textContent)"""
TOO_MUCH = "Про окраины " * 300
TEXTS = [
    "Қазақ тілі: әғқңөұүһі",
    "Тоҷикӣ: ғӣқӯҳҷ",
    "и\u0306 e\u0301\u0323 ё",
    "строка\nещё\n\nабзац  ",
    "  👩‍👩‍👧 ❤️‍🔥 👩🏽‍🚀 🇰🇿🇹🇯 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "мягкий\u00adперенос и\u200bноль",
    "\ufeffневидимое\u200f",
    "ы" * 4_990 + "👩‍👩‍👧" * 30,
]


def fill(page, section: str, answers: dict) -> None:
    """Fill in a section as a person does, by what kind of control each question has."""
    for key, answer in answers.items():
        control = page.locator(f"main [name={key}]")
        kind = control.first.get_attribute("type")
        if kind in ("checkbox", "radio"):
            for value in answer if isinstance(answer, list) else [answer]:
                page.locator(f"main [name={key}][value={value}]").check()
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(answer)
        else:
            control.fill(answer)


def saved(application: Application, key: str) -> dict:
    return SectionAnswers.objects.get(application=application, section=key).answers


def test_a_whole_application_on_a_phone_without_script(new_page):
    an_open_call()
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/ru/")
    page.locator("a[href='/ru/apply/now/']").first.click()
    fill(page, "start", {"country": "KZ", "name": "Степь сегодня", "email": "a@outlet.example"})
    page.locator("main button[type=submit]").click()
    application = Application.objects.get()
    page.locator(".tasks a").first.click()
    for key, answers in builders.good_answers(application).items():
        if key == "consents":
            page.locator("[name=cv]").set_input_files(
                {"name": "Резюме.pdf", "mimeType": "application/pdf", "buffer": A_PDF}
            )
            page.locator("button[name=onward]").click()
        assert f"/{key}/" in page.url
        fill(page, key, {k: v for k, v in answers.items() if v})
        page.locator(".actions .btn-primary").click()
    assert f"/{application.number}/" in page.url
    page.locator("main .btn-primary").click()
    assert page.locator("main dd", has_text="Резюме.pdf").count() == 1
    page.locator("form .btn-primary").click()
    assert page.locator(".number").inner_text() == application.number
    page.goto(page.url)
    assert page.locator(".number").inner_text() == application.number
    page.go_back()
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert application.versions.count() == 1
    assert application.messages.filter(kind=MessageKind.SUBMITTED).count() == 1


def test_what_is_typed_saves_itself_and_says_when(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "network"))
    page.locator("[name=plan]").fill("Месяц первый")
    page.locator(".saved .st-done").wait_for()
    expect(page.locator(".saved")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert saved(application, "network")["plan"] == "Месяц первый"
    page.locator("[name=plan]").fill("Месяц первый и второй")
    expect(page.locator("[name=revision]")).to_have_value("2")
    page.locator(".btn-link").click()
    expect(page).to_have_url(re.compile(f"/{application.number}/$"))
    assert saved(application, "network")["plan"] == "Месяц первый и второй"
    assert page.evaluate("localStorage.length") == 0


def test_a_text_written_without_a_network_is_saved_when_it_is_back(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "letter"))
    page.context.set_offline(True)
    page.locator("[name=letter]").fill(LETTER)
    page.locator(".saved .st-near").wait_for()
    assert not application.sections.filter(section="letter").exists()
    page.context.set_offline(False)
    page.locator(".saved .st-done").wait_for()
    assert signs(saved(application, "letter")["letter"]) == signs(LETTER)
    page.errors.clear()


def test_a_text_that_never_reached_the_site_is_offered_after_a_crash(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "letter"))
    page.route("**/letter/", lambda route: route.abort())
    page.locator("[name=letter]").fill("Написано без связи")
    page.locator(".saved .st-near").wait_for()
    again = page.context.new_page()  # as the same browser would after a crash: it has the copy
    again.goto(section(application, "letter"))
    assert again.locator("[name=letter]").input_value() == ""
    again.locator("[data-take]").click()
    assert again.locator("[name=letter]").input_value() == "Написано без связи"
    again.locator(".saved .st-done").wait_for()
    assert saved(application, "letter")["letter"] == "Написано без связи"
    page.errors.clear()


def test_an_answer_lost_on_its_way_back_is_no_quarrel_with_oneself(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "network"))
    lose = {"on": True}

    def reach_but_lose(route):
        if lose["on"] and route.request.method == "POST":
            lose["on"] = False
            route.fetch()
            return route.abort()
        return route.continue_()

    page.route("**/network/", reach_but_lose)
    page.locator("[name=plan]").fill("Раз")
    page.locator(".saved .st-near").wait_for()
    assert saved(application, "network")["plan"] == "Раз"
    page.locator("[name=plan]").fill("Раз, два")
    page.locator(".saved .st-done").wait_for()
    assert saved(application, "network")["plan"] == "Раз, два"
    page.errors.clear()


def test_two_tabs_overwrite_nothing_and_show_both_texts(page):
    application = a_draft()
    open_application(page, application)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(section(application, "network"))
    page.locator("[name=plan]").fill("Первая вкладка")
    page.locator(".saved .st-done").wait_for()
    other.locator("[name=plan]").fill("Вторая вкладка")
    other.locator(".saved .st-bad").wait_for()
    assert saved(application, "network")["plan"] == "Первая вкладка"
    other.locator(".btn-primary").click()
    assert other.locator("[name=plan]").input_value() == "Вторая вкладка"
    other.locator(".alert summary").click()
    assert other.locator(".alert dd", has_text="Первая вкладка").is_visible()
    other.locator(".actions .btn-primary").click()
    other.wait_for_url(re.compile(r"\?check|budget"))
    assert saved(application, "network")["plan"] == "Вторая вкладка"


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_counter_says_what_the_server_counts(page, text):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "letter"))
    page.locator("[name=letter]").fill(text)
    before = page.locator(".counter").inner_text()
    said = re.sub(r"\D", "", page.locator(".counter b").first.inner_text())
    assert int(said) == signs(text)
    page.locator(".actions .btn-link").click()
    page.goto(section(application, "letter"))
    assert page.locator(".counter").inner_text() == before
    blind = page.request.get(section(application, "letter")).text()
    assert f">{page.locator('.counter b').first.inner_text()}</b>" in blind


def test_the_deadline_passes_while_one_writes(page, monkeypatch):
    application = a_draft(complete=True)
    open_application(page, application)
    page.goto(section(application, "letter"))
    check = page.context.new_page()
    check.goto(section(application, "check"))
    clock = SimpleNamespace(now=lambda: application.closes_at)
    monkeypatch.setattr("applications.arrival.timezone", clock)
    page.locator("[name=letter]").fill(LETTER + "Ещё строка")
    page.locator(".saved .st-near").wait_for()
    assert saved(application, "letter")["letter"].endswith("Ещё строка")
    check.locator("form .btn-primary").click()
    assert check.locator(".alert-danger").is_visible()
    page.locator(".actions .btn-primary").click()
    assert page.locator(".alert-danger").is_visible()
    assert page.locator("[name=letter]").input_value().endswith("Ещё строка")
    application.refresh_from_db()
    assert application.submitted_at is None


@pytest.mark.parametrize("script", [True, False])
def test_a_text_too_long_to_take_in_is_one_step_back(new_page, settings, script):
    page, application = new_page(java_script_enabled=script, viewport=PHONE), a_draft()
    open_application(page, application)
    page.goto(section(application, "letter"))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000
    page.locator("[name=letter]").fill(TOO_MUCH)
    page.locator("form .btn-primary").click()
    assert "больше его нигде нет" in page.locator(".steps").inner_text()
    page.locator("[data-back]").click() if script else page.go_back()
    assert page.locator("[name=letter]").input_value() == TOO_MUCH
    page.errors.clear()


def test_a_colleague_reads_with_a_link_of_their_own(new_page):
    application = a_draft(complete=True)
    page, colleague = new_page(), new_page(viewport=PHONE)
    open_application(page, application)
    link = linking.invite(
        application, email="b@outlet.example", right=PrivateLink.Right.VIEW, at=timezone.now()
    )
    open_application(colleague, application, link)
    colleague.goto(section(application, "letter"))
    assert colleague.locator("[name=letter]").is_disabled()
    assert colleague.locator("main button").count() == 0
    page.goto(section(application, "colleagues"))
    page.locator("button[name=back]").click()
    colleague.reload()
    assert colleague.locator(".kicker", has_text="404").count() == 1
    colleague.errors.clear()


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_axe_finds_nothing_on_an_applicants_pages(new_page, language):
    application = a_draft(complete=True)
    application.sections.filter(section="outlet").update(answers={"name": "", "founded": "x"})
    page = new_page(viewport=DESKTOP, color_scheme="dark" if language == "kk" else "light")
    open_application(page, application)
    found = {}
    paths = ["outlet/?check", "letter/", "check/", "status/"]
    if language == "ru":
        paths += ["", "reach/", "budget/", "files/", "consents/", "colleagues/", "address/"]
    addresses = [f"/{language}/application/{application.number}/{path}" for path in paths]
    for address in [*addresses, f"/{language}/apply/now/", f"/{language}/status/"]:
        page.goto(address)
        if problems := faults(page, preload=True) + page.evaluate(OUT_OF_THE_MARGIN):
            found[address] = problems
    assert found == {}


def test_a_section_is_light(new_page):
    application = a_draft(complete=True)
    page = new_page()
    open_application(page, application)
    fresh = new_page()
    fresh.context.add_cookies(page.context.cookies())
    asked, received = weigh(fresh, section(application, "outlet"))
    assert len(asked) <= 8
    assert received <= 45_000


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_applicants_page_scrolls_sideways(new_page, width):
    application = a_draft(complete=True)
    page = new_page(viewport={"width": width, "height": 700})
    open_application(page, application)
    for path in ("", "outlet/?check", "reach/", "letter/", "files/", "check/", "status/"):
        page.goto(f"/ru/application/{application.number}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_keyboard_alone_saves_a_section(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "coordinator"))
    for text in ("Әсел", "Редактор", "8 701 555 01 42", "a@b.example", "15", "Опыт"):
        for _press in range(30):
            if "form-control" in page.evaluate("document.activeElement.className"):
                break
            page.keyboard.press("Tab")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/network/")
    assert saved(application, "coordinator")["coordinator_hours"] == "15"
