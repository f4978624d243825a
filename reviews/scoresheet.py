"""The score form as the page shows it: rows, the total so far, what is left, and a clash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reviews import ranking
from reviews.forms import CANT_JUDGE, points_name, value_of, why_name
from reviews.models import Criterion, Review
from reviews.reading import Part
from reviews.scoring import NOTES, Entry, said

OWN = frozenset({1, 3, 5})  # the anchors a criterion words itself; the others are general
NEEDED_NOTES = ("strength", "improvement")


@dataclass(frozen=True)
class Anchor:
    points: int
    text: str
    is_own: bool
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One criterion; `value` is what the radio says: "", "0"…"5" or "na"."""

    key: int
    number: int
    title: str
    weight: int
    anchors: list[Anchor]
    value: str
    comment: str
    section: Part | None
    is_open: bool
    following: Row | None = None

    @property
    def is_judged(self) -> bool:
        return bool(self.value)

    @property
    def cant_judge(self) -> bool:
        return self.value == CANT_JUDGE

    @property
    def chosen(self) -> str:
        return next((anchor.text for anchor in self.anchors if anchor.is_chosen), "")


@dataclass(frozen=True)
class Sheet:
    """A whole score form. `share` is the part of the weight that the total stands on, of 100."""

    rows: list[Row]
    notes: dict[str, str]
    revision: int
    saved_at: datetime | None
    submitted_at: datetime | None
    total: Decimal | None
    share: int
    open_notes: str

    @property
    def judged(self) -> int:
        return sum(row.is_judged for row in self.rows)

    @property
    def unjudged(self) -> list[Row]:
        return [row for row in self.rows if not row.is_judged]

    @property
    def not_judged_for_good(self) -> list[Row]:
        return [row for row in self.rows if row.cant_judge]

    @property
    def notes_are_missing(self) -> bool:
        return not all(self.notes[name].strip() for name in NEEDED_NOTES)

    @property
    def is_complete(self) -> bool:
        return not self.unjudged and not self.notes_are_missing and self.total is not None


def criteria_of(call) -> list[Criterion]:
    return list(Criterion.objects.of_call(call).worded().order_by("position"))


def sheet_of(
    criteria: list[Criterion], review: Review | None, parts: list[Part], *, opened: str = ""
) -> Sheet:
    """Return the form of a review, or an empty one. `opened` names what to unfold: a criterion's
    key, "notes" or "comment"; else the first that waits."""
    entries, notes = said(review) if review else ({}, dict.fromkeys(NOTES, ""))
    waiting = next((c.pk for c in criteria if not entries.get(c.pk, Entry()).is_judged), None)
    unfolded = opened or str(waiting or "")
    by_key = {part.key: part for part in parts}
    rows = [row_of(c, entries.get(c.pk, Entry()), by_key, unfolded) for c in criteria]
    for row, following in pairwise(rows):
        object.__setattr__(row, "following", following)
    weights = {criterion.pk: criterion.weight for criterion in criteria}
    points = {pk: entry.points for pk, entry in entries.items() if pk in weights}
    return Sheet(
        rows=rows,
        notes=notes,
        revision=review.revision if review else 0,
        saved_at=review.saved_at if review else None,
        submitted_at=review.submitted_at if review else None,
        total=ranking.total(points, weights),
        share=sum(weights[pk] for pk, given in points.items() if given is not None),
        open_notes=unfolded if unfolded in ("notes", "comment") else "",
    )


def row_of(criterion: Criterion, entry: Entry, parts: Mapping[str, Part], unfolded: str) -> Row:
    wording = criterion.wording(get_language())
    value = value_of(entry)
    words = wording.anchors() if wording else [""] * 6
    return Row(
        key=criterion.pk,
        number=criterion.position,
        title=wording.title if wording else "",
        weight=criterion.weight,
        anchors=[Anchor(n, text, n in OWN, value == str(n)) for n, text in enumerate(words)],
        value=value,
        comment=entry.comment,
        section=next((parts[key] for key in criterion.sections if key in parts), None),
        is_open=unfolded == str(criterion.pk),
    )


@dataclass(frozen=True)
class Difference:
    """A field that two windows say different things about. `name` is the form's."""

    name: str
    label: str
    here: str
    there: str
    here_marked: SafeString
    there_marked: SafeString
    is_points: bool


def differences(
    rows: list[Row],
    here: tuple[Mapping[int, Entry], Mapping[str, str]],
    there: tuple[Mapping[int, Entry], Mapping[str, str]],
) -> list[Difference]:
    """Return what differs between the text on this page and what was saved elsewhere."""
    found = []
    for row in rows:
        mine, theirs = (side[0].get(row.key, Entry()) for side in (here, there))
        named = {"number": row.number, "title": row.title}
        label = _("%(number)s. %(title)s, score") % named
        found.append(differ(points_name(row.key), label, value_of(mine), value_of(theirs), True))
        label = _("%(number)s. %(title)s, why this score") % named
        found.append(differ(why_name(row.key), label, mine.comment, theirs.comment))
    labels = {
        "strength": _("One strength"),
        "improvement": _("What would have strengthened the application"),
        "comment": _("Comment in all"),
    }
    found += [differ(name, labels[name], here[1][name], there[1].get(name, "")) for name in NOTES]
    return [one for one in found if one is not None]


def differ(name: str, label: str, here: str, there: str, is_points: bool = False):
    if here == there:
        return None
    if is_points:
        said_here, said_there = (in_words(value) for value in (here, there))
        return Difference(name, label, here, there, said_here, said_there, True)
    return Difference(name, label, here, there, marked(here, there), marked(there, here), False)


def in_words(value: str) -> str:
    return _("can’t judge") if value == CANT_JUDGE else value or _("no score")


def marked(text: str, other: str) -> SafeString:
    """Return the text with the words that the other one doesn't have marked as <ins>."""
    if not text:
        return format_html("{}", _("empty"))
    words, others = text.split(), other.split()
    matcher = SequenceMatcher(None, others, words, autojunk=False)
    pieces = [
        (SafeString("<ins>{}</ins>" if tag != "equal" else "{}"), " ".join(words[first:last]))
        for tag, _1, _2, first, last in matcher.get_opcodes()
        if first < last
    ]
    return format_html_join(" ", "{}", ((format_html(shape, words),) for shape, words in pieces))
