"""Propose a list: freeze the decisions, the addresses and every letter under one fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.models import Application
from applications.models.application import Refused
from applications.results import Announcement
from reviews.deciding.drafting import allocate_into
from reviews.deciding.ledger import actor_of, hold, needed, successor, void
from reviews.deciding.letters import announced_in, announcements, decisions_of, problems
from reviews.deciding.readings import Short, too_little_read
from reviews.models import Decision, DecisionList, DecisionListStatus, DecisionResult
from reviews.standing import standings

RESULTS = ("selected", "reserve", "not_selected", "ineligible")


class Hindered(Refused):
    """Something stands in the way of proposing; `problems` says what."""

    def __init__(self, found):
        self.problems = found
        super().__init__("hindered")


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def row_of(
    decision: Decision,
    announcement: Announcement | None,
    total: Decimal | None,
    short: Short | None,
) -> dict:
    """Return what the proposal says of one application: the result, the address, the letter.

    How many reviews it has, and needs, stands there where they are too few.
    """
    row = {
        "number": decision.application.number,
        "country": decision.country,
        "result": decision.result,
        "order": decision.reserve_order,
        "place": decision.place,
        "released": decision.released_at is not None,
        "total": None if total is None else f"{total:.4f}",
        "answered": decision.released_at is not None
        and decision.application.confirmed_at is not None,
        "reason": decision.reason,
    }
    if short is not None:
        row |= {"read": short.read, "wanted": short.wanted}
    if announcement is not None:
        told = announcement.prepared
        row |= {
            "key": told.key,
            "recipient": told.recipient,
            "reply_to": told.reply_to,
            "language": told.language,
            "letter": digest(told.letter.subject, told.letter.text, told.letter.html),
        }
    return row


def frozen_rows(decision_list: DecisionList) -> tuple[list[dict], list[Announcement]]:
    """Return the list as it stands now, by number, with the letters it would send."""
    decisions = decisions_of(decision_list)
    told = {one.application.pk: one for one in announcements(decision_list, decisions)}
    totals = live_totals(decision_list, decisions)
    short = {one.number: one for one in too_little_read(decision_list, decisions)}
    rows = [
        row_of(
            d,
            told.get(d.application_id),
            totals.pop(d.application.number, None),
            short.get(d.application.number),
        )
        for d in decisions
    ]
    rows += [{"number": number, "absent": True} for number in totals]
    return sorted(rows, key=lambda row: row["number"]), list(told.values())


def live_totals(decision_list: DecisionList, decisions: list[Decision]) -> dict:
    """Return the totals by number as the reviews give them now, not as they were drafted.

    A score that is revised later changes them, and so the fingerprint. A promotion doesn't look
    at scores again.
    """
    if decision_list.is_promotion:
        return {d.application.number: d.total for d in decisions}
    return {one.application.number: one.total for one in standings(decision_list.call)}


def is_stale(decision_list: DecisionList, decisions: list[Decision]) -> bool:
    """Whether reviews or the applications that take part changed since the list was drafted."""
    drafted = {
        d.application.number: d.total for d in decisions if d.result != DecisionResult.INELIGIBLE
    }
    return drafted != live_totals(decision_list, decisions)


def too_early(decision_list: DecisionList, decisions: list[Decision], *, at: datetime) -> str:
    """Return why the list as a whole can't be proposed yet, as `propose` names it; else nothing."""
    if not announced_in(decisions):
        return "empty"
    if decision_list.confirm_by <= at:
        return "past"
    if is_stale(decision_list, decisions):
        return "stale"
    written = Application.objects.of_call(decision_list.call).drafts().filter(closes_at__gt=at)
    return "still_open" if written.exists() else ""


def fingerprint_of(decision_list: DecisionList, rows: list[dict]) -> str:
    """Return 64 hexadecimal digits over the decisions, recipients, letters, dates and the reason
    why it was proposed with reviews lacking, where it was."""
    whole = {
        "call": decision_list.call.slug,
        "number": decision_list.number,
        "confirm_by": decision_list.confirm_by.isoformat(),
        "review_until": decision_list.review_until.isoformat(),
        "holds_until": decision_list.holds_until.isoformat(),
        "rows": rows,
    }
    if because := decision_list.short_because:
        whole["because"] = because
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return digest(text)


def counts_of(decisions) -> dict[str, int]:
    """Return how many letters tell each result; a place given up sends none."""
    counts = Counter(str(d.result) for d in announced_in(decisions))
    return {result: counts[result] for result in RESULTS}


def propose(
    decision_list: DecisionList, *, by: AbstractBaseUser, at: datetime, because: str = ""
) -> DecisionList:
    """Freeze the list for a second person to publish.

    `because` says why it can't wait for reviews that are lacking, and is dropped where none is.
    Raises Hindered, and Refused: "not_draft", "empty", "stale" where reviews changed since it was
    drafted, "still_open" while somebody may still apply, "past" where its dates have gone by,
    "little_read" where reviews are lacking and nobody said why.
    """
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = DecisionList.objects.locked(decision_list.pk)
        if decision_list.status != DecisionListStatus.DRAFT:
            raise Refused("not_draft")
        decisions = decisions_of(decision_list)
        if code := too_early(decision_list, decisions, at=at):
            raise Refused(code)
        if hindering := [p for p in problems(decision_list, decisions) if not p.solved]:
            raise Hindered(hindering)
        rows, _ = frozen_rows(decision_list)
        decision_list.status = DecisionListStatus.PROPOSED
        decision_list.frozen = {"rows": rows, "counts": counts_of(decisions)}
        told = why_little_read(decision_list, because)
        decision_list.frozen |= told
        decision_list.fingerprint = fingerprint_of(decision_list, rows)
        decision_list.proposed_by, decision_list.proposed_at = by, at
        decision_list.save()
        audit.record(
            "decision_list.proposed",
            decision_list,
            at=at,
            actor=actor_of(by),
            fingerprint=decision_list.fingerprint,
            counts=decision_list.frozen["counts"],
            **told,
        )
    return decision_list


def why_little_read(decision_list: DecisionList, because: str) -> dict:
    """Return what is kept of reviews that are lacking: of whom, and why it can't wait for them."""
    if not (short := decision_list.short_rows):
        return {}
    if not because.strip():
        raise Refused("little_read")
    lacking = {row["number"]: f"{row['read']}/{row['wanted']}" for row in short}
    return {"little_read": lacking, "because": because.strip()}


def differences(before: list[dict], after: list[dict]) -> list[dict]:
    """Return what differs between two frozen lists, by number: result, address or letter."""
    old, new = ({row["number"]: row for row in rows} for rows in (before, after))
    found = []
    for number in sorted(old.keys() | new.keys()):
        one, other = old.get(number, {}), new.get(number, {})
        keys = {k for k in one.keys() | other.keys() if one.get(k) != other.get(k)}
        if keys:
            found.append({"number": number, "before": one, "after": other, "what": sorted(keys)})
    return found


def since_proposed(decision_list: DecisionList) -> list[dict]:
    """Return what has changed since the list was proposed; nothing when it still holds."""
    rows, _ = frozen_rows(decision_list)
    if fingerprint_of(decision_list, rows) == decision_list.fingerprint:
        return []
    return differences(decision_list.frozen.get("rows", []), rows) or [{"what": ["dates"]}]


def in_short(changed: list[dict]) -> str:
    """Return what changed, without words of any language: 417-208: letter, recipient."""
    said = [f"{one.get('number', '')}: {', '.join(one['what'])}".strip(": ") for one in changed]
    return "; ".join(said[:20])


def lose_force_if_changed(
    decision_list: DecisionList, *, at: datetime, late: bool = False
) -> DecisionList | None:
    """Void a proposal that is no longer what was frozen, or is `late`; return its successor."""
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = DecisionList.objects.locked(decision_list.pk)
        if decision_list.status not in (DecisionListStatus.PROPOSED, DecisionListStatus.SCHEDULED):
            return None
        changed = [{"what": ["dates"]}] if late else since_proposed(decision_list)
        if not changed:
            return None
        void(decision_list, because=in_short(changed), by=None, at=at)
        draft = successor(decision_list, by=None, at=at)
        if not draft.is_promotion:
            allocate_into(draft, at=at)
        return draft


def send_back(
    decision_list: DecisionList, *, remark: str, by: AbstractBaseUser, at: datetime
) -> DecisionList:
    """Return a proposal to a draft with a remark: the second person doesn't agree, or its
    proposer takes it back. Raises Refused ("not_proposed")."""
    remark = needed(remark)
    with transaction.atomic():
        hold(decision_list.call)
        decision_list = DecisionList.objects.locked(decision_list.pk)
        if decision_list.status not in (DecisionListStatus.PROPOSED, DecisionListStatus.SCHEDULED):
            raise Refused("not_proposed")
        void(decision_list, because=remark, by=by, at=at)
        return successor(decision_list, by=by, at=at)
