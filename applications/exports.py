"""Tables to take away, as CSV and XLSX, with nothing in them that the reader may not see.

CSV is UTF-8 with a byte order mark, so that Excel reads Cyrillic, and streams row by row. A cell
that a spreadsheet would run as a formula starts with an apostrophe instead.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import access, audit, events, instants, questions
from applications.models import AuditEntry, Call, Version
from applications.regions import region_now

BYTE_ORDER_MARK = "\ufeff"
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
CHUNK = 500  # rows fetched at a time
LONGEST_CELL = 32_767  # characters that XLSX allows

Row = Sequence[object]


@dataclass(frozen=True)
class Table:
    headings: Row
    rows: Iterable[Row]


@dataclass(frozen=True)
class Export:
    """What can be taken away: `allowed` says to whom, `table` makes it for a person and a call."""

    key: str
    label: Promise
    allowed: Callable[[object], bool]
    table: Callable[[object, Call], Table]


def safe(cell: object) -> object:
    """Return a cell that no spreadsheet runs: numbers as they are, text never a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, (int, float, Decimal)):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(RUNS_AS_FORMULA) else text


class Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def as_csv(table: Table) -> Iterator[str]:
    """Yield the table line by line."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([safe(cell) for cell in table.headings])
    for row in table.rows:
        yield writer.writerow([safe(cell) for cell in row])


def as_xlsx(table: Table) -> BinaryIO:
    """Return the table as a workbook in a temporary file, written row by row."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(table.headings) - 1, 0), 18)
        for number, heading in enumerate(table.headings):
            sheet.write_string(0, number, str(heading), bold)
        for line, row in enumerate(table.rows, 1):
            for number, cell in enumerate(row):
                write(sheet, line, number, safe(cell))
    file.seek(0)
    return file


def write(sheet, line: int, number: int, cell: object) -> None:
    if isinstance(cell, (int, float, Decimal)):
        sheet.write_number(line, number, float(cell))
    else:
        sheet.write_string(line, number, cell[:LONGEST_CELL])


def note(export: Export, call: Call, *, kind: str, by, at: datetime) -> None:
    """Enter in the trail who took a table away."""
    note_taken(export.key, call, kind=kind, by=by, at=at)


def note_taken(what: str, call: Call, *, kind: str, by, at: datetime, **details) -> None:
    """Enter in the trail who took what away, a table or anything else."""
    told = {"what": what, "kind": kind, **details}
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        audit.record("export.made", call, at=at, actor=by.get_username(), **told)


def clock(at: datetime | None, call: Call) -> str:
    """Return an instant as a spreadsheet sorts it: 2026-12-14 23:59:12 in the call's zone."""
    return f"{at.astimezone(instants.zone_of(call)):%Y-%m-%d %H:%M:%S}" if at else ""


def applications_table(user, call: Call) -> Table:
    """Return the call's applications; to a coordinator, those of the country without addresses."""
    reads = access.reads_answers(user)
    headings = [
        *(_("Number"), _("Status"), _("Outlet"), _("Known as"), _("Country"), _("Region")),
        *(_("Code of the region"), _("City or village"), _("Site"), _("BIN or TIN"), _("Language")),
        *(_("Started"), _("Received"), _("Deadline"), _("Version")),
        *((_("Contact e-mail"),) if reads else ()),
    ]
    listed = access.applications_for_staff(user).of_call(call).order_by("number")
    return Table(headings, (application_row(a, call, reads) for a in listed.iterator(CHUNK)))


def application_row(application, call: Call, reads: bool) -> Row:
    outlet = application.outlet
    return (
        *(application.number, application.get_status_display(), outlet.name, outlet.known_as),
        *(
            outlet.country,
            region_now(outlet.region),
            outlet.region,
            outlet.city,
            outlet.site,
            outlet.registration_number,
        ),
        *(application.language, clock(application.created_at, call)),
        *(clock(application.submitted_at, call), clock(application.closes_at, call)),
        application.version,
        *((application.contact_email,) if reads else ()),
    )


def answers_table(user, call: Call) -> Table:
    """Return every answer of the latest submitted versions, one to a row."""
    headings = (_("Number"), _("Section"), _("Question"), _("Answer"))
    return Table(headings, answers_rows(user, call))


def answers_rows(user, call: Call) -> Iterator[Row]:
    listed = access.applications_for_staff(user).of_call(call).submitted()
    latest: set[int] = set()
    versions = Version.objects.filter(application__in=listed).select_related("application")
    for version in versions.order_by("application__number", "-number").iterator(CHUNK):
        if version.application_id in latest:
            continue
        latest = {version.application_id}
        for section in questions.answers_in_words(call, version.answers, version.files):
            for answered in section.answers:
                answer = answered.answer if answered.given else ""
                yield version.application.number, section.title, answered.label, answer


def trail_table(user, call: Call) -> Table:
    """Return the trail of the call's applications and of the call itself, oldest first.

    In words for people; the event's name and the details as the trail keeps them for programs.
    """
    headings = (
        *(_("When"), _("Event"), _("What"), _("About"), _("Who"), _("In words"), _("Details")),
    )
    applications = access.applications_for_staff(user).of_call(call)
    entries = AuditEntry.objects.filter(application__in=applications)
    entries |= AuditEntry.objects.filter(chain=f"call/{call.pk}")
    entries = entries.select_related("application", "words").with_seasons()
    entries = entries.prefetch_related("application__attachments")
    rows = entries.order_by("at", "pk").iterator(CHUNK)
    return Table(headings, (trail_row(entry, call) for entry in rows))


def trail_row(entry: AuditEntry, call: Call) -> Row:
    details = json.dumps(entry.told, ensure_ascii=False, sort_keys=True)
    return (
        *(clock(entry.at, call), entry.event, events.name_of(entry), events.about_of(entry)),
        *(events.actor_of(entry), events.details_of(entry), details),
    )


EXPORTS = (
    Export(
        "applications",
        gettext_lazy("Applications"),
        lambda user: user.has_perm("applications.view_application"),
        applications_table,
    ),
    Export("answers", gettext_lazy("Answers"), access.reads_answers, answers_table),
    Export(
        "trail",
        gettext_lazy("Audit trail"),
        lambda user: user.has_perm("applications.view_auditentry"),
        trail_table,
    ),
)
