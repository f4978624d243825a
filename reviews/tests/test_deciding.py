"""Draft, settle, change, propose, publish: what people may decide and what they may not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import Application, LetterTemplate, Message, Result
from applications.models.application import Refused
from reviews import deciding, scoring
from reviews.models import Decision, DecisionChange, DecisionList, Score
from reviews.tests import builders
from reviews.tests.builders import AFTER

pytestmark = pytest.mark.django_db


def by_result(call) -> dict[str, list[int]]:
    """Return the totals of each result, best first."""
    found = {}
    for decision in Decision.objects.of_call(call).order_by("country", "-total"):
        total = None if decision.total is None else int(decision.total)
        found.setdefault(decision.result, []).append(total)
    return found


def the(call, total: int, country: str = "KZ") -> Decision:
    return Decision.objects.get(call=call, country=country, total=Decimal(total))


def test_a_draft_gives_the_places_reserve_and_rest_of_each_country():
    call = builders.a_judged_call(
        kz=(90, 80, 70, 60), tj=(50,), places=4, places_per_country=2, reserve_per_country=1
    )
    deciding.draft_decisions(call, at=AFTER)
    assert by_result(call) == {"selected": [90, 80, 50], "reserve": [70], "not_selected": [60]}
    numbers = Decision.objects.of_call(call).selected().order_by("place")
    assert list(numbers.values_list("place", "place_in_country", "country")) == [
        (1, 1, "KZ"),
        (2, 2, "KZ"),
        (3, 1, "TJ"),
    ]


def test_drafting_again_without_changes_changes_nothing():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    deciding.draft_decisions(call, at=AFTER)
    before = list(Decision.objects.of_call(call).order_by("pk").values())
    deciding.draft_decisions(call, at=AFTER)
    assert list(Decision.objects.of_call(call).order_by("pk").values()) == before
    assert not DecisionChange.objects.exists()
    assert DecisionList.objects.count() == 1


def test_nothing_is_drafted_while_the_call_is_open():
    call = builders.a_judged_call(kz=(90,))
    with pytest.raises(Refused, match="open"):
        deciding.draft_decisions(call, at=call.closes_at - timedelta(seconds=1))


def test_an_ineligible_application_is_told_so_and_takes_no_place():
    call = builders.a_judged_call(kz=(90, 80), places_per_country=1)
    deciding.draft_decisions(call, at=AFTER)
    best = the(call, 90).application
    builders.an_ineligible(best)
    deciding.draft_decisions(call, at=AFTER)
    assert Decision.objects.get(application=best).result == "ineligible"
    assert by_result(call)["selected"] == [80]


def test_a_tie_at_the_line_waits_for_people_and_keeps_the_list_from_being_proposed():
    call = builders.a_judged_call(kz=(90, 80, 80, 70), places_per_country=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    (tie,) = deciding.ties_in(draft)
    assert tie.places == 1
    assert [int(d.total) for d in tie.decisions] == [80, 80]
    with pytest.raises(deciding.Hindered) as hindered:
        deciding.propose(draft, by=builders.an_officer(), at=AFTER)
    assert "tie" in [problem.code for problem in hindered.value.problems]


def test_a_tie_is_settled_with_a_reason_and_its_loser_leads_the_reserve():
    call = builders.a_judged_call(kz=(90, 80, 80, 70), places_per_country=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    winner, loser = deciding.ties_in(draft)[0].decisions
    officer = builders.an_officer()
    with pytest.raises(Refused, match="reason_needed"):
        deciding.settle(draft, first=[winner.application_id], reason=" ", by=officer, at=AFTER)
    deciding.settle(
        draft, first=[winner.application_id], reason="Критерий 1: 4 против 3.", by=officer, at=AFTER
    )
    winner.refresh_from_db()
    loser.refresh_from_db()
    assert (winner.result, loser.result, loser.reserve_order) == ("selected", "reserve", 1)
    assert the(call, 70).reserve_order == 2
    changes = DecisionChange.objects.filter(by=officer)
    assert {(one.before, one.after, one.why) for one in changes} == {
        ("tied", "selected", "Критерий 1: 4 против 3."),
        ("tied", "reserve/1", "Критерий 1: 4 против 3."),
    }


def test_a_settled_tie_stays_settled_until_one_of_the_equals_changes():
    call = builders.a_judged_call(kz=(90, 80, 80), places_per_country=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    _, loser = deciding.ties_in(draft)[0].decisions
    officer = builders.an_officer()
    deciding.settle(draft, first=[loser.application_id], reason="Область.", by=officer, at=AFTER)
    deciding.draft_decisions(call, at=AFTER)
    assert deciding.ties_in(draft) == []

    newcomer = builders.an_application(call)
    builders.a_review(newcomer, points=builders.points_for(80))
    deciding.draft_decisions(call, at=AFTER)
    assert len(deciding.ties_in(draft)[0].decisions) == 3


def test_a_tie_needs_exactly_as_many_winners_as_there_are_places():
    call = builders.a_judged_call(kz=(80, 80, 80), places_per_country=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    first = [d.application_id for d in deciding.ties_in(draft)[0].decisions]
    officer = builders.an_officer()
    for chosen in (first, first[:1]):
        with pytest.raises(Refused, match="wrong_count"):
            deciding.settle(draft, first=chosen, reason="Так решили.", by=officer, at=AFTER)
    deciding.settle(draft, first=first[1:], reason="Так решили.", by=officer, at=AFTER)
    assert Decision.objects.of_call(call).selected().count() == 2


def test_a_row_is_changed_by_hand_with_a_reason_and_within_the_places():
    call = builders.a_judged_call(kz=(90, 80, 70), places_per_country=2)
    deciding.draft_decisions(call, at=AFTER)
    officer = builders.an_officer()
    with pytest.raises(Refused, match="no_place"):
        deciding.change(the(call, 70), "selected", reason="Редкий язык.", by=officer, at=AFTER)
    deciding.change(the(call, 80), "not_selected", reason="Отказались сами.", by=officer, at=AFTER)
    assert by_result(call) == {"selected": [90, 70], "not_selected": [80]}
    deciding.draft_decisions(call, at=AFTER)
    assert the(call, 80).result == "not_selected"
    deciding.restore(the(call, 80), reason="Передумали.", by=officer, at=AFTER)
    assert by_result(call) == {"selected": [90, 80], "reserve": [70]}


def test_nobody_below_the_minimum_is_selected_even_by_hand():
    call = builders.a_judged_call(kz=(90, 40), minimum_total=60)
    deciding.draft_decisions(call, at=AFTER)
    with pytest.raises(Refused, match="below_the_minimum"):
        deciding.change(
            the(call, 40), "selected", reason="Жалко.", by=builders.an_officer(), at=AFTER
        )


def test_an_unused_place_moves_to_another_country_only_by_a_recorded_decision():
    call = builders.a_judged_call(kz=(90, 80, 70), tj=(60,), places=4, places_per_country=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    assert by_result(call)["reserve"] == [70]
    officer = builders.an_officer()
    deciding.move_place(
        call,
        from_country="TJ",
        to_country="KZ",
        reason="В Таджикистане одна заявка.",
        by=officer,
        at=AFTER,
    )
    draft = deciding.draft_decisions(call, at=AFTER)
    assert by_result(call) == {"selected": [90, 80, 70, 60]}
    with pytest.raises(Refused, match="no_free_place"):
        deciding.move_place(
            call, from_country="TJ", to_country="KZ", reason="Ещё одно.", by=officer, at=AFTER
        )
    assert draft.call.place_moves.count() == 1


def test_a_list_is_published_by_a_second_person_and_told_to_everybody_at_once():
    call = builders.a_judged_call(kz=(90, 80, 70, 60), places_per_country=2, reserve_per_country=1)
    published = builders.a_published_list(call)
    assert published.status == "published"
    call.refresh_from_db()
    assert call.announced_at == AFTER
    told = Message.objects.of_results()
    assert sorted(told.values_list("kind", flat=True)) == [
        "not_selected",
        "reserve",
        "selected",
        "selected",
    ]
    for decision in Decision.objects.of_call(call).select_related("application"):
        assert decision.application.result == decision.result
        assert decision.application.messages.of_results().count() == 1


def test_nothing_shows_before_it_is_published():
    proposed = builders.a_proposed_list()
    assert not Application.objects.of_call(proposed.call).announced().exists()
    assert not Message.objects.of_results().exists()


def refusals_of(call) -> str:
    """Return the letters to the not selected, one after another."""
    told = deciding.announcements(builders.a_draft_list(call))
    return "".join(one.prepared.letter.text for one in told if one.result == Result.NOT_SELECTED)


def publish(proposed, *, by=None, **changes):
    return deciding.publish(
        proposed,
        **{
            "by": by or builders.a_chair(),
            "counts": proposed.frozen["counts"],
            "fingerprint": proposed.fingerprint,
            "at": AFTER,
            **changes,
        },
    )


def test_nobody_publishes_their_own_proposal():
    officer = builders.an_officer()
    proposed = builders.a_proposed_list(by=officer)
    with pytest.raises(Refused, match="same_person"):
        publish(proposed, by=officer)
    assert not Message.objects.of_results().exists()


def test_the_typed_numbers_must_be_the_list_s():
    proposed = builders.a_proposed_list(kz=(90, 80), tj=(70,))
    with pytest.raises(deciding.WrongCounts) as wrong:
        publish(proposed, counts={"selected": 2, "reserve": 0, "not_selected": 0, "ineligible": 0})
    assert wrong.value.fields == ["selected"]
    assert not Message.objects.of_results().exists()


def test_publishing_twice_tells_nobody_twice():
    proposed = builders.a_proposed_list()
    publish(proposed)
    with pytest.raises(Refused, match="not_proposed"):
        publish(proposed)
    assert Message.objects.of_results().count() == 3


def a_changed_row(proposed):
    decision = Decision.objects.filter(decision_list=proposed).selected().first()
    deciding.change(decision, "not_selected", reason="Ошибка.", by=builders.an_officer(), at=AFTER)


def a_changed_address(proposed):
    Application.objects.of_call(proposed.call).update(contact_email="new@outlet.example")


def a_changed_template(proposed):
    LetterTemplate.objects.create(
        kind="selected",
        language="ru",
        subject="Заявка {{ number }}",
        body="Ответ: {{ link }}",
        edited_at=AFTER,
        edited_by=builders.an_officer(),
    )


def a_revised_score(proposed):
    score = Score.objects.filter(points=5).first()
    scoring.revise(score, points=0, reason="Перепутал строки.", at=AFTER)


def a_new_date(proposed):
    deciding.set_dates(
        proposed,
        confirm_by=proposed.confirm_by + timedelta(days=1),
        review_until=proposed.review_until,
        holds_until=proposed.holds_until,
        by=builders.an_officer(),
        at=AFTER,
    )


@pytest.mark.parametrize(
    "something",
    [a_changed_row, a_changed_address, a_changed_template, a_revised_score, a_new_date],
)
def test_whatever_changes_in_between_voids_the_proposal(something):
    proposed = builders.a_proposed_list()
    something(proposed)
    with pytest.raises(Refused):
        publish(proposed)
    proposed.refresh_from_db()
    assert proposed.status == "void"
    assert not Message.objects.of_results().exists()
    draft = deciding.at_work(proposed.call)
    assert draft.number == proposed.number + 1
    assert draft.decisions.count() == 3


def test_a_proposal_that_was_sent_back_becomes_a_draft_with_the_remark():
    proposed = builders.a_proposed_list()
    chair = builders.a_chair()
    draft = deciding.send_back(proposed, remark="Проверьте адрес.", by=chair, at=AFTER)
    proposed.refresh_from_db()
    assert (proposed.status, proposed.voided_because) == ("void", "Проверьте адрес.")
    assert draft.status == "draft"


def test_a_timed_list_is_published_by_the_sweep_at_its_time_and_not_before():
    proposed = builders.a_proposed_list()
    later = AFTER + timedelta(hours=3)
    scheduled = publish(proposed, publish_at=later)
    assert not deciding.publish_due(scheduled, at=later - timedelta(seconds=1))
    assert not Message.objects.of_results().exists()
    assert deciding.publish_due(scheduled, at=later)
    assert not deciding.publish_due(scheduled, at=later)
    assert Message.objects.of_results().count() == 3


def test_a_timed_list_can_be_called_off_until_its_time():
    proposed = builders.a_proposed_list()
    later = AFTER + timedelta(hours=3)
    scheduled = publish(proposed, publish_at=later)
    deciding.cancel(scheduled, by=builders.an_officer(), at=AFTER)
    assert not deciding.publish_due(scheduled, at=later)
    scheduled.refresh_from_db()
    assert (scheduled.status, scheduled.published_by) == ("proposed", None)


def test_a_timed_list_that_something_changed_under_is_void_and_officers_are_told_why():
    officer = builders.an_officer(email="officer@portal.example")
    proposed = builders.a_proposed_list()
    later = AFTER + timedelta(hours=3)
    scheduled = publish(proposed, publish_at=later)
    a_changed_address(scheduled)
    assert deciding.watch(scheduled, at=later)
    assert not deciding.publish_due(scheduled, at=later)
    letter = Message.objects.get(kind="list_voided", recipient=officer.email)
    assert "recipient" in letter.text


def test_a_stale_draft_is_not_proposed():
    draft = builders.a_draft_list()
    a_revised_score(draft)
    with pytest.raises(Refused, match="stale"):
        deciding.propose(draft, by=builders.an_officer(), at=AFTER)


def test_feedback_is_needed_before_proposing():
    call = builders.a_judged_call(kz=(90, 80), places_per_country=1, reserve_per_country=0)
    draft = deciding.draft_decisions(call, at=AFTER)
    with pytest.raises(deciding.Hindered) as hindered:
        deciding.propose(draft, by=builders.an_officer(), at=AFTER)
    assert [problem.code for problem in hindered.value.problems] == ["feedback"]


def test_a_mail_address_that_returned_mail_hinders_until_it_is_corrected():
    draft = builders.a_draft_list()
    application = Application.objects.of_call(draft.call).first()
    application.messages.filter(kind="submitted").update(status="bounced", sent_at=AFTER)
    codes = [(p.code, p.solved) for p in deciding.problems(draft, deciding.decisions_of(draft))]
    assert codes == [("bounced", False)]
    Application.objects.filter(pk=application.pk).update(contact_email="right@outlet.example")
    codes = [(p.code, p.solved) for p in deciding.problems(draft, deciding.decisions_of(draft))]
    assert codes == [("bounced", True)]


def test_an_average_is_told_only_where_it_gives_nobody_away():
    few = builders.a_judged_call(kz=(90, 80, 70, 60), places_per_country=1, reserve_per_country=1)
    assert "Средний итог" not in refusals_of(few)
    many = builders.a_judged_call(
        kz=(90, 80, 70, 60, 50), places_per_country=1, reserve_per_country=1
    )
    assert refusals_of(many).count("Средний итог заявок из вашей страны: 70.") == 3


def test_a_published_result_is_never_changed_by_drafting_again():
    call = builders.a_judged_call(kz=(90,))
    builders.a_published_list(call)
    with pytest.raises(Refused, match="published"):
        deciding.draft_decisions(call, at=AFTER)
    with pytest.raises(Refused, match="published"):
        deciding.change(
            the(call, 90), "not_selected", reason="Поздно.", by=builders.an_officer(), at=AFTER
        )
