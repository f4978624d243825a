from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import erasures
from reviews import erasing


class Command(BaseCommand):
    help = "Erase again what a ledger of erasures names: for one found after a restore."

    def add_arguments(self, parser):
        parser.add_argument("ledger", type=Path, help="an erasures.jsonl")

    def handle(self, *, ledger: Path, **options):
        if not ledger.exists():
            raise CommandError(f"There is no {ledger}.")
        again = erasing.erase_again(ledger, at=timezone.now())
        erasures.merge(settings.ERASURES, ledger)
        self.stdout.write(f"{again} applications were erased again.")
