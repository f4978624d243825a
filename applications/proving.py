"""Compare the trail with its seals, and say in plain words what was done to it.

One walk along the chain, a batch in memory at a time. What can't be seen from inside: entries
that were removed from the end together with their seals, and a chain that was rewritten whole.
Both show against a head written down elsewhere: a log line, a report, a backup's manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from applications import audit, sealing
from applications.models import AuditEntry, Seal, Words

LATE = timedelta(hours=1)  # longer than any request takes from its arrival to its commit
SUSPECTS = 200  # kept in memory to find out which were moved
BATCH = 2000


@dataclass
class Walk:
    """A walk along the chain: where it stands, and what it has to come back to."""

    sealed: int = 0
    last: str | None = sealing.FIRST
    head: Seal | None = None
    sealed_until: datetime | None = None  # by the batches before this one
    odd: list[AuditEntry] = field(default_factory=list)
    without: dict[int, str] = field(default_factory=dict)  # digests that no entry answers to

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, a sentence each, in the chain's order; moved entries at the end."""
        for seals in batches(Seal.objects.order_by("position").iterator(chunk_size=BATCH)):
            entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
            for seal in seals:
                yield from self.faults_of_seal(seal)
                yield from self.faults_of_entry(seal, entries.get(seal.entry_id))
            yield from faults_of_words(entries)
        for entry in AuditEntry.objects.unsealed().iterator(chunk_size=BATCH):
            yield from self.fault_of_time(entry, self.head and self.head.at)
            self.suspect(entry)
        yield from self.moves()

    def faults_of_seal(self, seal: Seal) -> Iterator[str]:
        """Compare a seal with the one before; after a gap there is nothing to compare it with."""
        expected = self.sealed + 1 if self.head is None else self.head.position + 1
        if seal.position != expected:
            yield f"Seals were removed: {expected} to {seal.position - 1}."
        elif sealing.hash_of(seal, self.last) != seal.hash:
            yield (
                f"Seal {seal.position} does not follow from the one before it: "
                "one of the two was rewritten."
            )
        if self.head and self.head.at != seal.at:
            self.sealed_until = max(self.head.at, self.sealed_until or self.head.at)
        self.sealed, self.last, self.head = self.sealed + 1, seal.hash, seal

    def faults_of_entry(self, seal: Seal, entry: AuditEntry | None) -> Iterator[str]:
        if entry is None:
            self.miss(seal)
            yield f"Entry {seal.entry_id} was removed (seal {seal.position})."
        elif sealing.digest_of(entry) != seal.digest:
            self.miss(seal)
            self.suspect(entry)
            yield f"Entry {named(entry)} was changed after it was sealed."
        else:
            yield from self.fault_of_time(entry, self.sealed_until)

    def fault_of_time(self, entry: AuditEntry, sealed_until: datetime | None) -> Iterator[str]:
        """Tell of an entry that claims a time at which the sealer has not seen it."""
        if sealed_until and entry.at + LATE < sealed_until:
            self.suspect(entry)
            yield (
                f"Entry {named(entry)} was inserted afterwards: it tells of "
                f"{sealing.instant(entry.at)} and was not there when the trail was sealed at "
                f"{sealing.instant(sealed_until)}."
            )

    def miss(self, seal: Seal) -> None:
        if len(self.without) < SUSPECTS:
            self.without[seal.entry_id] = seal.digest

    def suspect(self, entry: AuditEntry) -> None:
        if len(self.odd) < SUSPECTS:
            self.odd.append(entry)

    def moves(self) -> Iterator[str]:
        """Find the words that were sealed under another id."""
        for entry in self.odd:
            for pk, digest in self.without.items():
                if pk != entry.pk and sealing.digest_of(entry, pk=pk) == digest:
                    yield f"Entry {entry.pk} holds what was sealed as entry {pk}: it was moved."


def batches(seals: Iterable[Seal]) -> Iterator[list[Seal]]:
    seals = iter(seals)
    while batch := list(islice(seals, BATCH)):
        yield batch


def faults_of_words(entries: dict[int, AuditEntry]) -> Iterator[str]:
    """Compare people's words with their digests; words may be gone only with their application."""
    told = [entry for entry in entries.values() if entry.digested()]
    rows = Words.objects.select_related("application").filter(entry__in=told)
    kept = {one.entry_id: one for one in rows}
    for entry in told:
        if (one := kept.get(entry.pk)) is None:
            yield f"The words of entry {named(entry)} were removed."
        elif not one.words:
            if one.application is None or one.application.erased_at is None:
                yield f"The words of entry {named(entry)} were removed without an erasure."
        elif any(
            audit.digest(one.salt, one.words.get(key)) != entry.details[key]
            for key in entry.digested()
        ):
            yield f"The words of entry {named(entry)} were changed."


def named(entry: AuditEntry) -> str:
    return f"{entry.pk} ({entry.event}, {entry.chain} no. {entry.number})"


def lacks(head: str) -> bool:
    """Whether the chain does not hold a head that was written down: its end was cut, or more."""
    return not Seal.objects.filter(hash=head.strip().lower()).exists()


def waiting_too_long(at: datetime) -> Iterator[str]:
    """Yield the entries that should have been sealed long ago."""
    for entry in AuditEntry.objects.unsealed().iterator(chunk_size=BATCH):
        if entry.at < at - sealing.WAITS_TOO_LONG:
            yield f"Entry {named(entry)} waits for its seal since {sealing.instant(entry.at)}."
