"""A juror's pages: the desk, the question of conflict, reading and scoring, handing in."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.tests.builders import a_call, an_application
from applications.tests.staffing import a_file_of
from reviews import assigning, scoring
from reviews.forms import points_name, why_name
from reviews.models import Review
from reviews.tests.builders import (
    REVIEWING,
    a_juror,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
    an_officer,
    entries_of,
)

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)


def url(name, assignment, *more):
    return reverse(f"admin:reviews_{name}", args=[assignment.application.number, *more])


@pytest.fixture
def juror(client):
    person = a_juror()
    client.force_login(person)
    return person


@pytest.fixture
def assignment(juror):
    """Return an application on the juror's desk, cleared for reading, with a rubric."""
    call = a_call()
    a_rubric(call)
    return an_assignment(an_application(call), juror)


def form_of(assignment, points="3", revision=0, **changes):
    """Return what the page's form would send."""
    data = {"revision": revision, "strength": "Да.", "improvement": "Нет.", "comment": ""}
    for criterion in assignment.application.call.criteria.all():
        data |= {points_name(criterion.pk): points, why_name(criterion.pk): ""}
    return data | changes


def test_the_desk_costs_the_same_for_one_application_and_for_three(
    client, juror, django_assert_num_queries, django_assert_max_num_queries
):
    call = a_call()
    page = reverse("admin:reviews_queue")
    a_review(an_application(call), juror)
    with django_assert_max_num_queries(12) as one:
        client.get(page)
    a_started_review(an_application(call), juror)
    an_assignment(an_application(call), juror, declared=False)
    with django_assert_num_queries(len(one)):
        answer = client.get(page)
    assert [line.state for line in answer.context["desk"].lines] == [
        "started",
        "undeclared",
        "handed_in",
    ]


def test_an_empty_desk_says_so(client, juror):
    assert client.get(reverse("admin:reviews_queue")).context["desk"].lines == []


def test_the_text_opens_only_after_the_answer_about_a_conflict(client, juror):
    assignment = an_assignment(juror=juror, declared=False)
    a_file_of(assignment.application)
    answer = client.get(url("reading", assignment))
    assert answer["Location"] == url("conflict", assignment)
    key = assignment.application.attachments.get().key
    assert client.get(url("file", assignment, key)).status_code == 404
    assert client.get(url("hand_in", assignment)).status_code == 404
    assert "Про окраины" not in client.get(url("conflict", assignment)).content.decode()


def test_nothing_is_chosen_beforehand_and_an_answer_is_needed(client, juror):
    assignment = an_assignment(juror=juror, declared=False)
    page = client.get(url("conflict", assignment)).content.decode()
    assert " checked" not in page
    answer = client.post(url("conflict", assignment), {})
    assert answer.context["form"].errors
    assignment.refresh_from_db()
    assert assignment.conflict is None


def test_no_conflict_opens_the_text(client, juror):
    assignment = an_assignment(juror=juror, declared=False)
    a_rubric(assignment.application.call)
    answer = client.post(url("conflict", assignment), {"conflict": "no"})
    assert answer["Location"] == url("reading", assignment)
    assert "Про окраины" in client.get(answer["Location"]).content.decode()


def test_a_conflict_needs_a_kind_or_a_word(client, juror):
    assignment = an_assignment(juror=juror, declared=False)
    answer = client.post(url("conflict", assignment), {"conflict": "yes"})
    assert "kinds" in answer.context["form"].errors


def test_a_conflict_closes_every_page_of_the_application(client, juror):
    assignment = an_assignment(juror=juror, declared=False)
    answer = client.post(url("conflict", assignment), {"conflict": "yes", "kinds": ["work"]})
    assert answer["Location"] == reverse("admin:reviews_queue")
    for name in ("reading", "conflict", "hand_in", "discussion"):
        assert client.get(url(name, assignment)).status_code == 404
    page = client.get(reverse("admin:reviews_queue")).content.decode()
    assert assignment.application.number in page
    assert assignment.application.outlet.display_name not in page


def test_anothers_desk_answers_like_a_number_that_does_not_exist(client, juror):
    other = a_started_review().assignment
    for name in ("reading", "conflict", "hand_in", "discussion"):
        assert client.get(url(name, other)).status_code == 404


def test_an_application_its_outlet_has_withdrawn_is_gone_from_the_desk(client, assignment):
    type(assignment.application).objects.update(status="withdrawn")
    assert client.get(url("reading", assignment)).status_code == 404
    assert client.get(reverse("admin:reviews_queue")).context["desk"].lines == []


def test_reading_is_cheap(client, assignment, django_assert_max_num_queries):
    a_started_review(assignment=assignment)
    with django_assert_max_num_queries(22):
        client.get(url("reading", assignment))


def test_what_was_handed_in_is_read_not_what_was_written_later(client, assignment):
    section = assignment.application.sections.get(section="letter")
    section.answers = {"letter": "ПОЗДНЯЯ ПРАВКА"}
    section.save()
    page = client.get(url("reading", assignment)).content.decode()
    assert "Про окраины" in page
    assert "ПОЗДНЯЯ ПРАВКА" not in page


def test_contacts_stay_with_the_staff(client, assignment):
    page = client.get(url("reading", assignment)).content.decode()
    assert "Әсел Нұрғалиева" in page
    assert "555 01 42" not in page
    assert "coordinator@outlet.example" not in page
    assert assignment.application.contact_email not in page


def test_a_blind_call_covers_the_names_wherever_they_stand(client, assignment):
    application = assignment.application
    type(application.call).objects.update(blind_review=True)
    version = application.versions.get()
    version.answers["letter"]["letter"] = "Пишет Әсел НҰРҒАЛИЕВА из редакции Степь. " * 9
    version.answers["outlet"]["name"] = "Степь"
    version.save()
    page = client.get(url("reading", assignment)).content.decode()
    for name in ("Степь", "НҰРҒАЛИЕВА", "Әсел", "outlet.example", "Гүлнұр"):
        assert name not in page
    assert "▇▇▇" in page
    assert application.outlet.display_name not in page
    queue = client.get(reverse("admin:reviews_queue")).content.decode()
    assert application.outlet.display_name not in queue


def test_the_question_of_conflict_shows_the_names_in_a_blind_call_too(client, juror):
    assignment = an_assignment(an_application(a_call(blind_review=True)), juror, declared=False)
    page = client.get(url("conflict", assignment)).content.decode()
    assert assignment.application.outlet.display_name in page
    assert "Гүлнұр Әбдіқызы" in page


def test_a_file_is_shown_in_our_own_frame_and_nowhere_else(client, assignment):
    attachment = a_file_of(assignment.application)
    answer = client.get(url("file", assignment, attachment.key))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")
    saved = client.get(url("file", assignment, attachment.key) + "?save=1")
    assert saved["Content-Disposition"].startswith("attachment")
    list(saved)


def test_a_file_that_is_not_part_of_the_judged_version_is_not_given(client, assignment):
    attachment = a_file_of(assignment.application)
    assignment.application.versions.update(files=[])
    assert client.get(url("file", assignment, attachment.key)).status_code == 404


def test_a_draft_is_saved_without_script(client, assignment):
    answer = client.post(url("reading", assignment), form_of(assignment, save="1"))
    assert answer["Location"] == url("reading", assignment)
    assert Review.objects.get().scores.filter(points=3).count() == 6


def test_the_next_criterion_is_a_button_that_saves_and_unfolds(client, assignment):
    second = assignment.application.call.criteria.order_by("position")[1]
    answer = client.post(url("reading", assignment), form_of(assignment, open=str(second.pk)))
    page = client.get(answer["Location"])
    assert [row.key for row in page.context["sheet"].rows if row.is_open] == [second.pk]
    assert Review.objects.get().revision == 1


def test_a_button_cannot_lead_elsewhere(client, assignment):
    data = form_of(assignment, open="//evil.example")
    assert client.post(url("reading", assignment), data)["Location"] == url("reading", assignment)


def test_a_script_is_told_the_new_revision_and_what_is_left(client, assignment):
    first = assignment.application.call.criteria.order_by("position").first()
    data = form_of(assignment, points="", **{points_name(first.pk): "na"})
    answer = client.post(url("reading", assignment), data, headers={"accept": "application/json"})
    told = answer.json()
    assert (told["revision"], told["judged"]) == (1, 1)
    assert told["left"].count("<a ") == 5


def test_autosave_costs_few_queries(client, assignment, django_assert_max_num_queries):
    a_started_review(assignment=assignment, points=1)
    with django_assert_max_num_queries(18):
        client.post(
            url("reading", assignment),
            form_of(assignment, revision=1),
            headers={"accept": "application/json"},
        )


def test_two_windows_clash_and_nothing_is_overwritten(client, assignment):
    a_started_review(assignment=assignment, points=4, comment="Там.")
    data = form_of(assignment, points="1", revision=0, comment="Здесь.")
    answer = client.post(url("reading", assignment), data)
    assert answer.status_code == 409
    shown = {d.name: (d.here, d.there) for d in answer.context["differences"]}
    assert shown["comment"] == ("Здесь.", "Там.")
    assert sum(here == "1" and there == "4" for here, there in shown.values()) == 6
    assert Review.objects.get().comment == "Там."


def test_the_script_gets_both_values_of_a_clash_too(client, assignment):
    a_started_review(assignment=assignment, points=4)
    answer = client.post(
        url("reading", assignment),
        form_of(assignment, points="1"),
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 409
    assert "cj-clash" in answer.json()["clash"]


def test_a_clash_is_settled_field_by_field(client, assignment):
    a_started_review(assignment=assignment, points=4, comment="Там.", strength="Там.")
    first, *rest = assignment.application.call.criteria.order_by("position")
    data = {
        "revision": "1",
        f"pick_{points_name(first.pk)}": "here",
        f"here_{points_name(first.pk)}": "1",
        "pick_comment": "there",
        "here_comment": "Здесь.",
        "pick_strength": "here",
        "here_strength": "Здесь.",
    }
    client.post(url("clash", assignment), data)
    review = Review.objects.get()
    assert (review.comment, review.strength) == ("Там.", "Здесь.")
    assert review.scores.get(criterion=first).points == 1
    assert {s.points for s in review.scores.filter(criterion__in=rest)} == {4}


def test_a_clash_settled_on_an_older_state_clashes_again(client, assignment):
    a_started_review(assignment=assignment, points=4, comment="Там.")
    data = {"revision": "0", "pick_comment": "here", "here_comment": "Здесь."}
    assert client.post(url("clash", assignment), data).status_code == 409
    assert Review.objects.get().comment == "Там."


def test_a_save_after_handing_in_is_told_that_it_is_locked(client, assignment):
    a_review(assignment=assignment)
    answer = client.post(
        url("reading", assignment),
        form_of(assignment, points="5"),
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 423
    assert {s.points for s in Review.objects.get().scores.all()} == {3}


def test_points_from_nowhere_are_refused(client, assignment):
    first = assignment.application.call.criteria.first()
    data = form_of(assignment, **{points_name(first.pk): "6"})
    client.post(url("reading", assignment), data)
    assert not Review.objects.exists()


def test_enter_never_hands_in(client, assignment):
    page = client.get(url("reading", assignment)).content.decode()
    form = page[page.index('<form class="cj-score"') :]
    assert form.index('name="save"') < form.index('name="hand_in"')


def test_handing_in_asks_first_and_names_what_is_missing(client, assignment):
    data = form_of(assignment, points="", hand_in="x")
    answer = client.post(url("reading", assignment), data)
    assert answer["Location"] == url("hand_in", assignment)
    page = client.get(answer["Location"])
    assert len(page.context["sheet"].unjudged) == 6
    assert '<form method="post" class="cj-actions">' not in page.content.decode()


def test_a_complete_review_is_handed_in_after_the_question(client, assignment):
    client.post(url("reading", assignment), form_of(assignment, points="4", hand_in="x"))
    page = client.get(url("hand_in", assignment)).content.decode()
    assert "80,0" in page
    client.post(url("hand_in", assignment), {"stay": "x"})
    assert Review.objects.get().submitted_at is not None


def test_handing_in_leads_to_the_next_that_waits(client, juror, assignment):
    second = an_assignment(an_application(assignment.application.call), juror)
    a_started_review(assignment=assignment)
    answer = client.post(url("hand_in", assignment), {"next": "x"})
    assert answer["Location"] == url("reading", second)


def test_an_unfinished_review_posted_as_handed_in_stays_a_draft(client, assignment):
    a_started_review(assignment=assignment, strength="")
    client.post(url("hand_in", assignment), {"stay": "x"})
    assert Review.objects.get().submitted_at is None


def test_the_discussion_shows_both_values_of_a_revised_score(client, assignment):
    review = a_review(assignment=assignment)
    score = review.scores.first()
    client.post(url("revise", assignment, score.pk), {"points": "5", "reason": "Прочла файл."})
    page = client.get(url("discussion", assignment)).content.decode()
    assert "Прочла файл." in page
    score.refresh_from_db()
    assert score.points == 5


def test_nobody_revises_anothers_score(client, assignment):
    a_review(assignment=assignment)
    score = a_review(assignment.application).scores.first()
    data = {"points": "0", "reason": "Хочу."}
    assert client.post(url("revise", assignment, score.pk), data).status_code == 404


def test_new_remarks_are_counted_until_they_are_read(client, assignment):
    a_review(assignment=assignment)
    other = a_review(assignment.application).assignment.juror
    application = assignment.application
    scoring.discuss(application, by=other, text="Смотрите устав.", at=timezone.now())
    queue = reverse("admin:reviews_queue")
    assert client.get(queue).context["desk"].lines[0].unseen == 1
    assert "Смотрите устав." in client.get(url("discussion", assignment)).content.decode()
    assert client.get(queue).context["desk"].lines[0].unseen == 0


def test_an_officer_reads_the_discussion_and_gives_a_review_back(client):
    review = a_review()
    client.force_login(an_officer())
    page = url("discussion", review.assignment)
    assert client.get(page).status_code == 200
    client.post(url("reopen", review.assignment, review.pk), {"reason": ""})
    review.refresh_from_db()
    assert review.submitted_at is not None
    client.post(url("reopen", review.assignment, review.pk), {"reason": "Просит автор."})
    review.refresh_from_db()
    assert review.submitted_at is None


def test_taken_off_the_desk_a_draft_can_no_longer_be_saved(client, assignment):
    a_started_review(assignment=assignment)
    assigning.withdraw(assignment, by=an_officer(), reason="Болезнь.", at=LATER)
    data = form_of(assignment, points="5", revision=1)
    assert client.post(url("reading", assignment), data).status_code == 404


def test_an_entry_says_the_same_whatever_line_breaks_a_browser_sends(client, assignment):
    entries = entries_of(assignment.application.call, 3)
    scoring.save_review(
        assignment, entries=entries, revision=None, at=REVIEWING, comment="раз\nдва"
    )
    data = form_of(assignment, revision=0, comment="раз\r\nдва", strength="", improvement="")
    assert client.post(url("reading", assignment), data).status_code == 302
    assert Review.objects.get().revision == 1
