"""The officers' pages of the reviewing: constant queries, one click, nothing by accident."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Message
from applications.tests.builders import a_call, a_person, an_application
from reviews import scoring
from reviews.models import Assignment, Screening
from reviews.progress import progress_of
from reviews.tests.builders import (
    DUE,
    REVIEWING,
    a_chair,
    a_juror,
    a_review,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def call():
    return a_call()


@pytest.fixture
def officer(client):
    person = an_officer()
    client.force_login(person)
    return person


def url(name, *args):
    return reverse(f"admin:reviews_{name}", args=args)


def test_late_ones_come_first_then_the_least_advanced(call):
    done, begun, silent = a_juror(), a_juror(), a_juror()
    a_review(an_application(call), done, at=DUE - DAY)
    a_started_review(an_application(call), begun, at=DUE - DAY)
    an_assignment(an_application(call), silent)
    found = progress_of(call, an_officer(), at=DUE - DAY + timedelta(hours=1))
    assert [part.user for part in found.parts] == [silent, begun, done]
    assert [part.is_late for part in found.parts] == [True, False, False]
    assert (found.handed_in, found.total, found.started) == (1, 3, 1)


def test_an_overdue_review_makes_its_juror_late(call):
    review = a_started_review(an_application(call), at=DUE)
    [part] = progress_of(call, an_officer(), at=DUE).parts
    assert part.is_overdue
    assert part.user == review.assignment.juror


def test_a_jurors_part_tells_handed_in_begun_and_untouched_apart(call):
    juror = a_juror()
    a_review(an_application(call), juror)
    a_started_review(an_application(call), juror)
    an_assignment(an_application(call), juror, due_at=DUE + DAY)
    an_assignment(an_application(call), juror, declared=False, due_at=DUE + 2 * DAY)
    a_review(an_application(a_call()), juror)
    [part] = progress_of(call, an_officer(), at=DUE - DAY).parts
    assert (part.total, part.handed_in, part.started, part.untouched) == (4, 1, 1, 2)
    assert part.due_at == DUE


def test_an_application_short_of_reviews_says_whom_it_waits_for_and_who_declined(call):
    application = an_application(call)
    waiting = an_assignment(application)
    declined = an_assignment(application, declared=False)
    scoring.declare(declined, conflict=True, reason="Родня", at=DUE)
    [one] = progress_of(call, an_officer(), at=DUE).lacking
    assert (one.handed_in, one.awaited, one.declined) == (0, [waiting.juror], [declined.juror])
    assert one.has_nobody


def test_what_is_closed_to_an_officer_is_not_on_their_progress_page(call):
    application, officer = an_application(call), an_officer()
    a_review(application, points=5)
    a_review(application, points=0)
    scoring.declare(
        an_assignment(application, officer, declared=False), conflict=True, reason="Да", at=DUE
    )
    assert list(progress_of(call, officer, at=DUE).lacking) == []
    assert len(progress_of(call, an_officer(), at=DUE).lacking) == 1


def test_a_reminder_is_one_click_and_the_second_is_told_no(client, call, officer):
    juror = an_assignment(an_application(call)).juror
    for _ in range(2):
        answer = client.post(url("remind", call.slug, juror.pk), follow=True)
    assert Message.objects.filter(kind="review_reminder").count() == 1
    assert [m.level_tag for m in answer.context["messages"]] == ["warning"]


def test_a_desk_is_handed_on_with_a_reason(client, call, officer):
    juror = an_assignment(an_application(call)).juror
    page = url("drop_out", call.slug, juror.pk)
    assert client.post(page, {"reason": ""}).context["form"].errors
    assert client.post(page, {"reason": "Болезнь"})["Location"] == url("assign_of", call.slug)
    assert not Assignment.objects.active().exists()


def test_a_preview_assigns_nothing_and_its_button_just_what_was_seen(client, call, officer):
    an_application(call)
    a_juror()
    a_juror()
    due = (timezone.now() + 9 * DAY).strftime("%Y-%m-%dT%H:%M")
    answer = client.get(url("assign_of", call.slug), {"seed": "весна", "due_at": due})
    plan = answer.context["plan"]
    assert len(plan.pairs) == 2
    assert not Assignment.objects.exists()
    data = {"seed": "весна", "due_at": due, "fingerprint": plan.fingerprint}
    client.post(url("assign_of", call.slug), data)
    assert Assignment.objects.count() == 2


def test_a_stale_preview_is_shown_anew_instead_of_applied(client, call, officer):
    an_application(call)
    a_juror()
    due = (timezone.now() + 9 * DAY).strftime("%Y-%m-%dT%H:%M")
    data = {"seed": "весна", "due_at": due, "fingerprint": "0" * 64}
    answer = client.post(url("assign_of", call.slug), data)
    assert answer.context["plan"].pairs
    assert not Assignment.objects.exists()


def test_a_due_date_is_typed_on_the_calls_clock_and_must_lie_ahead(client, call, officer):
    answer = client.get(url("assign_of", call.slug), {"seed": "x", "due_at": "2020-01-01T18:00"})
    assert "due_at" in answer.context["form"].errors
    application, juror = an_application(call), a_juror()
    data = {"juror": juror.pk, "due_at": "2026-12-20T18:00"}
    client.post(url("desks", application.number), data)
    assert Assignment.objects.get().due_at.isoformat() == "2026-12-20T13:00:00+00:00"


def test_one_application_by_hand_shows_what_speaks_against_each(client, call, officer):
    application = an_application(call, language="kk", email="editor@steppe.example")
    tied = a_juror(email="elena@steppe.example")
    illiterate, good = a_juror(languages=["en"]), a_juror(languages=["kk"])
    candidates = client.get(url("desks", application.number)).context["candidates"]
    assert [c["juror"] for c in candidates] == [good, tied, illiterate]
    assert candidates[1]["suspicion"]


def test_taking_off_a_desk_needs_a_reason_and_a_mistaken_conflict_is_lifted(client, officer):
    assignment = an_assignment(declared=False)
    page = url("take_off", assignment.application.number, assignment.pk)
    scoring.declare(assignment, conflict=True, reason="Ошибка", at=REVIEWING)
    client.post(page, {"reason": ""})
    assignment.refresh_from_db()
    assert assignment.conflict is True
    client.post(page, {"reason": "Перепутала строки"})
    assignment.refresh_from_db()
    assert (assignment.conflict, assignment.withdrawn_at) == (None, None)
    client.post(page, {"reason": "Болезнь"})
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is not None


def test_a_check_leads_to_the_next_unchecked(client, call, officer):
    first, second = an_application(call, country="KZ"), an_application(call, country="TJ")
    data = {"outcome": "eligible", "country_fits": "yes", "is_complete": ""}
    answer = client.post(url("checklist", first.number), data)
    assert answer["Location"] == url("checklist", second.number)
    screening = Screening.objects.get()
    assert (screening.country_fits, screening.is_complete) == (True, None)


def test_a_second_checker_is_told_of_the_first(client, call, officer):
    application = an_application(call)
    page = url("checklist", application.number)
    assert client.post(page, {"outcome": "eligible", "after": ""}).status_code == 302
    late = {"outcome": "ineligible", "reason": "Нет.", "after": ""}
    answer = client.post(page, late)
    assert answer.context["form"].non_field_errors()
    assert Screening.objects.get().outcome == "eligible"
    again = {**late, "after": answer.context["current"].pk}
    assert client.post(page, again).status_code == 302
    assert Screening.objects.current().get().outcome == "ineligible"


def test_a_check_without_its_reason_is_told_and_not_recorded(client, call, officer):
    application = an_application(call)
    answer = client.post(url("checklist", application.number), {"outcome": "ineligible"})
    assert answer.context["form"].non_field_errors()
    assert not Screening.objects.exists()


def test_the_chair_reads_and_does_not_act(client, call):
    application = an_application(call)
    juror = an_assignment(application).juror
    client.force_login(a_chair())
    assert client.get(url("progress_of", call.slug)).status_code == 200
    assert client.get(url("screening_of", call.slug)).status_code == 200
    assert client.post(url("remind", call.slug, juror.pk)).status_code == 403
    assert client.post(url("checklist", application.number), {}).status_code == 403
    assert client.get(url("assign_of", call.slug)).status_code == 403


@pytest.mark.parametrize("role", ["juror", "coordinator"])
@pytest.mark.parametrize("name", ["progress_of", "assign_of", "screening_of", "rubric_of"])
def test_the_officers_pages_are_closed_to_others(client, call, role, name):
    client.force_login(a_person(role, country="KZ"))
    assert client.get(url(name, call.slug)).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["progress_of", "screening_of", "ranking_of", "assignment_changelist", "review_changelist"],
)
def test_a_list_costs_the_same_for_one_row_and_for_three(
    client, call, officer, name, django_assert_num_queries, django_assert_max_num_queries
):
    def a_row():
        application = an_application(call)
        Screening.objects.create(
            application=application, by=an_officer(), at=REVIEWING, outcome="eligible"
        )
        a_review(application)

    page = url(name) if name.endswith("changelist") else url(name, call.slug) + "?only=all"
    a_row()
    client.get(page)
    most = 15 if name == "progress_of" else 12  # figures of all, then who reads those shown
    with django_assert_max_num_queries(most) as one:
        client.get(page)
    a_row()
    a_row()
    with django_assert_num_queries(len(one)):
        assert client.get(page).status_code == 200
