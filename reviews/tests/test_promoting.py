"""After publishing: an outlet's answer, silence, and one of the reserve moving up."""

from datetime import timedelta

import pytest

from applications import answering, closing, telling
from applications.models import Message, MessageKind, MessageStatus, Result
from applications.models.application import Refused
from applications.roles import CHAIR, OFFICER
from reviews import deciding
from reviews.deciding.sweep import tell_of_vacancies
from reviews.models import Decision
from reviews.tests import builders
from reviews.tests.builders import AFTER
from reviews.tests.test_deciding import publish, the

pytestmark = pytest.mark.django_db
MILLISECOND, AGES = timedelta(milliseconds=1), timedelta(days=7)


def test_the_outlet_s_answer_keeps_its_place_or_frees_it_for_people_to_decide():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    builders.a_published_list(call)
    confirmed, declined = the(call, 90).application, the(call, 80).application
    answering.confirm(confirmed, at=AFTER)
    assert deciding.vacancies(call, at=AFTER) == []
    answering.decline(declined, at=AFTER)
    (vacancy,) = deciding.vacancies(call, at=AFTER)
    assert (vacancy.decision.application, vacancy.declined) == (declined, True)
    assert vacancy.next == [the(call, 70)]


def test_silence_past_the_date_is_a_vacancy_too():
    call = builders.a_judged_call(kz=(90,))
    published = builders.a_published_list(call)
    assert deciding.vacancies(call, at=published.confirm_by - MILLISECOND) == []
    (vacancy,) = deciding.vacancies(call, at=published.confirm_by)
    assert not vacancy.declined
    assert not vacancy.decision.application.may_answer(published.confirm_by)
    with pytest.raises(Refused, match="too_late"):
        answering.confirm(vacancy.decision.application, at=published.confirm_by)


def test_officers_and_the_chair_are_told_of_each_free_place_once_and_of_silence_when_it_is_sure():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    limit = builders.a_published_list(call).confirm_by
    told = sorted(person.email for person in telling.holders(OFFICER, CHAIR))
    settled = limit + closing.SETTLING
    assert tell_of_vacancies(at=settled - MILLISECOND) == 0
    answering.decline(the(call, 80).application, at=AFTER)
    assert [tell_of_vacancies(at=AFTER), tell_of_vacancies(at=AFTER)] == [1, 0]
    assert [tell_of_vacancies(at=settled), tell_of_vacancies(at=settled + AGES)] == [1, 0]
    letters = Message.objects.filter(kind=MessageKind.PLACE_FREED)
    assert sorted(letters.values_list("recipient", flat=True)) == sorted(told * 2)


def reminders(at):
    return answering.remind_unanswered(at=at)


def test_who_has_not_answered_is_reminded_two_days_before_once_and_never_too_late():
    call = builders.a_judged_call(kz=(90, 80))
    limit = builders.a_published_list(call).confirm_by
    answering.confirm(the(call, 80).application, at=AFTER)
    due = limit - answering.REMIND_BEFORE
    assert [reminders(due - MILLISECOND), reminders(due), reminders(limit - MILLISECOND)] == [
        *(0, 1, 0)
    ]
    letters = Message.objects.filter(kind=MessageKind.CONFIRM_REMINDER)
    assert letters.get().application == the(call, 90).application
    assert letters.due(limit - MILLISECOND).exists()
    assert not letters.due(limit).exists()
    assert reminders(limit) == 0
    answering.confirm(the(call, 90).application, at=limit - MILLISECOND)
    assert letters.get().status == MessageStatus.OUTDATED


def test_who_was_given_more_time_to_answer_is_reminded_of_the_new_date():
    call = builders.a_judged_call(kz=(90,))
    limit = builders.a_published_list(call).confirm_by
    assert reminders(limit - MILLISECOND) == 1
    later = limit + timedelta(days=5)
    given = {"until": later, "at": limit, "actor": "officer", "reason": "Болезнь редактора."}
    answering.give_time(the(call, 90).application, **given)
    assert reminders(later - answering.REMIND_BEFORE - MILLISECOND) == 0
    assert reminders(later - MILLISECOND) == 1


def a_vacancy(call):
    builders.a_published_list(call)
    answering.decline(the(call, 80).application, at=AFTER)
    (vacancy,) = deciding.vacancies(call, at=AFTER)
    return vacancy


def test_one_of_the_reserve_is_promoted_by_the_same_two_people_and_places():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    vacancy = a_vacancy(call)
    officer = builders.an_officer()
    draft = deciding.promote(
        vacancy.decision, promoted=vacancy.next[0], reason="Отказ.", by=officer, at=AFTER
    )
    assert not Message.objects.filter(kind="promoted").exists()
    proposed = deciding.propose(draft, by=officer, at=AFTER)
    assert proposed.frozen["counts"]["selected"] == 1
    with pytest.raises(Refused, match="same_person"):
        publish(proposed, by=officer)
    publish(proposed)
    promoted = the(call, 70).application
    assert promoted.result == Result.SELECTED
    assert Message.objects.get(kind="promoted").application == promoted
    gone = the(call, 80)
    assert (gone.place, gone.result) == (None, "selected")
    assert gone.application.released_at == AFTER
    assert Decision.objects.of_call(call).holding_a_place().count() == 2


def test_a_promotion_that_is_dropped_leaves_everything_as_it_was():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    vacancy = a_vacancy(call)
    before = list(Decision.objects.order_by("pk").values("result", "place", "reserve_order"))
    officer = builders.an_officer()
    draft = deciding.promote(
        vacancy.decision, promoted=vacancy.next[0], reason="Отказ.", by=officer, at=AFTER
    )
    deciding.undo(draft, reason="Редакция передумала.", by=officer, at=AFTER)
    after = list(Decision.objects.order_by("pk").values("result", "place", "reserve_order"))
    assert after == before


def test_one_who_left_the_reserve_is_passed_over():
    call = builders.a_judged_call(kz=(90, 80, 70, 60), places_per_country=2)
    builders.a_published_list(call)
    answering.decline(the(call, 70).application, at=AFTER)
    answering.decline(the(call, 80).application, at=AFTER)
    (vacancy,) = deciding.vacancies(call, at=AFTER)
    assert vacancy.next == [the(call, 60)]
