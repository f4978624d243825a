"""How firmly each application stands on its side of the line, pure: no Django, no database.

Two questions, and neither reorders anything. Would one juror less have moved an application
across the line? Would it, had every juror been equally strict? The answer is a mark for people
to look at; totals, ranks and the line itself stay what they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from heapq import merge
from operator import itemgetter

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
    return mean_of_sum(sum(totals), len(totals))


def mean_of_sum(together: Decimal, count: int) -> Decimal:
    return (together / count).quantize(OF_ALL_JURORS, ROUND_HALF_UP)


def close_calls(totals: Totals, line: Line) -> dict[Hashable, CloseCall]:
    """Return the applications that one juror less, or equal severity, would move across the line.

    `totals` maps an application to its jurors' totals. What is tied at the line is left out: the
    tie says it already. An application that a juror alone has read keeps that juror's total.
    """
    standing = Field({key: mean(of.values()) for key, of in totals.items() if of}, line)
    before = standing.sides()
    found: dict[Hashable, CloseCall] = defaultdict(CloseCall)
    for juror, changed in without_each_juror(totals).items():
        for key in crossed(before, standing.sides(changed)):
            if key in changed:
                found[key].without.append(juror)
    for key in crossed(before, standing.sides(of_equal_severity(totals))):
        found[key].by_severity = True
    return dict(found)


def sides(means: Mapping[Hashable, Decimal], line: Line) -> dict[Hashable, str]:
    """Return "in" or "tied" for what gets a place or shares one; everything else is out."""
    return Field(means, line).sides()


class Field:
    """The means of a call, sorted once, to ask many times what if some of them were others."""

    def __init__(self, means: Mapping[Hashable, Decimal], line: Line):
        self.line = line
        self.ordered: dict[str, list[tuple[Decimal, Hashable]]] = defaultdict(list)
        for key, value in means.items():
            self.ordered[line.countries[key]].append((-value, key))
        for rows in self.ordered.values():
            rows.sort(key=itemgetter(0))

    def sides(self, changed: Mapping[Hashable, Decimal] | None = None) -> dict[Hashable, str]:
        """Return who gets a place or shares one if the means in `changed` were these instead."""
        result = allocate(
            self.contenders(changed or {}),
            places=self.line.places,
            country_places=self.line.country_places,
            minimum=self.line.minimum,
        )
        tied = {key: "tied" for tie in result.ties for key in tie.keys}
        return dict.fromkeys(result.selected, "in") | tied

    def contenders(self, changed: Mapping[Hashable, Decimal]) -> list[Entry]:
        """Return the entries that could get a place: of each country as many as it has, and
        equals. The others needn't be looked at, however many there are."""
        fresh: dict[str, list[tuple[Decimal, Hashable]]] = defaultdict(list)
        for key, value in changed.items():
            fresh[self.line.countries[key]].append((-value, key))
        return [
            Entry(key, country, -negative)
            for country, rows in self.ordered.items()
            for negative, key in best(
                rows, changed, fresh[country], self.line.country_places[country]
            )
        ]


def best(rows: list, changed: Mapping, fresh: list, count: int) -> Iterator[tuple]:
    """Yield the `count` best and the equals of the last; `fresh` stands in for what changed."""
    fresh.sort(key=itemgetter(0))
    unchanged = (row for row in rows if row[1] not in changed)
    last = None
    for number, row in enumerate(merge(unchanged, fresh, key=itemgetter(0))):
        if number >= count and row[0] != last:
            return
        last = row[0]
        yield row


def crossed(before: Mapping[Hashable, str], after: Mapping[Hashable, str]) -> list:
    """Return what changed sides, in a stable order; what was tied before is not counted."""
    keys = [*before, *(key for key in after if key not in before)]
    return [key for key in keys if before.get(key) != "tied" and before.get(key) != after.get(key)]


def without_each_juror(totals: Totals) -> dict[Hashable, dict[Hashable, Decimal]]:
    """Return, for each juror, the means of their applications without them."""
    left: dict[Hashable, dict[Hashable, Decimal]] = defaultdict(dict)
    for key, of in totals.items():
        if len(of) > 1:
            together = sum(of.values())
            for juror, value in of.items():
                left[juror][key] = mean_of_sum(together - value, len(of) - 1)
    return left


def severities(totals: Totals) -> dict[Hashable, float]:
    """Return how far each juror scores above what the same applications deserve, in points of 100.

    Fits total = application + juror by turns; the offsets are about 0 on average over reviews.
    """
    jurors = list({juror: None for of in totals.values() for juror in of})
    number = {juror: n for n, juror in enumerate(jurors)}
    given = [[(number[j], float(v)) for j, v in of.items()] for of in totals.values() if of]
    counts = Counter(n for of in given for n, _ in of)
    offsets = [0.0] * len(jurors)
    for _ in range(ROUNDS):
        offsets = centred(fitted(given, offsets, counts), counts)
    return dict(zip(jurors, offsets, strict=True))


def fitted(given: list[list], offsets: list[float], counts: Counter) -> list[float]:
    """Return the offsets that fit best once each application is worth its corrected mean."""
    apart = [0.0] * len(offsets)
    for of in given:
        worth = sum(value - offsets[juror] for juror, value in of) / len(of)
        for juror, value in of:
            apart[juror] += value - worth
    return [together / counts[juror] for juror, together in enumerate(apart)]


def centred(offsets: list[float], counts: Counter) -> list[float]:
    """Return the offsets moved so that they are 0 on average over all reviews."""
    if not offsets:
        return []
    middle = sum(one * counts[n] for n, one in enumerate(offsets)) / counts.total()
    return [one - middle for one in offsets]


def of_equal_severity(totals: Totals) -> dict[Hashable, Decimal]:
    """Return the means with each juror's severity taken out."""
    offsets = {juror: Decimal(round(offset, 9)) for juror, offset in severities(totals).items()}
    return {
        key: mean(v - offsets[juror] for juror, v in of.items()) for key, of in totals.items() if of
    }
