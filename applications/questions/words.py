"""The answers as people read them: with choices in words, amounts spaced, and totals worked out."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from applications.models import Attachment, Call
from applications.questions.figures import amount, figure
from applications.questions.kinds import Files, Question, Setting
from applications.questions.marking import typed_of
from applications.questions.sections import Section, named, sections_of


class Answered(NamedTuple):
    """A question and its answer. `given` is False where there is none and `answer` says so.

    `files` are the attachments that answer it, where they were given: pages link to them.
    """

    label: str
    answer: str
    key: str
    given: bool
    is_long: bool = False
    files: tuple[Attachment, ...] = ()


class SectionInWords(NamedTuple):
    title: str
    answers: list[Answered]
    key: str


class Totals(NamedTuple):
    """The budget's sums, in the currency named; `asked` is what the grant would pay."""

    coordinator: Decimal
    fees: Decimal
    own: Decimal
    asked: Decimal
    total: Decimal
    currency: str


def totals(answers: dict) -> Totals | None:
    """Work out the budget of that section's answers; None while a figure is missing."""
    keys = ("coordinator_months", "coordinator_monthly", "fees_number", "fee", "own_contribution")
    figures = [figure(str(answers.get(key, ""))) for key in keys]
    if None in figures:
        return None
    months, monthly, publications, fee, own = figures
    coordinator, fees = months * monthly, publications * fee
    return Totals(
        coordinator,
        fees,
        own,
        coordinator + fees,
        coordinator + fees + own,
        str(answers.get("currency", "")),
    )


def answers_in_words(call: Call, answers: dict, files=()) -> list[SectionInWords]:
    """Return all a call asks with what was answered, in the active language.

    `answers` are a version's or a draft's: section → question → as typed; `files` a version's
    files, or the attachments themselves.
    """
    country = (answers.get("outlet") or {}).get("country", "")
    by_kind: dict[str, list] = {}
    for file in files:
        kind = file["kind"] if isinstance(file, dict) else file.kind
        by_kind.setdefault(kind, []).append(file)
    return [
        SectionInWords(
            str(section.title),
            section_in_words(section, answers.get(section.key) or {}, call, country, by_kind),
            section.key,
        )
        for section in sections_of(call, country)
    ]


def section_in_words(
    section: Section, answers: dict, call: Call, country: str, files: dict
) -> list[Answered]:
    setting = Setting(call, country, answers)
    told = [in_words(q, answers, setting, files) for q in section.asked(call, country)]
    if section.key == "budget" and (sums := totals(answers)):
        told += sums_in_words(sums)
    return told


def in_words(question: Question, answers: dict, setting: Setting, files: dict) -> Answered:
    if isinstance(question, Files):
        return files_in_words(question, files.get(question.kind, []), setting)
    typed = typed_of(question, answers, {})
    given = question.given(typed)
    answer = question.in_words(typed, setting) if given else _("No answer")
    return Answered(named(question), answer, question.key, given, hasattr(question, "least"))


def files_in_words(question: Files, files: list, setting: Setting) -> Answered:
    names = [file["name"] if isinstance(file, dict) else file.name for file in files]
    answer = question.in_words(names, setting) if names else _("No answer")
    attached = tuple(file for file in files if isinstance(file, Attachment))
    return Answered(named(question), answer, question.key, bool(names), files=attached)


def sums_in_words(sums: Totals) -> list[Answered]:
    """The totals as rows of their own: nobody types them, so nobody's sum can be wrong."""
    money = {"KZT": "₸", "USD": "$", "TJS": _("somoni")}.get(sums.currency, sums.currency)

    def row(label: str, value: Decimal) -> Answered:
        return Answered(label, f"{amount(value)} {money}", "", True)

    return [
        row(_("Coordinator in all"), sums.coordinator),
        row(_("Fees in all"), sums.fees),
        row(_("Asked of the grant"), sums.asked),
        row(_("Total with the own contribution"), sums.total),
    ]
