import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import translation

from applications import closing, heartbeat, reminding, roles, sweeping, tasks
from applications.models import (
    AuditEntry,
    Call,
    Country,
    Heartbeat,
    Message,
    MessageKind,
    MessageStatus,
    PrivateLink,
    Status,
)
from applications.tests.builders import (
    CLOSES,
    IN_TIME,
    OPENS,
    a_call,
    a_draft,
    a_person,
    an_application,
)

pytestmark = pytest.mark.django_db
SOON_AFTER = CLOSES + timedelta(minutes=2)
WEEK = timedelta(days=7)


def sweep(at):
    return sweeping.walk(tasks.SWEEP, at=at)


def events(name):
    return AuditEntry.objects.filter(event=name)


def test_an_opening_is_noted_once_and_never_before_its_instant():
    call = a_call()
    a_call(is_public=False)
    assert closing.open_due_calls(at=OPENS - timedelta(milliseconds=1)) == 0
    assert closing.open_due_calls(at=OPENS) == 1
    assert closing.open_due_calls(at=OPENS + WEEK) == 0
    call.refresh_from_db()
    assert call.opened_at == OPENS
    assert events("call.opened").count() == 1


def test_a_call_that_was_hidden_after_it_opened_closes_all_the_same():
    call = a_call(opened_at=OPENS)
    Call.objects.filter(pk=call.pk).update(is_public=False)
    assert closing.close_due_calls(at=SOON_AFTER) == 1


def test_a_call_closes_two_minutes_after_its_deadline_when_every_submit_has_settled():
    call = a_call()
    a_call(is_public=False)  # prepared and never shown: nobody waits for its end
    assert closing.close_due_calls(at=SOON_AFTER - timedelta(milliseconds=1)) == 0
    assert closing.close_due_calls(at=SOON_AFTER) == 1
    call.refresh_from_db()
    assert call.closed_at == SOON_AFTER


def test_officers_are_told_counts_by_country_and_only_officers():
    call = a_call()
    an_application(call, country="KZ")
    an_application(call, country="KZ")
    an_application(call, country="TJ")
    a_draft(call, country="TJ")
    an_application(a_call())  # of another call
    officer = a_person(roles.OFFICER)
    a_person(roles.JUROR)
    a_person(roles.OFFICER, is_active=False)
    a_person(roles.OFFICER, email="")
    closing.close(call, at=SOON_AFTER)
    letter = Message.objects.get(kind=MessageKind.CALL_CLOSED)
    assert letter.recipient == officer.email
    with translation.override("ru"):
        assert f"{Country.KZ.label}: подано 2, осталось черновиками 0." in letter.text
        assert f"{Country.TJ.label}: подано 1, осталось черновиками 1." in letter.text
    details = events("call.closed").get().details
    assert (details["submitted"], details["drafts"]) == (3, 1)


def test_a_draft_lapses_once_and_its_holder_is_told_with_the_way_back_to_the_text():
    draft = a_draft()
    submitted = an_application(draft.call)
    assert closing.lapse_overdue_drafts(at=SOON_AFTER - timedelta(milliseconds=1)) == 0
    assert closing.lapse_overdue_drafts(at=SOON_AFTER) == 1
    assert closing.lapse_overdue_drafts(at=SOON_AFTER + WEEK) == 0
    draft.refresh_from_db()
    submitted.refresh_from_db()
    assert (draft.status, submitted.status) == (Status.LAPSED, Status.SUBMITTED)
    letter = Message.objects.get(kind=MessageKind.LAPSED)
    assert letter.recipient == draft.contact_email
    assert "/z/" in letter.text
    assert "ещё 90 дн" in letter.text.replace("\xa0", " ")


def test_sweeping_again_a_week_later_does_and_mails_nothing_new():
    call = a_call()
    a_person(roles.OFFICER)
    a_draft(call)
    an_application(call)
    sweep(SOON_AFTER)
    letters, entries = Message.objects.count(), AuditEntry.objects.count()
    assert sweep(SOON_AFTER + WEEK) == {}
    assert (Message.objects.count(), AuditEntry.objects.count()) == (letters, entries)


@pytest.mark.parametrize("reminded", [0, 1], ids=["asleep", "asleep with a reminder unsent"])
def test_after_a_weeks_outage_one_sweep_catches_up_and_sends_no_stale_reminder(reminded):
    call = a_call()
    a_person(roles.OFFICER)
    a_draft(call, at=OPENS)
    Message.objects.all().delete()
    if reminded:
        assert reminding.remind_draft_holders(at=CLOSES - timedelta(hours=3)) == 1
    assert not Message.objects.due(CLOSES + WEEK).exists()  # though delivery wakes up first
    done = sweep(CLOSES + WEEK)
    tidied = {"open_due_calls": 1, "close_due_calls": 1, "lapse_overdue_drafts": 1}
    laid = {"lay_outdated_aside": 1} if reminded else {}
    assert done == {**tidied, **laid, "seal_entries": 4 + reminded}
    kinds = Counter(Message.objects.due(CLOSES + WEEK).values_list("kind", flat=True))
    assert kinds == {MessageKind.CALL_CLOSED: 1, MessageKind.LAPSED: 1}


def test_a_draft_that_cannot_lapse_keeps_no_other_from_lapsing(caplog):
    call = a_call()
    broken, healthy = a_draft(call), a_draft(call)
    PrivateLink.objects.filter(application=broken).delete()
    assert closing.lapse_overdue_drafts(at=SOON_AFTER) == 1
    broken.refresh_from_db()
    healthy.refresh_from_db()
    assert (broken.status, healthy.status) == (Status.DRAFT, Status.LAPSED)
    assert "lapse failed" in caplog.text


def test_a_step_that_fails_keeps_no_other_from_its_turn(caplog):
    def breaks(*, at):
        raise RuntimeError("no")

    a_call()
    done = sweeping.walk([breaks, closing.open_due_calls], at=OPENS)
    assert done == {"open_due_calls": 1}
    assert "breaks failed" in caplog.text


def test_an_application_started_as_the_deadline_moved_follows_its_call():
    call = a_call()
    behind = a_draft(call)
    Call.objects.filter(pk=call.pk).update(closes_at=F("closes_at") + timedelta(days=2))
    sweep(SOON_AFTER)
    behind.refresh_from_db()
    assert behind.closes_at == CLOSES + timedelta(days=2)
    assert behind.status == Status.DRAFT


def test_a_sweep_without_work_asks_little(django_assert_max_num_queries):
    for _ in range(3):
        an_application(a_call())
    sweep(IN_TIME)
    with django_assert_max_num_queries(17):
        sweep(IN_TIME)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_beats_and_twenty_workers_at_once_do_everything_once():
    call = a_call()
    for _ in range(3):
        a_person(roles.OFFICER)
    drafts = [a_draft(call, at=OPENS) for _ in range(20)]
    Message.objects.all().delete()
    for at in (CLOSES - timedelta(hours=3), SOON_AFTER):
        together = threading.Barrier(20)

        def work(at=at, together=together):
            together.wait()
            for _ in range(2):
                sweep(at)
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(20)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    kinds = Counter(Message.objects.values_list("kind", flat=True))
    assert kinds == {
        MessageKind.REMINDER: len(drafts),
        MessageKind.LAPSED: len(drafts),
        MessageKind.CALL_CLOSED: 3,
    }
    assert events("call.closed").count() == events("call.opened").count() == 1
    assert events("application.lapsed").count() == events("draft.reminded").count() == len(drafts)


# Signs of life -------------------------------------------------------------------------------


def test_who_never_showed_life_is_silent_and_who_did_is_silent_after_five_minutes():
    assert [sign.name for sign in heartbeat.pulse(CLOSES).silent] == ["beat", "worker"]
    heartbeat.seen(Heartbeat.Name.BEAT, at=CLOSES)
    heartbeat.seen(Heartbeat.Name.WORKER, at=CLOSES + timedelta(minutes=1))
    assert heartbeat.pulse(CLOSES + timedelta(minutes=5) - timedelta(seconds=1)).silent == []
    assert [s.name for s in heartbeat.pulse(CLOSES + timedelta(minutes=5)).silent] == ["beat"]


def test_a_sign_from_a_clock_far_ahead_hides_no_silence():
    heartbeat.seen(Heartbeat.Name.BEAT, at=CLOSES + timedelta(minutes=1))
    heartbeat.seen(Heartbeat.Name.WORKER, at=CLOSES + timedelta(hours=1))
    assert [sign.name for sign in heartbeat.pulse(CLOSES).silent] == ["worker"]


def test_a_worker_whose_clock_is_slow_takes_no_sign_of_life_back():
    heartbeat.seen(Heartbeat.Name.WORKER, at=CLOSES)
    heartbeat.seen(Heartbeat.Name.WORKER, at=CLOSES - timedelta(minutes=1))
    assert heartbeat.pulse(CLOSES).worker.last_seen == CLOSES


def test_the_pulse_tells_what_is_waiting(django_assert_max_num_queries):
    call = a_call()
    a_draft(call)
    an_application(call)
    Message.objects.filter(kind=MessageKind.SUBMITTED).update(status=MessageStatus.FAILED)
    with django_assert_max_num_queries(6):
        pulse = heartbeat.pulse(SOON_AFTER)
    assert (pulse.letters_waiting, pulse.letters_needing_a_person) == (2, 1)
    assert pulse.oldest_letter_due == IN_TIME
    assert (pulse.calls_to_close, pulse.drafts_to_lapse) == (1, 1)
    sweep(SOON_AFTER)
    pulse = heartbeat.pulse(SOON_AFTER)
    assert (pulse.calls_to_close, pulse.drafts_to_lapse) == (0, 0)


def test_every_task_leaves_the_workers_sign_of_life():
    for task in (tasks.sweep, tasks.deliver_mail):
        Heartbeat.objects.all().delete()
        task()
        assert Heartbeat.objects.get().name == Heartbeat.Name.WORKER


# Erasing -------------------------------------------------------------------------------------
