"""Who was judged by fewer jurors than the call asks for. Proposed all the same: with a reason.

Scores are compared between applications, so one juror's word counts for more where another's is
lacking; whether the list can wait for it is for people to say, in writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reviews.assigning import wanted_of
from reviews.deciding.letters import announced_in
from reviews.models import Decision, DecisionList, DecisionListStatus, DecisionResult, Review
from reviews.totals import totals_in


@dataclass(frozen=True)
class Short:
    """A decision on an application with fewer complete reviews than it needs."""

    decision: Decision
    read: int
    wanted: int

    @property
    def number(self) -> str:
        return self.decision.application.number

    @property
    def lacks_a_third(self) -> bool:
        """Whether the call's own two are there, and only the one between them is not."""
        return (self.read, self.wanted) == (2, 3) and self.decision.call.reviews_wanted == 2


def too_little_read(decision_list: DecisionList, decisions: Iterable[Decision]) -> list[Short]:
    """Return the eligible ones with too few complete reviews as they are now, by number.

    Those without any are `unscored`, which no reason lets through. A promotion doesn't look at
    reviews again.
    """
    if decision_list.is_promotion:
        return []
    call = decision_list.call
    totals: dict[int, list[Decimal]] = defaultdict(list)
    for one in totals_in(Review.objects.of_call(call).handed_in()):
        totals[one.application].append(one.total)
    found = []
    for decision in announced_in(decisions):
        of = totals.get(decision.application_id, [])
        wanted = wanted_of(call, of)
        if of and len(of) < wanted and decision.result != DecisionResult.INELIGIBLE:
            found.append(Short(decision, len(of), wanted))
    return sorted(found, key=lambda one: one.number)


def little_read(decision_list: DecisionList, decisions: Iterable[Decision]) -> list[Short]:
    """Return the same as people are to see it: what was proposed stays as it was proposed."""
    if decision_list.status == DecisionListStatus.DRAFT:
        return too_little_read(decision_list, decisions)
    rows = {row["number"]: row for row in decision_list.short_rows}
    found = [
        Short(decision, row["read"], row["wanted"])
        for decision in decisions
        if (row := rows.get(decision.application.number))
    ]
    return sorted(found, key=lambda one: one.number)
