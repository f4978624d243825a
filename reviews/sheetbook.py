"""The score sheet as a workbook: a block of rows for each application, the scale beside it.

Only the cells for points and words can be written in; what a row is about stands in hidden
columns, so that rows may be sorted and widened and still come home.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Call
from reviews import desks, scoring, sheets
from reviews.models import Assignment, Criterion
from reviews.models.rubric import HIGHEST
from reviews.scoring import NOTES, Entry

HEADINGS = 4  # the row of the headings, counted from 0
WIDTHS = (10, 26, 34, 52, 9, 60, 8, 8)
OWN = (1, 3, 5)  # the anchors a criterion words itself; all six are on the second sheet
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LINE = "#c9c4b8"


@dataclass
class Looks:
    """How cells look; only those to be written in are not locked."""

    title: object
    head: object
    told: object
    quiet: object
    points: object
    words: object
    none: object


def workbook(assignments: list[Assignment], call: Call, *, with_drafts: bool) -> BinaryIO:
    """Return the sheet of these assignments in a temporary file.

    `with_drafts` fills in what the juror has already written: for nobody but the juror.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    criteria = list(Criterion.objects.of_call(call).worded().order_by("position"))
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        looks = looks_of(book)
        page = book.add_worksheet(_("Scores"))
        begin(page, call, looks)
        row = HEADINGS + 1
        for assignment in assignments:
            row = write_block(page, row, assignment, criteria, looks, with_drafts)
        finish(page, row)
        write_scale(book.add_worksheet(_("Scale")), criteria, looks)
    file.seek(0)
    return file


def looks_of(book) -> Looks:
    shared = {"valign": "top", "text_wrap": True, "bottom": 1, "bottom_color": LINE}
    grey = {**shared, "bg_color": "#efece4"}
    return Looks(
        title=book.add_format({"bold": True, "font_size": 14}),
        head=book.add_format({**grey, "bold": True}),
        told=book.add_format(grey),
        quiet=book.add_format({**grey, "font_color": "#55606d", "font_size": 9}),
        points=book.add_format({**shared, "locked": False, "align": "center", "border": 1}),
        words=book.add_format({**shared, "locked": False, "border": 1}),
        none=book.add_format({**grey, "pattern": 16, "fg_color": LINE}),
    )


def begin(page, call: Call, looks: Looks) -> None:
    """Write what the sheet is and how it is filled in, then the headings."""
    page.write_string(0, 0, _("Score sheet, %(season)s") % {"season": call.season}, looks.title)
    lines = (
        _("Fill in the white cells. Points: 0 to 5, or n/a for “can’t judge”."),
        _("Then upload the file on the portal, where you will see what it changes."),
        _("Nothing is handed in by it: you do that on the portal."),
    )
    for number, words in enumerate((f"{lines[0]} {lines[1]}", lines[2]), 1):
        page.write_string(number, 0, words)
    headings = (
        *(_("Application"), _("Outlet"), _("Criterion"), _("Scale")),
        *(_("Points"), _("Comment"), f"{sheets.MARK}:{call.slug}", "revision"),
    )
    for column, heading in enumerate(headings):
        page.write_string(HEADINGS, column, heading, looks.head)
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width, None, {"hidden": column > 5})


def write_block(
    page, row: int, assignment: Assignment, criteria: list[Criterion], looks: Looks, drafts: bool
) -> int:
    """Write the rows of one application; return the row after them."""
    review = desks.review_of(assignment) if drafts else None
    entries, notes = scoring.said(review) if review else ({}, {})
    revision = review.revision if review else 0
    application = assignment.application
    outlet = "" if application.call.blind_review else application.outlet.display_name
    titles = sheets.titles_of(criteria)
    anchors = {f"c{one.pk}": anchors_of(one, OWN) for one in criteria}
    for key, title in titles.items():
        entry = Entry() if key in NOTES else entries.get(int(key[1:]), Entry())
        page.write_string(row, 0, application.number, looks.told)
        page.write_string(row, 1, outlet, looks.told)
        page.write_string(row, 2, title, looks.told)
        page.write_string(row, 3, anchors.get(key, ""), looks.quiet)
        write_points(page, row, key, entry, looks)
        page.write_string(row, 5, notes.get(key, "") or entry.comment, looks.words)
        page.write_string(row, 6, key)
        page.write_string(row, 7, str(revision) if drafts else "")
        row += 1
    return row


def write_points(page, row: int, key: str, entry: Entry, looks: Looks) -> None:
    if key in NOTES:
        page.write_blank(row, 4, None, looks.none)
    elif entry.points is not None:
        page.write_number(row, 4, entry.points, looks.points)
    else:
        page.write_string(row, 4, sheets.points_in_words(entry), looks.points)
    if key not in NOTES:
        choices = [*(str(points) for points in range(HIGHEST + 1)), _("n/a")]
        told = _("A score is 0 to 5, or n/a for “can’t judge”.")
        rule = {"validate": "list", "source": choices, "error_message": told}
        page.data_validation(row, 4, row, 4, rule)


def finish(page, last: int) -> None:
    page.freeze_panes(HEADINGS + 1, 0)
    page.protect("", {"format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADINGS)
    page.print_area(0, 0, max(last - 1, HEADINGS), 5)


def anchors_of(criterion: Criterion, wanted) -> str:
    wording = criterion.wording(get_language())
    anchors = wording.anchors() if wording else []
    return "\n".join(f"{n} — {text}" for n, text in enumerate(anchors) if n in wanted and text)


def write_scale(page, criteria: list[Criterion], looks: Looks) -> None:
    """Write the whole rubric: a row for each criterion, a column for each score."""
    page.set_column(0, 0, 30)
    page.set_column(1, HIGHEST + 1, 30)
    page.freeze_panes(1, 1)
    page.protect()
    page.write_string(0, 0, _("Criterion"), looks.head)
    for points in range(HIGHEST + 1):
        page.write_string(0, points + 1, str(points), looks.head)
    for row, criterion in enumerate(criteria, 1):
        wording = criterion.wording(get_language())
        title = wording.title if wording else ""
        page.write_string(row, 0, f"{criterion.position}. {title} ({criterion.weight})", looks.told)
        for points, text in enumerate(wording.anchors() if wording else []):
            page.write_string(row, points + 1, text, looks.told)
