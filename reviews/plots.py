"""Pictures as SVG: pure functions from numbers to a drawing, its finding and the same as a table.

Geometry lies in attributes, colour in classes of staff.css with `currentColor` to fall back on:
no style, so that a strict Content-Security-Policy holds. The drawing is 384 wide, so that its
text stays readable on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 384
MANY = 48  # blocks in a row: above it they melt into one bar


@dataclass(frozen=True)
class Plot:
    """A drawing with the table behind it; `finding` is the sentence that a screen reader reads."""

    svg: SafeString
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


def drawing(height: int, finding: str, parts: list[SafeString]) -> SafeString:
    return format_html(
        '<svg class="cj-plot__svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{finding}">{parts}</svg>',
        w=WIDTH,
        h=height,
        finding=finding,
        parts=format_html_join("", "{}", ((part,) for part in parts)),
    )


def rect(x: float, y: float, width: float, height: float, look: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" class="{}" fill="currentColor"/>',
        *(f"{value:g}" for value in (round(x, 2), round(y, 2), round(width, 2), round(height, 2))),
        look,
    )


def line(x1: float, y1: float, x2: float, y2: float, look: str, width: float = 1, dash: str = ""):
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}" stroke="currentColor" '
        'stroke-width="{}" stroke-dasharray="{}"/>',
        *(f"{round(value, 2):g}" for value in (x1, y1, x2, y2)),
        look,
        width,
        dash or "none",
    )


def words(x: float, y: float, text: object, look: str = "", anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" class="cj-t {}" fill="currentColor">{}</text>',
        f"{round(x, 2):g}",
        f"{round(y, 2):g}",
        anchor,
        look,
        text,
    )


def triangle(x: float, y: float) -> SafeString:
    """Return a small ▲ whose tip is at (x, y)."""
    return format_html(
        '<path d="M{} {}l-4 6h8z" class="cj-f-ink" fill="currentColor"/>',
        f"{round(x, 2):g}",
        f"{round(y, 2):g}",
    )


def scale_top(most: int) -> int:
    """Return the top of a scale with three even steps: a multiple of three, at least 3."""
    return max(3, -(-most // 3) * 3)


def submissions(
    days: Sequence[tuple[date, str, int, int]],
    *,
    finding: str,
    headings: Sequence[str],
    deadline: str = "",
    last_day: tuple[str, str] = ("", ""),
) -> Plot:
    """Draw applications per day, Kazakhstan below and Tajikistan above it.

    `days` are (day, its name, KZ, TJ) without gaps; `deadline` labels the rule at the end of the
    last day, which is drawn only with it; `last_day` are two short lines beside the last bar.
    """
    left, right, top, bottom = 28, 367, 30, 214
    ceiling = scale_top(max((kz + tj for _, _, kz, tj in days), default=0))
    unit, band = (bottom - top) / ceiling, (right - left) / max(len(days), 1)
    parts = []
    for step in range(4):
        value, y = ceiling * step // 3, bottom - (bottom - top) * step / 3
        parts.append(line(left, y, 374, y, "cj-s-grid" if step else "cj-s-axis"))
        parts.append(words(22, y + 4, value, "cj-t--quiet", "end"))
    for n, (_, _, kz, tj) in enumerate(days):
        x, width = left + n * band + band * 0.11, band * 0.78
        if kz:
            parts.append(rect(x, bottom - kz * unit, width, kz * unit, "cj-f-kz"))
        if tj:
            gap = 1 if kz else 0
            y = bottom - (kz + tj) * unit
            parts.append(rect(x, y, width, max(tj * unit - gap, 1), "cj-f-tj"))
    parts += names_of_days(days, left, band, bottom)
    if deadline:
        parts.append(line(371, 14, 371, 220, "cj-s-due", 3))
        parts.append(words(364, 22, deadline, "cj-t--strong", "end"))
    parts += beside_last_bar(days, last_day, bottom, unit, right - band)
    return Plot(drawing(240, finding, parts), headings, table_of_days(days))


def names_of_days(days, left: float, band: float, bottom: float) -> list[SafeString]:
    """Name the first day, the middle one and the last."""
    if not days:
        return []
    found = {0: "start", len(days) // 2: "middle", len(days) - 1: "end"}
    return [
        words(
            left + (n + 0.5) * band - (4 if anchor == "start" else -4 if anchor == "end" else 0),
            bottom + 18,
            days[n][1],
            "cj-t--quiet",
            anchor,
        )
        for n, anchor in found.items()
        if n in (0, len(days) - 1) or len(days) > 8
    ]


def beside_last_bar(days, last_day, bottom, unit, x) -> list[SafeString]:
    """Write two short lines left of the last bar's top, clear of the deadline's label."""
    if not days or not last_day[0]:
        return []
    y = min(max(bottom - (days[-1][2] + days[-1][3]) * unit + 12, 48), bottom - 24)
    return [
        words(x - 5, y, last_day[0], "cj-t--strong", "end"),
        words(x - 5, y + 16, last_day[1], "", "end"),
    ]


def table_of_days(days) -> list[tuple]:
    return [(name, kz, tj, kz + tj) for _, name, kz, tj in days if kz or tj]


def progress(
    rows: Sequence[tuple[str, int, int, int, str]],
    *,
    finding: str,
    headings: Sequence[str],
    pace: float | None = None,
    pace_label: str = "",
) -> Plot:
    """Draw a row of blocks per juror: (name, handed in, started, in all, "2 of 11").

    `pace`, 0 to 1, is the share that an even pace would have reached today.
    """
    most = max((total for *_, total, _ in rows), default=1) or 1
    unit = (WIDTH + 3) / most
    parts = []
    for n, (name, done, started, total, counted) in enumerate(rows):
        y = 12 + n * 36
        parts.append(words(0, y, name))
        parts.append(words(WIDTH, y, counted, "cj-t--strong", "end"))
        parts += blocks(done, started, total, unit, y + 7)
    bottom = 12 + len(rows) * 36
    if pace is not None and rows:
        x = pace * WIDTH
        parts.append(line(x, 0, x, bottom - 4, "cj-s-pace", 1.5, "4 3"))
        anchor, shift = ("end", -4) if pace > 0.5 else ("start", 4)
        parts.append(words(x + shift, bottom + 6, pace_label, "cj-t--quiet", anchor))
    table = [
        (name, done, started, total - done - started, total)
        for name, done, started, total, _ in rows
    ]
    return Plot(drawing(bottom + 12, finding, parts), headings, table)


def blocks(done: int, started: int, total: int, unit: float, y: float) -> list[SafeString]:
    """Return a block per review: filled, half a triangle, or track; of very many, one bar."""
    if total > MANY:
        width = unit * total - 3
        return [
            rect(0, y, width, 10, "cj-f-track"),
            rect(0, y, width * (done + started) / total, 10, "cj-f-half"),
            rect(0, y, width * done / total, 10, "cj-f-done"),
        ]
    parts = []
    for n in range(total):
        x, width = n * unit, unit - 3
        parts.append(rect(x, y, width, 10, "cj-f-done" if n < done else "cj-f-track"))
        if done <= n < done + started:
            parts.append(
                format_html(
                    '<path d="M{} {}v-10l-{} 10z" class="cj-f-done" fill="currentColor"/>',
                    f"{round(x + width, 2):g}",
                    f"{round(y + 10, 2):g}",
                    f"{round(width, 2):g}",
                )
            )
    return parts


def distribution(
    rows: Sequence[tuple[str, Sequence[int], Decimal | None, str, int]],
    *,
    finding: str,
    headings: Sequence[str],
    points_label: str,
    mean_label: str,
) -> Plot:
    """Draw how often each of 0 to 5 was given, a row of bars per criterion on one scale.

    A row is (criterion, six counts, mean or None, the mean as shown, how many couldn't judge).
    """
    most = max((max(counts) for _, counts, *_ in rows), default=1) or 1
    parts = [words(WIDTH, 10, mean_label, "cj-t--quiet", "end")]
    for n, (title, counts, mean, shown, _) in enumerate(rows):
        base = 50 + n * 36
        parts.append(words(0, base - 4, shortened(title)))
        parts.append(line(128, base, 332, base, "cj-s-axis"))
        for points, count in enumerate(counts):
            if count:
                height = max(26 * count / most, 1)
                parts.append(rect(132 + 34 * points, base - height, 26, height, "cj-f-done"))
        if mean is not None:
            parts.append(triangle(145 + 34 * float(mean), base + 1))
        parts.append(words(WIDTH, base - 4, shown, "cj-t--strong", "end"))
    bottom = 50 + len(rows) * 36 - 14
    parts.append(words(0, bottom, points_label, "cj-t--quiet"))
    parts += [words(145 + 34 * n, bottom, n, "cj-t--quiet", "middle") for n in range(6)]
    table = [(title, *counts, cant) for title, counts, _, _, cant in rows]
    return Plot(drawing(bottom + 8, finding, parts), headings, table)


def shortened(title: str, most: int = 18) -> str:
    """Return a title that fits beside the bars: whole words, and an ellipsis for the rest."""
    title = title.split(":")[0]
    if len(title) <= most:
        return title
    kept = title[: most - 1].rsplit(" ", 1)[0].rstrip(" ,").split(" ")
    while len(kept) > 1 and len(kept[-1]) < 3:
        kept.pop()
    return f"{' '.join(kept)}…"
