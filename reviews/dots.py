"""The ranking's small drawing: a dot per juror on a scale from 0 to 100, the mean, the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

LEFT, UNIT, HEIGHT, WIDTH = 12, Decimal("3.2"), 28, 344
TICKS = (0, 25, 50, 75, 100)
STACK = 7  # units up for each further dot on the same spot
GRID = format_html_join(
    "",
    '<line x1="{0}" y1="0" x2="{0}" y2="28" class="cj-s-grid" stroke="currentColor"/>',
    ((f"{LEFT + UNIT * tick:g}",) for tick in TICKS),
)


def at(total: Decimal) -> str:
    """Return where on the drawing a total lies, short and the same in every language."""
    return f"{(LEFT + UNIT * total).quantize(Decimal('0.1')):f}"


def scale() -> SafeString:
    """Return the axis that stands in the column's head."""
    marks = format_html_join(
        "",
        '<text x="{}" y="12" text-anchor="middle" class="cj-t cj-t--quiet" fill="currentColor">'
        "{}</text>",
        ((f"{LEFT + UNIT * tick:g}", tick) for tick in TICKS),
    )
    return format_html(
        '<svg class="cj-dots" viewBox="0 0 344 16" width="344" height="16" role="img" '
        'aria-label="{}">{}</svg>',
        _("Scale from 0 to 100"),
        marks,
    )


def dots(totals: Sequence[Decimal], mean: Decimal, line: Decimal | None) -> SafeString:
    """Draw one application's totals; equal ones are stacked, `line` is the last with a place."""
    told = {
        "totals": ", ".join(number_format(round(total), 0) for total in totals),
        "mean": number_format(mean, 1),
    }
    return format_html(
        '<svg class="cj-dots" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{words}">{grid}{cut}<line x1="{low}" y1="12" x2="{high}" y2="12" '
        'class="cj-s-range" stroke="currentColor" stroke-width="2"/>{dots}'
        '<path d="M{mean} 17.5l-4.5 7h9z" class="cj-f-ink" fill="currentColor"/></svg>',
        w=WIDTH,
        h=HEIGHT,
        words=_("The jurors’ totals: %(totals)s; their mean: %(mean)s") % told,
        grid=GRID,
        cut="" if line is None else cut(line),
        low=at(min(totals)),
        high=at(max(totals)),
        dots=circles(totals),
        mean=at(mean),
    )


def cut(line: Decimal) -> SafeString:
    return format_html(
        '<line x1="{0}" y1="0" x2="{0}" y2="28" class="cj-s-ink" stroke="currentColor" '
        'stroke-dasharray="2 3"/>',
        at(line),
    )


def circles(totals: Sequence[Decimal]) -> SafeString:
    stacked: Counter[str] = Counter()
    spots = []
    for total in totals:
        x = at(total)
        spots.append((x, 12 - STACK * stacked[x]))
        stacked[x] += 1
    return format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="4" class="cj-o-dot" fill="currentColor" '
        'stroke="currentColor"/>',
        spots,
    )
