"""Which words a person agreed to: the consents they ticked and the privacy notice behind them.

Their answers name the language and the digest of the text; the text itself is kept as data, once.
Where the words have changed since, a draft is asked anew: its ticks no longer count.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from applications.models import ConsentText
from applications.questions.ending import CONSENTS
from applications.questions.kinds import Tick

SECTION, AGREED = "consents", "agreed"
TICKS = [one for one in CONSENTS if isinstance(one, Tick)]


@cache
def words(language: str) -> str:
    """Return what is agreed to in a language: each consent, then the notice, as plain text."""
    with translation.override(language):
        ticks = [f"{one.label}\n{one.help}".strip() for one in TICKS]
        notice = strip_tags(render_to_string("public/privacy_notice.html"))
    lines = [line.strip() for line in notice.splitlines()]
    return "\n\n".join([*ticks, re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()])


def digest(language: str) -> str:
    return hashlib.sha256(words(language).encode()).hexdigest()


def holds(answers: dict) -> bool:
    """Whether the text that these answers agreed to is still the one that is asked."""
    agreed = answers.get(AGREED)
    return bool(agreed) and agreed["digest"] == digest(agreed["language"])


def has_changed(answers: dict) -> bool:
    """Whether somebody agreed to words that have changed since."""
    return AGREED in answers and not holds(answers)


def asked_anew(section: str, answers: dict) -> dict:
    """Return a draft's answers without ticks under words that no longer stand."""
    if section != SECTION or holds(answers):
        return answers
    ticks = {one.key for one in TICKS}
    return {key: one for key, one in answers.items() if key not in ticks}


def agree(answers: dict, before: dict, *, at: datetime) -> dict:
    """Return the answers with what they agree to, in the language of the page they came from."""
    told = {key: one for key, one in answers.items() if key != AGREED}
    if not any(told.get(one.key) for one in TICKS):
        return told
    if holds(before):
        return {**told, AGREED: before[AGREED]}
    language = translation.get_language() or settings.LANGUAGE_CODE
    kept(language, at=at)
    agreed = {"language": language, "digest": digest(language), "at": at.isoformat()}
    return {**told, AGREED: agreed}


def kept(language: str, *, at: datetime) -> ConsentText:
    """Return the text as a row, made where somebody agrees to it for the first time."""
    texts = ConsentText.objects.filter(language=language)
    if known := texts.filter(digest=digest(language)).first():
        return known
    number = (texts.aggregate(last=Max("number"))["last"] or 0) + 1
    told = {"number": number, "text": words(language), "since": at}
    found, _made = texts.get_or_create(language=language, digest=digest(language), defaults=told)
    return found


def text_of(answers: dict) -> ConsentText | None:
    """Return the text that a submitted version's answers agreed to, if that was recorded."""
    agreed = answers.get(SECTION, {}).get(AGREED)
    if not agreed:
        return None
    return ConsentText.objects.filter(language=agreed["language"], digest=agreed["digest"]).first()


def agreed_at(answers: dict) -> datetime | None:
    agreed = answers.get(SECTION, {}).get(AGREED)
    return datetime.fromisoformat(agreed["at"]) if agreed else None
