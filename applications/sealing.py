"""Seal the trail: each entry's digest goes into a chain of hashes, soon after it was committed.

Verbs write entries side by side, without waiting for each other; only the sealer stands in a
row. It takes the entries that have no seal, whatever their ids: one that was committed late is
sealed by the next sweep. Positions are unique, so of two sealers at once one is refused whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Min

from applications.models import AuditEntry, Seal

logger = logging.getLogger(__name__)

BATCH = 2000  # entries per transaction
FIRST = "0" * 64  # what the first seal stands on
WAITS_TOO_LONG = timedelta(minutes=10)


def seal_entries(*, at: datetime) -> int:
    """Seal every committed entry that has no seal; return how many. Logs the head of the chain."""
    sealed, after = 0, 0
    while seals := seal_batch(after, at=at):
        sealed, head = sealed + len(seals), seals[-1]
        after = head.entry_id
    if sealed:
        logger.info("trail sealed to position %d, head %s", head.position, head.hash)
    return sealed


def seal_batch(after: int, *, at: datetime) -> list[Seal]:
    """Seal the next entries past the id `after`; nothing where another sealer was faster."""
    try:
        with transaction.atomic():
            head = Seal.objects.head()
            position, last = (head.position, head.hash) if head else (0, FIRST)
            seals = []
            for entry in AuditEntry.objects.unsealed().filter(pk__gt=after)[:BATCH]:
                position += 1
                seal = Seal(position=position, entry_id=entry.pk, digest=digest_of(entry), at=at)
                seal.hash = last = hash_of(seal, last)
                seals.append(seal)
            return Seal.objects.bulk_create(seals)
    except IntegrityError:
        return []


def digest_of(entry: AuditEntry, *, pk: int | None = None) -> str:
    """Return the SHA-256 of an entry; with `pk`, of the same words under another id."""
    return hashlib.sha256(canonical(entry, pk or entry.pk).encode()).hexdigest()


def canonical(entry: AuditEntry, pk: int) -> str:
    """Return one form of an entry for both engines: sorted keys, UTC to the microsecond, ASCII."""
    told = [
        *(pk, entry.chain, entry.number, instant(entry.at), entry.event, entry.actor),
        *(entry.application_id, plain(entry.details)),
    ]
    return json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value):
    """Return a JSON value with whole numbers as such: an engine may give 2.0 back as 2."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def hash_of(seal: Seal, last: str) -> str:
    """Return the SHA-256 of a seal that follows the one whose hash is `last`."""
    told = [last, seal.position, seal.entry_id, seal.digest, instant(seal.at)]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def head() -> dict | None:
    """Return the head of the chain as it is written down elsewhere; None before the first seal."""
    last = Seal.objects.head()
    return last and {"position": last.position, "hash": last.hash}


def waiting(at: datetime) -> tuple[int, datetime | None]:
    """Return how many entries have waited too long for their seal, and since when the first."""
    late = AuditEntry.objects.unsealed().filter(at__lt=at - WAITS_TOO_LONG).order_by()
    found = late.aggregate(n=Count("pk"), since=Min("at"))
    return found["n"], found["since"]
