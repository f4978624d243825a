"""Score sheets filled in offline: compare what came back with what lies here, and keep it.

Whatever the file says, only the person's own reviews are touched: those on their desk, free of
conflict by their own word, not handed in. Nothing is ever handed in by a sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import audit, workbooks
from applications.models import Call
from applications.models.application import Refused
from reviews import desks, scoring
from reviews.models import Assignment, Criterion, Review
from reviews.models.rubric import HIGHEST
from reviews.scoring import NOTES, Entry

NUMBER, OUTLET, ABOUT, ANCHORS, POINTS, WORDS, KEY, REVISION = "ABCDEFGH"
MARK = "scores"  # stands in the key's column of the headings, with the call's slug
FIRST_ROWS = 10  # where the headings are looked for
LONGEST = 5000  # characters of a comment, as on the page
CANT_JUDGE = {"н/о", "н.о.", "но", "н/а", "n/a", "na"}
LARGEST_SEALED = 2_000_000  # bytes: what one form may carry back
SALT = "reviews.sheets"
VALID_FOR = 24 * 60 * 60  # seconds from preview to application


class Unusable(Exception):
    """The file as a whole can't be used: "large", "broken", "foreign" or "other_call"."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one cell, by its address."""

    cell: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A cell that would change something; empty means that nothing is there."""

    cell: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One row of a sheet. `key` is a criterion's or the name of a note."""

    row: int
    number: str
    key: str
    points: workbooks.Cell
    words: workbooks.Cell
    revision: int | None


@dataclass
class Proposal:
    """What a sheet would make of one review. With anything wrong nothing of it is kept.

    `is_stale`: the review was changed here after the sheet was downloaded.
    """

    number: str
    revision: int | None = None
    is_stale: bool = False
    entries: dict[int, Entry] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    saved: list[str]
    left: list[str]


def waiting(user: AbstractBaseUser, call: Call) -> list[Assignment]:
    """Return what a sheet is for: on the desk, declared free of conflict, not handed in."""
    rows = desks.queue(user, call).readable().unfinished().for_reading()
    return list(rows.prefetch_related("review__scores", "application__versions"))


def titles_of(criteria: Iterable[Criterion]) -> dict[str, str]:
    """Return what each row's key is about, in words: the criteria, then the notes."""
    found = {}
    for one in criteria:
        wording = one.wording(get_language())
        title = wording.title if wording else ""
        found[f"c{one.pk}"] = f"{one.position}. {title} ({one.weight})"
    return found | {
        "strength": _("One strength"),
        "improvement": _("One thing that would have strengthened it"),
        "comment": _("Comment in all"),
    }


def points_in_words(entry: Entry) -> str:
    if entry.cant_judge:
        return _("n/a")
    return "" if entry.points is None else str(entry.points)


def compare(file: BinaryIO, *, user: AbstractBaseUser, call: Call) -> list[Proposal]:
    """Return what the file would change, by application, unchanged ones left out.

    Raises Unusable.
    """
    titles = titles_of(Criterion.objects.of_call(call).worded().order_by("position"))
    own = {one.application.number: one for one in desks.queue(user, call).for_reading()}
    grouped: dict[str, list[Line]] = {}
    for line in lines_in(file, call):
        grouped.setdefault(line.number, []).append(line)
    found = [propose(number, lines, own.get(number), titles) for number, lines in grouped.items()]
    return [one for one in found if one.differences or one.wrong]


def lines_in(file: BinaryIO, call: Call) -> Iterable[Line]:
    try:
        sheets = workbooks.read(file)
    except workbooks.Unreadable as error:
        raise Unusable(str(error)) from error
    for sheet in sheets:
        for row in range(1, FIRST_ROWS):
            mark = text(sheet, KEY, row).partition(":")
            if mark[0] == MARK:
                if mark[2] != call.slug:
                    raise Unusable("other_call")
                return below(sheet, row)
    raise Unusable("foreign")


def text(sheet: workbooks.Sheet, column: str, row: int) -> str:
    return sheet.get(f"{column}{row}", workbooks.NOTHING).text.strip()


def below(sheet: workbooks.Sheet, headings: int) -> list[Line]:
    """Return the rows under the headings in which anything is said or named."""
    rows = {int("".join(filter(str.isdigit, address))) for address in sheet}
    return [
        Line(
            row=row,
            number=text(sheet, NUMBER, row),
            key=text(sheet, KEY, row),
            points=sheet.get(f"{POINTS}{row}", workbooks.NOTHING),
            words=sheet.get(f"{WORDS}{row}", workbooks.NOTHING),
            revision=int(said) if (said := text(sheet, REVISION, row)).isdecimal() else None,
        )
        for row in sorted(rows)
        if row > headings
    ]


def propose(
    number: str, lines: list[Line], assignment: Assignment | None, titles: dict[str, str]
) -> Proposal:
    """Return what the rows of one application would make of its review."""
    proposal = Proposal(number)
    if refusal := refusal_of(assignment):
        if any(line.points.text.strip() or line.words.text.strip() for line in lines):
            proposal.wrong.append(Wrong(f"{NUMBER}{lines[0].row}", refusal % {"number": number}))
        return proposal
    review = desks.review_of(assignment)
    entries, notes = scoring.said(review) if review else ({}, {})
    proposal.revision = review.revision if review else 0
    proposal.is_stale = proposal.revision != (lines[0].revision or 0)
    proposal.entries = dict(entries)
    proposal.notes = {name: notes.get(name, "") for name in NOTES}
    seen: set[str] = set()
    for line in lines:
        if line.key not in titles or line.key in seen:
            words = _("This row no longer says what it is about, or says it twice.")
            proposal.wrong.append(Wrong(f"{ABOUT}{line.row}", words))
            continue
        seen.add(line.key)
        take(line, proposal, titles[line.key])
    return proposal


def refusal_of(assignment: Assignment | None) -> str:
    """Return why nothing of an application may be changed; another's is as one not there."""
    if assignment is None:
        return _("%(number)s isn’t on your desk.")
    if assignment.conflict is None:
        return _("%(number)s: say first, on the portal, whether you have a conflict of interest.")
    review = desks.review_of(assignment)
    if review is not None and review.submitted_at is not None:
        return _("%(number)s is handed in and locked: a sheet doesn’t change it.")
    return ""


def take(line: Line, proposal: Proposal, title: str) -> None:
    """Carry one row over into the proposal, with what is wrong and what changes."""
    words = line.words.text.replace("\r\n", "\n").strip()
    keeps = line.revision is None  # a sheet made without the drafts: empty cells say nothing
    if wrong := wrong_with_words(line, words):
        proposal.wrong.append(wrong)
        return
    if line.key in NOTES:
        take_note(line, proposal, title, words, keeps)
    else:
        take_points(line, proposal, title, words, keeps)


def take_note(line: Line, proposal: Proposal, title: str, words: str, keeps: bool) -> None:
    if line.points.text.strip():
        told = _("No points are given in this row.")
        proposal.wrong.append(Wrong(f"{POINTS}{line.row}", told))
    elif words or not keeps:
        change(proposal, WORDS, line, title, proposal.notes[line.key], words)
        proposal.notes[line.key] = words


def take_points(line: Line, proposal: Proposal, title: str, words: str, keeps: bool) -> None:
    key = int(line.key[1:])
    before = proposal.entries.get(key, Entry())
    try:
        after = entry_in(line)
    except ValueError:
        told = _("“%(value)s” is no score: 0 to 5, or n/a for “can’t judge”.")
        value = line.points.text.strip()[:30]
        proposal.wrong.append(Wrong(f"{POINTS}{line.row}", told % {"value": value}))
        return
    if keeps and not after.is_judged:
        after = before
    after = replace(after, comment=before.comment if keeps and not words else words)
    change(proposal, POINTS, line, title, points_in_words(before), points_in_words(after))
    change(proposal, WORDS, line, title, before.comment, after.comment)
    proposal.entries[key] = after


def wrong_with_words(line: Line, words: str) -> Wrong | None:
    cell = f"{WORDS}{line.row}"
    if line.words.is_error:
        return Wrong(cell, _("A formula here came to nothing; write the words themselves."))
    if len(words) > LONGEST:
        told = _("%(length)s characters; at most %(most)s can be kept.")
        return Wrong(cell, told % {"length": len(words), "most": LONGEST})
    return None


def entry_in(line: Line) -> Entry:
    """Return the points of a row; ValueError for what is neither 0 to 5 nor “can't judge”."""
    value = line.points.text.strip().casefold()
    if line.points.is_error:
        raise ValueError
    if not value:
        return Entry()
    if value in CANT_JUDGE:
        return Entry(None, True)
    points = float(value.replace(",", "."))
    if not (points.is_integer() and 0 <= points <= HIGHEST):
        raise ValueError
    return Entry(int(points))


def change(proposal: Proposal, column: str, line: Line, label: str, before: str, after: str):
    if before != after:
        proposal.differences.append(Difference(f"{column}{line.row}", label, before, after))


def seal(proposals: list[Proposal], *, user: AbstractBaseUser, call: Call) -> str:
    """Return what was previewed as a text that only its own reader can bring back, unchanged.

    Raises Unusable ("large").
    """
    rows = [
        {
            "number": one.number,
            "revision": one.revision,
            "stale": one.is_stale,
            "entries": {
                str(key): [entry.points, entry.cant_judge, entry.comment]
                for key, entry in one.entries.items()
            },
            "notes": one.notes,
        }
        for one in proposals
        if not one.wrong
    ]
    sealed = signing.dumps([user.pk, call.pk, rows], salt=SALT, compress=True)
    if len(sealed) > LARGEST_SEALED:
        raise Unusable("large")
    return sealed


def unseal(sealed: str, *, user: AbstractBaseUser, call: Call) -> list[dict]:
    """Return the previewed rows; [] for another's, another call's, an old or a changed text."""
    try:
        owner, about, rows = signing.loads(sealed, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return []
    return rows if (owner, about) == (user.pk, call.pk) else []


def apply(
    rows: list[dict],
    *,
    user: AbstractBaseUser,
    call: Call,
    over: Collection[str],
    at: datetime,
) -> Outcome:
    """Keep what was previewed as drafts. `over` names stale reviews the juror wants replaced.

    A review that was changed, handed in or taken away since the preview is left as it is.
    """
    saved, left = [], []
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call.pk)
        own = {one.application.number: one for one in desks.queue(user, call).for_reading()}
        for row in rows:
            number = row["number"]
            wanted = number in own and (not row["stale"] or number in over)
            (saved if wanted and keep(own[number], row, at=at) else left).append(number)
        if saved:
            told = {"applications": sorted(saved)}
            audit.record("sheet.applied", call, at=at, actor=user.get_username(), **told)
    return Outcome(saved, left)


def keep(assignment: Assignment, row: dict, *, at: datetime) -> Review | None:
    """Save one review as a draft; None where something else has happened to it since."""
    entries = {int(key): Entry(*said) for key, said in row["entries"].items()}
    try:
        return scoring.save_review(
            assignment, entries=entries, revision=row["revision"], at=at, **row["notes"]
        )
    except (Refused, scoring.OlderReview):
        return None
