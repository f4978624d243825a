from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import attempts, closing, extending, roles, submitting
from applications.models import (
    Application,
    Attempt,
    AuditEntry,
    Extension,
    Message,
    MessageKind,
    Status,
)
from applications.models.application import Refused
from applications.submitting import Incomplete
from applications.tests.builders import (
    CLOSES,
    IN_TIME,
    a_call,
    a_complete_draft,
    a_draft,
    a_person,
    an_application,
)

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(days=2)
AFTER = CLOSES + timedelta(hours=10)
WHY = "Сбой связи в Согдийской области."


@pytest.fixture
def officer():
    return a_person(roles.OFFICER)


@pytest.fixture
def chair():
    return a_person(roles.CHAIR)


def refused(do, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        do(*args, **kwargs)
    return caught.value.code


def told():
    return Message.objects.filter(kind=MessageKind.EXTENDED)


def test_before_the_deadline_one_person_extends_a_call_and_every_draft_holder_is_told(officer):
    call = a_call()
    drafts = [a_draft(call), a_draft(call, country="TJ", language="tg")]
    submitted = an_application(call)
    elsewhere = a_draft(a_call())
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=IN_TIME)
    for application in (*drafts, submitted, elsewhere, call):
        application.refresh_from_db()
    assert call.closes_at == submitted.closes_at == LATER
    assert [draft.closes_at for draft in drafts] == [LATER, LATER]
    assert elsewhere.closes_at == CLOSES
    assert {letter.recipient for letter in told()} == {d.contact_email for d in drafts}
    assert extension.told == 2
    assert (extension.old_closes_at, extension.new_closes_at) == (CLOSES, LATER)
    assert extension.applied_at == IN_TIME
    assert "16 декабря" in told().get(language="ru").text.replace("\xa0", " ")
    entry = AuditEntry.objects.get(event="deadline.extended")
    assert entry.actor == officer.get_username()
    assert entry.told["reason"] == WHY
    assert entry.details["old"] == CLOSES.isoformat()


def test_a_submit_between_the_old_and_the_new_deadline_is_in_time(officer):
    draft = a_complete_draft()
    late = a_complete_draft(draft.call)
    extending.extend_call(draft.call, to=LATER, reason=WHY, by=officer, at=IN_TIME)
    assert submitting.submit(draft, at=LATER - timedelta(milliseconds=1)).status == "submitted"
    assert refused(submitting.submit, late, at=LATER) == "closed"


def test_after_the_deadline_nothing_moves_until_a_second_person_approves(officer, chair):
    call = a_call()
    draft = a_complete_draft(call)
    closing.close_due_calls(at=AFTER)
    closing.lapse_overdue_drafts(at=AFTER)
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=AFTER)
    assert extension.is_waiting()
    call.refresh_from_db()
    draft.refresh_from_db()
    assert (call.closes_at, draft.status) == (CLOSES, Status.LAPSED)
    assert refused(extending.approve, extension, by=officer, at=AFTER) == "same_person"
    assert not told().exists()

    extending.approve(extension, by=chair, at=AFTER)
    call.refresh_from_db()
    draft.refresh_from_db()
    assert (call.closes_at, call.closed_at) == (LATER, None)
    assert (draft.status, draft.closes_at) == (Status.DRAFT, LATER)
    assert "снова открыта" in told().get().text
    assert submitting.submit(draft, at=AFTER).status == Status.SUBMITTED
    assert refused(extending.approve, extension, by=chair, at=AFTER) == "settled"


def test_an_extended_call_closes_again_at_its_new_deadline_and_tells_staff_again(officer, chair):
    call = a_call()
    closing.close_due_calls(at=AFTER)
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=AFTER)
    extending.approve(extension, by=chair, at=AFTER)
    assert closing.close_due_calls(at=LATER - timedelta(milliseconds=1)) == 0
    assert closing.close_due_calls(at=LATER + closing.SETTLING) == 1
    letters = Message.objects.filter(kind=MessageKind.CALL_CLOSED, recipient=officer.email)
    assert letters.count() == 2


def test_once_the_first_deadline_has_passed_a_second_person_is_needed_for_good(officer):
    call = a_call()
    for days in range(2):
        to, at = LATER + timedelta(days=days), IN_TIME + timedelta(days=days)
        extending.extend_call(call, to=to, reason=WHY, by=officer, at=at)
    again = LATER + timedelta(days=2)
    extension = extending.extend_call(call, to=again, reason=WHY, by=officer, at=AFTER)
    assert extension.is_waiting()
    assert extension.original_closes_at == CLOSES


def test_one_application_gets_its_own_deadline_and_the_others_keep_theirs(officer):
    call = a_call()
    draft, other = a_complete_draft(call), a_complete_draft(call)
    extending.extend_application(draft, to=LATER, reason=WHY, by=officer, at=IN_TIME)
    call.refresh_from_db()
    draft.refresh_from_db()
    other.refresh_from_db()
    assert (draft.closes_at, other.closes_at, call.closes_at) == (LATER, CLOSES, CLOSES)
    assert told().get().recipient == draft.contact_email
    assert "вашей заявки" in told().get().text
    closing.lapse_overdue_drafts(at=AFTER)
    draft.refresh_from_db()
    other.refresh_from_db()
    assert (draft.status, other.status) == (Status.DRAFT, Status.LAPSED)
    assert submitting.submit(draft, at=AFTER).submitted_at == AFTER
    assert refused(submitting.submit, other, at=AFTER) == "closed"


def test_a_call_extended_later_still_takes_nothing_from_an_application_of_its_own_deadline(officer):
    draft = a_draft()
    own = LATER + timedelta(days=1)
    extending.extend_application(draft, to=own, reason=WHY, by=officer, at=IN_TIME)
    extending.extend_call(draft.call, to=LATER, reason=WHY, by=officer, at=IN_TIME)
    draft.refresh_from_db()
    assert draft.closes_at == own


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        (CLOSES - timedelta(days=1), WHY, "not_later"),
        (CLOSES, WHY, "not_later"),
        (LATER, "  ", "no_reason"),
        (CLOSES + timedelta(days=8), WHY, "after_decision_date"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(officer, to, reason, code):
    call = a_call()
    do = extending.extend_call
    assert refused(do, call, to=to, reason=reason, by=officer, at=IN_TIME) == code
    call.refresh_from_db()
    assert call.closes_at == CLOSES
    assert not Extension.objects.exists()


def test_a_deadline_in_the_past_is_refused(officer):
    call, at = a_call(), LATER + timedelta(hours=1)
    do = extending.extend_call
    assert refused(do, call, to=LATER, reason=WHY, by=officer, at=at) == "in_the_past"


def test_nothing_is_extended_once_results_are_out(officer):
    call = a_call(announced_at=AFTER)
    do = extending.extend_call
    assert refused(do, call, to=LATER, reason=WHY, by=officer, at=AFTER) == "announced"


def test_the_new_deadline_may_be_the_end_of_the_day_of_the_decision_itself(officer):
    call = a_call()
    to = call.end_of(call.decision_date)
    assert extending.extend_call(call, to=to, reason=WHY, by=officer, at=IN_TIME).applied_at


def test_an_erased_application_is_given_no_deadline(officer):
    draft = a_draft()
    Application.objects.filter(pk=draft.pk).update(erased_at=IN_TIME)
    do = extending.extend_application
    assert refused(do, draft, to=LATER, reason=WHY, by=officer, at=IN_TIME) == "erased"


def test_from_the_first_instant_too_late_a_second_person_is_needed_and_one_asks_at_a_time(officer):
    call = a_call()
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=CLOSES)
    assert extension.is_waiting()
    do = extending.extend_call
    assert refused(do, call, to=LATER, reason=WHY, by=officer, at=AFTER) == "waiting"


def test_an_extension_can_be_turned_down_and_then_moves_nothing(officer, chair):
    call = a_call()
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=AFTER)
    extending.turn_down(extension, by=chair, at=AFTER)
    assert refused(extending.approve, extension, by=chair, at=AFTER) == "settled"
    call.refresh_from_db()
    assert call.closes_at == CLOSES
    assert extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=AFTER).is_waiting()


def test_what_waited_while_the_whole_call_was_extended_starts_from_there(officer, chair):
    draft = a_draft()
    own = {"to": LATER + timedelta(days=1), "reason": WHY, "by": officer, "at": AFTER}
    waiting = extending.extend_application(draft, **own)
    whole = extending.extend_call(draft.call, to=LATER, reason=WHY, by=officer, at=AFTER)
    extending.approve(whole, by=chair, at=AFTER)
    extending.approve(waiting, by=chair, at=AFTER)
    waiting.refresh_from_db()
    assert (waiting.original_closes_at, waiting.old_closes_at) == (CLOSES, LATER)


def test_an_approval_that_comes_too_late_is_refused(officer, chair):
    call = a_call()
    extension = extending.extend_call(call, to=LATER, reason=WHY, by=officer, at=AFTER)
    assert refused(extending.approve, extension, by=chair, at=LATER) == "in_the_past"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"applied_at": AFTER}, "after_the_original_deadline_a_second_person_approves"),
        ({"approved_by": "asker"}, "an_extension_is_approved_by_a_second_person"),
        ({"new_closes_at": CLOSES}, "an_extension_only_moves_a_deadline_later"),
        ({"reason": ""}, "an_extension_has_a_reason"),
    ],
)
def test_the_database_keeps_the_rules_of_extensions_whoever_writes(officer, changes, rule):
    extension = extending.extend_call(a_call(), to=LATER, reason=WHY, by=officer, at=AFTER)
    changes = {name: officer.pk if v == "asker" else v for name, v in changes.items()}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Extension.objects.filter(pk=extension.pk).update(**changes)


# Refused attempts --------------------------------------------------------------------------


def test_a_late_attempt_is_kept_to_the_millisecond_with_the_deadline_that_applied():
    draft = a_complete_draft()
    at = CLOSES + timedelta(milliseconds=7)
    with pytest.raises(Refused) as late:
        submitting.submit(draft, at=at)
    attempts.note(draft, at=at, refused=late.value, link=draft.links.get())
    attempt = Attempt.objects.get()
    assert (attempt.application, attempt.at, attempt.closes_at) == (draft, at, CLOSES)
    assert (attempt.why, attempt.missing, attempt.link) == ("closed", [], draft.links.get())


def test_an_incomplete_attempt_keeps_what_was_missing():
    draft = a_draft()
    with pytest.raises(Incomplete) as incomplete:
        submitting.submit(draft, at=IN_TIME)
    attempt = attempts.note(draft, at=IN_TIME, refused=incomplete.value)
    assert attempt.why == Attempt.Why.INCOMPLETE
    assert len(attempt.missing) == len(incomplete.value.problems) > 3
    assert all(isinstance(words, str) and words for words in attempt.missing)


def test_a_refusal_of_another_kind_is_kept_as_such():
    attempt = attempts.note(a_draft(), at=IN_TIME, refused=Refused("full_moon"))
    assert attempt.why == Attempt.Why.OTHER
