"""What staff may write in a letter's text: plain words, known placeholders and “if”.

Everything else the template language can do is refused when the text is saved, so that a letter
can neither fail while results are being told nor show what it shouldn't.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.template import Context, Engine, Library, Template
from django.template.base import Lexer, TokenType
from django.template.defaulttags import do_if
from django.template.exceptions import TemplateSyntaxError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import instants
from applications.models import MessageKind

EVERYWHERE = {
    "number": gettext_lazy("number of the application"),
    "outlet": gettext_lazy("name of the outlet"),
    "season": gettext_lazy("season"),
    "organiser": gettext_lazy("organiser"),
    "programme": gettext_lazy("programme"),
    "donor": gettext_lazy("donor"),
    "contact": gettext_lazy("contact in the applicant's country"),
    "link": gettext_lazy("private link; on a line of its own it becomes a button"),
    "deadline": gettext_lazy("deadline of the application, in both capitals' time"),
}
CONFIRM_BY = {"confirm_by": gettext_lazy("answer by, in both capitals' time")}
REVIEW_UNTIL = {"review_until": gettext_lazy("review of the procedure until")}
OF_KIND = {
    MessageKind.SELECTED: CONFIRM_BY,
    MessageKind.PROMOTED: CONFIRM_BY,
    MessageKind.CONFIRM_REMINDER: CONFIRM_BY,
    MessageKind.RESERVE: {"holds_until": gettext_lazy("until when the reserve list holds")},
    MessageKind.NOT_SELECTED: {
        **REVIEW_UNTIL,
        "applications_in_country": gettext_lazy("applications from the country"),
        "places_in_country": gettext_lazy("places for the country"),
        "strength": gettext_lazy("one strength"),
        "improvement": gettext_lazy("one thing that would have strengthened it"),
        "total": gettext_lazy("total of the application, of 100; empty where withheld"),
        "average": gettext_lazy("average total in the country; empty where withheld"),
    },
    MessageKind.INELIGIBLE: REVIEW_UNTIL,
}
# Letters whose words staff may change: those that tell an applicant something. The private
# link's own letters and those to staff stay as they are.
EDITABLE = [
    MessageKind.SUBMITTED,
    MessageKind.WITHDRAWN,
    MessageKind.REMINDER,
    MessageKind.LAPSED,
    MessageKind.SELECTED,
    MessageKind.PROMOTED,
    MessageKind.RESERVE,
    MessageKind.NOT_SELECTED,
    MessageKind.INELIGIBLE,
    MessageKind.CONFIRM_REMINDER,
    MessageKind.CONFIRMED,
    MessageKind.DECLINED,
]
CONDITION = re.compile(r"^(if|elif) (not )?(\w+)(( and| or)( not)? (\w+))*$")
OTHER_TAGS = {"else", "endif"}
WORD = re.compile(r"\w+")
OPERATORS = {"if", "elif", "and", "or", "not"}


class PlainEngine(Engine):
    """A template engine that knows {% if %} and no filter, no other tag, no file."""

    default_builtins = []

    def __init__(self):
        super().__init__(autoescape=False)
        only_if = Library()
        only_if.tag("if", do_if)
        self.template_builtins = [only_if]


ENGINE = PlainEngine()


def placeholders(kind: str) -> dict[str, str]:
    """Return what a letter of `kind` may name, with what it stands for."""
    return {**EVERYWHERE, **OF_KIND.get(kind, {})}


def compiled(source: str) -> Template:
    return Template(source, engine=ENGINE)


def check(source: str, kind: str) -> None:
    """Raise ValidationError with every reason why `source` can't be a letter of `kind`."""
    known = placeholders(kind)
    wrong = [found for token in Lexer(source).tokenize() if (found := complaint(token, known))]
    if wrong:
        raise ValidationError(wrong)
    try:
        compiled(source)
    except TemplateSyntaxError as error:
        raise ValidationError(
            _("An “if” is not closed or stands wrong: %(error)s") % {"error": error}
        ) from error


def complaint(token, known: dict[str, str]) -> str:
    """Return what is wrong with one piece of a text, or nothing."""
    said = token.contents.strip()
    if token.token_type == TokenType.VAR and said not in known:
        return _("There is no placeholder {{ %(name)s }} in this letter.") % {"name": said}
    if token.token_type == TokenType.COMMENT:
        return _("Comments are not possible in a letter.")
    if token.token_type == TokenType.BLOCK and said not in OTHER_TAGS:
        if not CONDITION.match(said):
            return _("Only “if”, “else” and “endif” are possible, not {%% %(tag)s %%}.") % {
                "tag": said
            }
        for name in WORD.findall(said):
            if name not in OPERATORS and name not in known:
                return _("There is no placeholder %(name)s in this letter.") % {"name": name}
    if token.token_type == TokenType.TEXT and re.search(r"\{\{|\}\}|\{%|%\}", said):
        return _("A bracket is open or closed alone: %(text)s") % {"text": said[:60]}
    return ""


def in_words(kind: str, language: str, facts: dict) -> dict[str, object]:
    """Return the placeholders' values for one letter, instants told by both capitals."""
    application, call = facts["application"], facts["call"]
    words = {
        "number": application.number,
        "outlet": application.outlet.display_name,
        "season": call.season,
        "organiser": call.organiser,
        "programme": call.programme,
        "donor": call.donor,
        "places_in_country": call.places_per_country,
        "deadline": until(call, language, application.closes_at),
    }
    for name in placeholders(kind):
        if name in words:
            continue
        value = facts.get(name)
        is_instant = name in ("confirm_by", "holds_until", "review_until") and value
        words[name] = until(call, language, value) if is_instant else (value or "")
    return words


def until(call, language: str, instant) -> str:
    return instants.deadline(call, language, closes_at=instant).whole


def render(source: str, kind: str, language: str, facts: dict) -> str:
    """Return a checked text with its placeholders filled in."""
    return compiled(source).render(Context(in_words(kind, language, facts), autoescape=False))
