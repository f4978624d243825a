"""The blank form: all that a call asks, to be read or printed before starting."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from applications import instants, showing
from applications.models import Call, Country
from applications.papers import Paper
from applications.questions import Question, Setting, number, sections_of
from applications.questions.sections import named

LINES_TO_WRITE = 1  # for an answer of one line
MOST_LINES = 12  # a letter is not written by hand
ROW = 8  # mm


@dataclass(frozen=True)
class Asked:
    """One question as the blank form shows it, in words."""

    label: str
    notes: list[str] = field(default_factory=list)
    help: str = ""
    choices: list[str] = field(default_factory=list)
    several: bool = False
    is_list: bool = False  # many choices to pick one from: told as a sentence on paper
    lines: int = LINES_TO_WRITE


@dataclass(frozen=True)
class AskedSection:
    title: str
    lead: str
    questions: list[Asked]


def blank(call: Call) -> list[AskedSection]:
    """Return all that `call` asks, in the active language, of applicants from any country."""
    return [
        AskedSection(
            str(section.title), str(section.lead), [asked(q, call) for q in section.asked(call)]
        )
        for section in sections_of(call)
    ]


def asked(question: Question, call: Call) -> Asked:
    return Asked(
        label=named(question),
        notes=notes(question, call),
        help=str(question.help),
        choices=choices(question, call),
        several=question.several,
        is_list=getattr(question, "as_list", False),
        lines=min(getattr(question, "rows", LINES_TO_WRITE), MOST_LINES),
    )


def choices(question: Question, call: Call) -> list[str]:
    """Return what can be chosen: the regions of each of the call's countries, one after another."""
    if hasattr(question, "kind"):
        return []
    if not hasattr(question, "offered"):
        return [] if hasattr(question, "most") else [_("Yes")]
    labels = (
        str(label)
        for country in call.countries.all()
        for _key, label in question.offered(Setting(call, country.country))
    )
    return list(dict.fromkeys(labels))


def notes(question: Question, call: Call) -> list[str]:
    """Return who is asked, whether an answer is required, and how long it may be."""
    setting = Setting(call)
    found = []
    if question.countries:
        names = ", ".join(str(Country(code).label) for code in question.countries)
        found.append(_("only for %(country)s") % {"country": names})
    if not question.is_required(setting):
        found.append(_("depends on your other answers") if question.needed else _("optional"))
    if hasattr(question, "limits"):
        found.append(length(*question.limits(call)))
    if question.unit:
        found.append(str(question.unit))
    return found


def length(least: int, most: int) -> str:
    if least:
        return _("from %(least)s to %(most)s characters") % {
            "least": number(least),
            "most": number(most),
        }
    return ngettext("up to %(most)s character", "up to %(most)s characters", most) % {
        "most": number(most)
    }


def fingerprint(call: Call, language: str) -> str:
    """Return a key that changes with any word of the blank form."""
    with override(language):
        words = repr((language, title(call), deadline(call), blank(call)))
    return f"blank-{call.pk}-{hashlib.sha256(words.encode()).hexdigest()}"


def title(call: Call) -> str:
    return _("All the questions of the form, season %(season)s") % {"season": call.season}


def deadline(call: Call) -> str:
    return instants.deadline(call).whole


def paper(call: Call, language: str) -> bytes:
    """Return the blank form as a PDF in `language`."""
    with override(language):
        text = showing.text_in(call, language)
        document = Paper(
            title(call), language=language, at=call.opens_at, footer=f"{text.title}, {call.season}"
        )
        document.paragraph(_("Applications are handed in on the site only. Deadline:"))
        document.paragraph(deadline(call), bold=True)
        document.paragraph(
            _("Print this to get ready, to discuss it in the newsroom, to write on."), small=True
        )
        for section in blank(call):
            write(document, section)
        return document.as_bytes()


def write(document: Paper, section: AskedSection) -> None:
    document.heading(section.title)
    if section.lead:
        document.paragraph(section.lead)
    for question in section.questions:
        rows = 1 if question.is_list else len(question.choices) or question.lines
        document.question(
            question.label,
            note=", ".join(question.notes),
            help=question.help,
            room=ROW * min(rows, MOST_LINES),
        )
        if question.is_list:
            document.paragraph(", ".join(question.choices), small=True)
        if question.choices and not question.is_list:
            document.choices(question.choices, several=question.several)
        else:
            document.lines(question.lines)
