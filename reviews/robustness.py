"""How firmly each application stands on its side of the line, pure: no Django, no database.

Two questions, and neither reorders anything. Would one juror less have moved an application
across the line? Would it, had every juror been equally strict? The answer is a mark for people
to look at; totals, ranks and the line itself stay what they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from heapq import nlargest

from reviews.ranking import OF_ALL_JURORS, Entry, allocate

ROUNDS = 12  # of fitting severities: what still changes after them is below a shown digit
Totals = Mapping[Hashable, Mapping[Hashable, Decimal]]


@dataclass(frozen=True)
class Line:
    """What is given out: `countries` maps each application to its country."""

    countries: Mapping[Hashable, str]
    places: int
    country_places: Mapping[str, int]
    minimum: Decimal | None = None


@dataclass
class CloseCall:
    """Why an application is close: jurors without whom it crosses; whether severity moves it."""

    without: list = field(default_factory=list)
    by_severity: bool = False


def mean(totals) -> Decimal:
    """Return the mean to the digit that decides ties; `totals` are not empty."""
    totals = list(totals)
    return (sum(totals) / len(totals)).quantize(OF_ALL_JURORS, ROUND_HALF_UP)


def close_calls(totals: Totals, line: Line) -> dict[Hashable, CloseCall]:
    """Return the applications that one juror less, or equal severity, would move across the line.

    `totals` maps an application to its jurors' totals. What is tied at the line is left out: the
    tie says it already. An application that a juror alone has read keeps that juror's total.
    """
    means = {key: mean(of.values()) for key, of in totals.items() if of}
    before = sides(means, line)
    found: dict[Hashable, CloseCall] = defaultdict(CloseCall)
    for juror, changed in without_each_juror(totals).items():
        for key in crossed(before, sides({**means, **changed}, line)):
            if key in changed:
                found[key].without.append(juror)
    for key in crossed(before, sides(of_equal_severity(totals), line)):
        found[key].by_severity = True
    return dict(found)


def sides(means: Mapping[Hashable, Decimal], line: Line) -> dict[Hashable, str]:
    """Return "in" or "tied" for what gets a place or shares one; everything else is out."""
    result = allocate(
        contenders(means, line),
        places=line.places,
        country_places=line.country_places,
        minimum=line.minimum,
    )
    tied = {key: "tied" for tie in result.ties for key in tie.keys}
    return dict.fromkeys(result.selected, "in") | tied


def contenders(means: Mapping[Hashable, Decimal], line: Line) -> list[Entry]:
    """Return the entries that could get a place: of each country as many as it has, and equals."""
    by_country: dict[str, list[Decimal]] = defaultdict(list)
    for key, value in means.items():
        by_country[line.countries[key]].append(value)
    lowest = {
        country: nlargest(max(1, line.country_places[country]), values)[-1]
        for country, values in by_country.items()
    }
    return [
        Entry(key, country, value)
        for key, value in means.items()
        if value >= lowest[country := line.countries[key]]
    ]


def crossed(before: Mapping[Hashable, str], after: Mapping[Hashable, str]) -> list:
    """Return what changed sides, in a stable order; what was tied before is not counted."""
    keys = [*before, *(key for key in after if key not in before)]
    return [key for key in keys if before.get(key) != "tied" and before.get(key) != after.get(key)]


def without_each_juror(totals: Totals) -> dict[Hashable, dict[Hashable, Decimal]]:
    """Return, for each juror, the means of their applications without them."""
    left: dict[Hashable, dict[Hashable, Decimal]] = defaultdict(dict)
    for key, of in totals.items():
        if len(of) > 1:
            for juror in of:
                left[juror][key] = mean(v for other, v in of.items() if other != juror)
    return left


def severities(totals: Totals) -> dict[Hashable, float]:
    """Return how far each juror scores above what the same applications deserve, in points of 100.

    Fits total = application + juror by turns; the offsets are about 0 on average over reviews.
    """
    reviews = [(key, juror, float(v)) for key, of in totals.items() for juror, v in of.items()]
    offsets: dict[Hashable, float] = dict.fromkeys((juror for _, juror, _ in reviews), 0.0)
    if not reviews:
        return {}
    for _ in range(ROUNDS):
        worth = averages((key, value - offsets[juror]) for key, juror, value in reviews)
        offsets = averages((juror, value - worth[key]) for key, juror, value in reviews)
        middle = sum(offsets[juror] for _, juror, _ in reviews) / len(reviews)
        offsets = {juror: offset - middle for juror, offset in offsets.items()}
    return offsets


def averages(pairs) -> dict[Hashable, float]:
    sums: dict[Hashable, float] = defaultdict(float)
    counts: dict[Hashable, int] = defaultdict(int)
    for key, value in pairs:
        sums[key] += value
        counts[key] += 1
    return {key: sums[key] / counts[key] for key in sums}


def of_equal_severity(totals: Totals) -> dict[Hashable, Decimal]:
    """Return the means with each juror's severity taken out."""
    offsets = severities(totals)
    return {
        key: mean(v - Decimal(offsets[juror]) for juror, v in of.items())
        for key, of in totals.items()
        if of
    }
