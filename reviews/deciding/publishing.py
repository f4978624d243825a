"""Publish a list: a second person, the same fingerprint, everybody told in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit, results, telling
from applications.models import Call, MessageKind
from applications.models.application import Refused
from applications.roles import CHAIR, OFFICER
from reviews.deciding import proposing
from reviews.deciding.ledger import actor_of, hold
from reviews.deciding.promoting import release_places
from reviews.models import DecisionList, DecisionListStatus


class WrongCounts(Refused):
    """The typed numbers are not the list's; `fields` names which, never the right ones."""

    def __init__(self, fields: list[str]):
        self.fields = fields
        super().__init__("wrong_counts")


class Changed(Refused):
    """The proposal is no longer what was proposed and has lost its force."""

    def __init__(self, successor: DecisionList):
        self.successor = successor
        super().__init__("changed")


def publish(
    decision_list: DecisionList,
    *,
    by: AbstractBaseUser,
    counts: Mapping[str, int | None],
    fingerprint: str,
    at: datetime,
    publish_at: datetime | None = None,
) -> DecisionList:
    """Publish what another person proposed, now or at `publish_at`.

    `counts` is what the publisher typed for each result, `fingerprint` what their page showed.
    Raises Refused ("not_proposed", "same_person", "other_list", "past"), WrongCounts, and Changed
    where anything differs from what was frozen: the proposal is void then, and stays so.
    """
    if successor := proposing.lose_force_if_changed(decision_list, at=at):
        raise Changed(successor)
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = DecisionList.objects.locked(decision_list.pk)
        require_publishable(decision_list, by=by, counts=counts, fingerprint=fingerprint)
        if publish_at is not None and publish_at <= at:
            raise Refused("past")
        if (publish_at or at) >= decision_list.confirm_by:
            raise Refused("past")
        decision_list.published_by, decision_list.checked_at = by, at
        if publish_at is None:
            announce(decision_list, at=at)
        else:
            decision_list.status = DecisionListStatus.SCHEDULED
            decision_list.publish_at = publish_at
            decision_list.save()
            audit.record(
                "decision_list.scheduled",
                decision_list,
                at=at,
                actor=actor_of(by),
                publish_at=publish_at.isoformat(),
            )
    return decision_list


def require_publishable(decision_list: DecisionList, *, by, counts, fingerprint: str) -> None:
    """Raise Refused unless `by` may publish exactly this list and has read its numbers."""
    if decision_list.status != DecisionListStatus.PROPOSED:
        raise Refused("not_proposed")
    if decision_list.proposed_by_id == by.pk:
        raise Refused("same_person")
    if decision_list.fingerprint != fingerprint:
        raise Refused("other_list")
    right = decision_list.frozen["counts"]
    if wrong := [result for result in right if counts.get(result) != right[result]]:
        raise WrongCounts(wrong)


def announce(decision_list: DecisionList, *, at: datetime) -> None:
    """Tell everybody: results and letters of the whole list in this one transaction.

    What is queued is what the fingerprint was taken over, checked under the same lock. Raises
    Refused ("changed") should anything differ after all; then nothing is told.
    """
    rows, told = proposing.frozen_rows(decision_list)
    if proposing.fingerprint_of(decision_list, rows) != decision_list.fingerprint:
        raise Refused("changed")
    actor = actor_of(decision_list.published_by)
    release_places(decision_list, at=at, actor=actor)
    for announcement in told:
        results.announce(announcement, at=at, actor=actor)
    decision_list.status = DecisionListStatus.PUBLISHED
    decision_list.published_at = at
    decision_list.save()
    if not decision_list.is_promotion:
        Call.objects.filter(pk=decision_list.call_id).update(announced_at=at)
    audit.record(
        "decision_list.published",
        decision_list,
        at=at,
        actor=actor,
        proposed_by=actor_of(decision_list.proposed_by),
        fingerprint=decision_list.fingerprint,
        counts=decision_list.frozen["counts"],
    )


def cancel(decision_list: DecisionList, *, by: AbstractBaseUser, at: datetime) -> DecisionList:
    """Call off a timed publication before its time: the list is merely proposed again."""
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = DecisionList.objects.locked(decision_list.pk)
        if decision_list.status != DecisionListStatus.SCHEDULED:
            raise Refused("not_scheduled")
        decision_list.status = DecisionListStatus.PROPOSED
        decision_list.published_by = decision_list.checked_at = decision_list.publish_at = None
        decision_list.save()
        audit.record("decision_list.cancelled", decision_list, at=at, actor=actor_of(by))
    return decision_list


def watch(decision_list: DecisionList, *, at: datetime, link: str = "") -> bool:
    """Void a proposal that something changed under, and tell officers why; True if it did.

    So does one whose date to confirm by has gone by before it was published.
    """
    late = decision_list.confirm_by <= at
    if not proposing.lose_force_if_changed(decision_list, at=at, late=late):
        return False
    decision_list.refresh_from_db()
    with transaction.atomic():
        telling.tell(
            OFFICER,
            CHAIR,
            kind=MessageKind.LIST_VOIDED,
            key=f"list_voided/{decision_list.pk}",
            at=at,
            call=decision_list.call,
            number=decision_list.number,
            reason=decision_list.voided_because,
            link=link,
        )
    return True


def publish_due(decision_list: DecisionList, *, at: datetime) -> bool:
    """Publish a checked list whose time has come; False where another sweep was first."""
    with transaction.atomic():
        hold(decision_list.call)
        due = DecisionList.objects.due_to_publish(at).filter(pk=decision_list.pk)
        if not due.exists():
            return False
        announce(DecisionList.objects.locked(decision_list.pk), at=at)
    return True
