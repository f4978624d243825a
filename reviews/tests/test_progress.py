"""How the reviewing goes: every number from data that could be counted wrongly."""

from datetime import timedelta

import pytest

from applications import submitting
from applications.tests.builders import a_call, an_application
from reviews import assigning, reminding, scoring
from reviews.progress import progress_of
from reviews.tests.builders import (
    DUE,
    REVIEWING,
    a_juror,
    a_review,
    a_started_review,
    an_assignment,
    an_ineligible,
    an_officer,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def of(call, *, at=REVIEWING + HOUR, user=None):
    return progress_of(call, user or an_officer(), at=at)


def test_each_juror_is_counted_by_what_still_lies_on_the_desk():
    call, juror, other = a_call(), a_juror(), a_juror()
    a_review(an_application(call), juror)
    a_started_review(an_application(call), juror)
    an_assignment(an_application(call), juror)
    taken = an_assignment(an_application(call), juror)
    assigning.withdraw(taken, by=an_officer(), reason="Перенос", at=REVIEWING)
    closed = an_assignment(an_application(call), juror, declared=False)
    scoring.declare(closed, conflict=True, reason="Родня", at=REVIEWING)
    a_review(an_application(), juror)  # of another call
    a_review(an_application(call), other)
    parts = {part.user: part for part in of(call).parts}
    mine = parts[juror]
    assert (mine.total, mine.handed_in, mine.started, mine.untouched) == (3, 1, 1, 1)
    assert parts[other].left == 0
    assert (of(call).total, of(call).handed_in, of(call).started) == (4, 2, 1)


def test_late_ones_come_first():
    call = a_call()
    names = ("Готов", "Опоздал", "Работает")
    done, late, working = (a_juror(last_name=name) for name in names)
    a_review(an_application(call), done)
    an_assignment(an_application(call), working, due_at=DUE + 5 * DAY)
    a_started_review(assignment=an_assignment(an_application(call), working, due_at=DUE + 5 * DAY))
    an_assignment(an_application(call), late)
    found = of(call, at=DUE)
    assert found.parts[0].user == late
    assert found.parts[0].is_overdue
    assert not found.parts[1].is_overdue


def test_who_was_not_seen_for_a_week_is_silent_and_who_is_done_never_is():
    call, silent, done = a_call(), a_juror(), a_juror()
    a_started_review(an_application(call), silent)
    a_review(an_application(call), done)
    parts = {part.user: part for part in of(call, at=REVIEWING + 7 * DAY).parts}
    assert parts[silent].is_silent
    assert parts[silent].days_silent == 7
    assert not parts[done].is_silent
    assert not of(call, at=REVIEWING + 6 * DAY).parts[0].is_silent


def test_an_even_pace_counts_today_and_ends_with_the_due_date():
    call, juror = a_call(), a_juror()
    for _ in range(5):
        an_assignment(an_application(call), juror)
    assert of(call, at=DUE - 2 * DAY).a_day == 3
    assert of(call, at=DUE - HOUR).a_day == 5
    assert of(call, at=DUE).a_day is None


def test_yesterday_is_a_day_of_the_calls_calendar():
    call = a_call()
    a_review(an_application(call), a_juror(), at=REVIEWING)
    assert of(call, at=REVIEWING + HOUR).yesterday == 0
    assert of(call, at=REVIEWING + DAY).yesterday == 1
    assert of(call, at=REVIEWING + 2 * DAY).yesterday == 0


def test_the_last_reminder_is_told_with_whether_it_was_today():
    call, juror = a_call(), a_juror()
    an_assignment(an_application(call), juror)
    reminding.remind(juror, call, by=an_officer(), at=REVIEWING)
    [part] = of(call, at=REVIEWING + HOUR).parts
    assert (part.reminded, part.reminded_today) == (REVIEWING, True)
    assert not of(call, at=REVIEWING + DAY).parts[0].reminded_today


def test_an_application_says_whom_it_waits_for_and_who_declined():
    call, awaited, related = a_call(), a_juror(), a_juror()
    short = an_application(call)
    an_assignment(short, awaited)
    declared = an_assignment(short, related, declared=False)
    scoring.declare(declared, conflict=True, reason="Родня", at=REVIEWING)
    complete = an_application(call)
    for _ in range(2):
        a_review(complete, a_juror())
    [one] = of(call).lacking
    assert one.standing.application == short
    assert (one.awaited, one.declined, one.has_nobody) == ([awaited], [related], True)


def test_totals_far_apart_ask_for_a_third_review():
    call = a_call()
    application = an_application(call)
    a_review(application, a_juror(), points=5)
    a_review(application, a_juror(), points=2)
    [one] = of(call).lacking
    assert (one.handed_in, one.standing.wanted, one.has_nobody) == (2, 3, True)


def test_what_is_closed_to_the_reader_is_not_among_the_applications():
    call, officer = a_call(), an_officer()
    closed = an_assignment(an_application(call), officer, declared=False)
    scoring.declare(closed, conflict=True, reason="Родня", at=REVIEWING)
    assert list(of(call, user=officer).lacking) == []
    assert len(of(call).lacking) == 1


def test_a_withdrawn_application_is_nobodys_work():
    call, juror = a_call(), a_juror()
    application = an_application(call)
    an_assignment(application, juror)
    submitting.withdraw(application, at=call.closes_at - HOUR)
    assert of(call).parts == []
    assert list(of(call).lacking) == []


def test_the_figures_alone_are_those_of_the_whole_standings():
    call = a_call()
    for points in ((), (4,), (5, 5), (5, 4), (5, 0), (4, 0, 2), (5, None)):
        application = an_application(call)
        for given in points:
            each = [3, *[given] * 5] if given is None else given
            a_review(application, a_juror(), points=each)
    asked, taken = (an_assignment(an_application(call)) for _ in range(2))
    a_started_review(assignment=asked)
    assigning.withdraw(taken, by=an_officer(), reason="Перенос", at=REVIEWING)
    an_ineligible(an_application(call))
    for wanted in (1, 2, 3):
        call.reviews_wanted = wanted
        whole = [
            (one.number, len(one.totals), one.wanted, one.lacking, one.needs_a_third)
            for one in assigning.standings(call)
        ]
        assert len(whole) == 9
        assert whole == [
            (one.number, one.handed_in, one.wanted, one.lacking, one.needs_a_third)
            for one in assigning.tallies(call)
        ]
        assert any(third for *_, third in whole)


def test_whoever_is_shown_is_looked_up_and_nobody_else(django_assert_num_queries):
    call = a_call()
    for _ in range(4):
        an_assignment(an_application(call))
    lacking = of(call).lacking
    numbers = [one.standing.number for one in lacking]
    assert numbers == sorted(call.applications.values_list("number", flat=True))
    with django_assert_num_queries(3):
        assert [one.standing.number for one in lacking[1:3]] == numbers[1:3]
    with django_assert_num_queries(0):
        assert (len(lacking), lacking[4:]) == (4, [])


def test_it_costs_the_same_for_one_and_for_three(
    django_assert_num_queries, django_assert_max_num_queries
):
    call, officer = a_call(), an_officer()
    a_review(an_application(call), a_juror())
    with django_assert_max_num_queries(10) as one:
        of(call, user=officer)
    for _ in range(2):
        a_review(an_application(call), a_juror())
    with django_assert_num_queries(len(one)):
        of(call, user=officer)
