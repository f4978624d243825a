"""How the applications of a call stand: the jurors' totals, their mean and spread.

Reads what was handed in and nothing else, in a constant number of queries; the arithmetic is
ranking's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from applications.models import Application, Call
from reviews import ranking
from reviews.models import Criterion, Review, Score, Screening


@dataclass(frozen=True)
class JurorTotal:
    juror: int
    review: int
    points: dict[int, int | None]
    total: Decimal | None


@dataclass
class Standing:
    """One application: `total` is None while nobody has judged it."""

    application: Application
    jurors: list[JurorTotal] = field(default_factory=list)

    @property
    def country(self) -> str:
        return self.application.outlet.country

    @property
    def total(self) -> Decimal | None:
        return ranking.mean(juror.total for juror in self.jurors)

    @property
    def spread(self) -> Decimal | None:
        return ranking.spread(juror.total for juror in self.jurors)

    def criterion(self, criterion: int) -> Decimal | None:
        """Return the mean of the points for one criterion, over those who could judge it."""
        return ranking.mean(
            None if (points := juror.points.get(criterion)) is None else Decimal(points)
            for juror in self.jurors
        )


def judged_applications(call: Call):
    """Return the submitted applications of a call that take part: not those found ineligible."""
    submitted = Application.objects.of_call(call).submitted().with_outlet()
    return submitted.exclude(pk__in=ineligible_applications(call).values("pk"))


def ineligible_applications(call: Call):
    """Return the submitted applications that don't meet the call's terms."""
    found = Screening.objects.ineligible().filter(application__call=call)
    return (
        Application.objects.of_call(call)
        .submitted()
        .with_outlet()
        .filter(pk__in=found.values("application"))
    )


def standings(call: Call) -> list[Standing]:
    """Return every application that takes part, by number; five queries whatever the size."""
    found = {a.pk: Standing(a) for a in judged_applications(call).order_by("number")}
    weights = dict(Criterion.objects.filter(call=call).values_list("pk", "weight"))
    reviews = Review.objects.handed_in().of_call(call)
    points: dict[int, dict[int, int | None]] = defaultdict(dict)
    scores = Score.objects.filter(review__in=reviews)
    for review, criterion, given in scores.values_list("review", "criterion", "points"):
        points[review][criterion] = given
    rows = reviews.order_by("pk").values_list("pk", "assignment__application", "assignment__juror")
    for review, application, juror in rows:
        if application in found:
            given = points[review]
            one = JurorTotal(juror, review, given, ranking.total(given, weights))
            found[application].jurors.append(one)
    return list(found.values())
