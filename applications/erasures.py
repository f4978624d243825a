"""The ledger of erasures on request: a file that outlives the database.

A backup made before an erasure still holds what was erased. The ledger lies outside database and
archive; each backup leaves a copy beside its archive, and `restore` erases again what the copies
and the portal's own ledger name. A line holds a number and two instants, no names.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from applications.models import Application

logger = logging.getLogger(__name__)


def note(application: Application, *, at: datetime) -> None:
    """Add the application to the ledger once its erasure is committed."""
    line = {
        "number": application.number,
        "started": application.created_at.isoformat(),
        "erased": at.isoformat(),
    }
    transaction.on_commit(lambda: append(json.dumps(line)))


def append(line: str) -> None:
    """Write a line to the disk at once; where that fails, the log holds it."""
    try:
        descriptor = os.open(settings.ERASURES, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        with open(descriptor, "w") as ledger:
            ledger.write(f"{line}\n")
            ledger.flush()
            os.fsync(ledger.fileno())
    except OSError:
        logger.exception("the ledger of erasures can't be written; add this line to it: %s", line)


def merge(target: Path, *others: Path) -> None:
    """Leave in `target` the lines of all these ledgers, each once; a missing one holds none."""
    lines = {line: None for path in (target, *others) for line in lines_of(path)}
    if lines:
        partial = target.with_name(f".{target.name}.partial")
        partial.touch(mode=0o600)
        partial.write_text("".join(f"{line}\n" for line in lines))
        partial.replace(target)


def lines_of(ledger: Path) -> list[str]:
    return ledger.read_text().splitlines() if ledger.exists() else []


def to_erase_again(ledger: Path) -> Iterator[int]:
    """Yield the keys of applications that the ledger names and that are not erased here.

    A number is compared with the time its application was started: an older backup may since
    have given it to somebody else.
    """
    for line in lines_of(ledger):
        told = json.loads(line)
        started = datetime.fromisoformat(told["started"])
        found = Application.objects.filter(
            number=told["number"], created_at=started, erased_at=None
        )
        yield from found.values_list("pk", flat=True)
