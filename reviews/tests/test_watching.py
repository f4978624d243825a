from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import translation

from applications import roles
from applications.models import Application, AuditEntry, Call, Message, MessageKind, MessageStatus
from applications.models.message import RESULT_KINDS
from applications.tests.builders import CLOSES, a_call, a_draft, a_person, an_application
from reviews import deciding, watching
from reviews.models import Assignment
from reviews.tests.builders import a_judged_call, a_review, an_ineligible

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DECISION_ENDS = CLOSES + timedelta(days=7)  # the end of 21 December
LETTERS_END = CLOSES + timedelta(days=11)  # the end of 25 December


@pytest.fixture(autouse=True)
def staff():
    return {
        "officer": a_person(roles.OFFICER),
        "chair": a_person(roles.CHAIR),
        "juror": a_person(roles.JUROR),
    }


def letters():
    return Message.objects.filter(kind__in=[MessageKind.DATE_NEAR, MessageKind.DATE_MISSED])


def recipients():
    found = sorted(letters().values_list("recipient", flat=True))
    letters().delete()
    return found


def announced(call):
    """Make the result letters of a call, as publishing does, without the two people."""
    at = DECISION_ENDS - timedelta(days=1)
    Call.objects.filter(pk=call.pk).update(announced_at=at)
    Application.objects.filter(call=call).update(result="not_selected", announced_at=at)
    for application in call.applications.all():
        receipt = application.messages.get(kind=MessageKind.SUBMITTED)
        receipt.pk, receipt.key = None, f"not_selected/{application.number}"
        receipt.kind, receipt.message_id = RESULT_KINDS[2], f"<{application.number}@test>"
        receipt.save()
    return Message.objects.filter(application__call=call, kind=RESULT_KINDS[2])


def test_officers_are_warned_three_days_and_one_day_before_the_decision_once_each(staff):
    an_application(a_call())
    for days in (3, 1):
        ahead = DECISION_ENDS - timedelta(days=days)
        assert watching.watch_dates(at=ahead - MINUTE) == 0
        assert watching.watch_dates(at=ahead) == 1
        assert watching.watch_dates(at=ahead + MINUTE) == 0
    assert Message.objects.due(DECISION_ENDS - MINUTE).filter(kind=MessageKind.DATE_NEAR).exists()
    assert not Message.objects.due(DECISION_ENDS).filter(kind=MessageKind.DATE_NEAR).exists()
    assert list(letters().values_list("recipient", flat=True)) == [staff["officer"].email] * 2


def test_a_missed_decision_goes_to_the_chair_as_well_and_once(staff):
    an_application(a_call())
    assert watching.watch_dates(at=DECISION_ENDS - MINUTE) == 1
    letters().delete()
    assert watching.watch_dates(at=DECISION_ENDS) == 1
    assert watching.watch_dates(at=DECISION_ENDS + timedelta(hours=12)) == 0
    assert set(letters().values_list("kind", flat=True)) == {MessageKind.DATE_MISSED}
    assert recipients() == sorted([staff["officer"].email, staff["chair"].email])
    assert AuditEntry.objects.filter(event="date.missed").count() == 1


def test_the_letter_says_exactly_what_is_unfinished():
    call = a_call(reviews_wanted=1)
    _unread, reviewed, taken_off, barred = (an_application(call) for _ in range(4))
    for application in (reviewed, taken_off):
        a_review(application)
    Assignment.objects.filter(application=taken_off).update(withdrawn_at=CLOSES)
    an_ineligible(barred)
    a_draft(call)
    watching.watch_dates(at=DECISION_ENDS)
    with translation.override("ru"):
        unfinished = watching.before_the_decision(call)
    text = letters().first().text
    assert all(f"• {line}" in text for line in unfinished)
    with translation.override("en"):
        assert watching.before_the_decision(call) == [
            "2 applications have fewer than 1 reviews",
            "4 applications are without a decision",
            "no list of decisions has been drafted",
        ]


def test_a_drafted_list_waits_for_who_settles_its_ties_and_proposes_it(staff):
    call = a_judged_call(kz=(90, 80, 80), places_per_country=2)
    with translation.override("en"):
        assert watching.list_in_words(call) == "no list of decisions has been drafted"
        deciding.draft_decisions(call, by=staff["officer"], at=CLOSES + timedelta(days=3))
        assert watching.before_the_decision(call) == [
            "2 applications are without a decision",  # they are equal at the line
            "the list of decisions is a draft: nobody has proposed it",
        ]


def test_a_published_decision_is_never_spoken_of():
    call = a_call()
    an_application(call)
    announced(call)
    for at in (DECISION_ENDS - timedelta(days=3), DECISION_ENDS - MINUTE, DECISION_ENDS):
        watching.watch_decision(Call.objects.get(pk=call.pk), at=at)
    assert not letters().exists()


def test_letters_that_have_not_gone_are_told_before_and_after_their_date(staff):
    call = a_call()
    sent, queued, failed = (an_application(call) for _ in range(3))
    results = announced(call)
    results.filter(application=sent).update(status=MessageStatus.SENT, sent_at=DECISION_ENDS)
    results.filter(application=failed).update(status=MessageStatus.FAILED)
    with translation.override("en"):
        assert watching.before_the_letters(call) == [
            "1 letter with a result hasn’t gone out yet",
            "1 letter with a result failed and waits for a person",
        ]
    assert watching.watch_dates(at=LETTERS_END - timedelta(days=1)) == 1
    assert watching.watch_dates(at=LETTERS_END) == 1
    results.filter(application__in=[queued, failed]).update(
        status=MessageStatus.SENT, sent_at=F("queued_at")
    )
    with translation.override("en"):
        assert watching.before_the_letters(call) == []


def test_outlets_without_an_answer_are_counted_for_the_letters_date():
    call = a_call()
    an_application(call)
    an_application(call)
    a_draft(call)
    with translation.override("en"):
        assert watching.before_the_letters(call) == [
            "2 outlets have no answer: their results aren’t announced"
        ]


def test_an_open_call_and_one_without_applications_are_left_alone():
    an_application(a_call(closes_at=LETTERS_END + timedelta(days=1)))
    a_draft(a_call())
    assert watching.watch_dates(at=DECISION_ENDS) == 0


def test_a_date_missed_before_a_week_of_outage_is_told_once_without_its_warnings(staff):
    an_application(a_call())
    assert watching.watch_dates(at=LETTERS_END + timedelta(days=7)) == 2
    assert set(letters().values_list("kind", flat=True)) == {MessageKind.DATE_MISSED}
    assert len(recipients()) == 4


def test_a_date_missed_long_ago_is_history():
    an_application(a_call())
    assert watching.watch_dates(at=LETTERS_END + timedelta(days=30)) == 0


def test_a_date_that_was_moved_is_watched_anew():
    call = a_call()
    an_application(call)
    assert watching.watch_dates(at=DECISION_ENDS) == 1
    Call.objects.filter(pk=call.pk).update(decision_date=call.notification_date)
    assert watching.watch_dates(at=LETTERS_END - timedelta(days=1)) == 2
