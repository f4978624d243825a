"""Write a letter: a subject, a text and the same text as HTML, in the recipient's language.

The words lie in templates/letters/<language>/<kind>.txt: the first line is the subject, the
rest is the text, paragraphs divided by empty lines. Staff may put their own words in place of a
file's (`LetterTemplate`, see `wording` for what those may contain). A line that is only an
address becomes a button, with the line before it as its label when that line ends in a colon.
HTML is made from the finished, escaped text, so nothing a person typed can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.template import Context
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import translation

from applications import instants, wording
from applications.models import LetterTemplate, MessageKind

LISTED = re.compile(r"^(?:[•–-]|\d+[.)])\s+")


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


class Shelf:
    """Staff's own texts, read once for many letters."""

    def __init__(self, templates: Iterable[LetterTemplate] | None = None):
        found = LetterTemplate.objects.all() if templates is None else templates
        self.templates = {(one.kind, one.language, one.call_id): one for one in found}

    def text_for(self, kind: str, language: str, call_id: int | None) -> LetterTemplate | None:
        """Return the call's own text, else that for every call, else None: the file's."""
        own = self.templates.get((kind, language, call_id))
        return own or self.templates.get((kind, language, None))


def exists(kind: str, language: str, call_id: int | None, shelf: Shelf) -> bool:
    """Whether there are words for this letter in this language."""
    if shelf.text_for(kind, language, call_id):
        return True
    try:
        get_template(file_of(kind, language))
    except TemplateDoesNotExist:
        return False
    return True


def file_of(kind: str, language: str) -> str:
    return f"letters/{language}/{kind}.txt"


def write(kind: MessageKind, language: str, *, shelf: Shelf | None = None, **facts) -> Letter:
    """Render the letter of `kind`; `facts` are what its template names, instants included.

    Give a `shelf` when writing many: without one, staff's texts are looked up for each.
    """
    call = facts.get("call")
    if shelf is None:
        shelf = Shelf(LetterTemplate.objects.filter(kind=kind, language=language))
    with translation.override(language):
        own = shelf.text_for(kind, language, call.pk) if call and call.pk else None
        if own and "application" in facts:
            source = f"{own.subject}\n\n{own.body}"
            return framed(wording.render(source, kind, language, facts), language, facts)
        source = get_template(file_of(kind, language)).template
        rendered = source.render(Context({**facts, "language": language}, autoescape=False))
        return framed(rendered, language, facts)


def framed(rendered: str, language: str, facts: dict) -> Letter:
    """Return the finished words as a letter: the first line is the subject."""
    subject, _, text = rendered.strip().partition("\n")
    subject = " ".join(subject.split())[:200]
    text = re.sub(r"\n{3,}", "\n\n", text.strip().replace("\r\n", "\n"))
    call = facts.get("call")
    due = facts.get("confirm_by") if call else None
    limit = instants.deadline(call, language, closes_at=due).whole if due else None
    html = render_to_string(
        "letters/frame.html",
        {"subject": subject, "blocks": blocks(text, limit), "language": language},
    )
    return Letter(subject=subject, text=text + "\n", html=html)


def blocks(text: str, limit: str | None = None) -> list[dict]:
    """Split a letter's text into what mail shows.

    An address to press, a list, a few lines under a heading of their own, lines of text; `limit`
    marks the paragraph that tells until when something must be done.
    """
    found = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[-1].startswith(("http://", "https://")) and len(lines) <= 2:
            label = lines[0].rstrip(":") if len(lines) == 2 else lines[0]
            found.append({"url": lines[-1], "label": label})
        elif limit and limit in block:
            found.append({"limit": lines})
        else:
            found += text_blocks(lines)
    return found


def text_blocks(lines: list[str]) -> list[dict]:
    """Return a paragraph as lines, a list, or both where a line leads into a list."""
    items = [line for line in lines if LISTED.match(line)]
    lead = lines[: len(lines) - len(items)]
    if items and lines[len(lead) :] == items:
        marks = [(LISTED.match(line).group().strip(), LISTED.sub("", line)) for line in items]
        told = [{"lines": lead}] if lead else []
        return [*told, {"listed": marks}]
    if len(lines) > 1 and lines[0].endswith(":"):
        return [{"heading": lines[0].rstrip(":"), "lines": lines[1:]}]
    return [{"lines": lines}]
