"""Kinds of questions: how each reads what was typed, what it finds wrong, and how it tells it.

An answer is kept as typed: a string, or a list of strings where several may be chosen. A kind
turns it into a value (`value`) or into the message that stands beside the field (`problem`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.counting import as_typed, signs
from applications.models import Call

Typed = str | list[str]
Choices = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Setting:
    """Where a question is asked: the call, the country if known, the section's answers."""

    call: Call
    country: str = ""
    answers: dict | None = None

    @property
    def on(self) -> date:
        """The call's date, its last day in its own zone: regions are told as of that day."""
        return (
            (self.call.closes_at - timedelta(seconds=1)).astimezone(ZoneInfo(self.call.zone)).date()
        )

    def said(self, key: str) -> Typed:
        return (self.answers or {}).get(key, "")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `fixed` ones no season can switch off or make optional.

    `needed` says of an optional question when it has to be answered after all; `group` is the
    legend of questions that belong together; `missing` is told when a required answer isn't there.
    """

    key: str
    label: object
    help: object = ""
    required: bool = True
    fixed: bool = False
    countries: tuple[str, ...] = ()
    needed: Callable[[Setting], bool] | None = None
    missing: object = ""
    group: object = ""
    autocomplete: str = ""
    inputmode: str = ""
    unit: object = ""

    several = False

    def is_required(self, setting: Setting) -> bool:
        call = setting.call
        if not self.fixed and self.key in (call.made_optional or ()):
            return False
        required = self.required or self.key in (call.made_required or ())
        return required or bool(self.needed and self.needed(setting))

    def read(self, values: list[str]) -> Typed:
        """Return what is kept of the values a browser sent: the last one, cleaned."""
        return as_typed(values[-1]) if values else ""

    def given(self, typed: Typed) -> bool:
        return bool(typed.strip()) if isinstance(typed, str) else any(typed)

    def problem(self, typed: Typed, setting: Setting) -> str:
        """Return what is wrong with an answer that was given, or ""."""
        return ""

    def missing_message(self) -> str:
        if self.missing:
            return str(self.missing)
        return _("Fill in “%(question)s”") % {"question": self.label}

    def in_words(self, typed: Typed, setting: Setting) -> str:
        return str(typed).strip()


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """One line of text of at most `most` signs."""

    most: int = 255

    def read(self, values: list[str]) -> str:
        return " ".join(as_typed(values[-1]).split()) if values else ""

    def problem(self, typed: str, setting: Setting) -> str:
        return too_long(typed, self.most)


@dataclass(frozen=True, kw_only=True)
class Long(Question):
    """A text of several lines, of `least` to `most` signs; counted on the page as on the server."""

    least: int = 0
    most: int = 2000
    rows: int = 6

    def limits(self, call: Call) -> tuple[int, int]:
        return self.least, self.most

    def problem(self, typed: str, setting: Setting) -> str:
        least, most = self.limits(setting.call)
        here = signs(typed)
        if here < least:
            return ngettext(
                "Write at least %(least)s characters. There is %(here)s now",
                "Write at least %(least)s characters. There are %(here)s now",
                here,
            ) % {"least": number(least), "here": number(here)}
        return too_long(typed, most)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of several. `choices` are fixed, or worked out from where the question is asked."""

    choices: Choices | Callable[[Setting], Choices] = ()
    as_list: bool = False  # drawn as a drop-down list instead of radio buttons

    def offered(self, setting: Setting) -> Choices:
        return self.choices(setting) if callable(self.choices) else self.choices

    def problem(self, typed: Typed, setting: Setting) -> str:
        offered = {key for key, _label in self.offered(setting)}
        chosen = typed if isinstance(typed, list) else [typed]
        return "" if set(chosen) <= offered else self.missing_message()

    def missing_message(self) -> str:
        if self.missing:
            return str(self.missing)
        return _("Choose an answer to “%(question)s”") % {"question": self.label}

    def in_words(self, typed: Typed, setting: Setting) -> str:
        named = dict(self.offered(setting))
        chosen = typed if isinstance(typed, list) else [typed]
        return ", ".join(str(named.get(one, one)) for one in chosen if one)


@dataclass(frozen=True, kw_only=True)
class SeveralChoices(Choice):
    """Any number of several, at least one where an answer is required."""

    several = True

    def read(self, values: list[str]) -> list[str]:
        return list(dict.fromkeys(as_typed(value)[:100] for value in values if value))

    def missing_message(self) -> str:
        if self.missing:
            return str(self.missing)
        return _("Tick at least one answer to “%(question)s”") % {"question": self.label}


@dataclass(frozen=True, kw_only=True)
class Tick(Question):
    """A consent: one box, ticked or not. `label` is what is agreed to."""

    def read(self, values: list[str]) -> str:
        return "yes" if any(value == "yes" for value in values) else ""

    def missing_message(self) -> str:
        return str(self.missing) or _("Tick “%(question)s”") % {"question": self.label}

    def in_words(self, typed: str, setting: Setting) -> str:
        return _("Yes") if typed == "yes" else _("No")


@dataclass(frozen=True, kw_only=True)
class Files(Question):
    """Files of one kind, kept as attachments and not among the answers."""

    kind: str

    def given(self, typed: list[str]) -> bool:
        return bool(typed)

    def in_words(self, typed: list[str], setting: Setting) -> str:
        return ", ".join(typed)

    def missing_message(self) -> str:
        return str(self.missing) or _("Attach “%(question)s”") % {"question": self.label}


def number(value) -> str:
    """Return a number as it is written in the active language, thousands apart."""
    return number_format(value, use_l10n=True, force_grouping=True)


def too_long(typed: str, most: int) -> str:
    """Return the message for a text of more than `most` signs, or "". Nothing is cut."""
    here = signs(typed)
    if here <= most:
        return ""
    return ngettext(
        "This is %(over)s character too long: at most %(most)s fit. All you typed is kept",
        "This is %(over)s characters too long: at most %(most)s fit. All you typed is kept",
        here - most,
    ) % {"over": number(here - most), "most": number(most)}
