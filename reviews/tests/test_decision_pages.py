"""The pages of deciding as officers, the second person and others meet them."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications import answering, extending
from applications.models import Application, Message
from applications.tests.builders import CLOSES, a_complete_draft
from applications.tests.visiting import at, holder
from reviews import deciding
from reviews.models import Decision, DecisionList
from reviews.tests import builders
from reviews.tests.builders import AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_deciding():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def officer(client, at_deciding):
    user = builders.an_officer(email="officer@portal.example")
    client.force_login(user)
    return user


def url(name, call, *more):
    return reverse(f"admin:reviews_{name}", args=[call.slug, *more])


def test_a_list_is_drafted_settled_and_proposed_from_the_page(client, officer):
    call = builders.a_judged_call(kz=(90, 80, 80), places_per_country=2)
    assert "Draft the list" in client.get(url("decisions", call)).content.decode()
    client.post(url("draft", call))
    page = client.get(url("decisions", call)).content.decode()
    assert "Tie for place 2 of Kazakhstan" in page
    assert page.count("disabled") == 1
    chosen = Decision.objects.filter(call=call, result="tied").first()
    client.post(url("settle", call), {"first": chosen.application_id, "reason": "Критерий 1."})
    assert client.post(url("propose", call)).status_code == 302
    assert deciding.at_work(call).status == "proposed"


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["staff_language"] = "en"


def test_what_keeps_a_list_from_being_proposed_stands_there_before_the_button_is_pressed(
    client, officer
):
    draft = builders.a_draft_list()
    assert "Nothing stands in the way." in client.get(url("decisions", draft.call)).content.decode()
    written = a_complete_draft(draft.call)
    Application.objects.filter(pk=written.pk).update(closes_at=AFTER + timedelta(days=2))
    page = client.get(url("decisions", draft.call)).content.decode()
    assert "An application with a later deadline is still being written." in page
    assert "Nothing stands in the way." not in page
    assert page.count("disabled") == 1


def test_a_tie_without_a_reason_is_refused_in_words_and_keeps_what_was_typed(client, officer):
    call = builders.a_judged_call(kz=(80, 80), places_per_country=1)
    client.post(url("draft", call))
    chosen = Decision.objects.filter(call=call, result="tied").first()
    page = client.post(url("settle", call), {"first": chosen.application_id, "reason": ""})
    assert "A written reason is needed." in page.content.decode()


def test_the_proposer_sees_why_they_cannot_publish(client, officer):
    proposed = builders.a_proposed_list(by=officer)
    page = client.get(url("publish", proposed.call)).content.decode()
    assert "You proposed this list" in page
    assert 'name="selected"' not in page


def test_the_second_person_types_the_numbers_and_is_never_told_the_right_ones(client, at_deciding):
    proposed = builders.a_proposed_list(kz=(90, 80), tj=(70,))
    client.force_login(builders.a_chair())
    page = client.get(url("publish", proposed.call)).content.decode()
    assert 'name="selected" inputmode="numeric"' in page.replace('value="" ', "")
    typed = {
        "selected": 31,
        "reserve": 0,
        "not_selected": 0,
        "ineligible": 0,
        "when": "now",
        "fingerprint": proposed.fingerprint,
    }
    page = client.post(url("publish", proposed.call), typed).content.decode()
    assert "Selected: you typed 31, the list has another number." in page
    assert not Message.objects.of_results().exists()
    done = client.post(url("publish", proposed.call), {**typed, "selected": 3})
    assert done.status_code == 302
    assert Message.objects.of_results().count() == 3


def test_a_publication_is_timed_and_called_off_from_the_page(client, at_deciding):
    proposed = builders.a_proposed_list(kz=(90,))
    client.force_login(builders.a_chair())
    typed = {"selected": 1, "reserve": 0, "not_selected": 0, "ineligible": 0}
    when = {"when": "later", "publish_at_day": "2026-12-22", "publish_at_clock": "10:00"}
    client.post(
        url("publish", proposed.call), {**typed, **when, "fingerprint": proposed.fingerprint}
    )
    proposed.refresh_from_db()
    assert proposed.publish_at.isoformat() == "2026-12-22T05:00:00+00:00"
    assert "Will be announced on" in client.get(url("publish", proposed.call)).content.decode()
    client.post(url("cancel", proposed.call))
    proposed.refresh_from_db()
    assert proposed.status == "proposed"


def test_every_letter_is_shown_as_it_will_be_sent_without_its_private_link(client, officer):
    proposed = builders.a_proposed_list(kz=(90, 80))
    numbers = proposed.decisions.values_list("application__number", flat=True)
    for number in numbers:
        page = client.get(url("publish", proposed.call), {"letter": number}).content.decode()
        assert f"selected/{number}" in page
        assert "/z/…" in page
        assert "2 of 2" in page or "1 of 2" in page
        assert not [link for link in private_links(proposed) if link in page]


def private_links(decision_list) -> list[str]:
    told = deciding.announcements(decision_list)
    return [line for one in told for line in one.prepared.letter.text.splitlines() if "/z/" in line]


def test_a_trial_goes_to_the_asking_officer_and_holds_no_private_link(client, officer):
    proposed = builders.a_proposed_list(kz=(90,))
    number = proposed.decisions.get().application.number
    client.post(url("try", proposed.call, number))
    trial = Message.objects.get(kind="trial")
    assert (trial.recipient, trial.application) == ("officer@portal.example", None)
    assert trial.subject.startswith("[TEST]")
    assert "/z/…" in trial.text
    assert not Message.objects.of_results().exists()


def test_feedback_is_worded_for_everybody_on_one_page(client, officer):
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=1, reserve_per_country=0)
    deciding.draft_decisions(call, at=AFTER)
    page = client.get(url("feedback", call)).content.decode()
    assert page.count("Понятно, кого сейчас не слышно.</textarea>") == 2
    rows = Decision.objects.of_call(call).filter(result="not_selected")
    data = {}
    for row in rows:
        data |= {f"{row.pk}-strength": "Понятно.", f"{row.pk}-improvement": "Смета."}
    client.post(url("feedback", call), data)
    assert list(rows.values_list("strength", "improvement")) == [("Понятно.", "Смета.")] * 2
    assert client.post(url("propose", call)).status_code == 302


def test_a_row_is_decided_by_hand_from_its_page(client, officer):
    call = builders.a_judged_call(kz=(90, 80), places_per_country=2)
    deciding.draft_decisions(call, at=AFTER)
    row = Decision.objects.get(call=call, total=80)
    page = client.post(url("row", call, row.pk), {"result": "not_selected", "reason": ""})
    assert page.status_code == 200
    client.post(url("row", call, row.pk), {"result": "not_selected", "reason": "Отказ."})
    row.refresh_from_db()
    assert (row.result, row.by_hand, row.reason) == ("not_selected", True, "Отказ.")
    assert "Отказ." in client.get(url("row", call, row.pk)).content.decode()


def test_a_vacancy_is_put_before_officers_with_the_next_in_the_reserve(client, officer):
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    builders.a_published_list(call)
    gone = Decision.objects.get(call=call, total=80)
    answering.decline(gone.application, at=AFTER)
    page = client.get(url("decisions", call)).content.decode()
    assert "A place of Kazakhstan awaits a decision" in page
    following = Decision.objects.get(call=call, total=70)
    client.post(
        url("promote", call), {"vacated": gone.pk, "promoted": following.pk, "reason": "Отказ."}
    )
    page = client.get(url("decisions", call)).content.decode()
    assert "Promotion from the reserve" in page
    client.post(url("undo", call), {"reason": "Передумали."})
    assert deciding.at_work(call) is None


def test_the_report_tells_it_all_as_page_json_and_paper(client, officer):
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    later = {"to": CLOSES + timedelta(days=1), "reason": "Наводнение в Хатлоне.", "by": officer}
    extending.extend_call(call, **later, at=CLOSES - timedelta(days=1))
    own = {**later, "to": CLOSES + timedelta(days=2), "reason": "Болезнь редактора."}
    extending.extend_application(call.applications.first(), **own, at=CLOSES - timedelta(days=1))
    builders.a_published_list(call)
    page = client.get(url("report", call)).content.decode()
    told = json.loads(client.get(url("report_json", call)).content)
    for given, row in zip((later, own), told["exceptions"], strict=True):
        assert given["reason"] in page
        assert (row["event"], row["by"]) == ("deadline.extended", officer.get_username())
        assert row["details"]["new"] == given["to"].isoformat()
    assert [row["result"] for row in told["ranking"]] == ["selected", "selected", "reserve"]
    assert told["lists"][0]["published_by"] != told["lists"][0]["proposed_by"]
    assert client.get(url("report_paper", call)).content.startswith(b"%PDF")


@pytest.mark.parametrize("who", ["a_juror"])
def test_a_juror_meets_no_page_of_deciding(client, at_deciding, who):
    call = builders.a_published_list(kz=(90,)).call
    client.force_login(getattr(builders, who)())
    for name in ("decisions", "publish", "feedback", "report", "report_json", "report_paper"):
        assert client.get(url(name, call)).status_code == 403
    for name in ("draft", "settle", "propose", "send-back", "cancel", "promote", "move", "dates"):
        assert client.post(url(name, call)).status_code == 403


def test_an_officer_with_a_conflict_in_the_call_meets_no_page_of_deciding(client, officer):
    call = builders.a_judged_call(kz=(90,))
    application = call.applications.get()
    assignment = builders.an_assignment(application, officer, declared=False)
    builders.scoring.declare(assignment, conflict=True, reason="Родство.", at=AFTER)
    assert client.get(url("decisions", call)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_of_the_database_for_three_rows_as_for_one(
    client, officer, rows, django_assert_max_num_queries
):
    call = builders.a_judged_call(kz=(90, 80, 70)[:rows])
    deciding.draft_decisions(call, at=AFTER)
    with django_assert_max_num_queries(34):
        client.get(url("decisions", call))
    assert DecisionList.objects.count() == 1


def test_an_answer_by_phone_is_noted_and_more_time_is_given_with_reasons(client, officer):
    call = builders.a_judged_call(kz=(90, 80), places_per_country=2)
    published = builders.a_published_list(call)
    first, second = Decision.objects.of_call(call).order_by("-total")
    until = {"until_day": "2027-01-15", "until_clock": "24:00", "reason": "Праздники."}
    client.post(url("time", call, first.pk), until)
    first.application.refresh_from_db()
    assert first.application.confirm_by > published.confirm_by
    earlier = {**until, "until_day": "2026-12-22"}
    page = client.post(url("time", call, first.pk), earlier, follow=True)
    assert "The new time must lie after" in page.content.decode()
    client.post(url("declined", call, second.pk), {"reason": ""})
    second.application.refresh_from_db()
    assert second.application.declined_at is None
    client.post(url("declined", call, second.pk), {"reason": "Позвонили: нет координатора."})
    second.application.refresh_from_db()
    assert second.application.declined_at == AFTER
    assert "A place of Kazakhstan awaits" in client.get(url("decisions", call)).content.decode()


def test_who_gave_up_the_place_is_not_told_what_comes_next(at_deciding):
    call = builders.a_judged_call(kz=(90, 80), places_per_country=1)
    builders.a_published_list(call)
    selected = Decision.objects.get(call=call, result="selected").application
    browser = holder(selected)
    what_comes_next = "What comes next is in our letter."
    assert what_comes_next in browser.get(at(selected, "status")).content.decode()
    answering.decline(selected, at=AFTER)
    page = browser.get(at(selected, "status")).content.decode()
    assert "You gave up the place." in page
    assert what_comes_next not in page
