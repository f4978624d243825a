"""Files go once their rows are gone, and are tried again until they do.

A name is written down in the transaction that gives the file up, and deleted after it. Where the
disk or the bucket doesn't answer, or the process dies in between, the sweep tries again.
"""

from __future__ import annotations

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile

from applications import sweeping
from applications.models import DiscardedFile


def discard(file: FieldFile, *, at: datetime) -> None:
    """Give a file up: it goes when the transaction at hand is committed, and stays if it isn't."""
    given_up = DiscardedFile.objects.create(name=file.name, at=at)
    transaction.on_commit(lambda: delete(given_up, at=at), robust=True)


def delete_discarded(*, at: datetime) -> int:
    """Delete what was given up and still lies there; return how many files."""
    return sweeping.each(delete, DiscardedFile.objects.filter(at__lte=at).order_by("pk"), at=at)


def delete(given_up: DiscardedFile, *, at: datetime) -> bool:
    """Delete the file, then its name; one that is gone already is no error, out of reach is."""
    default_storage.delete(given_up.name)
    return bool(DiscardedFile.objects.filter(pk=given_up.pk).delete()[0])
