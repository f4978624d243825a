"""The board pack as PDF, for people who review on paper: a page to begin each application."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications import instants
from applications.models import Country
from applications.papers import Paper
from applications.receipts import shortened
from reviews.boardpack import Dossier, Opinion, Pack


def paper(pack: Pack, *, at: datetime) -> bytes:
    """Return the pack as PDF."""
    title = _("Board pack: %(country)s") % {"country": Country(pack.country).label}
    sheet = Paper(title, language=get_language(), at=at, footer=f"{title} · {pack.call.season}")
    sheet.paragraph(f"{pack.call} · {pack.places}")
    when = {"when": instants.labelled(at, pack.call)}
    sheet.paragraph(_("As of %(when)s. Confidential: for the board alone.") % when, small=True)
    write_summary(sheet, pack)
    for dossier in pack.dossiers:
        sheet.new_page(f"{dossier.title} · {pack.call.season}")
        write_dossier(sheet, dossier)
    return sheet.as_bytes()


def figure(value: Decimal | None) -> str:
    return "—" if value is None else number_format(value, 1)


def write_summary(sheet: Paper, pack: Pack) -> None:
    sheet.heading(_("Ranking"))
    sheet.bookmark(_("Ranking"))
    headings = (
        *(_("Rank"), _("Application"), _("Total"), _("Spread"), _("Reviews"), _("Standing")),
    )
    rows = [
        (
            *(one.rank, one.title, figure(one.row.total), figure(one.spread)),
            *(str(len(one.row.totals)), one.standing),
        )
        for one in pack.dossiers
    ]
    sheet.table(headings, rows, widths=(15, 64, 16, 19, 20, 46), align="LLRRRL")
    if pack.ranking.hidden:
        sheet.paragraph(hidden_in_words(pack.ranking.hidden), small=True)
    if pack.because:
        sheet.paragraph(_("Proposed with reviews lacking: %(why)s") % {"why": pack.because})
    told = "; ".join(f"{n}. {title} — {w}" for n, (title, w) in enumerate(pack.criteria, 1))
    sheet.paragraph(_("Criteria and weights: %(criteria)s.") % {"criteria": told}, small=True)


def hidden_in_words(count: int) -> str:
    return ngettext(
        "%(count)s application is left out: it is closed to the person who made this pack.",
        "%(count)s applications are left out: they are closed to the person who made this pack.",
        count,
    ) % {"count": count}


def write_dossier(sheet: Paper, one: Dossier) -> None:
    sheet.bookmark(f"{one.rank}. {one.title}")
    sheet.number(one.row.number)
    if one.name:
        sheet.paragraph(" · ".join(filter(None, (one.name, one.text.place))), bold=True)
    figures = {
        "rank": one.rank,
        "total": figure(one.row.total),
        "spread": figure(one.spread),
        "standing": one.standing,
    }
    line = _("Rank %(rank)s, total %(total)s, spread %(spread)s: %(standing)s.")
    sheet.paragraph(line % figures)
    for opinion in one.opinions:
        write_opinion(sheet, opinion)
    for part in one.text.parts:
        sheet.heading(part.title)
        for answer in part.answers:
            sheet.pair(answer.label, shortened(answer.text))
        if part.unanswered:
            sheet.pair(_("No answer"), "; ".join(part.unanswered))
    if one.text.files:
        sheet.heading(_("Files"))
        for file in one.text.files:
            sheet.paragraph(file.name)


def write_opinion(sheet: Paper, one: Opinion) -> None:
    sheet.heading(f"{one.juror}: {figure(one.total)}")
    headings = (_("Criterion"), _("Weight"), _("Points"), _("Comment"))
    rows = [(j.title, str(j.weight), j.points, j.comment) for j in one.judgements]
    sheet.table(headings, rows, widths=(58, 14, 16, 82), align="LRRL")
    notes = (
        (_("One strength"), one.strength),
        (_("One thing that would have strengthened it"), one.improvement),
        (_("Comment in all"), one.comment),
    )
    for label, words in notes:
        if words:
            sheet.pair(label, words)
