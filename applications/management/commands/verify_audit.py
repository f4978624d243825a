import logging
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import proving
from applications.models import AuditEntry

logger = logging.getLogger(__name__)

SHOWN = 50  # sentences of a kind
UNSEALED = 2


class Command(BaseCommand):
    help = (
        "Compare the audit trail with its seals. Exit 1: it was tampered with; "
        "2: whole, but entries wait too long for their seal."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="HASH",
            help="a head written down earlier: in the log, a report or a backup's manifest",
        )

    def handle(self, *, head: list[str], **options):
        walk = proving.Walk()
        faults = self.tell(walk.faults())
        if walk.head:
            last = walk.head
            self.stdout.write(f"{walk.sealed} sealed, the last at {last.at:%Y-%m-%d %H:%M:%S} UTC.")
            self.stdout.write(f"Head: {last.hash} (position {last.position}).")
        for one in head:
            gone = proving.lacks(one)
            faults += gone
            self.stdout.write(
                f"The chain does not hold the head {one}: its end was cut, or it was rewritten."
                if gone
                else f"The chain holds the head {one}."
            )
        waiting = self.tell(proving.waiting_too_long(timezone.now()))
        if faults:  # to the log too: from there it reaches a Sentry, where one is configured
            logger.critical("the trail was tampered with: %s findings", faults)
            raise CommandError(f"The trail was tampered with: {faults} findings.")
        if waiting:
            raise CommandError(f"{waiting} entries wait for their seal.", returncode=UNSEALED)
        self.stdout.write(f"The trail is whole: {AuditEntry.objects.count()} entries.")

    def tell(self, sentences: Iterable[str]) -> int:
        """Write the first sentences; return how many there were."""
        n = 0
        for n, sentence in enumerate(sentences, 1):
            if n <= SHOWN:
                self.stdout.write(sentence)
        if n > SHOWN:
            self.stdout.write(f"… and {n - SHOWN} more")
        return n
