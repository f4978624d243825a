"""Draft who is selected: the ranking's arithmetic, written into decisions that hold places."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.models import Application, Call
from applications.models.application import Refused
from reviews import ranking
from reviews.deciding.ledger import actor_of, at_work, hold, note, state
from reviews.deciding.places import country_places, leave, number_anew
from reviews.models import Decision, DecisionList, DecisionListStatus, DecisionResult
from reviews.standing import Standing, ineligible_applications, standings

DAYS_TO_CONFIRM = 5  # after the day by which letters go out
DAYS_TO_ASK_FOR_A_REVIEW = 21
DAYS_THE_RESERVE_HOLDS = 60
WRITTEN = [
    "decision_list",
    "country",
    "result",
    "place",
    "cap",
    "place_in_country",
    "country_cap",
    "rank",
    "rank_last",
    "precedence",
    "reserve_order",
    "total",
    "by_hand",
    "reason",
]


@dataclass
class Outcome:
    """What the arithmetic says of one application."""

    result: str
    reserve_order: int | None = None


def draft_decisions(
    call: Call, *, at: datetime, by: AbstractBaseUser | None = None
) -> DecisionList:
    """Make or renew the draft of a call from what jurors handed in.

    Running it again changes only what the totals changed: ties that people settled stay settled
    while the equals are the same, and what was changed by hand stays. Raises Refused: "open"
    before the call has closed, "published", "proposed" (a proposal is not touched: return it
    first).
    """
    with transaction.atomic():
        call = hold(call)
        if not call.has_closed(at):
            raise Refused("open")
        if DecisionList.objects.of_call(call).published().exists():
            raise Refused("published")
        decision_list = at_work(call) or first_list(call, at=at, by=by)
        if decision_list.status != DecisionListStatus.DRAFT:
            raise Refused("proposed")
        decision_list.call = call
        changed = allocate_into(decision_list, at=at)
        audit.record("decisions.drafted", decision_list, at=at, actor=actor_of(by), changed=changed)
    return decision_list


def first_list(call: Call, *, at: datetime, by: AbstractBaseUser | None) -> DecisionList:
    """Open the call's first draft, with dates counted from the day letters go out."""
    last = DecisionList.objects.of_call(call).order_by("number").last()
    told = max(call.end_of(call.notification_date), at)
    return DecisionList.objects.create(
        call=call,
        number=last.number + 1 if last else 1,
        drafted_at=at,
        drafted_by=by,
        confirm_by=call.end_of(day_in(call, told, DAYS_TO_CONFIRM)),
        review_until=call.end_of(day_in(call, told, DAYS_TO_ASK_FOR_A_REVIEW)),
        holds_until=call.end_of(day_in(call, told, DAYS_THE_RESERVE_HOLDS)),
    )


def day_in(call: Call, instant: datetime, days: int):
    """Return the calendar day in the call's zone `days` after the last day before `instant`."""
    last_day = (instant - timedelta(microseconds=1)).astimezone(call.end_of(instant.date()).tzinfo)
    return last_day.date() + timedelta(days=days)


def allocate_into(
    decision_list: DecisionList,
    *,
    at: datetime,
    reasons: dict[int, str] | None = None,
    by: AbstractBaseUser | None = None,
) -> int:
    """Write the allocation into the list's decisions; return how many changed.

    The ledger gets the totals as the reason, or what `by` said of an application in `reasons`.
    The caller holds the call's row. All places are let go before any is taken, so that a swap
    never looks like a thirteenth.
    """
    reasons = reasons or {}
    call = decision_list.call
    standing = standings(call)
    ineligible = list(ineligible_applications(call))
    decisions = {d.application_id: d for d in Decision.objects.of_call(call)}
    before = {pk: state(decision) for pk, decision in decisions.items()}
    before_totals = {pk: decision.total for pk, decision in decisions.items()}
    drop_departed(decisions, standing, ineligible)
    for one in standing:
        decision = decisions.setdefault(one.application.pk, blank(decision_list, one.application))
        take_total(decision, one)
    for application in ineligible:
        decision = decisions.setdefault(application.pk, blank(decision_list, application))
        decision.total, decision.precedence, decision.by_hand = None, 0, False
    keep_settled_ties(decisions.values())
    for pk, reason in reasons.items():
        decisions[pk].reason = reason
    outcomes = outcomes_of(call, decisions, {a.pk for a in ineligible})
    write(decision_list, decisions, outcomes)
    changed = 0
    for pk, decision in decisions.items():
        reason = reasons.get(pk) or figures(before_totals.get(pk), decision.total)
        who = by if pk in reasons else None
        if pk in before and note(decision_list, decision, before[pk], at=at, reason=reason, by=who):
            changed += 1
    return changed


def figures(before, after) -> str:
    """Return a change of totals in figures, without words: 76.0 → 73.0."""
    if before == after:
        return "="
    return " → ".join("—" if one is None else f"{one:.1f}" for one in (before, after))


def blank(decision_list: DecisionList, application: Application) -> Decision:
    return Decision(
        decision_list=decision_list,
        application=application,
        call_id=application.call_id,
        country=application.outlet.country,
        result=DecisionResult.NOT_SELECTED,
    )


def drop_departed(decisions: dict[int, Decision], standing, ineligible) -> None:
    """Forget decisions on applications that are not in the selection any more."""
    there = {one.application.pk for one in standing} | {one.pk for one in ineligible}
    for pk in [pk for pk in decisions if pk not in there]:
        decisions.pop(pk).delete()


def take_total(decision: Decision, standing: Standing) -> None:
    """Carry the total and country over; a tie settled under another total is open again."""
    decision.country = standing.country
    if decision.total != standing.total:
        decision.precedence = 0
    decision.total = standing.total


def keep_settled_ties(decisions) -> None:
    """Open a settled tie again where a newcomer has the same total: people had not compared it."""
    equals = defaultdict(list)
    for decision in decisions:
        if decision.total is not None and not decision.by_hand:
            equals[decision.total].append(decision)
    for group in equals.values():
        settled = defaultdict(set)
        for decision in group:
            settled[decision.country].add(bool(decision.precedence))
        if any(len(kinds) > 1 for kinds in settled.values()):
            for decision in group:
                decision.precedence = 0


def allocation_of(
    call: Call, decisions: dict[int, Decision], ineligible: set[int]
) -> ranking.Allocation:
    """Allocate what people have not decided by hand; what they have keeps its places."""
    chosen = [d for d in decisions.values() if d.by_hand and d.result == DecisionResult.SELECTED]
    caps = country_places(call)
    return ranking.allocate(
        [
            ranking.Entry(pk, d.country, d.total, d.precedence)
            for pk, d in sorted(decisions.items())
            if not d.by_hand and pk not in ineligible
        ],
        places=call.places - len(chosen),
        country_places={
            code: cap - sum(d.country == code for d in chosen) for code, cap in caps.items()
        },
        minimum=call.minimum_total,
        reserve=call.reserve_per_country,
    )


def outcomes_of(
    call: Call, decisions: dict[int, Decision], ineligible: set[int]
) -> dict[int, Outcome]:
    """Return what becomes of each application."""
    by_hand = {pk: d for pk, d in decisions.items() if d.by_hand and pk not in ineligible}
    outcomes = {pk: Outcome(DecisionResult.INELIGIBLE) for pk in ineligible}
    for code, country in allocation_of(call, decisions, ineligible).countries.items():
        outcomes |= {pk: Outcome(DecisionResult.SELECTED) for pk in country.selected}
        outcomes |= {pk: Outcome(DecisionResult.TIED) for pk in country.tied}
        outcomes |= {pk: Outcome(DecisionResult.RESERVE, order) for order, pk in country.reserve}
        outcomes |= {
            pk: Outcome(DecisionResult.NOT_SELECTED)
            for pk in country.not_selected + country.unscored
        }
        outcomes |= by_hand_in(code, by_hand, last=len(country.reserve))
    return outcomes


def by_hand_in(code: str, by_hand: dict[int, Decision], *, last: int) -> dict[int, Outcome]:
    """Return what people decided in a country; their reserve stands behind the arithmetic's."""
    outcomes = {}
    order = sorted(by_hand.items(), key=lambda pair: (pair[1].reserve_order or 0, pair[0]))
    for pk, decision in order:
        if decision.country != code:
            continue
        if decision.result == DecisionResult.RESERVE:
            last += 1
        is_reserve = decision.result == DecisionResult.RESERVE
        outcomes[pk] = Outcome(decision.result, last if is_reserve else None)
    return outcomes


def write(
    decision_list: DecisionList, decisions: dict[int, Decision], outcomes: dict[int, Outcome]
) -> None:
    """Store the decisions: every place is let go first, then numbered from 1."""
    call = decision_list.call
    Decision.objects.of_call(call).holding_a_place().update(
        result=DecisionResult.NOT_SELECTED,
        place=None,
        cap=None,
        place_in_country=None,
        country_cap=None,
    )
    for pk, decision in decisions.items():
        decision.decision_list = decision_list
        decision.result = outcomes[pk].result
        decision.reserve_order = outcomes[pk].reserve_order
        leave(decision)
    rank(decisions)
    chosen = [d for d in decisions.values() if d.result == DecisionResult.SELECTED]
    chosen.sort(key=lambda d: (d.country, d.rank or 0, d.precedence, d.application_id))
    number_anew(chosen, call, country_places(call))
    known = [decision for decision in decisions.values() if decision.pk]
    new = [decision for decision in decisions.values() if not decision.pk]
    Decision.objects.bulk_update(known, WRITTEN, batch_size=200)
    Decision.objects.bulk_create(new, batch_size=500)


def rank(decisions: dict[int, Decision]) -> None:
    """Give each its rank in its country; equals share a range, the unscored have none."""
    for code in {d.country for d in decisions.values()}:
        totals = {pk: d.total for pk, d in decisions.items() if d.country == code}
        ranks = ranking.ranks(totals)
        for pk in totals:
            first, last = ranks.get(pk, (None, None))
            decisions[pk].rank, decisions[pk].rank_last = first, last


@dataclass
class Tie:
    """Equals of whom only `places` can be selected; `countries` says how many of each at most."""

    decisions: list[Decision]
    places: int
    countries: dict[str, int]


def ties_in(decision_list: DecisionList) -> list[Tie]:
    """Return the ties that people must settle before the list can be proposed."""
    rows = Decision.objects.filter(decision_list=decision_list).for_listing()
    decisions = {d.application_id: d for d in rows}
    if not any(d.result == DecisionResult.TIED for d in decisions.values()):
        return []
    ineligible = {pk for pk, d in decisions.items() if d.result == DecisionResult.INELIGIBLE}
    ties = allocation_of(decision_list.call, decisions, ineligible).ties
    return [Tie([decisions[k] for k in t.keys], t.places, dict(t.at_most)) for t in ties]
