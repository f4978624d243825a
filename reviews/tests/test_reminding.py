"""Reminders to jurors: by hand and by themselves, never two on one day, never too late."""

from datetime import timedelta

import pytest

from applications.models import AuditEntry, Message
from applications.models.application import Refused
from applications.tests.builders import a_call, an_application
from reviews import assigning, reminding, scoring, tasks
from reviews.tests.builders import (
    DUE,
    REVIEWING,
    a_juror,
    a_review,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = DUE - 2 * DAY  # when the portal reminds for the first time


def reminders():
    return Message.objects.filter(kind="review_reminder").order_by("pk")


def a_desk(juror=None, **more):
    """Return a juror with one application to judge."""
    juror = juror or a_juror()
    return juror, an_assignment(juror=juror, **more)


def test_an_officer_reminds_and_the_letter_says_what_is_left():
    call, juror = a_call(), a_juror(languages=["en"], first_name="Martin", last_name="Weber")
    left = [an_assignment(an_application(call), juror).application for _ in range(2)]
    done = a_review(an_application(call), juror).assignment.application
    letter = reminding.remind(juror, call, by=an_officer(username="dina"), at=REVIEWING)
    assert (letter.recipient, letter.language) == (juror.email, "en")
    assert "Still to come: 2." in letter.text
    assert all(application.number in letter.text for application in left)
    assert done.number not in letter.text
    entry = AuditEntry.objects.get(event="juror.reminded")
    assert (entry.actor, entry.details["left"]) == ("dina", 2)


def test_a_second_reminder_on_the_same_day_is_refused_and_the_next_day_it_goes():
    juror, assignment = a_desk()
    call = assignment.application.call
    reminding.remind(juror, call, by=an_officer(), at=REVIEWING)
    with pytest.raises(Refused) as refused:
        reminding.remind(juror, call, by=an_officer(), at=REVIEWING + HOUR)
    assert refused.value.code == "reminded_today"
    reminding.remind(juror, call, by=an_officer(), at=REVIEWING + DAY)
    assert reminders().count() == 2


def test_who_has_nothing_left_is_not_reminded():
    juror = a_juror()
    call = a_review(juror=juror).assignment.application.call
    with pytest.raises(Refused) as refused:
        reminding.remind(juror, call, by=an_officer(), at=REVIEWING)
    assert refused.value.code == "nothing_left"
    assert not reminders().exists()


def test_the_portal_reminds_two_days_before_and_when_it_is_due():
    juror, _ = a_desk()
    assert reminding.remind_due(at=FIRST - HOUR) == 0
    assert reminding.remind_due(at=FIRST) == 1
    assert reminding.remind_due(at=FIRST + HOUR) == 0
    assert reminding.remind_due(at=FIRST + DAY) == 0
    assert reminding.remind_due(at=DUE) == 1
    assert reminding.remind_due(at=DUE + DAY) == 0
    assert [letter.recipient for letter in reminders()] == [juror.email] * 2
    assert set(AuditEntry.objects.filter(event="juror.reminded").values_list("actor")) == {
        ("system",)
    }


def test_one_letter_tells_of_the_whole_desk():
    call, juror = a_call(), a_juror()
    for _ in range(3):
        an_assignment(an_application(call), juror)
    a_started_review(an_application(call), juror)
    assert reminding.remind_due(at=FIRST) == 1
    assert "Осталось: 4." in reminders().get().text


@pytest.mark.parametrize("due_at", [DUE, DUE - 6 * HOUR])
@pytest.mark.parametrize("before", [-HOUR, 5 * HOUR])
def test_a_reminder_by_hand_stands_for_the_portals_own_around_that_time(due_at, before):
    juror, assignment = a_desk(due_at=due_at)
    first = due_at - 2 * DAY
    reminding.remind(juror, assignment.application.call, by=an_officer(), at=first - before)
    for hours in (2, 8, 26):
        assert reminding.remind_due(at=first + hours * HOUR) == 0
    assert reminders().count() == 1


def test_after_an_outage_one_reminder_is_told_and_none_when_it_is_long_past():
    a_desk()
    assert reminding.remind_due(at=DUE + HOUR) == 1
    assert reminding.remind_due(at=DUE + 2 * HOUR) == 0
    juror, _ = a_desk()
    assert reminding.remind_due(at=DUE + 8 * DAY) == 0
    assert not reminders().filter(recipient=juror.email).exists()


def test_nobody_is_reminded_of_what_they_have_only_just_been_given():
    a_desk(at=FIRST + HOUR)
    assert reminding.remind_due(at=FIRST + 2 * HOUR) == 0
    assert reminding.remind_due(at=DUE) == 1


def test_who_has_finished_withdrawn_or_declined_is_left_in_peace():
    finished = a_juror()
    a_review(juror=finished)
    _, taken = a_desk()
    assigning.withdraw(taken, by=an_officer(), reason="Болезнь", at=REVIEWING)
    _, declared = a_desk(declared=False)
    scoring.declare(declared, conflict=True, reason="Родня", at=REVIEWING)
    gone, _ = a_desk()
    gone.is_active = False
    gone.save()
    assert reminding.remind_due(at=FIRST) == 0
    assert not reminders().exists()


def test_a_broken_desk_does_not_keep_the_others_waiting(monkeypatch):
    broken, _ = a_desk()
    fine, _ = a_desk()
    real = reminding.remind

    def failing(juror, *args, **kwargs):
        if juror == broken:
            raise RuntimeError("broken")
        return real(juror, *args, **kwargs)

    monkeypatch.setattr(reminding, "remind", failing)
    assert reminding.remind_due(at=FIRST) == 1
    assert reminders().get().recipient == fine.email


def test_the_minutes_sweep_reminds():
    assert reminding.remind_due in tasks.SWEEP


def test_the_sweep_asks_as_much_of_the_database_for_one_desk_as_for_three(
    django_assert_num_queries,
):
    call = a_call()
    an_assignment(an_application(call), a_juror())
    reminding.remind_due(at=FIRST)
    with django_assert_num_queries(2):
        reminding.remind_due(at=FIRST + HOUR)
    for _ in range(2):
        an_assignment(an_application(call), a_juror())
    reminding.remind_due(at=FIRST)
    with django_assert_num_queries(2):
        reminding.remind_due(at=FIRST + HOUR)
