"""Write a letter: a subject, a text and the same text as HTML, in the recipient's language.

The words lie in templates/letters/<language>/<kind>.txt: the first line is the subject, the
rest is the text, paragraphs divided by empty lines. A line that is only an address becomes a
button, with the line before it as its label when that line ends in a colon. HTML is made from
the finished, escaped text, so nothing a person typed can become markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation

from applications.models import MessageKind

EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def paragraphs(text: str) -> list[dict]:
    """Split a letter's text into what mail shows: lines of text, and addresses to press."""
    blocks = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[-1].startswith(("http://", "https://")) and len(lines) <= 2:
            label = lines[0].rstrip(":") if len(lines) == 2 else lines[0]
            blocks.append({"url": lines[-1], "label": label})
        else:
            blocks.append({"lines": lines})
    return blocks


def write(kind: MessageKind, language: str, **facts) -> Letter:
    """Render the letter of `kind`; `facts` are what its template names, instants included."""
    with translation.override(language):
        source = get_template(f"letters/{language}/{kind}.txt").template
        rendered = source.render(Context({**facts, "language": language}, autoescape=False))
        subject, _, text = rendered.strip().partition("\n")
        subject, text = " ".join(subject.split()), EMPTY_LINES.sub("\n\n", text.strip())
        html = render_to_string(
            "letters/frame.html",
            {"subject": subject, "blocks": paragraphs(text), "language": language},
        )
    return Letter(subject=subject, text=text + "\n", html=html)
