import re
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from applications import attempts, heartbeat, pressing, resending, roles
from applications.models import Application, Attachment, Heartbeat, Message, MessageStatus
from applications.models.application import Refused
from applications.models.attachment import Scan
from applications.tests.builders import CLOSES, a_call, a_draft, a_person, an_application
from applications.tests.staffing import a_file_of
from citizenjournalists import desk, index, pictures
from reviews.models import Review
from reviews.tests.builders import (
    a_judged_call,
    a_juror,
    a_published_list,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
)

pytestmark = pytest.mark.django_db
AFTER = CLOSES + timedelta(days=3)


def lines(todos) -> dict[str, int]:
    return {todo.text: todo.number for todo in todos}


@pytest.fixture
def officer():
    return a_person(roles.OFFICER)


def count_of(client, url: str) -> int:
    return client.get(url).context["cl"].result_count


def test_every_number_of_the_desk_is_that_of_the_list_it_leads_to(client, officer):
    call = a_call()
    for country in ("KZ", "KZ", "TJ"):
        a_review(an_application(call, country=country), a_juror(), 4)
    Review.objects.update(improvement="")  # as a copied or older review may have it
    an_application(call)
    a_draft(call)
    attempts.note(an_application(call), at=CLOSES, refused=Refused("closed"))
    for pressed in (a_draft(call), Application.objects.submitted().first()):
        attempts.note(pressed, at=CLOSES, refused=Refused("away"))
    broken = Message.objects.filter(application__call=call).first()
    Message.objects.filter(pk=broken.pk).update(status=MessageStatus.FAILED)
    client.force_login(officer)
    arrived, decision, letters = desk.panels(call, officer, AFTER)
    checked = {todo.url: todo.number for todo in [*arrived.done, *letters.todo]}
    checked |= {t.url: t.number for t in decision.todo if "stage=submitted" in t.url}
    numbers = {url: count_of(client, url) for url in checked if "message" not in url}
    assert numbers == {url: number for url, number in checked.items() if "message" not in url}
    assert sum(n for _code, n in arrived.by_country) == arrived.done[0].number == 5
    assert sorted(todo.number for todo in letters.todo) == [1, 3]


def test_the_reviews_in_words_and_in_the_plot_are_the_same(officer):
    call = a_call()
    first, second = a_juror(first_name="Елена"), a_juror(first_name="Мартин")
    for juror in (first, second):
        a_review(an_application(call), juror, 3)
        a_started_review(an_application(call), juror, 3)
    an_assignment(an_application(call), second)
    parts = desk.jurors_parts(call)
    decision = desk.panels(call, officer, AFTER)[1]
    assert [(one.handed_in, one.started, one.total) for one in parts] == [(1, 1, 3), (1, 1, 2)]
    assert decision.todo[0].number == 3
    assert "5" in decision.todo[0].text
    table = pictures.progress(call, parts, AFTER).rows
    assert [row[1:] for row in table] == [(1, 1, 1, 3), (1, 1, 0, 2)]


def test_the_next_date_is_marked_and_counted_in_whole_days(officer):
    call = a_call(decision_date=date(2026, 12, 21), notification_date=date(2026, 12, 26))
    arrived, decision, letters = desk.panels(call, officer, AFTER)
    assert (arrived.left, decision.left[0], letters.left[0]) == (None, 4, 9)
    assert (decision.is_next, letters.is_next) == (True, False)
    assert (decision.on_weekend, letters.on_weekend) == (False, True)


def test_on_the_last_day_the_hours_are_counted(officer):
    decision = desk.panels(a_call(), officer, CLOSES + timedelta(days=6, hours=20))[1]
    assert decision.left[0] == 4
    assert desk.panels(a_call(), officer, CLOSES + timedelta(days=7))[1].left is None


def test_the_days_of_the_plot_add_up_and_the_last_second_belongs_to_the_last_day(officer):
    call = a_call()
    an_application(call, at=CLOSES - timedelta(seconds=1))
    an_application(call, country="TJ", at=CLOSES - timedelta(days=1, seconds=1))
    days = pictures.days_of(call, officer, AFTER)
    assert (days[0][0], days[-1][0]) == (date(2026, 11, 15), date(2026, 12, 14))
    assert [day[2:] for day in days[-2:]] == [(0, 1), (1, 0)]
    assert sum(kz + tj for _day, _name, kz, tj in days) == 2


def test_who_cannot_judge_is_counted_apart_and_never_as_nought(officer):
    call = a_call()
    a_rubric(call)
    a_review(an_application(call), a_juror(), [None, 4, 4, 4, 4, 4])
    plot = pictures.distribution(call, officer)
    assert plot.rows[0][1:] == (0, 0, 0, 0, 0, 0, 1)
    assert plot.rows[1][1:] == (0, 0, 0, 0, 1, 0, 0)


def test_drawings_hold_no_style_and_say_what_they_show(officer):
    call = a_call()
    a_review(an_application(call), a_juror(), 3)
    parts = desk.jurors_parts(call)
    for plot in (
        pictures.submissions(call, officer, AFTER),
        pictures.progress(call, parts, AFTER),
        pictures.distribution(call, officer),
    ):
        assert "style" not in plot.svg
        assert re.search(r'role="img" aria-label="[^"]{20,}"', plot.svg)
        assert len(plot.rows[0]) == len(plot.headings)


def test_a_name_that_is_markup_stays_text_in_a_drawing(officer):
    call = a_call()
    a_review(an_application(call), a_juror(first_name="<script>"), 3)
    plot = pictures.progress(call, desk.jurors_parts(call), AFTER)
    assert "<script>" not in plot.svg


def test_a_coordinator_counts_the_own_country_and_reads_nothing_of_the_jury(client):
    call = a_call()
    a_review(an_application(call, country="KZ"), a_juror(first_name="Салтанат"), 4)
    an_application(call, country="TJ")
    client.force_login(a_person(roles.COORDINATOR, country="TJ"))
    page = client.get(reverse("admin:index"), {"call": call.pk})
    panels = page.context["panels"]
    assert panels[0].by_country == [("TJ", 1)]
    assert (panels[1].todo, panels[2].todo) == ([], [])
    assert "progress" not in page.context
    assert "Салтанат" not in page.content.decode()
    assert "service" not in page.context


def test_a_jurors_index_is_the_own_desk(client):
    client.force_login(a_person(roles.JUROR))
    assert client.get(reverse("admin:index"))["Location"] == reverse("admin:reviews_queue")


@pytest.mark.parametrize("applications", [1, 3])
def test_the_index_takes_the_same_queries_however_much_there_is(
    client, officer, applications, django_assert_max_num_queries
):
    call = a_call()
    for _ in range(applications):
        a_review(an_application(call), a_juror(), 3)
    client.force_login(officer)
    with django_assert_max_num_queries(45):
        assert client.get(reverse("admin:index"), {"call": call.pk}).status_code == 200


def test_the_index_of_an_empty_portal_opens(client, officer):
    client.force_login(officer)
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_index_tells_what_the_sweep_should_have_done_by_now():
    a_draft(a_call())
    with translation.override("en"):
        service = index.service(CLOSES + timedelta(minutes=5))
        page = render_to_string("admin/desk/service.html", {"service": service})
        assert index.service(CLOSES)["behind"] == []
    for words in ("never seen", "1 call waits to be closed", "1 draft waits to lapse"):
        assert words in page


def test_staff_read_russian_unless_they_choose_english(client, officer):
    client.force_login(officer)
    url = reverse("admin:index")
    assert 'lang="ru"' in client.get(url, headers={"accept-language": "kk"}).content.decode()
    client.post(reverse("admin:language"), {"language": "en", "next": url})
    assert 'lang="en"' in client.get(url).content.decode()
    client.post(reverse("admin:language"), {"language": "kk", "next": "https://evil.example/"})
    assert 'lang="en"' in client.get(url).content.decode()


def test_the_language_switch_leads_nowhere_else(client):
    door = reverse("admin:language")
    answer = client.post(door, {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("admin:index")


def test_files_that_open_for_nobody_are_told_before_the_decision(client, officer):
    call = a_call()
    infected, waiting = a_file_of(an_application(call)), a_file_of(an_application(call))
    a_file_of(an_application(call))
    Attachment.objects.filter(pk=infected.pk).update(scan=Scan.INFECTED)
    Attachment.objects.filter(pk=waiting.pk).update(scan=Scan.WAITING, scan_due_at=AFTER)
    client.force_login(officer)
    todo = next(
        one for one in desk.panels(call, officer, AFTER)[1].todo if "needs=files" in one.url
    )
    page = client.get(todo.url)
    listed = {row.pk for row in page.context["cl"].result_list}
    assert listed == {infected.application_id, waiting.application_id}
    assert todo.number == 2


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (timedelta(days=3, minutes=1), (3, "days")),
        (timedelta(days=1), (1, "day")),
        (timedelta(hours=23, minutes=59), (23, "hours")),
        (timedelta(hours=1), (1, "hour")),
        (timedelta(minutes=59, seconds=59), (59, "minutes")),
        (timedelta(seconds=1), (1, "minute")),
        (timedelta(0), None),
    ],
)
def test_what_is_left_is_told_in_days_then_hours_then_minutes(officer, before, left):
    with translation.override("en"):
        assert desk.panels(a_call(), officer, CLOSES - before)[0].left == left


def test_a_date_that_went_by_undone_is_told_as_missed_and_one_that_was_kept_is_not(officer):
    call = a_judged_call(kz=(90,))
    ends = call.end_of(call.decision_date)
    assert not any(one.missed for one in desk.panels(call, officer, ends - timedelta(seconds=1)))
    with translation.override("en"):
        missed = [one.missed for one in desk.panels(call, officer, ends + timedelta(days=2))]
    assert [told.replace("\N{NO-BREAK SPACE}", " ") for told in missed] == ["", "2 days", ""]
    a_published_list(call)
    call.refresh_from_db()
    Message.objects.update(status=MessageStatus.SENT, sent_at=ends)
    assert not any(one.missed for one in desk.panels(call, officer, ends + timedelta(days=9)))
    Message.objects.filter(kind="selected").update(status=MessageStatus.FAILED, sent_at=None)
    late = desk.panels(call, officer, ends + timedelta(days=9))
    assert [bool(one.missed) for one in late] == [False, False, True]


def test_drafts_of_a_closed_call_are_not_called_at_work_before_the_sweep_comes(officer):
    call = a_call()
    written = a_draft(call)
    with translation.override("en"):
        before, after = (
            desk.panels(call, officer, at)[0].done[1].text
            for at in (CLOSES - timedelta(seconds=1), CLOSES)
        )
        assert (before, after) == ("1 draft is being written", "1 draft ran out of time")
        Application.objects.filter(pk=written.pk).update(closes_at=CLOSES + timedelta(days=1))
        assert desk.panels(call, officer, CLOSES)[0].done[1].text == before


def test_stopped_mail_and_a_silent_clock_stand_on_the_desk(client, officer):
    a_call()
    client.force_login(officer)
    client.cookies["staff_language"] = "en"
    resending.stop(because="Неверный адрес для ответа.", by=officer.username, at=CLOSES)
    page = client.get(reverse("admin:index"))
    assert page.context["service"]["switch"].paused_at == CLOSES
    beat = page.content.decode().partition("h-beat")[2].partition("</section>")[0]
    assert "stopped</span>" in beat
    assert "Deadlines hold by themselves." in beat  # neither part was ever seen
    resending.resume(by=officer.username, at=CLOSES)
    for name in Heartbeat.Name:
        heartbeat.seen(name, at=timezone.now())
    beat = client.get(reverse("admin:index")).content.decode().partition("h-beat")[2]
    assert "stopped</span>" not in beat
    assert "Deadlines hold by themselves." not in beat


def test_presses_that_wait_on_disk_stand_on_the_desk(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    pulse = heartbeat.pulse(CLOSES)
    assert index.behind(pulse) == []
    pressing.keep("417-208", ["nonce"], seen="", at=CLOSES)
    with translation.override("en"):
        [words] = index.behind(pulse)
    assert words.startswith("1 press of “Submit” kept while the site was away")


def test_an_application_that_lost_a_reader_is_told_apart_from_one_that_needs_a_third(officer):
    call = a_call()
    for points in ((5, 0), (4,), ()):
        application = an_application(call)
        for given in points:
            a_review(application, a_juror(), given)
    with translation.override("en"):
        told = lines(desk.panels(call, officer, AFTER)[1].todo)
    thirds = [number for words, number in told.items() if words.startswith("third review")]
    assert thirds == [1]
    assert told["with fewer jurors than it needs"] == 1
    assert told["submitted, without a juror"] == 1
