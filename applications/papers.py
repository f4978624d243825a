"""Papers to download: the blank form and the receipt, as PDF with every letter of four languages.

    paper = Paper("Receipt 417-208", language="kk", at=at, footer="Citizen Journalists · 417-208")
    paper.heading("Outlet")
    paper.pair("Name", "Степь сегодня")
    response.write(paper.as_bytes())

Same words and same instant give the same bytes.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableCellFillMode, VAlign, XPos, YPos
from fpdf.fonts import FontFace

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans"
INK, SOFT, ACT, SUN, LINE = "#1b2430", "#55606d", "#0b5d5e", "#f2b632", "#c9c4b8"
MARGIN = 20  # mm
POINT = 0.3528  # mm
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
CHEVRON = ((0, 20), (13, 3), (20, 3), (7, 20), (20, 37), (13, 37))

HIDDEN = {
    "Cc",
    "Cf",
    "Cs",
    "Mn",
    "Me",
}  # after NFC a mark that is still alone has no letter of its own

logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


def drawable(text: object, known) -> str:
    """Return the text in NFC, without control characters; � stands for what the font lacks."""
    composed = unicodedata.normalize("NFC", str(text).replace("\r\n", "\n").replace("\t", " "))
    kept = (sign for sign in composed if sign == "\n" or unicodedata.category(sign) not in HIDDEN)
    return "".join(sign if sign == "\n" or ord(sign) in known else UNKNOWN for sign in kept)


class Sheet(FPDF):
    """An A4 page with the mark at its head and the page's number at its foot."""

    def __init__(self, foot: str):
        super().__init__(format="A4")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.add_font(FAMILY, "", FONTS / "NotoSans-Regular.ttf")
        self.add_font(FAMILY, "B", FONTS / "NotoSans-Bold.ttf")
        self.letters = {letter for font in self.fonts.values() for letter in font.cmap}
        self.foot = drawable(foot, self.letters)

    def say(self, text: object, *, size: float, color: str = INK, bold: bool = False, height=1.45):
        """Write a block of text over the whole width, from the left margin."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(color)
        row = size * POINT * height
        words = drawable(text, self.letters)
        self.multi_cell(0, row, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def header(self):
        """Draw the mark: two chevrons, a dot, two chevrons turned round."""
        scale, left, top = 0.19, MARGIN, 11
        self.set_fill_color(ACT)
        for begin, way in ((0, 1), (15, 1), (80, -1), (65, -1)):
            corners = [(left + (begin + way * x) * scale, top + y * scale) for x, y in CHEVRON]
            self.polygon(corners, style="F")
        self.set_fill_color(SUN)
        self.circle(left + 40 * scale, top + 20 * scale, 6 * scale, style="F")
        self.set_y(top + 40 * scale + 6)

    def footer(self):
        self.set_y(-MARGIN + 3)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(SOFT)
        page = _("Page %(number)s of %(all)s") % {"number": self.page_no(), "all": "{nb}"}
        self.cell(self.epw / 2, 5, self.foot, align="L")
        self.cell(self.epw / 2, 5, page, align="R")


class Paper:
    """A document written from top to bottom. Texts may hold anything a person typed."""

    def __init__(self, title: str, *, language: str, at: datetime, footer: str = ""):
        self.sheet = Sheet(footer or title)
        self.sheet.set_title(drawable(title, self.sheet.letters))
        self.sheet.set_lang(language)
        self.sheet.set_creation_date(at)
        self.sheet.add_page()
        self.sheet.say(title, size=20, bold=True, height=1.2)
        self.gap(3)

    def gap(self, millimetres: float) -> None:
        self.sheet.ln(millimetres)

    def keep(self, millimetres: float) -> None:
        """Begin a new page unless that much is left of this one."""
        if self.sheet.will_page_break(millimetres):
            self.sheet.add_page()

    def heading(self, text: str) -> None:
        """Begin a section: a thick rule and its title, never alone at the foot of a page."""
        self.gap(5)
        self.keep(60)
        self.rule(0.8, INK)
        self.gap(2.5)
        self.sheet.say(text, size=14, bold=True, height=1.3)
        self.gap(2)

    def rule(self, width: float, color: str) -> None:
        self.sheet.set_draw_color(color)
        self.sheet.set_line_width(width)
        y = self.sheet.get_y()
        self.sheet.line(MARGIN, y, self.sheet.w - MARGIN, y)

    def paragraph(self, text: str, *, small: bool = False, bold: bool = False) -> None:
        color = SOFT if small else INK
        self.sheet.say(text, size=9 if small else 10.5, color=color, bold=bold)
        self.gap(1.5)

    def number(self, text: str) -> None:
        """Write a number large, as on the page that confirms an application."""
        self.sheet.say(text, size=34, color=ACT, bold=True, height=1.15)
        self.gap(2)

    def pair(self, question: str, answer: str) -> None:
        """Write a question and its answer; a long answer runs over pages."""
        self.keep(16)
        self.sheet.say(question, size=9, color=SOFT, height=1.6)
        self.sheet.say(answer, size=10.5)
        self.gap(2)

    def question(self, text: str, *, note: str = "", help: str = "", room: float = 10) -> None:
        """Write a question of the blank form; `room` (mm) is what its answer needs on this page."""
        self.keep(22 + room)
        self.sheet.say(text, size=10.5, bold=True)
        self.gap(0.6)
        for line in filter(None, (note, help)):
            self.sheet.say(line, size=9, color=SOFT)

    def lines(self, count: int) -> None:
        """Leave room to write by hand, a hairline for each row."""
        for _row in range(count):
            self.gap(8)
            self.rule(0.2, LINE)
        self.gap(4)

    def choices(self, labels: Iterable[object], *, several: bool = False) -> None:
        """Write what can be chosen, a box or a circle to mark before each."""
        sheet = self.sheet
        for label in labels:
            self.keep(7)
            sheet.set_draw_color(SOFT)
            sheet.set_line_width(0.3)
            top = sheet.get_y() + 1
            if several:
                sheet.rect(MARGIN, top, 3.2, 3.2)
            else:
                sheet.circle(MARGIN + 1.6, top + 1.6, 1.6)
            sheet.set_left_margin(MARGIN + 6)
            sheet.set_x(MARGIN + 6)
            sheet.say(label, size=10, height=1.5)
            sheet.set_left_margin(MARGIN)
            sheet.set_x(MARGIN)
        self.gap(3)

    def new_page(self, foot: str = "") -> None:
        """Begin a new page; from it on its foot says `foot`."""
        self.sheet.add_page()
        if foot:
            self.sheet.foot = drawable(foot, self.sheet.letters)

    def bookmark(self, text: str) -> None:
        """Let a reader on a screen jump here from the list of contents."""
        self.sheet.start_section(drawable(text, self.sheet.letters))

    def table(self, headings, rows, *, widths: tuple[int, ...], align: str) -> None:
        """Write a table over the whole width, its headings again on each page.

        `align` has a letter for each column: L or R.
        """
        sheet = self.sheet
        sheet.set_font(FAMILY, "", 9)
        sheet.set_text_color(INK)
        sheet.set_draw_color(LINE)
        sheet.set_line_width(0.2)
        with sheet.table(
            borders_layout="HORIZONTAL_LINES",
            cell_fill_mode=TableCellFillMode.NONE,
            col_widths=widths,
            headings_style=FontFace(emphasis="BOLD", color=SOFT),
            line_height=4.8,
            padding=(1, 1.5),
            v_align=VAlign.T,
            text_align=tuple({"L": "LEFT", "R": "RIGHT"}[letter] for letter in align),
        ) as table:
            for row in (headings, *rows):
                table.row([drawable(cell, sheet.letters) for cell in row])
        self.gap(3)

    def as_bytes(self) -> bytes:
        """Return the finished document, and let go of the fonts' files: nothing can follow."""
        try:
            return bytes(self.sheet.output())
        finally:
            for font in self.sheet.fonts.values():
                font.ttfont.close()
