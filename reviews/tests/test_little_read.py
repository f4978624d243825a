"""A list may go on although some were read by too few: named plainly, with a written reason."""

import json

import pytest
import time_machine
from django.urls import reverse

from applications import events
from applications.models import AuditEntry, Call
from applications.models.application import Refused
from reviews import boardpack, deciding, reporting
from reviews.models import Decision, DecisionList
from reviews.tests import builders
from reviews.tests.builders import AFTER, a_review, points_for

pytestmark = pytest.mark.django_db
WHY = "Эксперт заболел, письма обещаны к 25 декабря."


@pytest.fixture
def draft():
    """A list in which one has two reviews, one has one, and two totals of one lie far apart."""
    call = builders.a_judged_call(kz=(90, 80, 70), reviews_wanted=2)
    full, _, apart = call.applications.order_by("pk")
    a_review(full, points=points_for(90))
    a_review(apart, points=points_for(92))
    return builders.a_draft_list(call)


@pytest.fixture
def visit(client):
    """Open the pages of a list as somebody, in English and after the deadline."""

    def of(user, name, call, data=None):
        client.cookies["staff_language"] = "en"
        address = reverse(f"admin:reviews_{name}", args=[call.slug])
        with time_machine.travel(AFTER, tick=False):
            client.force_login(user)
            page = client.get(address) if data is None else client.post(address, data)
        return page.content.decode()

    return of


def numbers_of(call: Call) -> list[str]:
    return list(call.applications.order_by("pk").values_list("number", flat=True))


def test_it_is_refused_without_a_reason_and_told_with_one_for_good(draft):
    officer = builders.an_officer()
    for nothing in ("", "  \n"):
        with pytest.raises(Refused, match="little_read"):
            deciding.propose(draft, by=officer, at=AFTER, because=nothing)
    _, once, apart = numbers_of(draft.call)
    proposed = deciding.propose(draft, by=officer, at=AFTER, because=f" {WHY} ")
    assert proposed.short_because == WHY
    short = {row["number"]: (row["read"], row["wanted"]) for row in proposed.short_rows}
    assert short == {once: (1, 2), apart: (2, 3)}
    entry = AuditEntry.objects.get(event="decision_list.proposed")
    assert entry.told["because"] == WHY
    assert entry.told["little_read"] == {once: "1/2", apart: "2/3"}
    assert WHY not in json.dumps(entry.details, ensure_ascii=False)
    assert WHY in events.details_of(entry)
    (told,) = reporting.lists(draft.call)
    assert told["little_read_because"] == WHY
    assert {row["application"] for row in told["little_read"]} == {once, apart}


def test_the_fingerprint_is_taken_over_the_reason_and_the_missing_reviews_too(draft):
    proposed = deciding.propose(draft, by=builders.an_officer(), at=AFTER, because=WHY)
    assert not deciding.since_proposed(proposed)
    DecisionList.objects.update(frozen={**proposed.frozen, "because": "Всё прочитано."})
    assert deciding.since_proposed(DecisionList.objects.get())
    DecisionList.objects.update(frozen=proposed.frozen)
    Call.objects.update(reviews_wanted=3)
    told = deciding.since_proposed(DecisionList.objects.get())
    assert {tuple(one["what"]) for one in told} == {("read", "wanted"), ("wanted",)}


def test_where_everything_is_read_no_reason_is_kept_and_none_asked_for():
    call = builders.a_judged_call(kz=(90, 80), reviews_wanted=2)
    for application, total in zip(call.applications.order_by("pk"), (90, 80), strict=True):
        a_review(application, points=points_for(total))
    draft = builders.a_draft_list(call)
    proposed = deciding.propose(draft, by=builders.an_officer(), at=AFTER, because=WHY)
    assert (proposed.short_rows, proposed.short_because) == ([], "")
    assert "because" not in AuditEntry.objects.get(event="decision_list.proposed").details


def test_no_reason_lets_one_through_that_nobody_has_read_and_the_ineligible_needs_none():
    call = builders.a_judged_call(kz=(90,), reviews_wanted=2)
    unread, unfit = builders.an_application(call), builders.a_judged_application(call)
    builders.an_ineligible(unfit)
    draft = builders.a_draft_list(call)
    short = deciding.little_read(draft, deciding.decisions_of(draft))
    assert [one.number for one in short] == [call.applications.earliest("pk").number]
    with pytest.raises(deciding.Hindered) as hindered:
        deciding.propose(draft, by=builders.an_officer(), at=AFTER, because=WHY)
    assert [(one.code, one.numbers) for one in hindered.value.problems if one.code != "feedback"] \
        == [("unscored", (unread.number,))]  # fmt: skip


def test_the_proposer_writes_it_on_the_page_and_the_second_person_reads_it(draft, visit):
    officer, chair = builders.an_officer(), builders.a_chair()
    call, (_, once, apart) = draft.call, numbers_of(draft.call)
    page = visit(officer, "decisions", call)
    assert "2 applications were read by too few jurors" in page
    assert "Nothing stands in the way." not in page
    assert page.index(once) < page.index("1 of 2 reviews")
    assert page.index(apart) < page.index("the third review is missing")
    refused = visit(officer, "propose", call, {"because": " "})
    assert "write why the list can’t wait for them" in refused
    assert deciding.at_work(call).status == "draft"
    visit(officer, "propose", call, {"because": WHY})
    assert deciding.at_work(call).status == "proposed"
    page = visit(chair, "publish", call)
    assert WHY in page
    assert f"{officer.get_full_name()} wrote why it can’t wait" in page
    assert WHY in visit(chair, "decisions", call)
    assert f"Why it could not wait: {WHY}" in visit(chair, "report", call)
    with time_machine.travel(AFTER, tick=False):
        pack = boardpack.pack_of(call, chair, "KZ")
    assert pack.because == WHY
    short = [one for one in pack.dossiers if one.standing.endswith("1 of 2 reviews")]
    assert [one.spread for one in short] == [None]


def test_who_sends_it_back_gets_the_reason_asked_for_again_with_what_was_written(draft, visit):
    officer = builders.an_officer()
    proposed = deciding.propose(draft, by=officer, at=AFTER, because=WHY)
    deciding.send_back(proposed, remark="Подождём Рустама.", by=builders.a_chair(), at=AFTER)
    assert f">{WHY}</textarea>" in visit(officer, "decisions", draft.call)
    with pytest.raises(Refused, match="little_read"):
        deciding.propose(deciding.at_work(draft.call), by=officer, at=AFTER)


@pytest.mark.parametrize("rows", [1, 3])
def test_whom_too_few_read_is_asked_in_one_query(rows, django_assert_num_queries):
    call = builders.a_judged_call(kz=(90, 80, 70)[:rows], reviews_wanted=2)
    draft = deciding.draft_decisions(call, at=AFTER)
    decisions = list(Decision.objects.of_call(call).for_listing())
    with django_assert_num_queries(1):
        assert len(deciding.little_read(draft, decisions)) == rows
