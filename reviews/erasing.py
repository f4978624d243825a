"""Erase all that is held on one application, by age or on request: one verb, one transaction.

What stays is what the selection has to answer for: number, country, states and their times,
points and totals, the decision and the ledger of its changes, and the trail; without anybody's
words.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import answering, audit, erasures, retention
from applications.models import Application, Result, Status
from applications.models.application import Refused
from applications.retention import GONE, NOBODY
from applications.sweeping import each
from reviews.deciding.ledger import hold
from reviews.models import (
    ChangeReason,
    Decision,
    DecisionList,
    Outcome,
    Remark,
    Review,
    Score,
    ScoreChange,
)

IN_SELECTION, ON_RESERVE, HOLDS_A_PLACE, ERASED = (
    "in_selection",
    "on_reserve",
    "holds_a_place",
    "erased",
)


def erase_overdue(*, at: datetime) -> int:
    """Erase what is past its time in every call; return how many applications."""
    return each(erase, retention.overdue(at=at), at=at)


def erase(pk: int, *, at: datetime, by: str = audit.SYSTEM, reason: str = "") -> bool:
    """Erase one application for good, with what the jury wrote of it; False where it was already.

    The call's row is held first, as by everything that moves decisions.
    """
    with transaction.atomic():
        hold(Application.objects.select_related("call").get(pk=pk).call)
        erased = retention.erase(pk, at=at, by=by, reason=reason)
        if erased:
            forget_the_jurys_words(Application.objects.get(pk=pk))
    return erased


def forget_the_jurys_words(application: Application) -> None:
    """Empty every free text on an application: it may name people. Points and results stay."""
    about = {"assignment__application": application}
    Review.objects.filter(**about).update(strength="", improvement="", comment="")
    Score.objects.filter(review__assignment__application=application).update(comment="")
    changes = ScoreChange.objects.filter(score__review__assignment__application=application)
    changes.update(reason=GONE)
    Remark.objects.filter(application=application).update(text=GONE)
    application.assignments.update(conflict_reason="", withdrawn_because="")
    application.screenings.filter(outcome=Outcome.ELIGIBLE).update(reason="")
    application.screenings.exclude(outcome=Outcome.ELIGIBLE).update(reason=GONE)
    forget_why_it_was_decided(application)
    for frozen_in in DecisionList.objects.of_call(application.call).exclude(frozen={}):
        forget_what_was_frozen(frozen_in, application.number)


def forget_why_it_was_decided(application: Application) -> None:
    """Erase the reasons people gave for a decision, and where a list lost its force by them."""
    decided = Decision.objects.filter(application=application)
    decided.update(strength="", improvement="")
    decided.exclude(reason="").update(reason=GONE)
    reasons = ChangeReason.objects.filter(change__application=application)
    lists = DecisionList.objects.of_call(application.call)
    for one in reasons.exclude(reason="").select_related("change"):
        void = lists.filter(voided_at=one.change.at, voided_because=one.reason)
        void.update(voided_because=GONE)
    reasons.update(reason="")


def forget_what_was_frozen(decision_list: DecisionList, number: str) -> None:
    """Take address and reason out of what a list had frozen; its fingerprint stays as it was."""
    rows = decision_list.frozen.get("rows", [])
    told = [row for row in rows if row["number"] == number]
    for row in told:
        row |= {"recipient": NOBODY} if "recipient" in row else {}
        row |= {"reason": GONE} if row.get("reason") else {}
    if told:
        decision_list.save(update_fields=["frozen"])


def hindrance(application: Application) -> str:
    """Return why the application can't be erased as it is; "" where nothing stands against it."""
    if application.erased_at is not None:
        return ERASED
    if application.declined_at or application.released_at:
        return ""
    if application.result == Result.SELECTED:
        return HOLDS_A_PLACE
    if application.result == Result.RESERVE:
        return ON_RESERVE
    waits = application.status == Status.SUBMITTED and application.announced_at is None
    return IN_SELECTION if waits else ""


def erase_on_request(
    application: Application,
    *,
    by: AbstractBaseUser,
    reason: str,
    at: datetime,
    take_out: bool = False,
) -> None:
    """Erase what is held on an outlet that asks for it; `reason` says who asked and how.

    With `take_out` an application that a selection still needs is withdrawn first, or leaves the
    reserve; a proposed list loses its force by that. Raises Refused: "reason_needed", "erased",
    "in_selection" and "on_reserve" without `take_out`, and "holds_a_place" in any case: two
    people decide what becomes of a place.
    """
    if not reason.strip():
        raise Refused("reason_needed")
    with transaction.atomic():
        hold(application.call)
        application = Application.objects.locked(application.pk)
        why, actor = hindrance(application), by.get_username()
        if why and (why in (HOLDS_A_PLACE, ERASED) or not take_out):
            raise Refused(why)
        if why == IN_SELECTION:
            application.move_to(Status.WITHDRAWN, at=at)
            application.save(update_fields=["status"])
            audit.record("application.withdrawn", application, at=at, actor=actor, reason=reason)
        elif why == ON_RESERVE:
            answering.decline(application, at=at, actor=actor, reason=reason)
        erase(application.pk, at=at, by=actor, reason=reason)
        erasures.note(application, at=at)


def erase_again(ledger: Path, *, at: datetime) -> int:
    """Erase what a ledger names and a restored backup brought back; return how many."""
    return each(erase, list(erasures.to_erase_again(ledger)), at=at)
