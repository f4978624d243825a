"""From invitation to ranking, in real browsers: three jurors, one conflict, one late."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from applications.models import Message
from applications.tests.builders import a_call, an_application
from applications.tests.staffing import a_file_of
from citizenjournalists.tests.browser import DESKTOP, PHONE, faults
from citizenjournalists.tests.test_staff_in_a_browser import sign_in
from reviews import reminding
from reviews.models import Assignment, Review
from reviews.tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "сорок тысяч обезьян"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINK = re.compile(r"http://\S+/password/\S+/")
JURORS = (("Елена", "Ким"), ("Мартин", "Вебер"), ("Салтанат", "Оспанова"))


@pytest.fixture
def call():
    """Return a call that closed two days ago, with a rubric and three applications."""
    now = timezone.now().replace(microsecond=0)
    call = a_call(
        opens_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=2),
        decision_date=(now + timedelta(days=9)).date(),
        notification_date=(now + timedelta(days=12)).date(),
        places=2,
        places_per_country=1,
    )
    builders.a_rubric(call)
    at = call.closes_at - timedelta(hours=3)
    for name, country in (("Степной вестник", "KZ"), ("Каспий бүгін", "KZ"), ("Садои Вахш", "TJ")):
        a_file_of(an_application(call, name=name, country=country, at=at))
    return call


def is_sound(page) -> None:
    """Check the page with axe by day and by night, and that it never scrolls sideways."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, runOnly=["color-contrast"]) == []
    page.emulate_media(color_scheme="light")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate(TOO_WIDE) == 0


def speak_english(page) -> None:
    root = page.url.split("/admin")[0]
    page.context.add_cookies([{"name": "staff_language", "value": "en", "url": root}])
    page.reload()


def invite_the_jury(page) -> None:
    for first, last in JURORS:
        page.goto("/admin/reviews/juror/invite/")
        page.get_by_label("First name").fill(first)
        page.get_by_label("Surname").fill(last)
        page.get_by_label("E-mail").fill(f"{last.encode().hex()[:8]}@jury.example")
        for language in ("Русский", "Тоҷикӣ"):
            page.get_by_label(language).check()
        page.get_by_role("button", name="Invite").click()
        page.get_by_text("is on the jury").wait_for()


def accept(page, last: str, live_server):
    """Follow the letter's link, choose a password and land on an empty desk."""
    user = User.objects.get(last_name=last)
    letter = Message.objects.get(kind="invited", recipient=user.email)
    page.goto(LINK.search(letter.text).group().replace("http://localhost:8000", live_server.url))
    for field in ("new_password1", "new_password2"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.locator("input[type=submit]").click()
    page.wait_for_url(re.compile("/desk/$"))
    speak_english(page)
    return user


def assign_all(page, call) -> None:
    """Preview the plan and apply what was seen."""
    page.goto(f"/admin/reviews/assignment/plan/{call.slug}/")
    is_sound(page)
    page.get_by_label("Seed").fill("spring")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("6 assignments would be made").wait_for()
    assert not Assignment.objects.exists()
    is_sound(page)
    page.get_by_role("button", name="Assign and tell the jurors").click()
    page.get_by_text("6 assignments were made").wait_for()
    assert Message.objects.filter(kind="assigned").count() == 3


def declare(page, number: str, answer: str) -> None:
    page.goto(f"/admin/reviews/review/desk/{number}/conflict/")
    page.get_by_text(answer, exact=True).click()


def score_by_keys(page, points: str) -> None:
    """Give each criterion its score from the keyboard alone, and the notes besides."""
    page.locator("details[open] input[type=radio]").first.focus()
    for key in points:
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.locator("[name=strength]").fill("Слышны те, кого не слышно.")
    page.locator("[name=improvement]").fill("Нет расчёта на год.")


def review_all(page, user, points: dict[str, str]) -> None:
    """Declare, score and hand in whatever lies on the desk."""
    for assignment in Assignment.objects.of_juror(user).select_related("application__outlet"):
        number = assignment.application.number
        if assignment.conflict is None:
            declare(page, number, "No conflict")
            page.get_by_role("button", name="Confirm and open the text").click()
        page.wait_for_url(re.compile(f"/desk/{number}/$"))
        page.locator("h1").wait_for()
        score_by_keys(page, points[assignment.application.outlet.name])
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile("/hand-in/$"))
        page.get_by_role("button", name=re.compile("^Hand in")).last.click()
        page.get_by_text("The others’ scores and the discussion").wait_for()


def test_from_the_invitation_to_the_ranking(call, new_page, live_server):
    officer = new_page()
    sign_in(officer, builders.an_officer(email="o@portal.example"))
    speak_english(officer)
    invite_the_jury(officer)
    is_sound(officer)
    pages = {last: new_page() for _, last in JURORS}
    users = {last: accept(page, last, live_server) for last, page in pages.items()}
    assign_all(officer, call)

    # One has a conflict: the application goes, and nothing of it is left for her.
    kim, page = users["Ким"], pages["Ким"]
    closed = Assignment.objects.of_juror(kim).select_related("application__outlet").first()
    page.goto("/admin/reviews/review/desk/")
    is_sound(page)
    declare(page, closed.application.number, "There is a conflict, or a doubt")
    is_sound(page)
    page.get_by_label("money or a share").check()
    page.get_by_role("button", name="Decline this application").click()
    page.get_by_text("you declined: conflict").wait_for()
    assert closed.application.outlet.name not in page.content()
    gone = page.goto(f"/admin/reviews/review/desk/{closed.application.number}/")
    assert gone.status == 404
    page.errors.clear()

    # Officers see it and find another reader by hand.
    officer.goto(f"/admin/reviews/assignment/progress/{call.slug}/")
    officer.get_by_text("conflict of interest").first.wait_for()
    is_sound(officer)
    officer.get_by_role("link", name="Assign…").first.click()
    officer.get_by_role("radio").first.check()
    officer.get_by_role("button", name="Assign and tell the juror").click()
    officer.get_by_text("Assigned; the juror is being told.").wait_for()

    points = {"Степной вестник": "543455", "Каспий бүгін": "343333", "Садои Вахш": "444-44"}
    review_all(page, kim, points)
    review_all(pages["Вебер"], users["Вебер"], points)

    # One is late: one click reminds her, a second on the same day does not.
    late = users["Оспанова"]
    User.objects.filter(pk=late.pk).update(last_login=timezone.now() - timedelta(days=8))
    officer.goto(f"/admin/reviews/assignment/progress/{call.slug}/")
    row = officer.get_by_role("row").filter(has_text="Салтанат Оспанова")
    assert row.get_by_text("not for 8 days").is_visible()
    row.get_by_role("button", name="Remind").click()
    officer.get_by_text("again tomorrow").wait_for()
    assert Message.objects.filter(kind="review_reminder", recipient=late.email).count() == 1
    assert reminding.remind_due(at=timezone.now()) == 0
    review_all(pages["Оспанова"], late, points)

    officer.goto(f"/admin/reviews/review/ranking/{call.slug}/")
    names = officer.locator(".cj-rank tbody th a").all_inner_texts()
    assert names == ["Степной вестник", "Каспий бүгін"]
    assert officer.locator(".cj-rank__t").all_inner_texts() == ["85.0", "64.0"]
    is_sound(officer)
    officer.get_by_role("link", name="Степной вестник").click()
    officer.get_by_role("heading", name="Scores and discussion").wait_for()
    is_sound(officer)


@pytest.fixture
def reading(call, new_page):
    """Return a juror's browser at an application, cleared for reading, and the assignment."""
    juror = builders.a_juror(first_name="Елена", last_name="Ким")
    assignment = builders.an_assignment(call.applications.first(), juror, at=timezone.now())
    builders.an_assignment(call.applications.last(), juror, at=timezone.now())
    page = new_page()
    page.goto("/admin/login/")
    page.get_by_label("Имя пользователя или почта").fill(juror.username)
    page.get_by_label("Пароль").fill("correct horse battery")
    page.locator("#login-form input[type=submit]").click()
    page.wait_for_url(re.compile("/desk/$"))
    speak_english(page)
    page.goto(f"/admin/reviews/review/desk/{assignment.application.number}/")
    return page, assignment


def saved(page):
    page.locator("[data-saved]").get_by_text("Saved at").wait_for()


def test_what_is_written_saves_itself_and_moving_on_waits_for_it(reading):
    page, assignment = reading
    is_sound(page)
    page.locator("details[open] textarea").fill("Сильно.")
    page.get_by_text("Not saved yet").wait_for()
    saved(page)
    assert Review.objects.get().scores.get(comment="Сильно.").points is None
    page.locator("details[open]").get_by_text("якорь 4").click()
    saved(page)
    page.locator("details[open] textarea").fill("Очень сильно.")
    page.locator("a[rel=next], a[rel=prev]").first.click()
    page.wait_for_url(lambda url: assignment.application.number not in url)
    score = Review.objects.get(assignment=assignment).scores.get(points=4)
    assert score.comment == "Очень сильно."


def test_without_a_connection_the_text_stays_and_goes_later(reading):
    page, _ = reading
    page.context.set_offline(True)
    page.locator("details[open] textarea").fill("Из поезда.")
    page.get_by_text("The text is safe on this page").wait_for()
    page.errors.clear()
    assert not Review.objects.exists()
    page.context.set_offline(False)
    saved(page)
    assert Review.objects.get().scores.filter(comment="Из поезда.").exists()
    page.errors.clear()


def test_signed_out_meanwhile_the_text_stays_and_saves_after_signing_in_elsewhere(reading):
    page, assignment = reading
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.locator("details[open] textarea").fill("Долго думала.")
    page.get_by_text("You are signed out.").wait_for()
    page.errors.clear()
    page.context.add_cookies([one for one in cookies if one["name"] == "sessionid"])
    page.get_by_role("button", name="Save now").click()
    saved(page)
    assert Review.objects.get(assignment=assignment).scores.filter(comment="Долго думала.")


def test_two_windows_clash_and_the_person_chooses(reading):
    page, assignment = reading
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("details[open] textarea").fill("Из другого окна.")
    saved(other)
    page.locator("details[open] textarea").fill("Из этого окна.")
    page.get_by_text("in another tab or on another device").wait_for()
    page.errors.clear()  # the answer 409 is told as an error by the browser
    is_sound(page)
    assert Review.objects.get().scores.filter(comment="Из другого окна.").exists()
    page.locator("#clash").get_by_text("Из этого окна.").click()
    page.get_by_role("button", name="Save what I chose").click()
    page.wait_for_url(re.compile(f"/desk/{assignment.application.number}/$"))
    assert Review.objects.get().scores.filter(comment="Из этого окна.").exists()


def test_keys_score_the_open_criterion_and_can_be_switched_off(reading):
    page, _ = reading
    first = page.locator("details.cj-crit").first
    first.locator("input[type=radio]").first.focus()
    page.keyboard.press("4")
    assert first.locator("[value='4']").is_checked()
    page.keyboard.press("-")
    assert first.locator("[value=na]").is_checked()
    page.keyboard.press("Enter")
    assert page.locator("details[open] .cj-crit__n").inner_text() == "2"
    page.keyboard.press("Tab")
    page.keyboard.type("0 5 -")
    assert page.locator("details[open] textarea").input_value() == "0 5 -"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.type") == "radio"
    saved(page)
    address = page.url
    page.goto("/admin/reviews/review/desk/keys/")
    is_sound(page)
    page.get_by_label("the keys are on").uncheck()
    page.goto(address)
    page.locator("details[open] input[type=radio]").first.focus()
    page.keyboard.press("5")
    assert not page.locator("details[open] [value='5']").is_checked()


def test_the_whole_form_works_without_script(call, new_page):
    juror = builders.a_juror()
    assignment = builders.an_assignment(call.applications.first(), juror, at=timezone.now())
    page = new_page(java_script_enabled=False)
    page.goto("/admin/login/")
    page.get_by_label("Имя пользователя или почта").fill(juror.username)
    page.get_by_label("Пароль").fill("correct horse battery")
    page.locator("#login-form input[type=submit]").click()
    page.goto(f"/admin/reviews/review/desk/{assignment.application.number}/")
    for _ in range(6):
        page.locator("details[open] input[value='4']").check()
        page.locator("details[open] .cj-crit__foot button").click()
    page.locator("[name=strength]").fill("Да.")
    page.locator("[name=improvement]").fill("Нет.")
    page.locator("[name=hand_in]").click()
    page.locator("form input[name=stay]").click()
    assert Review.objects.get().submitted_at is not None
