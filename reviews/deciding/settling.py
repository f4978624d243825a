"""What people decide over the arithmetic: settle a tie, change a row, word the feedback."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.models.application import Refused
from reviews.deciding.drafting import allocate_into, ties_in
from reviews.deciding.ledger import actor_of, hold, needed, note, opened, state
from reviews.deciding.places import country_places, leave, take
from reviews.models import Decision, DecisionList, DecisionResult

BY_HAND = {DecisionResult.SELECTED, DecisionResult.RESERVE, DecisionResult.NOT_SELECTED}


def settle(
    decision_list: DecisionList,
    *,
    first: Collection[int],
    reason: str,
    by: AbstractBaseUser,
    at: datetime,
) -> DecisionList:
    """Settle a tie at the line: the applications in `first` get the contested places.

    As many as there are places, no country more than its own; the others lead the reserve.
    Raises Refused ("reason_needed", "no_such_tie", "wrong_count", "too_many_of_a_country").
    """
    reason = needed(reason)
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = opened(decision_list, because=reason, by=by, at=at)
        tie = next((tie for tie in ties_in(decision_list) if named_in(tie, first)), None)
        if tie is None:
            raise Refused("no_such_tie")
        winners = [d for d in tie.decisions if d.application_id in first]
        if len(winners) != tie.places:
            raise Refused("wrong_count")
        if any(sum(d.country == c for d in winners) > n for c, n in tie.countries.items()):
            raise Refused("too_many_of_a_country")
        put_first(decision_list, tie.decisions, winners)
        reasons = dict.fromkeys((d.application_id for d in tie.decisions), reason)
        allocate_into(decision_list, at=at, reasons=reasons, by=by)
        audit.record(
            "tie.settled",
            decision_list,
            at=at,
            actor=actor_of(by),
            reason=reason,
            first=sorted(d.application.number for d in winners),
            among=sorted(d.application.number for d in tie.decisions),
        )
    return decision_list


def named_in(tie, first: Collection[int]) -> bool:
    """Whether everything in `first` belongs to this tie."""
    return bool(first) and set(first) <= {d.application_id for d in tie.decisions}


def put_first(
    decision_list: DecisionList, equals: Collection[Decision], winners: Collection[Decision]
) -> None:
    """Order equals: the winners before the others of their standing, everyone else as they were."""
    chosen = {d.pk for d in winners}
    compared = {d.pk for d in equals}
    same_total = Decision.objects.filter(decision_list=decision_list, total=equals[0].total)
    key = lambda d: (d.precedence, d.pk in compared and d.pk not in chosen)  # noqa: E731
    for n, (_, group) in enumerate(groupby(sorted(same_total, key=key), key=key), 1):
        for decision in group:
            decision.precedence = n
            decision.save(update_fields=["precedence"])


def change(
    decision: Decision, result: str, *, reason: str, by: AbstractBaseUser, at: datetime
) -> Decision:
    """Decide one row by hand, against the arithmetic and within the places.

    A proposed list loses its force; the change lands in its successor. Raises Refused
    ("reason_needed", "no_place", "below_the_minimum", "not_by_hand", "ineligible", "unscored").
    """
    reason = needed(reason)
    with transaction.atomic():
        call = hold(decision.call)
        about = decision.application
        draft = opened(decision.decision_list, because=reason, by=by, at=at, about=about)
        if draft.is_promotion or result not in BY_HAND:
            raise Refused("not_by_hand")
        decision = Decision.objects.select_related("application").get(pk=decision.pk)
        require_selectable(decision, result)
        before = state(decision)
        leave(decision)
        decision.by_hand, decision.reason = True, reason
        decision.result, decision.reserve_order = result, None
        if result == DecisionResult.SELECTED:
            take(decision, call, country_places(call))
        if result == DecisionResult.RESERVE:
            decision.reserve_order = last_in_reserve(decision) + 1
        decision.save()
        allocate_into(draft, at=at)
        decision.refresh_from_db()
        note(draft, decision, before, at=at, reason=reason, by=by)
        record_change(draft, decision, before, reason=reason, by=by, at=at)
    return decision


def require_selectable(decision: Decision, result: str) -> None:
    """Raise Refused where the call's own rules forbid the result, whoever wishes it."""
    if decision.result == DecisionResult.INELIGIBLE:
        raise Refused("ineligible")
    if result == DecisionResult.NOT_SELECTED:
        return
    if decision.total is None:
        raise Refused("unscored")
    minimum = decision.call.minimum_total
    if minimum is not None and decision.total < minimum:
        raise Refused("below_the_minimum")


def last_in_reserve(decision: Decision) -> int:
    orders = Decision.objects.reserve_of(decision.call, decision.country)
    return max(orders.values_list("reserve_order", flat=True), default=0)


def record_change(draft, decision: Decision, before: str, *, reason, by, at) -> None:
    audit.record(
        "decision.changed",
        draft,
        at=at,
        actor=actor_of(by),
        application=decision.application.number,
        before=before,
        after=state(decision),
        reason=reason,
    )


def restore(decision: Decision, *, reason: str, by: AbstractBaseUser, at: datetime) -> Decision:
    """Give a row decided by hand back to the arithmetic."""
    reason = needed(reason)
    with transaction.atomic():
        hold(decision.call)
        about = decision.application
        draft = opened(decision.decision_list, because=reason, by=by, at=at, about=about)
        decision = Decision.objects.select_related("application").get(pk=decision.pk)
        before = state(decision)
        decision.by_hand, decision.reason = False, ""
        decision.save(update_fields=["by_hand", "reason"])
        allocate_into(draft, at=at)
        decision.refresh_from_db()
        note(draft, decision, before, at=at, reason=reason, by=by)
        record_change(draft, decision, before, reason=reason, by=by, at=at)
    return decision


def write_feedback(
    decision: Decision, *, strength: str, improvement: str, by: AbstractBaseUser, at: datetime
) -> Decision:
    """Word what an applicant is told: one strength, one thing that would have helped.

    It is part of the letter, so a proposed list loses its force.
    """
    with transaction.atomic():
        hold(decision.call)
        decision = Decision.objects.select_related("application").get(pk=decision.pk)
        said = (strength.strip(), improvement.strip())
        if (decision.strength, decision.improvement) == said:
            return decision
        draft = opened(decision.decision_list, because="feedback", by=by, at=at)
        decision.decision_list = draft
        decision.strength, decision.improvement = said
        decision.feedback_by = by
        decision.save(update_fields=["strength", "improvement", "feedback_by"])
        audit.record(
            "feedback.written",
            draft,
            at=at,
            actor=actor_of(by),
            application=decision.application.number,
        )
    return decision


def set_dates(
    decision_list: DecisionList,
    *,
    confirm_by: datetime,
    review_until: datetime,
    holds_until: datetime,
    by: AbstractBaseUser,
    at: datetime,
) -> DecisionList:
    """Set the dates that letters name. Raises Refused ("past") for one that has gone by."""
    dates = {
        "confirm_by": confirm_by,
        "review_until": review_until,
        "holds_until": holds_until,
    }
    if min(dates.values()) <= at:
        raise Refused("past")
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = opened(decision_list, because="dates", by=by, at=at)
        for name, value in dates.items():
            setattr(decision_list, name, value)
        decision_list.save(update_fields=list(dates))
        audit.record(
            "dates.set",
            decision_list,
            at=at,
            actor=actor_of(by),
            **{name: value.isoformat() for name, value in dates.items()},
        )
    return decision_list
