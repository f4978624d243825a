"""After the announcement: places that become free, and who moves up, by the same two people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit, results
from applications.models import Application, Call
from applications.models.application import Refused
from reviews.deciding.ledger import actor_of, at_work, hold, needed, note, state
from reviews.deciding.places import country_places, leave, take
from reviews.models import Decision, DecisionList, DecisionListStatus, DecisionResult

DAYS_TO_CONFIRM = 5


@dataclass(frozen=True)
class Vacancy:
    """A place its outlet declined, or did not answer for in time, and who is next.

    `next` holds more than one where people must say which of equals comes first; it is empty
    where the country's reserve is.
    """

    decision: Decision
    declined: bool
    next: list[Decision]


def vacancies(call: Call, *, at: datetime) -> list[Vacancy]:
    """Return the places that wait for a decision, oldest first."""
    held = Decision.objects.of_call(call).holding_a_place().for_listing()
    published = held.filter(decision_list__status=DecisionListStatus.PUBLISHED)
    found = []
    taken: set[int] = set()
    for decision in published:
        application = decision.application
        declined = application.declined_at is not None
        if declined or is_silent(application, at):
            following = next_in(call, decision.country, taken)
            if len(following) == 1:
                taken.add(following[0].pk)
            found.append(Vacancy(decision, declined, following))
    return found


def is_silent(application: Application, at: datetime) -> bool:
    """Whether an offer ran out without an answer."""
    return (
        application.confirmed_at is None
        and application.declined_at is None
        and application.confirm_by is not None
        and application.confirm_by <= at
    )


def next_in(call: Call, country: str, taken: Collection[int] = ()) -> list[Decision]:
    """Return who is next in a country's reserve; several where they are equal."""
    waiting = [
        d
        for d in Decision.objects.reserve_of(call, country).select_related("application__outlet")
        if d.pk not in taken
    ]
    return [d for d in waiting if d.reserve_order == waiting[0].reserve_order]


def promote(
    vacated: Decision,
    *,
    promoted: Decision | None,
    reason: str,
    by: AbstractBaseUser,
    at: datetime,
) -> DecisionList:
    """Draft a list that frees a place and offers it to the next in the country's reserve.

    `promoted` None frees the place and offers it to nobody. Where several are equal the reason
    says why this one. Nobody is told before a second person publishes the list. Raises Refused
    ("reason_needed", "not_vacant", "not_next", "at_work").
    """
    reason = needed(reason)
    with transaction.atomic():
        call = hold(vacated.call)
        vacated = Decision.objects.select_related("application").get(pk=vacated.pk)
        if not is_vacant(vacated, at):
            raise Refused("not_vacant")
        if promoted and promoted.pk not in {d.pk for d in next_in(call, vacated.country)}:
            raise Refused("not_next")
        draft = promotion_list(call, by=by, at=at)
        before = state(vacated)
        leave(vacated)
        vacated.released_at, vacated.decision_list = at, draft
        vacated.reason = reason
        vacated.save()
        note(draft, vacated, before, at=at, reason=reason, by=by)
        if promoted:
            move_up(promoted, draft, reason=reason, by=by, at=at)
        audit.record(
            "promotion.drafted",
            draft,
            at=at,
            actor=actor_of(by),
            reason=reason,
            freed=vacated.application.number,
            promoted=promoted and promoted.application.number,
        )
    return draft


def is_vacant(decision: Decision, at: datetime) -> bool:
    gone = decision.application.declined_at is not None or is_silent(decision.application, at)
    return decision.place is not None and gone


def promotion_list(call: Call, *, by: AbstractBaseUser, at: datetime) -> DecisionList:
    """Return the draft of promotions at work, or open one. Raises Refused ("at_work",
    "not_published")."""
    if current := at_work(call):
        if current.is_promotion and current.status == DecisionListStatus.DRAFT:
            return current
        raise Refused("at_work")
    published = DecisionList.objects.of_call(call).published().order_by("number").last()
    if published is None:
        raise Refused("not_published")
    last = DecisionList.objects.of_call(call).order_by("number").last()
    day = (at + timedelta(days=DAYS_TO_CONFIRM)).date()
    return DecisionList.objects.create(
        call=call,
        number=last.number + 1,
        is_promotion=True,
        drafted_at=at,
        drafted_by=by,
        confirm_by=call.end_of(day),
        holds_until=published.holds_until,
        review_until=published.review_until,
    )


def move_up(decision: Decision, draft: DecisionList, *, reason: str, by, at: datetime) -> None:
    """Give the freed place to one of the reserve."""
    decision = Decision.objects.select_related("application").get(pk=decision.pk)
    before = state(decision)
    decision.result, decision.reserve_order = DecisionResult.SELECTED, None
    decision.decision_list, decision.reason = draft, reason
    take(decision, draft.call, country_places(draft.call))
    decision.save()
    note(draft, decision, before, at=at, reason=reason, by=by)


def release_places(decision_list: DecisionList, *, at: datetime, actor: str) -> None:
    """Tell the applications whose place the list frees that it is no longer theirs."""
    freed = Decision.objects.filter(decision_list=decision_list, released_at__isnull=False)
    for decision in freed.select_related("application"):
        results.release(decision.application, at=at, actor=actor, reason=decision.reason)


def undo(decision_list: DecisionList, *, reason: str, by: AbstractBaseUser, at: datetime) -> None:
    """Drop a drafted promotion: places and the reserve are as before it. Raises Refused
    ("not_draft")."""
    reason = needed(reason)
    with transaction.atomic():
        hold(decision_list.call)
        draft = DecisionList.objects.locked(decision_list.pk)
        if draft.status != DecisionListStatus.DRAFT or not draft.is_promotion:
            raise Refused("not_draft")
        published = DecisionList.objects.of_call(draft.call).published().order_by("number").last()
        rows = list(Decision.objects.filter(decision_list=draft).select_related("application"))
        rows.sort(key=lambda d: d.released_at is not None)  # those moved up give way first
        for decision in rows:
            put_back(decision, draft, published, reason=reason, by=by, at=at)
        draft.status = DecisionListStatus.VOID
        draft.voided_at, draft.voided_because = at, reason
        draft.save(update_fields=["status", "voided_at", "voided_because"])
        audit.record("promotion.dropped", draft, at=at, actor=actor_of(by), reason=reason)


def put_back(decision: Decision, draft, published, *, reason: str, by, at: datetime) -> None:
    before = state(decision)
    if decision.released_at is None:
        leave(decision)
        decision.result = DecisionResult.RESERVE
        decision.reserve_order = order_before(decision, draft)
    else:
        decision.released_at = None
        take(decision, draft.call, country_places(draft.call))
    decision.decision_list = published
    decision.save()
    note(draft, decision, before, at=at, reason=reason, by=by)


def order_before(decision: Decision, draft: DecisionList) -> int:
    """Return the reserve's order the ledger says the decision had."""
    changes = draft.call.decision_lists.filter(changes__application=decision.application_id)
    said = changes.filter(changes__before__startswith="reserve/").order_by("-changes__pk")
    before = said.values_list("changes__before", flat=True).first()
    return int(before.split("/")[1])
