"""The deadline to the millisecond, in both years' offsets and on both databases."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from queue import Queue
from random import Random

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from applications import closing, drafting, instants, submitting, tasks
from applications.models import Application, AuditEntry, Call, Message, MessageKind, Status, Version
from applications.models.application import Refused
from applications.tests.builders import a_call, a_complete_draft, a_draft, an_application

MS = timedelta(milliseconds=1)
DEADLINES = {  # 24:00 on 14 December in the capital
    2021: datetime(2021, 12, 14, 18, tzinfo=UTC),  # +06
    2026: datetime(2026, 12, 14, 19, tzinfo=UTC),  # +05
}
both_years = pytest.mark.parametrize("closes_at", DEADLINES.values(), ids=map(str, DEADLINES))


def the_call(closes_at):
    return a_call(opens_at=closes_at - timedelta(days=30), closes_at=closes_at)


@both_years
@pytest.mark.django_db
def test_24_00_in_the_capital_is_the_instant_stored(closes_at):
    call = the_call(closes_at)
    assert call.end_of(datetime(closes_at.year, 12, 14).date()) == closes_at
    assert instants.deadline(call, "en").clock == "24:00"


@both_years
@pytest.mark.django_db
def test_the_last_millisecond_before_24_00_is_in_time(closes_at):
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    submitted = submitting.submit(application, at=closes_at - MS)
    submitted.refresh_from_db()
    assert submitted.status == Status.SUBMITTED
    assert submitted.submitted_at == closes_at - MS
    assert submitted.versions.get().submitted_at == closes_at - MS


@both_years
@pytest.mark.django_db
def test_24_00_itself_is_too_late_and_the_text_stays(closes_at):
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    texts = {s.section: s.answers for s in application.sections.all()}
    with pytest.raises(Refused) as refused:
        submitting.submit(application, at=closes_at)
    assert refused.value.code == "closed"
    application.refresh_from_db()
    assert application.status == Status.DRAFT
    assert not application.versions.exists()
    assert {s.section: s.answers for s in application.sections.all()} == texts


@both_years
@pytest.mark.django_db
def test_starting_ends_at_the_same_instant(closes_at):
    call = the_call(closes_at)
    assert a_draft(call, at=closes_at - MS).status == Status.DRAFT
    with pytest.raises(Refused):
        a_draft(call, at=closes_at)


@both_years
@pytest.mark.django_db
def test_a_second_press_that_lands_after_24_00_is_told_what_stands_and_changes_nothing(closes_at):
    application = an_application(the_call(closes_at), at=closes_at - MS)
    again = submitting.submit(application, at=closes_at)
    assert (again.submitted_at, again.version) == (closes_at - MS, 1)
    with pytest.raises(Refused):
        submitting.withdraw(application, at=closes_at)
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert application.versions.count() == 1
    assert application.messages.filter(kind=MessageKind.SUBMITTED).count() == 1


@both_years
@pytest.mark.django_db
def test_a_changed_or_withdrawn_application_goes_in_again_until_24_00_and_no_later(closes_at):
    changed, back, late, gone = (
        an_application(the_call(closes_at), at=closes_at - timedelta(days=3)) for _ in range(4)
    )
    for one in (changed, late):
        answers = {"letter": "Новое письмо. " * 200}
        drafting.save_section(one, "letter", answers, revision=None, at=closes_at - 2 * MS)
    for one in (back, gone):
        submitting.withdraw(one, at=closes_at - 2 * MS)
    for one in (changed, back):
        assert submitting.submit(one, at=closes_at - MS).version == 2
    for one in (late, gone):
        with pytest.raises(Refused, match="closed"):
            submitting.submit(one, at=closes_at)
    late.refresh_from_db()
    gone.refresh_from_db()
    assert (late.status, late.version, gone.status) == (Status.SUBMITTED, 1, Status.WITHDRAWN)


@both_years
@pytest.mark.django_db
def test_what_arrives_at_24_00_goes_in_with_no_submit_that_waited(closes_at):
    """The submit arrived in time and waits for its turn; a text that came later is saved first."""
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    answers = {"letter": "Дописано после срока. " * 100}
    drafting.save_section(application, "letter", answers, revision=None, at=closes_at)
    with pytest.raises(Refused, match="changed"):
        submitting.submit(application, at=closes_at - MS)
    Application.objects.filter(pk=application.pk).update(saved_at=closes_at - MS)
    assert submitting.submit(application, at=closes_at - MS).status == Status.SUBMITTED


@both_years
@pytest.mark.django_db
def test_raw_sql_cannot_hand_in_late_either(closes_at):
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    late = "UPDATE applications_application SET status = 'submitted', version = 1, submitted_at = %s WHERE id = %s"  # noqa: E501
    for at, is_late in ((closes_at, True), (closes_at - MS, False)):
        parameter = at if connection.vendor == "postgresql" else at.replace(tzinfo=None)
        if is_late:
            with pytest.raises(IntegrityError), transaction.atomic():
                connection.cursor().execute(late, [str(parameter), application.pk])
        else:
            connection.cursor().execute(late, [str(parameter), application.pk])
    application.refresh_from_db()
    assert application.submitted_at == closes_at - MS


@both_years
@pytest.mark.django_db
def test_a_version_from_after_the_deadline_cannot_be_stored(closes_at):
    application = an_application(the_call(closes_at), at=closes_at - MS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(application=application).update(submitted_at=closes_at)


@both_years
@pytest.mark.django_db
def test_an_announced_deadline_never_moves_earlier_not_even_by_raw_sql(closes_at):
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    Call.objects.filter(pk=application.call_id).update(is_public=False)  # its outlet was told
    for table, pk in (
        ("applications_call", application.call_id),
        ("applications_call", the_call(closes_at).pk),  # public, and nobody has applied
        ("applications_application", application.pk),
    ):
        earlier = closes_at - MS
        parameter = earlier if connection.vendor == "postgresql" else earlier.replace(tzinfo=None)
        with pytest.raises(DatabaseError, match="never moves earlier"), transaction.atomic():
            connection.cursor().execute(
                f"UPDATE {table} SET closes_at = %s WHERE id = %s", [str(parameter), pk]
            )


@pytest.mark.django_db
def test_a_deadline_nobody_was_told_of_may_be_set_right():
    call = a_call(is_public=False)
    call.closes_at -= timedelta(days=1)
    call.save()
    call.refresh_from_db()
    assert call.closes_at == DEADLINES[2026] - timedelta(days=1)


@both_years
@pytest.mark.django_db
def test_a_submit_that_waited_longer_than_the_sweep_is_in_time_all_the_same(closes_at):
    application = a_complete_draft(the_call(closes_at), at=closes_at - timedelta(days=3))
    closing.lapse_overdue_drafts(at=closes_at + timedelta(hours=1))
    application.refresh_from_db()
    assert application.status == Status.LAPSED
    assert submitting.submit(application, at=closes_at - MS).status == Status.SUBMITTED


@both_years
@pytest.mark.django_db
def test_what_is_typed_after_the_deadline_is_kept_and_is_not_handed_in(closes_at):
    application = an_application(the_call(closes_at), at=closes_at - MS)
    answers = {"letter": "Написано минутой позже."}
    drafting.save_section(application, "letter", answers, revision=None, at=closes_at)
    assert application.sections.get(section="letter").answers == answers
    assert application.versions.get().answers["letter"] != answers


def at_once(jobs, *, workers=16):
    """Do every job in threads that start together; return what each gave or raised."""
    queue, results, together = Queue(), [None] * len(jobs), threading.Barrier(workers)
    for numbered in enumerate(jobs):
        queue.put(numbered)

    def work():
        together.wait()
        while not queue.empty():
            try:
                number, job = queue.get_nowait()
            except Exception:
                break
            try:
                results[number] = job()
            except Exception as error:
                results[number] = error
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.postgresql
@pytest.mark.parametrize("closes_at", DEADLINES.values(), ids=map(str, DEADLINES))
@pytest.mark.django_db(transaction=True)
def test_200_submits_across_the_instant_with_the_sweep_running_each_end_one_way(closes_at):
    """Half arrive in the last 100 ms, half in the 100 ms after; sweeps close and lapse meanwhile.

    The sweeps think it is three minutes later, the worst there is: they may lapse a draft whose
    submit arrived in time and still waits for its turn.
    """
    call = the_call(closes_at)
    template = a_complete_draft(call, at=closes_at - timedelta(days=3))
    texts = {s.section: s.answers for s in template.sections.all()}
    drafts = [template] + [a_filled_copy(call, texts, closes_at) for _ in range(199)]
    arrivals = [closes_at + (i - 100) * MS for i in range(200)]
    swept = closes_at + timedelta(minutes=3)
    submits = [
        lambda draft=draft, at=at: submitting.submit(draft, at=at).status
        for draft, at in zip(drafts, arrivals, strict=True)
    ]
    sweeps = [lambda: [step(at=swept) for step in tasks.SWEEP]] * 12
    jobs = [*submits, *sweeps]
    order = list(range(len(jobs)))
    Random(14).shuffle(order)
    shuffled = at_once([jobs[i] for i in order])
    results = [result for _, result in sorted(zip(order, shuffled, strict=True))][:200]

    in_time, late = results[:100], results[100:]
    assert in_time == [Status.SUBMITTED] * 100
    assert [(type(error), error.code) for error in late] == [(Refused, "closed")] * 100
    for step in tasks.SWEEP:
        step(at=swept)
    assert Counter(Application.objects.values_list("status", flat=True)) == {
        Status.SUBMITTED: 100,
        Status.LAPSED: 100,
    }
    for draft, at in zip(drafts, arrivals, strict=True):
        assert {s.section: s.answers for s in draft.sections.all()} == texts
        versions = list(draft.versions.all())
        assert [version.submitted_at for version in versions] == ([at] if at < closes_at else [])
        assert [version.answers for version in versions] == [texts] * len(versions)
    receipts = Message.objects.filter(kind=MessageKind.SUBMITTED)
    assert receipts.values("application").distinct().count() == receipts.count() == 100
    assert AuditEntry.objects.filter(event="call.closed").count() == 1


def a_filled_copy(call, texts, closes_at):
    """Return one more complete draft, its answers written straight: 200 by hand take long."""
    at = closes_at - timedelta(days=3)
    draft = a_draft(call, at=at)
    draft.sections.all().delete()
    for section, answers in texts.items():
        draft.sections.create(section=section, answers=answers, revision=1, saved_at=at)
    return draft


@pytest.mark.django_db(transaction=True)
def test_submits_across_the_instant_end_one_way_on_the_embedded_database_too():
    closes_at = DEADLINES[2026]
    call = the_call(closes_at)
    drafts = [a_complete_draft(call, at=closes_at - timedelta(days=3)) for _ in range(12)]
    arrivals = [closes_at + (i - 6) * MS for i in range(12)]
    jobs = [
        lambda draft=draft, at=at: submitting.submit(draft, at=at).status
        for draft, at in zip(drafts, arrivals, strict=True)
    ]
    jobs.insert(6, lambda: tasks.sweeping.walk(tasks.SWEEP, at=closes_at + timedelta(minutes=3)))
    results = at_once(jobs, workers=4)
    results.pop(6)
    assert results[:6] == [Status.SUBMITTED] * 6
    assert [getattr(error, "code", error) for error in results[6:]] == ["closed"] * 6


@pytest.mark.django_db(transaction=True)
def test_ten_presses_of_the_button_in_the_last_millisecond_are_one_submit():
    closes_at = timezone.now().replace(microsecond=0) + timedelta(days=1)
    call = the_call(closes_at)
    draft = a_complete_draft(call, at=closes_at - timedelta(days=3))
    press = [lambda: submitting.submit(draft, at=closes_at - MS).version] * 10
    assert at_once(press, workers=5) == [1] * 10
    assert draft.versions.count() == 1
    assert draft.messages.filter(kind=MessageKind.SUBMITTED).count() == 1
