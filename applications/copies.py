"""A copy of all that is held on one application, to take away: a ZIP that reads without the portal.

`application.html` to read, `data.json` with every row, the files under their names, a receipt for
each version. Keys to private links are never in it: who finds the archive can't open the portal.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string

from applications import history, questions, receipts
from applications.models import Application, Attachment
from applications.models.attachment import Scan
from applications.questions import consenting

KEY = re.compile(r"/z/[0-9A-Za-z-]{8,}")
TOKEN = re.compile(r"/(new-address|reminders)/[^\s\"<>]+")
KEPT_BACK = {"nonce", "start_key", "writer", "search_key", "name_key", "salt"}


def copy_of(application: Application, *, at: datetime, more: dict | None = None) -> IO[bytes]:
    """Return the archive as an open file. `more`, by file name, is what staff take besides.

    With it the trail is whole; the applicant's own copy tells the history as their page does.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response it goes with)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("application.html", page(application, at))
        archive.writestr("data.json", as_json(data(application, whole=more is not None)))
        for name, told in (more or {}).items():
            archive.writestr(name, as_json(told))
        for version in application.versions.all():
            name = f"receipts/{application.number}-{version.number}.pdf"
            archive.writestr(name, receipts.receipt(application, version))
        for consent in {consenting.text_of(one.answers) for one in application.versions.all()}:
            if consent:
                archive.writestr(f"consents/{consent.language}-{consent.number}.txt", consent.text)
        for name, attachment in files(application):
            with attachment.file.open("rb") as content, archive.open(name, "w") as inside:
                shutil.copyfileobj(content, inside)
    target.seek(0)
    return target


def files(application: Application) -> Iterable[tuple[str, Attachment]]:
    """Return every file with its name in the archive: two of one name stay two.

    One with a virus, or not yet checked for one, stays behind; data.json names it.
    """
    sound = application.attachments.filter(scan__in=[Scan.UNNEEDED, Scan.CLEAN])
    for attachment in sound.order_by("pk"):
        yield f"files/{str(attachment.key)[:8]} {attachment.name}", attachment


def page(application: Application, at: datetime) -> str:
    draft = {one.section: one.answers for one in application.sections.all()}
    present = application.sound_files
    told = {
        "application": application,
        "call": application.call,
        "at": at,
        "draft": questions.answers_in_words(application.call, draft, present) if draft else [],
        "versions": [
            (one, questions.answers_in_words(application.call, one.answers, one.files))
            for one in application.versions.all()
        ],
        "history": history.history(application),
        "letters": [
            (letter, without_keys(letter.text)) for letter in application.messages.order_by("pk")
        ],
        "files": list(files(application)),
    }
    return render_to_string("applying/copy.html", told)


def data(application: Application, *, whole: bool) -> dict:
    """Return the rows that are held on the application, as plain JSON would hold them."""
    told = {
        "application": row(application),
        "outlet": row(application.outlet),
        "draft": rows(application.sections.order_by("section")),
        "versions": rows(application.versions.order_by("number")),
        "files": rows(application.attachments.order_by("pk")),
        "letters": rows(application.messages.order_by("pk")),
        "private_links": rows(application.links.order_by("pk")),
        "refused_attempts": rows(application.attempts.order_by("pk")),
    }
    if whole:
        entries = application.trail.select_related("words").order_by("pk")
        told["trail"] = [{**row(entry), "details": entry.told} for entry in entries]
        told["extensions"] = rows(application.extensions.order_by("pk"))
    else:
        lines = history.history(application)
        told["history"] = [{"at": line.at, "what": line.words} for line in lines]
    return told


def rows(found: Iterable[models.Model]) -> list[dict]:
    return [row(one) for one in found]


def row(one: models.Model) -> dict:
    """Return a row by its columns, without what opens a door or serves the search alone."""
    names = [field.attname for field in one._meta.concrete_fields if field.name not in KEPT_BACK]
    return {name: told(getattr(one, name)) for name in names}


def told(value):
    """Return a column's value as JSON holds it; texts without keys, a file by its place."""
    if isinstance(value, FieldFile):
        return value.name
    return without_keys(value) if isinstance(value, str) else value


def without_keys(text: str) -> str:
    """Return a letter's text with the private links it holds cut off."""
    return TOKEN.sub(r"/\1/…", KEY.sub("/z/…", text))


def as_json(told: dict) -> str:
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
