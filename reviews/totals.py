"""Jurors' totals with the points summed by the database: one row per review, whatever its size.

The arithmetic is `ranking.total`'s to the last digit; a test holds the two against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import F, Min, QuerySet, Sum

from reviews import ranking
from reviews.models import Review, Score


class ReviewTotal(NamedTuple):
    application: int
    juror: int
    total: Decimal
    name: str


def totals_in(reviews: QuerySet[Review]) -> Iterator[ReviewTotal]:
    """Yield the total of each review that judged anything. One query."""
    juror = "assignment__juror__"
    sums = (
        reviews.filter(scores__points__isnull=False)
        .order_by("assignment")
        .values_list("assignment")
        .annotate(
            weighed=Sum(F("scores__points") * F("scores__criterion__weight")),
            share=Sum("scores__criterion__weight"),
        )
        .values_list(
            *("assignment__application", "assignment__juror", "weighed", "share"),
            *(f"{juror}first_name", f"{juror}last_name", f"{juror}username"),
        )
    )
    for application, key, weighed, share, first, last, username in sums:
        name = f"{first} {last}".strip() or username
        yield ReviewTotal(application, key, total_of(weighed, share), name)


def sums_in(reviews: QuerySet[Review]) -> dict[int, list[tuple[int, int]]]:
    """Return by application what `total_of` takes of each review that judged anything.

    Whole numbers alone: of thousands of reviews only the few that are asked about become totals.
    """
    found = defaultdict(list)
    scores = Score.objects.filter(points__isnull=False, review__in=reviews).order_by()
    sums = scores.values_list("review").annotate(
        application=Min("review__assignment__application"),
        weighed=Sum(F("points") * F("criterion__weight")),
        share=Sum("criterion__weight"),
    )
    for _review, application, weighed, share in sums:
        found[application].append((weighed, share))
    return found


def total_of(weighed: int, share: int) -> Decimal:
    """Return Σ weight·points over the weight that was judged, as a share of 100."""
    value = Decimal(100 * weighed) / (ranking.HIGHEST * share)
    return value.quantize(ranking.OF_ONE_JUROR, ROUND_HALF_UP)
