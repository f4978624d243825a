"""The catalogues: bring them up to date with the sources, and say what they lack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings

from citizenjournalists.extracting import Found, djangos, ours

PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<12 || n%100>14) ? 1 : 2);",
    "kk": "nplurals=2; plural=(n != 1);",
    "tg": "nplurals=2; plural=(n != 1);",
}
STAFF_READ = ("ru",)  # languages the staff's pages are in, besides English
PLACEHOLDER = re.compile(r"%\(\w+\)[sdifr]|%[sdifr%]|\{\w*\}")
TAG = re.compile(r"</?\w+")


@dataclass(frozen=True)
class Lack:
    language: str
    msgid: str
    what: str

    def __str__(self):
        return f"{self.language}: {self.what}: {self.msgid!r}"


def path_of(language: str) -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"


def wanted(language: str, found: Iterable[Found]) -> list[Found]:
    """Return what must be said in `language`, each string once, the public's first."""
    kept: dict[tuple, Found] = {}
    for one in [*found, *djangos(language)]:
        if one.key not in kept or (one.public and not kept[one.key].public):
            kept[one.key] = one
    staff_too = language in STAFF_READ
    chosen = [one for one in kept.values() if one.public or staff_too]
    return sorted(chosen, key=lambda one: (not one.public, one.path.startswith("django/")))


def read(language: str) -> polib.POFile:
    """Return the catalogue as it lies there, or a new one."""
    path = path_of(language)
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.wrapwidth = 100
    catalogue.metadata = {
        "Project-Id-Version": "citizenjournalists",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def merged(language: str, found: Iterable[Found]) -> polib.POFile:
    """Return the catalogue with every wanted string: translations kept, unused ones obsolete."""
    old = {(entry.msgctxt or "", entry.msgid): entry for entry in read(language)}
    catalogue = read(language)
    catalogue.clear()
    for one in wanted(language, found):
        catalogue.append(entry_for(one, old.pop(one.key, None), language))
    for entry in old.values():
        if entry.msgstr or any(entry.msgstr_plural.values()):
            entry.obsolete, entry.occurrences = True, []
            catalogue.append(entry)
    return catalogue


def entry_for(one: Found, before: polib.POEntry | None, language: str) -> polib.POEntry:
    """Return a string's entry, with the translation it had."""
    entry = polib.POEntry(
        msgid=one.msgid,
        msgctxt=one.context or None,
        occurrences=[(one.path, "")],
        comment="" if one.public else "staff",
        tcomment=before.tcomment if before else "",
    )
    if "%(" in one.msgid or "%s" in one.msgid or "%d" in one.msgid:
        entry.flags.append("python-format")
    if one.plural:
        forms = int(PLURALS[language][len("nplurals=")])
        kept = before.msgstr_plural if before else {}
        entry.msgid_plural = one.plural
        entry.msgstr_plural = {i: kept.get(i, "") for i in range(forms)}
    elif before:
        entry.msgstr = before.msgstr
    if before and "fuzzy" in before.flags:
        entry.flags.append("fuzzy")
    return entry


def update() -> dict[str, polib.POFile]:
    """Write every catalogue anew and compile it; return them by language."""
    found, catalogues = ours(), {}
    for language in PLURALS:
        catalogue = catalogues[language] = merged(language, found)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path), newline="\n")
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return catalogues


def lacks() -> list[Lack]:
    """Return all that keeps the catalogues from being whole: the list is empty when they are."""
    found = ours()
    return [lack for language in PLURALS for lack in lacks_of(language, found)]


def lacks_of(language: str, found: Iterable[Found]) -> list[Lack]:
    there = {(e.msgctxt or "", e.msgid): e for e in read(language) if not e.obsolete}
    lacking = []
    for one in wanted(language, found):
        if one.key not in there or bool(one.plural) != bool(there[one.key].msgid_plural):
            lacking.append(Lack(language, one.msgid, "not in the catalogue, run make messages"))
        else:
            lacking += [Lack(language, one.msgid, what) for what in faults(there[one.key])]
    if not is_compiled(language):
        lacking.append(Lack(language, "django.mo", "older than django.po, run make messages"))
    return lacking


def faults(entry: polib.POEntry) -> list[str]:
    """Return what is wrong with a translation: missing, fuzzy, or not what its msgid holds."""
    said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(said):
        return ["not translated"]
    model = entry.msgid_plural or entry.msgid
    wrong = ["fuzzy"] if "fuzzy" in entry.flags else []
    for pattern, what in ((PLACEHOLDER, "other placeholders"), (TAG, "other tags")):
        if any(sorted(pattern.findall(text)) != sorted(pattern.findall(model)) for text in said):
            wrong.append(what)
    if any(text.startswith("\n") != model.startswith("\n") for text in said):
        wrong.append("another beginning of the line")
    return wrong


def is_compiled(language: str) -> bool:
    """Whether the committed .mo says what the .po says."""
    path = path_of(language).with_suffix(".mo")
    return path.exists() and path.read_bytes() == read(language).to_binary()
