"""The arithmetic of the selection, pure: points to totals, totals to ranks, ranks to places.

Nothing here knows a database, a clock or a language. Equal totals stay equal: who stands where
among equals is said by people (`Entry.precedence`) or not at all. What was not scored is left
out of every mean; it never counts as 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

HIGHEST = 5
OF_ONE_JUROR = Decimal("1e-10")  # fine enough that a mean's last shown digit can't depend on it
OF_ALL_JURORS = Decimal("0.0001")  # totals equal to this digit are a tie


def rounded(value: Fraction, step: Decimal) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(step, ROUND_HALF_UP)


def total(points: Mapping[Hashable, int | None], weights: Mapping[Hashable, int]) -> Decimal | None:
    """Return one juror's total, 0 to 100, over the criteria that were judged.

    `points` maps a criterion to 0…5, or to None where the juror can't judge: its weight is then
    shared out among the others in proportion. None when nothing was judged.
    """
    judged = {key: given for key, given in points.items() if given is not None}
    share = sum(weights[key] for key in judged)
    if not share:
        return None
    weighed = sum(weights[key] * given for key, given in judged.items())
    return rounded(Fraction(100 * weighed, HIGHEST * share), OF_ONE_JUROR)


def mean(totals: Iterable[Decimal | None]) -> Decimal | None:
    """Return the mean of the jurors' totals that are there, to four digits; None of none."""
    there = [Fraction(one) for one in totals if one is not None]
    return rounded(sum(there) / len(there), OF_ALL_JURORS) if there else None


def spread(totals: Iterable[Decimal | None]) -> Decimal | None:
    """Return how far the highest juror's total lies above the lowest; None of none."""
    there = [one for one in totals if one is not None]
    return (max(there) - min(there)).quantize(OF_ALL_JURORS, ROUND_HALF_UP) if there else None


class Rank(NamedTuple):
    """The places an entry shares: 6–7 for two that are equal behind five."""

    first: int
    last: int

    @property
    def tied(self) -> bool:
        return self.first != self.last


def ranks(totals: Mapping[Hashable, Decimal | None]) -> dict[Hashable, Rank]:
    """Rank the totals, highest first; equals share a range, what has no total has no rank."""
    found, above = {}, 0
    there = [(key, value) for key, value in totals.items() if value is not None]
    there.sort(key=lambda pair: pair[1], reverse=True)
    for _, group in groupby(there, key=lambda pair: pair[1]):
        keys = [key for key, _ in group]
        found.update({key: Rank(above + 1, above + len(keys)) for key in keys})
        above += len(keys)
    return found


@dataclass(frozen=True)
class Entry:
    """One application in the selection. People order equals by `precedence`, lowest first."""

    key: Hashable
    country: str
    total: Decimal | None
    precedence: int = 0

    @property
    def standing(self) -> tuple[Decimal, int]:
        """What entries are compared by; two of the same standing are a tie."""
        return (-self.total, self.precedence)


@dataclass(frozen=True)
class Tie:
    """Equals of whom only `places` can be selected; where the line is the whole call's,
    `keys` come from several countries and no country may get more than `at_most` allows."""

    keys: tuple[Hashable, ...]
    places: int
    at_most: Mapping[str, int]


class Reserve(NamedTuple):
    """A place in a country's reserve; equals share an order until people settle it."""

    order: int
    key: Hashable


@dataclass
class InCountry:
    """What the allocation says of one country, best first."""

    places: int
    selected: list = field(default_factory=list)
    tied: list = field(default_factory=list)
    reserve: list[Reserve] = field(default_factory=list)
    not_selected: list = field(default_factory=list)
    unscored: list = field(default_factory=list)


@dataclass
class Allocation:
    """Who gets a place. While `ties` is not empty the reserve is provisional."""

    countries: dict[str, InCountry]
    ties: list[Tie]

    @property
    def selected(self) -> list:
        return [key for country in self.countries.values() for key in country.selected]


def allocate(
    entries: Iterable[Entry],
    *,
    places: int,
    country_places: Mapping[str, int],
    minimum: Decimal | None = None,
    reserve: int | None = None,
) -> Allocation:
    """Give out the places from the best total down.

    `places` and `country_places` are ceilings: a place nobody reaches stays empty, and none moves
    to another country by itself. Below `minimum` there is neither a place nor the reserve. The
    reserve holds the next `reserve` of each country (None: all), and whoever equals its last.
    An entry is selected or not when that holds however its equals were ordered; where it depends
    on that order, the entry is in a tie.
    """
    entries = list(entries)
    result = Allocation({code: InCountry(cap) for code, cap in sorted(country_places.items())}, [])
    for entry in entries:
        if entry.total is None:
            result.countries[entry.country].unscored.append(entry.key)
    ranked = sorted((e for e in entries if e.total is not None), key=lambda e: e.standing)
    reached = [e for e in ranked if minimum is None or e.total >= minimum]
    left = {"all": places, **country_places}
    waiting: list[Entry] = []
    for _, equals in groupby(reached, key=lambda e: e.standing):
        waiting += give_to_equals(list(equals), left, result)
    fill_reserve(waiting, result, reserve)
    for entry in ranked[len(reached) :]:
        result.countries[entry.country].not_selected.append(entry.key)
    return result


def give_to_equals(equals: list[Entry], left: dict[str, int], result: Allocation) -> list[Entry]:
    """Give places to entries of one standing; return those that certainly get none.

    `left` counts the places still to be had, in all and per country, and is lowered here.
    """
    of = {code: [e for e in equals if e.country == code] for code in {e.country for e in equals}}
    fitting = {code: min(len(these), left[code]) for code, these in of.items()}
    given = min(sum(fitting.values()), left["all"])
    for_all = sum(fitting.values()) > left["all"] > 0
    passed, contested = [], []
    for code, these in sorted(of.items()):
        country = result.countries[code]
        if not fitting[code] or not left["all"]:
            passed += these
        elif for_all:
            contested += these
        elif fitting[code] < len(these):
            keys = tuple(e.key for e in these)
            country.tied += keys
            result.ties.append(Tie(keys, fitting[code], {code: fitting[code]}))
        else:
            country.selected += [e.key for e in these]
    if contested:
        for entry in contested:
            result.countries[entry.country].tied.append(entry.key)
        caps = {code: fitting[code] for code in sorted({e.country for e in contested})}
        result.ties.append(Tie(tuple(e.key for e in contested), given, caps))
    for code, count in fitting.items():
        left[code] -= count
    left["all"] -= given
    return passed


def fill_reserve(waiting: list[Entry], result: Allocation, size: int | None) -> None:
    """Put those above the minimum without a place in their country's reserve, in order.

    Losers of a country's own tie will come first there, so their seats are kept.
    """
    for code, country in result.countries.items():
        of_country = [e for e in waiting if e.country == code]
        kept = sum(len(tie.keys) - tie.places for tie in result.ties if list(tie.at_most) == [code])
        for _, equals in groupby(of_country, key=lambda e: e.standing):
            keys = [e.key for e in equals]
            if size is None or kept < size:
                country.reserve += [Reserve(kept + 1, key) for key in keys]
            else:
                country.not_selected += keys
            kept += len(keys)
