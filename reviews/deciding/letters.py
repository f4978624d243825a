"""The letters of a list exactly as they would be sent, and what stands in their way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from applications import letters, results
from applications.models import Message, MessageKind, MessageStatus, PrivateLink, Result
from reviews import ranking
from reviews.models import Decision, DecisionList, DecisionResult

FEW = 5  # with fewer totals in a country an average would give others' away
BLOCKED = [MessageStatus.BOUNCED, MessageStatus.FAILED, MessageStatus.REPLACED]


@dataclass(frozen=True)
class Problem:
    """What keeps a list from being proposed, or did: `solved` is struck out, not hidden."""

    code: str
    numbers: tuple[str, ...] = ()
    solved: bool = False
    detail: str = ""


def decisions_of(decision_list: DecisionList) -> list[Decision]:
    """Return the list's decisions with everything their letters name, in a few queries."""
    rows = Decision.objects.filter(decision_list=decision_list).for_listing()
    return list(
        rows.prefetch_related(
            "application__links", "application__call__countries", "application__call__texts"
        ).select_related("feedback_by")
    )


def announced_in(decisions: Iterable[Decision]) -> list[Decision]:
    """Return those a letter goes to: a place given up needs none, its outlet has spoken."""
    return [d for d in decisions if d.released_at is None and d.result != DecisionResult.TIED]


def announcements(
    decision_list: DecisionList, decisions: list[Decision] | None = None
) -> list[results.Announcement]:
    """Return every letter of the list as it would be sent now; nobody is told.

    Applications without a valid link of their own are left out: `problems` names them.
    """
    told = announced_in(decisions_of(decision_list) if decisions is None else decisions)
    facts = CommonFacts(decision_list)
    shelf = letters.Shelf()
    found = []
    for decision in told:
        try:
            found.append(announcement(decision, decision_list, facts, shelf))
        except PrivateLink.DoesNotExist:
            continue
    return found


def announcement(
    decision: Decision, decision_list: DecisionList, facts: CommonFacts, shelf: letters.Shelf
) -> results.Announcement:
    return results.prepare(
        decision.application,
        Result(decision.result),
        confirm_by=decision_list.confirm_by,
        shelf=shelf,
        holds_until=decision_list.holds_until,
        review_until=decision_list.review_until,
        strength=decision.strength,
        improvement=decision.improvement,
        **facts.of(decision),
    )


class CommonFacts:
    """Figures of a whole country that letters name; read once for a list."""

    def __init__(self, decision_list: DecisionList):
        rows = Decision.objects.of_call(decision_list.call).values_list("country", "total")
        self.count, totals = Counter(), defaultdict(list)
        for country, total in rows:
            self.count[country] += 1
            if total is not None:
                totals[country].append(total)
        self.average = {
            country: ranking.mean(each) for country, each in totals.items() if len(each) >= FEW
        }

    def of(self, decision: Decision) -> dict:
        """Return the figures for one letter; the total and average only where they tell of many."""
        average = self.average.get(decision.country)
        return {
            "applications_in_country": self.count[decision.country],
            "total": shown(decision.total) if average is not None else None,
            "average": shown(average),
        }


def shown(total: Decimal | None) -> str | None:
    """Return a total as letters show it: a whole number, so that nothing can be reckoned back."""
    return None if total is None else str(int(total + Decimal("0.5")))


def problems(decision_list: DecisionList, decisions: list[Decision]) -> list[Problem]:
    """Return what keeps the list from being proposed, unsolved first, then what was solved."""
    found = [
        *of_decisions(decisions),
        *of_addresses(decisions),
        *of_feedback(decisions),
        *of_texts(decision_list, decisions),
    ]
    return sorted(found, key=lambda problem: problem.solved)


def of_decisions(decisions: list[Decision]) -> list[Problem]:
    tied = numbers(d for d in decisions if d.result == DecisionResult.TIED)
    unscored = numbers(
        d
        for d in decisions
        if d.total is None and d.result not in (DecisionResult.INELIGIBLE, DecisionResult.TIED)
    )
    answered = numbers(
        d for d in decisions if d.released_at is not None and d.application.confirmed_at is not None
    )
    found = [("tie", tied), ("unscored", unscored), ("answered", answered)]
    return [Problem(code, which) for code, which in found if which]


def of_addresses(decisions: list[Decision]) -> list[Problem]:
    """Find addresses that mail came back from, and links that were taken away."""
    told = {d.application_id: d for d in announced_in(decisions)}
    bad = Message.objects.filter(application__in=told, status__in=BLOCKED)
    bounced = {(pk, address) for pk, address in bad.values_list("application", "recipient")}
    open_, solved = [], []
    for pk, address in sorted(bounced):
        same = told[pk].application.contact_email == address
        (open_ if same else solved).append(told[pk])
    without = [d for d in told.values() if not d.application.contact_email]
    unlinked = [
        d
        for d in told.values()
        if not any(k.is_owner and k.revoked_at is None for k in d.application.links.all())
    ]
    return [
        *(Problem("bounced", numbers([d])) for d in open_),
        *(Problem("bounced", numbers([d]), solved=True) for d in solved if d not in open_),
        *([Problem("no_address", numbers(without))] if without else []),
        *([Problem("no_link", numbers(unlinked))] if unlinked else []),
    ]


def of_feedback(decisions: list[Decision]) -> list[Problem]:
    refused = [d for d in announced_in(decisions) if d.result == DecisionResult.NOT_SELECTED]
    lacking = [d for d in refused if not (d.strength and d.improvement)]
    written = [d for d in refused if d.feedback_by_id and d not in lacking]
    return [
        *([Problem("feedback", numbers(lacking))] if lacking else []),
        *([Problem("feedback", numbers(written), solved=True)] if written else []),
    ]


def of_texts(decision_list: DecisionList, decisions: list[Decision]) -> list[Problem]:
    """Find languages without words for a letter; solved where staff wrote what the files lack."""
    shelf, plain, found = letters.Shelf(), letters.Shelf([]), []
    call = decision_list.call
    for kind, language in sorted({kind_of(d) for d in announced_in(decisions)}):
        if letters.exists(kind, language, call.pk, plain):
            continue
        solved = letters.exists(kind, language, call.pk, shelf)
        found.append(Problem("no_text", solved=solved, detail=f"{kind} {language}"))
    return found


def kind_of(decision: Decision) -> tuple[str, str]:
    application = decision.application
    promoted = application.result == Result.RESERVE and decision.result == DecisionResult.SELECTED
    kind = MessageKind.PROMOTED if promoted else results.LETTERS[Result(decision.result)]
    return str(kind.value), application.language


def numbers(decisions: Iterable[Decision]) -> tuple[str, ...]:
    return tuple(sorted(d.application.number for d in decisions))
