"""What a juror reads of an application: the version handed in, without what judging doesn't need.

Phones and e-mail addresses are left out always. In a blind call the names of the outlet and of
its people are covered too, in the answers about them and wherever else they stand in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications import questions
from applications.models import Application, Version

COVER = "▇▇▇"
CONTACTS = frozenset({"coordinator_phone", "coordinator_email"})
LEFT_OUT = frozenset({"consents", "files"})  # sections: files are listed by themselves
NAMES = (
    ("outlet", "name"),
    ("outlet", "known_as"),
    ("outlet", "editor"),
    ("coordinator", "coordinator_name"),
)
TELLING = frozenset(
    {
        *("name", "known_as", "registration_number", "site", "editor", "coordinator_name"),
        *("telegram", "instagram", "facebook", "tiktok", "youtube"),
    }
)
SHORTEST_COVERED = 3  # letters: covering shorter words would hide half the text
SHOWN_IN_PLACE = {
    "application/pdf": "pdf",
    "image/jpeg": "image",
    "image/png": "image",
}


@dataclass(frozen=True)
class Answer:
    label: str
    text: str
    given: bool
    is_long: bool
    opens_short: bool = False  # short answers that follow each other are told as one list
    closes_short: bool = False


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    answers: list[Answer]
    unanswered: list[str]  # what was asked in short and got no answer: told in one line
    length: int  # characters of the long answers, as an applicant's counter told them


@dataclass(frozen=True)
class File:
    key: str
    name: str
    size: int
    shown_as: str  # "image", "pdf" or "": to be saved and opened elsewhere
    is_openable: bool  # not while it waits to be checked for viruses
    is_infected: bool


@dataclass(frozen=True)
class Reading:
    """One application as a juror sees it. `title` is its outlet, or nothing when blind."""

    application: Application
    title: str
    place: str
    parts: list[Part]
    files: list[File]
    is_blind: bool


def version_of(application: Application) -> Version:
    """Return the version that is judged: the one handed in last."""
    return next(v for v in application.versions.all() if v.number == application.version)


def read(application: Application) -> Reading:
    """Return what is judged, in the active language for what the portal says itself."""
    version, blind = version_of(application), application.call.blind_review
    covered = covering(names_in(version.answers)) if blind else None
    told = questions.answers_in_words(application.call, version.answers)
    return Reading(
        application=application,
        title="" if blind else application.outlet.display_name,
        place="" if blind else application.outlet.city,
        parts=[part_of(one, covered) for one in told if one.key not in LEFT_OUT],
        files=files_of(application, version, blind=blind),
        is_blind=blind,
    )


def part_of(section, covered) -> Part:
    told = [a for a in section.answers if a.key not in CONTACTS]
    shown = [a for a in told if a.given or a.is_long]
    answers = [
        Answer(
            a.label,
            covered_answer(a, covered),
            a.given,
            a.is_long,
            opens_short=not a.is_long and (n == 0 or shown[n - 1].is_long),
            closes_short=not a.is_long and (n + 1 == len(shown) or shown[n + 1].is_long),
        )
        for n, a in enumerate(shown)
    ]
    unanswered = [a.label for a in told if a not in shown]
    length = sum(len(a.text) for a in answers if a.is_long and a.given)
    return Part(section.key, section.title, answers, unanswered, length)


def covered_answer(answer, covered) -> str:
    if covered is None or not answer.given:
        return answer.answer
    return COVER if answer.key in TELLING else covered(answer.answer)


def names_in(answers: dict) -> list[str]:
    """Return the names to cover: the outlet's, the editor's, the coordinator's, and each word."""
    names = {str(answers.get(section, {}).get(key, "")).strip() for section, key in NAMES}
    words = {
        word
        for name in names - {""}
        for word in re.findall(r"\w+", name)
        if len(word) >= SHORTEST_COVERED and word[0].isupper()
    }
    return sorted((names - {""}) | words, key=len, reverse=True)


def covering(names: list[str]):
    """Return a function that covers the names in a text, whole words in whatever case."""
    if not names:
        return lambda text: text
    pattern = re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)", re.IGNORECASE
    )
    return lambda text: pattern.sub(COVER, text)


def files_of(application: Application, version: Version, *, blind: bool) -> list[File]:
    """Return the files of the version that is judged; when blind, by number and not by name."""
    here = {str(a.key): a for a in application.attachments.all()}
    files = []
    for number, told in enumerate(version.files, 1):
        attachment = here.get(told["key"])
        if attachment is not None:
            name = _("File %(number)s") % {"number": number} if blind else told["name"]
            shown_as = SHOWN_IN_PLACE.get(attachment.content_type, "")
            scan = (attachment.is_openable, attachment.is_infected)
            files.append(File(told["key"], name, told["size"], shown_as, *scan))
    return files


def who_stands_behind(application: Application) -> list[tuple[str, str]]:
    """Return the names a juror needs to judge whether a conflict exists, blind or not."""
    answers = version_of(application).answers
    outlet, others = answers.get("outlet", {}), answers.get("independence", {})
    coordinator = answers.get("coordinator", {})
    told = [
        (_("Site"), outlet.get("site", "")),
        (_("Owners"), others.get("owners", "")),
        (_("Editor-in-chief"), outlet.get("editor", "")),
        (_("Network coordinator"), coordinator.get("coordinator_name", "")),
    ]
    return [(label, text) for label, text in told if text]
