from datetime import timedelta

import pytest

from applications import closing, extending, outbox, reminding, submitting
from applications.models import Message, MessageKind, MessageStatus
from applications.tests.builders import CLOSES, OPENS, a_call, a_complete_draft, a_draft, a_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
STEPS = [timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=3)]


def reminders():
    return Message.objects.filter(kind=MessageKind.REMINDER).order_by("pk")


def remind(before):
    return reminding.remind_draft_holders(at=CLOSES - before)


def test_a_draft_is_reminded_at_each_step_once():
    a_draft(at=OPENS)
    for step in STEPS:
        assert remind(step + MINUTE) == 0
        assert remind(step) == 1
        assert remind(step - MINUTE) == 0
    assert remind(timedelta(0)) == 0
    assert remind(-MINUTE) == 0
    assert reminders().count() == 4


def test_a_reminder_says_what_is_left_what_is_missing_and_how_to_stop():
    draft = a_complete_draft(at=OPENS)
    draft.sections.filter(section="letter").delete()
    remind(timedelta(days=3) - timedelta(hours=2))
    text = reminders().get().text.replace("\xa0", " ")
    assert "осталось 2 дня 22 часа" in text
    assert "до 24:00 14 декабря" in text
    assert "Чего ещё не хватает:\n• " in text
    assert "/z/" in text
    assert "/ru/reminders/" in text


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_a_reminder_stops_at_an_address_in_its_own_language(language):
    a_draft(at=OPENS, language=language)
    remind(STEPS[0])
    assert f"/{language}/reminders/" in reminders().get().text


def test_who_has_submitted_is_not_reminded():
    draft = a_complete_draft(at=OPENS)
    submitting.submit(draft, at=CLOSES - timedelta(days=8))
    assert [remind(step) for step in STEPS] == [0, 0, 0, 0]


def test_who_wants_no_reminders_gets_none_until_they_want_them_again():
    draft = a_draft(at=OPENS)
    reminding.want_reminders(draft, False, at=OPENS)
    assert remind(STEPS[0]) == 0
    reminding.want_reminders(draft, True, at=CLOSES - STEPS[1])
    assert remind(STEPS[1]) == 1


def test_who_starts_within_a_step_is_first_reminded_at_the_next():
    a_draft(at=CLOSES - timedelta(days=2))
    assert remind(timedelta(days=2) - MINUTE) == 0
    assert remind(STEPS[2]) == 1


@pytest.mark.parametrize(
    ("back", "told"), [(timedelta(days=5), "5 дней"), (timedelta(hours=20), "20 часов")]
)
def test_after_an_outage_only_the_latest_step_is_told_with_the_time_truly_left(back, told):
    a_draft(at=OPENS)
    assert remind(back) == 1
    assert remind(back - MINUTE) == 0
    assert told in reminders().get().text.replace("\xa0", " ")


def test_an_outage_past_the_deadline_reminds_of_nothing():
    a_draft(at=OPENS)
    assert remind(timedelta(0)) == 0
    assert remind(-timedelta(days=7)) == 0


def extended(draft, *, own: bool, by: timedelta):
    """Move the deadline by so much, six hours before the old one; return the new one."""
    verb, what = (
        (extending.extend_application, draft) if own else (extending.extend_call, draft.call)
    )
    at, officer = CLOSES - STEPS[3] * 2, a_person("officer")
    return verb(what, to=CLOSES + by, reason="Сбой.", by=officer, at=at).new_closes_at


@pytest.mark.parametrize("own", [False, True])
def test_a_later_deadline_begins_the_steps_anew(own):
    draft = a_draft(at=OPENS)
    assert remind(STEPS[2]) == 1
    moved = extended(draft, own=own, by=timedelta(days=3))
    assert reminding.remind_draft_holders(at=moved - STEPS[1] + MINUTE) == 1
    assert reminding.remind_draft_holders(at=moved - STEPS[2]) == 1
    assert len(set(reminders().values_list("key", flat=True))) == 3


def test_who_was_just_told_of_a_later_deadline_is_reminded_at_the_next_step():
    moved = extended(a_draft(at=OPENS), own=True, by=timedelta(hours=18))
    assert reminding.remind_draft_holders(at=moved - STEPS[2] + MINUTE) == 0
    assert reminding.remind_draft_holders(at=moved - STEPS[3]) == 1


OVERTAKEN = {
    "submitted": lambda draft: submitting.submit(draft, at=CLOSES - 2 * MINUTE),
    "wants none": lambda draft: reminding.want_reminders(draft, False, at=CLOSES - 2 * MINUTE),
    "moved": lambda draft: extended(draft, own=False, by=timedelta(days=1)),
    "an hour left": lambda draft: outbox.lay_outdated_aside(at=CLOSES - reminding.LAST_HOUR),
}


@pytest.mark.parametrize("happens", list(OVERTAKEN.values())[:3], ids=list(OVERTAKEN)[:3])
def test_a_reminder_overtaken_between_being_found_due_and_written_is_not_written(happens):
    draft = a_complete_draft(at=OPENS)
    (pk,) = reminding.waiting_for(STEPS[3], CLOSES - STEPS[3])
    happens(draft)
    assert not reminding.remind(pk, at=CLOSES - STEPS[3], step=STEPS[3])
    assert not reminders().exists()


@pytest.mark.parametrize("happens", OVERTAKEN.values(), ids=OVERTAKEN)
def test_a_reminder_that_waits_for_a_mail_server_never_goes_once_it_is_not_true(happens):
    draft = a_complete_draft(at=OPENS)
    remind(STEPS[3])
    waiting = Message.objects.due(CLOSES - reminding.LAST_HOUR - MINUTE).filter(kind="reminder")
    assert waiting.count() == 1
    happens(draft)
    assert not waiting.exists()
    assert reminders().get().status == MessageStatus.OUTDATED


def test_a_lapsed_draft_is_not_reminded():
    a_draft(at=OPENS)
    closing.lapse_overdue_drafts(at=CLOSES + closing.SETTLING)
    assert remind(STEPS[3]) == 0


def test_many_drafts_are_found_with_one_question_per_step(django_assert_num_queries):
    call = a_call()
    for _ in range(3):
        a_draft(call, at=OPENS)
    remind(STEPS[0])
    with django_assert_num_queries(len(STEPS)):
        assert remind(STEPS[0]) == 0
