"""The ledger of a decision list: every change with who and why, and what stands at work."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from applications import audit
from applications.models import Application, Call
from applications.models.application import Refused
from reviews.models import (
    ChangeReason,
    Decision,
    DecisionChange,
    DecisionList,
    DecisionListStatus,
)

ABSENT = "—"


def actor_of(by: AbstractBaseUser | None) -> str:
    return by.get_username() if by else audit.SYSTEM


def needed(reason: str) -> str:
    """Return the reason, trimmed; Refused ("reason_needed") without one."""
    if not reason.strip():
        raise Refused("reason_needed")
    return reason.strip()


def state(decision: Decision | None) -> str:
    """Return a decision in one word, as the ledger keeps it: reserve/2."""
    if decision is None:
        return ABSENT
    if decision.reserve_order is not None:
        return f"{decision.result}/{decision.reserve_order}"
    return f"{decision.result}/-" if decision.released_at else decision.result


def note(
    decision_list: DecisionList,
    decision: Decision,
    before: str,
    *,
    at: datetime,
    reason: str,
    by: AbstractBaseUser | None,
) -> DecisionChange | None:
    """Enter a change, if it is one; a person's reason goes beside it, where it can be erased."""
    if before == state(decision):
        return None
    change = DecisionChange.objects.create(
        decision_list=decision_list,
        application_id=decision.application_id,
        before=before,
        after=state(decision),
        reason=DecisionChange.BESIDE if by else reason,
        by=by,
        at=at,
    )
    if by:
        ChangeReason.objects.create(change=change, reason=reason)
    return change


def hold(call: Call) -> Call:
    """Return the call's row, held until the end of the transaction.

    Whatever moves decisions or places holds it, so that no two do at once. Readers don't wait.
    """
    return Call.objects.select_for_update().get(pk=call.pk)


def at_work(call: Call) -> DecisionList | None:
    return DecisionList.objects.of_call(call).at_work().first()


def void(
    decision_list: DecisionList,
    *,
    because: str,
    by: AbstractBaseUser | None,
    at: datetime,
    about: Application | None = None,
) -> None:
    """Take a proposal's force away; what it had frozen stays with it.

    Where `because` tells `about` one application, it is erased with that.
    """
    decision_list.status = DecisionListStatus.VOID
    decision_list.voided_at, decision_list.voided_because = at, because
    decision_list.publish_at = None
    decision_list.save(update_fields=["status", "voided_at", "voided_because", "publish_at"])
    told = {"because": because} | ({"application": about.number} if about else {})
    audit.record("decision_list.voided", decision_list, at=at, actor=actor_of(by), **told)


def successor(
    decision_list: DecisionList, *, by: AbstractBaseUser | None, at: datetime
) -> DecisionList:
    """Open the next draft and move the decisions of a list that lost its force into it."""
    last = DecisionList.objects.of_call(decision_list.call).order_by("number").last()
    draft = DecisionList.objects.create(
        call=decision_list.call,
        number=last.number + 1,
        is_promotion=decision_list.is_promotion,
        drafted_at=at,
        drafted_by=by,
        confirm_by=decision_list.confirm_by,
        holds_until=decision_list.holds_until,
        review_until=decision_list.review_until,
    )
    Decision.objects.filter(decision_list=decision_list).update(decision_list=draft)
    return draft


def opened(
    decision_list: DecisionList,
    *,
    because: str,
    by: AbstractBaseUser | None,
    at: datetime,
    about: Application | None = None,
) -> DecisionList:
    """Return a draft that may be changed: this one, or its successor if it was proposed.

    Raises Refused ("published", "void") for a list that nothing can change any more.
    """
    current = DecisionList.objects.locked(decision_list.pk)
    if current.status == DecisionListStatus.DRAFT:
        return current
    if current.status in (DecisionListStatus.PUBLISHED, DecisionListStatus.VOID):
        raise Refused(current.status)
    void(current, because=because, by=by, at=at, about=about)
    return successor(current, by=by, at=at)
