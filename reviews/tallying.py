"""The ranking of a call for one person's eyes: totals, spreads, ranks, marks.

The points are summed by the database, one row per review, so that thousands of applications cost
little; the arithmetic agrees with `ranking` to the last digit. An application in which the person
has a conflict, or a review of their own to finish, is left out as if it did not exist.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from applications.models import Application, Call
from reviews import ranking, robustness
from reviews.assigning import APART, wanted_of
from reviews.deciding.places import country_places
from reviews.models import Assignment, Review, Screening
from reviews.robustness import CloseCall
from reviews.totals import totals_in

IN, TIED, OUT, UNSCORED = "in", "tied", "out", "unscored"


@dataclass
class Row:
    """One application; `side` says where it stands to the line of its country."""

    key: int
    number: str
    name: str
    city: str
    country: str
    totals: dict[int, Decimal]
    total: Decimal | None
    rank: ranking.Rank | None = None
    side: str = OUT
    close: CloseCall | None = None
    wanted: int = 0

    @property
    def is_short(self) -> bool:
        """Whether fewer jurors have judged it than it needs, though somebody has."""
        return 0 < len(self.totals) < self.wanted

    @property
    def spread(self) -> Decimal | None:
        return ranking.spread(self.totals.values())

    @property
    def is_apart(self) -> bool:
        return self.spread is not None and self.spread > APART


@dataclass
class Ranking:
    """`rows` best first, what has no total last. `line` is the lowest total with a place, where
    more applications than places have one."""

    call: Call
    country: str
    rows: list[Row]
    places: int
    line: Decimal | None
    hidden: int
    jurors: dict[int, str]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def certain(self) -> int:
        return sum(row.side == IN for row in self.rows)

    @property
    def tied(self) -> list[Row]:
        return [row for row in self.rows if row.side == TIED]

    @property
    def close(self) -> list[Row]:
        return [row for row in self.rows if row.close]


def hidden_from(user: AbstractBaseUser, call: Call):
    """Return the assignments that close an application to `user`."""
    own = Assignment.objects.of_call(call).filter(juror=user)
    unfinished = Q(withdrawn_at=None) & (Q(review=None) | Q(review__submitted_at=None))
    return own.filter(Q(conflict=True) | unfinished)


def rows_of(call: Call, totals: dict[int, dict[int, Decimal]], hidden: set[int]) -> list[Row]:
    """Return a row for each application that takes part and is not hidden, without ranks yet."""
    listed = (
        Application.objects.of_call(call)
        .submitted()
        .exclude(pk__in=Screening.objects.ineligible().values("application"))
        .exclude(pk__in=hidden)
        .order_by("number")
        .values_list(
            *("pk", "number", "outlet__name", "outlet__known_as", "outlet__city"), "outlet__country"
        )
    )
    rows = []
    for key, number, name, known_as, city, country in listed:
        of = totals.get(key, {})
        total = robustness.mean(of.values()) if of else None
        row = Row(key, number, known_as or name, city, country, of, total)
        row.wanted = wanted_of(call, list(of.values()))
        rows.append(row)
    return rows


def ranking_of(call: Call, user: AbstractBaseUser, country: str = "") -> Ranking:
    """Return the ranking of one country, or of all with ""; a constant number of queries.

    Sides and marks are those of the whole call, whichever part is shown.
    """
    hidden = set(hidden_from(user, call).values_list("application", flat=True))
    totals: dict[int, dict[int, Decimal]] = defaultdict(dict)
    jurors = {}
    for one in totals_in(Review.objects.visible_to(user).handed_in().of_call(call)):
        totals[one.application][one.juror] = one.total
        jurors[one.juror] = one.name
    rows = rows_of(call, totals, hidden)
    caps = country_places(call)
    take_sides(rows, call, caps)
    shown = [row for row in rows if country in ("", row.country)]
    ranks = ranking.ranks({row.key: row.total for row in shown})
    for row in shown:
        row.rank = ranks.get(row.key)
    shown.sort(key=lambda row: (row.rank is None, row.rank or (0, 0), row.number))
    counts = dict.fromkeys(caps, 0)
    for row in rows:
        counts[row.country] = counts.get(row.country, 0) + 1
    return Ranking(
        call=call,
        country=country,
        rows=shown,
        places=caps[country] if country else call.places,
        line=line_in(shown),
        hidden=len(hidden),
        jurors=jurors,
        counts=counts,
    )


def take_sides(rows: list[Row], call: Call, caps: dict[str, int]) -> None:
    """Say of each row whether it gets a place, shares one, and whether that is a close call."""
    scored = {row.key: row for row in rows if row.total is not None}
    countries = {key: row.country for key, row in scored.items()}
    line = robustness.Line(countries, call.places, caps, call.minimum_total)
    sides = robustness.sides({key: row.total for key, row in scored.items()}, line)
    close = robustness.close_calls({key: row.totals for key, row in scored.items()}, line)
    for row in rows:
        row.side = sides.get(row.key, OUT) if row.key in scored else UNSCORED
        row.close = close.get(row.key)


def line_in(rows: list[Row]) -> Decimal | None:
    """Return the lowest total with a place, where somebody stands below it."""
    above = [row.total for row in rows if row.side in (IN, TIED)]
    if not above or not any(row.side == OUT for row in rows):
        return None
    return min(above)
