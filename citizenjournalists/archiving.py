"""Backup and restore: database and files in one archive, from any engine into any engine.

The archive is a gzipped tar: `data.jsonl` with a row a line, the files from wherever
they lie, and `manifest.json` with counts, applied migrations and a SHA-256 of each member.
SECRET_KEY is not in it: keep it elsewhere, without it no private link opens.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import os
import tarfile
import tempfile
import zlib
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from applications import sealing
from applications.models import Call

logger = logging.getLogger(__name__)

MANIFEST, DATA = "manifest.json", "data.jsonl"
LEFT_OUT = {Session, UserSession}  # everyone signs in again
FORMAT = 1


class Unfit(Exception):
    """Why an archive can't be made or restored, in a sentence."""


@cache
def depth(model: type[models.Model]) -> int:
    """Return how many steps of foreign keys lie under a model; rows go in by rising depth."""
    below = [f.related_model for f in model._meta.get_fields() if f.many_to_one or f.many_to_many]
    owned = [m for m in below if m not in (None, model) and not is_reverse(model, m)]
    return 1 + max(map(depth, owned), default=0)


def is_reverse(model: type[models.Model], other: type[models.Model]) -> bool:
    """Whether `other` points at `model` by a many-to-many field of its own."""
    return any(f.related_model is model for f in other._meta.local_many_to_many)


def kept_models() -> list[type[models.Model]]:
    chosen = [model for model in apps.get_models() if model not in LEFT_OUT]
    return sorted(chosen, key=lambda model: (depth(model), model._meta.label))


def backup(path: Path, *, at: datetime) -> Counter:
    """Write the archive, readable by its owner alone; return the counts of rows by model.

    Database first: a file that is removed meanwhile would be missed, so files are read from
    what lies there afterwards; one that came later is in the archive without a row. The gzip
    header tells `at`, which no copying changes: `forget_old` goes by it.
    """
    partial = path.with_name(f".{path.name}.partial")
    with open(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target:
        packed = gzip.GzipFile("", "wb", 6, target, mtime=int(at.timestamp()))
        with packed, tarfile.open(fileobj=packed, mode="w") as archive:
            sums: dict[str, str] = {}
            with tempfile.TemporaryFile() as rows:
                counts, head = write_rows(rows)
                add(archive, DATA, rows, sums)
            for name, _size in default_storage.every_file():
                add_file(archive, name, sums)
            manifest = {
                "format": FORMAT,
                "made": at.isoformat(),
                "migrations": applied_migrations(),
                "counts": counts,
                "trail": head,
                "sha256": sums,
            }
            add(archive, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()), {})
        target.flush()
        os.fsync(target.fileno())
    partial.rename(path)
    return counts


def forget_old(folder: Path, *, before: datetime) -> list[Path]:
    """Delete the archives in a folder that were made before an instant; return them.

    Only what the portal made itself, whatever it is called, and never the latest of them: where
    backups have failed for long, the last good one is worth more than the rule.
    """
    found = [path for path in folder.glob("*.tar.gz") if path.is_file() and not path.is_symlink()]
    made = sorted((at, path) for path in found if (at := made_at(path)))
    old = [path for at, path in made[:-1] if at < before]
    for path in old:
        path.unlink()
    return old


def made_at(path: Path) -> datetime | None:
    """Return when the portal made this archive, by its first bytes; None: it is none of ours."""
    try:
        with gzip.open(path) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            first = archive.next()
            ours = first is not None and first.name == DATA and packed.mtime
            return datetime.fromtimestamp(packed.mtime, UTC) if ours else None
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        return None


class ToTheMicrosecond(DjangoJSONEncoder):
    """Instants whole: Django's own encoder cuts them to milliseconds, and seals would break."""

    def default(self, value):
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


@contextmanager
def one_moment():
    """See the database as it is at one instant, whatever others write meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def write_rows(target) -> tuple[Counter, dict | None]:
    """Write every row as of one moment; return the counts and the trail's head at that moment."""
    counts = Counter()
    with one_moment():
        for model in kept_models():
            rows = model._base_manager.order_by("pk")
            counts[model._meta.label] = rows.count()
            text = io.TextIOWrapper(target, encoding="utf-8", write_through=True)
            each = rows.iterator(chunk_size=500)
            serializers.serialize("jsonl", each, stream=text, cls=ToTheMicrosecond)
            text.detach()
        return counts, sealing.head()


def add_file(archive: tarfile.TarFile, name: str, sums: dict[str, str]) -> None:
    """Add a file from where it lies; one that was removed since the list was made is left out."""
    try:
        with default_storage.open(name) as content:
            add(archive, f"files/{name}", content, sums)
    except FileNotFoundError:
        logger.warning("removed while the backup was made: %s", name)


def add(archive: tarfile.TarFile, name: str, content, sums: dict[str, str]) -> None:
    content.seek(0)
    sums[name] = hashlib.file_digest(content, "sha256").hexdigest()
    member = tarfile.TarInfo(name)
    member.size, member.mode = content.seek(0, os.SEEK_END), 0o600
    content.seek(0)
    archive.addfile(member, content)


def applied_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def restore(path: Path) -> Counter:
    """Fill an empty, migrated portal from an archive that is checked first; return the counts."""
    with opened(path) as archive:
        manifest = read_manifest(archive)
        require_whole(archive, manifest)
        require_fitting(manifest)
        with transaction.atomic():
            counts = read_rows(archive)
            if counts != Counter(manifest["counts"]):
                raise Unfit("The rows in the archive are not those its manifest counts.")
            if sealing.head() != manifest.get("trail"):
                raise Unfit("The trail in the archive does not end where its manifest says.")
            for member in archive:
                if member.name.startswith("files/"):
                    place(archive.extractfile(member), member.name.removeprefix("files/"))
    return counts


def opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:gz")
    except tarfile.ReadError as error:
        raise Unfit("This is not a backup of the portal.") from error


def read_manifest(archive: tarfile.TarFile) -> dict:
    try:
        manifest = json.load(archive.extractfile(MANIFEST))
    except (KeyError, ValueError) as error:
        raise Unfit("This is not a backup of the portal: it has no manifest.") from error
    if manifest["format"] != FORMAT:
        raise Unfit(f"The archive has format {manifest['format']}, this portal reads {FORMAT}.")
    return manifest


def require_whole(archive: tarfile.TarFile, manifest: dict) -> None:
    """Compare every member with its checksum before anything is written."""
    found = {
        member.name: hashlib.file_digest(archive.extractfile(member), "sha256").hexdigest()
        for member in archive
        if member.isfile() and member.name != MANIFEST
    }
    if found != manifest["sha256"]:
        names = {name for name, _ in set(found.items()) ^ set(manifest["sha256"].items())}
        raise Unfit(f"The archive is damaged: {', '.join(sorted(names)[:5])}.")


def require_fitting(manifest: dict) -> None:
    if manifest["migrations"] != applied_migrations():
        raise Unfit(
            "The archive was made by another version of the portal. Check that version out, "
            "migrate, restore, and then update."
        )
    if Call.objects.exists() or any(default_storage.every_file()):
        raise Unfit(
            "This portal is not empty. Restore into a new database and a new place for files."
        )


def read_rows(archive: tarfile.TarFile) -> Counter:
    """Put every row in, in place of what the migrations had put there."""
    for model in reversed(kept_models()):
        model._base_manager.all().delete()
    counts = Counter({model._meta.label: 0 for model in kept_models()})
    with io.TextIOWrapper(archive.extractfile(DATA), encoding="utf-8") as rows:
        for row in serializers.deserialize("jsonl", rows):
            row.save()
            counts[row.object._meta.label] += 1
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)
    return counts


def place(content, name: str) -> None:
    """Write a file to its place among the files, and nowhere else."""
    try:
        placed = default_storage.save(name, File(content))
    except SuspiciousFileOperation as error:
        raise Unfit(f"The archive holds a file that would lie elsewhere: {name}.") from error
    if placed != name:
        raise Unfit(f"The archive holds a file twice: {name}.")
