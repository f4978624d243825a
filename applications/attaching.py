"""Files of an application: take one in, take one away, keep what a submitted version names."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from applications import audit, discarding, scanning
from applications.filetypes import type_of
from applications.models import Application, Attachment
from applications.models.attachment import Scan

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_FILES = 20
MOST_BYTES_IN_ALL = 60 * MEGABYTE  # removed files that a submitted version names count too


class Used(NamedTuple):
    """How much of its room an application takes up."""

    files: int
    size: int  # bytes, those of removed files among them that a submitted version names


class Unfit(Exception):
    """A file that is not taken in. `code`: empty, too_large, wrong_type, infected, too_many,
    no_room, or unstored where our own disk failed. `used` says how much is taken up."""

    def __init__(self, code: str, name: str, used: Used | None = None):
        self.code, self.name, self.used = code, name, used
        super().__init__(f"{code}: {name}")

    @property
    def is_passing(self) -> bool:
        """Whether the very same file may be taken in a moment later."""
        return self.code == "unstored"


def tidy_name(name: str) -> str:
    """Return a file's name as it was, without folders, line breaks and what nobody can see.

    Names come in NFD from Macs: composed here, the same letters look the same everywhere.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    return " ".join(shown.split())[:500] or "file"


def digest_of(file) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def attach(
    application: Application, upload: UploadedFile, *, kind: str, name: str, at: datetime
) -> Attachment:
    """Take a file in under its own name; raises Unfit with its name, or Refused ("erased").

    The same file sent again, as after an answer that got lost on its way, is kept once.
    """
    name = tidy_name(name)
    if not upload.size:
        raise Unfit("empty", name)
    if upload.size > MOST_BYTES:
        raise Unfit("too_large", name)
    if not (found := type_of(upload.file)):
        raise Unfit("wrong_type", name)
    sha256 = digest_of(upload.file)
    scan = scanned(application, upload, name, sha256, at)
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        application.require_kept()
        kept = application.attachments.sound().filter(kind=kind, sha256=sha256, name=name)
        if already := kept.first():
            return already
        require_room(application, upload.size, name)
        attachment = store(application, upload, kind, name, found.content_type, sha256, scan, at)
        application.touch(at)
        audit.record(
            "file.attached",
            application,
            at=at,
            actor=audit.APPLICANT,
            file=str(attachment.key),
            sha256=sha256,
        )
    return attachment


def scanned(application: Application, upload: UploadedFile, name, sha256, at) -> Scan:
    """Return how the file stands with the scanner; one with a virus is refused and told of."""
    try:
        return scanning.at_once(upload.file)
    except scanning.Infected as found:
        scanning.refuse(application, sha256=sha256, signature=found.signature, at=at)
        raise Unfit("infected", name) from found


def require_room(application: Application, size: int, name: str) -> None:
    """Raise Unfit where another file would be one too many; the application's row is held."""
    used = used_by(application.attachments.all())
    if used.files >= MOST_FILES:
        raise Unfit("too_many", name, used)
    if used.size + size > MOST_BYTES_IN_ALL:
        raise Unfit("no_room", name, used)


def used_by(attachments: Iterable[Attachment]) -> Used:
    """Return how much room all files of an application take up."""
    every = list(attachments)
    return Used(len([1 for one in every if one.removed_at is None]), sum(one.size for one in every))


def store(application, upload, kind, name, content_type, sha256, scan, at) -> Attachment:
    """Write the file, then its row; a row that can't be written leaves no file behind."""
    attachment = Attachment(
        application=application,
        kind=kind,
        name=name,
        content_type=content_type,
        size=upload.size,
        sha256=sha256,
        uploaded_at=at,
        scan=scan,
        scan_due_at=at if scan == Scan.WAITING else None,
    )
    upload.file.seek(0)
    try:
        attachment.file.save(name, upload, save=False)
    except OSError as error:
        logger.exception("a file could not be stored")
        raise Unfit("unstored", name) from error
    try:
        attachment.save()
    except Exception:
        attachment.file.storage.delete(attachment.file.name)
        raise
    return attachment


def remove(application: Application, key: str, *, at: datetime) -> None:
    """Take a file away. One that a submitted version names stays on disk, out of the draft."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        attachment = application.attachments.present().filter(key=key).first()
        if attachment is None:
            return
        if is_named_by_a_version(application, attachment):
            attachment.removed_at = at
            attachment.save(update_fields=["removed_at"])
        else:
            attachment.delete()
            discarding.discard(attachment.file, at=at)
        application.touch(at)
        audit.record("file.removed", application, at=at, actor=audit.APPLICANT, file=str(key))


def is_named_by_a_version(application: Application, attachment: Attachment) -> bool:
    key = str(attachment.key)
    return any(
        file["key"] == key
        for files in application.versions.values_list("files", flat=True)
        for file in files
    )
