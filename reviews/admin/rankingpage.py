"""The ranking, per country and overall: sortable, filterable, with marks that reorder nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from applications.folding import fold_lookalikes
from applications.models import Call, Country
from applications.seasons import call_of, calls_at_hand
from reviews import dots, tallying
from reviews.admin.desk import page
from reviews.models import Assignment
from reviews.tallying import IN, TIED, Ranking, Row

ON_A_PAGE = 100
BY_RANK = "rank"
ORDERS = {
    "name": lambda row: fold_lookalikes(row.name),
    "spread": lambda row: -(row.spread or 0),
    "reviews": lambda row: len(row.totals),
}
FILTERS = {
    "tie": lambda row: row.side == TIED,
    "close": lambda row: row.close is not None,
    "apart": lambda row: row.is_apart,
    "few": lambda row: not row.totals,
}


@dataclass
class Shown:
    """A row with its drawing, and what stands before it in the order of ranks."""

    row: Row
    line: object
    digits: int = 1
    cut: str = ""
    cut_is_soft: bool = False

    @cached_property
    def plot(self) -> SafeString:
        totals = list(self.row.totals.values())
        return dots.dots(totals, self.row.total, self.line) if totals else SafeString()

    @property
    def rank(self) -> str:
        if self.row.rank is None:
            return "—"
        first, last = self.row.rank
        return f"{first}–{last}" if self.row.rank.tied else str(first)


def chosen_call(
    request: HttpRequest,
    onward: str = "reviews_ranking_of",
    permission: str = "reviews.view_all_reviews",
) -> HttpResponse:
    """Lead from an address without a call to that of the call at hand."""
    call = call_of(request, request.arrived_at)
    if call is None or not request.user.has_perm(permission):
        raise PermissionDenied
    return redirect(f"admin:{onward}", call.slug)


def call_by(request: HttpRequest, slug: str) -> Call:
    """Return the call an address names."""
    found = next((call for call in calls_at_hand(request) if call.slug == slug), None)
    if found is None:
        raise Http404
    return found


@require_GET
def ranking(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the ranking of a call to who reads every review."""
    if not request.user.has_perm("reviews.view_all_reviews"):
        raise PermissionDenied
    call = call_by(request, slug)
    prefetch_related_objects([call], "countries", "place_moves")
    countries = [one.country for one in call.countries.all()]
    asked = request.GET.get("country", countries[0] if countries else "")
    country = asked if asked in countries else ""
    found = tallying.ranking_of(call, request.user, country)
    rows = Paginator(arranged(request, found), ON_A_PAGE).get_page(request.GET.get("p"))
    tell_apart(rows)
    context = {
        "call": call,
        "calls": calls_at_hand(request),
        "ranking": found,
        "tabs": tabs(found, countries),
        "handed_in": sum(len(row.totals) for row in found.rows),
        "expected": expected(call, country),
        "rows": rows,
        "scale": dots.scale(),
        "order": order_of(request),
        "filter": request.GET.get("only", ""),
        "words": request.GET.get("q", ""),
        "filters": filters(found),
        "summary": summary(found),
        "names": notes_on(found),
        "countries": len(countries),
    }
    return page(request, "ranking", _("Ranking"), **context)


def order_of(request: HttpRequest) -> str:
    return order if (order := request.GET.get("o", "")) in ORDERS else BY_RANK


def arranged(request: HttpRequest, found: Ranking) -> list[Shown]:
    """Return the rows asked for, in the order asked for; the line is drawn where it has sense."""
    keep = FILTERS.get(request.GET.get("only", ""))
    words = fold_lookalikes(request.GET.get("q", "")).split()
    shown = [
        Shown(row, found.line if found.country else None)
        for row in found.rows
        if (keep is None or keep(row)) and all(w in searched(row) for w in words)
    ]
    order = order_of(request)
    if order != BY_RANK:
        return sorted(shown, key=lambda one: ORDERS[order](one.row))
    if found.country and keep is None and not words:
        draw_line(shown, found)
    return shown


def tell_apart(rows: Iterable[Shown]) -> None:
    """Give each total as many decimals as tell it from its neighbours: only equals look equal."""
    totals = sorted({one.row.total for one in rows if one.row.total is not None})
    digits = dict.fromkeys(totals, 1)
    for lower, higher in pairwise(totals):
        needed = next(n for n in range(1, 5) if rounded(lower, n) != rounded(higher, n))
        for total in (lower, higher):
            digits[total] = max(digits[total], needed)
    for one in rows:
        one.digits = digits.get(one.row.total, 1)


def rounded(total: Decimal, digits: int) -> Decimal:
    return total.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def searched(row: Row) -> str:
    return fold_lookalikes(f"{row.number} {row.name} {row.city}")


def draw_line(shown: list[Shown], found: Ranking) -> None:
    """Say before which rows the line runs: softly before a tie, firmly after the last place."""
    for before, one in zip([None, *shown], shown, strict=False):
        side = before.row.side if before else IN
        if one.row.side == TIED and side != TIED:
            one.cut, one.cut_is_soft = tie_in_words(found), True
        elif one.row.side not in (IN, TIED) and side in (IN, TIED) and before:
            one.cut = ngettext(
                "the line: %(count)s place", "the line: %(count)s places", found.places
            ) % {"count": found.places}


def tie_in_words(found: Ranking) -> str:
    left = found.places - found.certain
    sure = ngettext(
        "%(count)s place without dispute", "%(count)s places without dispute", found.certain
    ) % {"count": found.certain}
    rest = ngettext(
        "%(count)s place for %(tied)s equals", "%(count)s places for %(tied)s equals", left
    ) % {"count": left, "tied": len(found.tied)}
    return f"{sure}, {rest}"


def summary(found: Ranking) -> str:
    """Return in a sentence how the places stand."""
    if not any(row.total is not None for row in found.rows):
        return _("Nothing has been handed in yet.")
    if found.tied:
        return _("%(sure)s applications are above the line without dispute; a tie is open.") % {
            "sure": found.certain
        }
    if found.certain < found.places:
        return _("Fewer applications than places: nobody competes for the last ones.")
    return _("Every place has one application above the line.")


def tabs(found: Ranking, countries: list[str]) -> list[dict]:
    one_each = [{"code": c, "label": Country(c).label, "count": found.counts[c]} for c in countries]
    if len(countries) < 2:
        return one_each
    both = {"code": "all", "label": _("All countries"), "count": sum(found.counts.values())}
    return [*one_each, both]


def filters(found: Ranking) -> list[dict]:
    labels = {
        "tie": _("ties"),
        "close": _("close calls"),
        "apart": _("totals far apart"),
        "few": _("without a review"),
    }
    return [
        {"key": key, "label": labels[key], "count": sum(map(keep, found.rows))}
        for key, keep in FILTERS.items()
    ]


def expected(call: Call, country: str) -> int:
    """Return how many reviews the desks promise."""
    active = Assignment.objects.of_call(call).active().filter(application__status="submitted")
    if country:
        active = active.filter(application__outlet__country=country)
    return active.count()


def notes_on(found: Ranking) -> list[dict]:
    """Return a note for each close call: without which jurors, and whether severity."""
    return [
        {
            "row": row,
            "jurors": f" {_('or')} ".join(found.jurors[key] for key in row.close.without),
            "by_severity": row.close.by_severity,
        }
        for row in found.close
    ]
