from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import erasures
from citizenjournalists import archiving


class Command(BaseCommand):
    help = "Write database and files into one archive. SECRET_KEY is not in it: keep it elsewhere."

    def add_arguments(self, parser):
        parser.add_argument(
            "archive",
            type=Path,
            help="for example backup-2026-12-14.tar.gz; in a folder it is named by the time (UTC)",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="DAYS",
            help="then delete the older archives beside it; never the latest, nor the ledger",
        )

    def handle(self, *, archive: Path, keep: int | None = None, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep needs a day at least.")
        at = timezone.now()
        if archive.is_dir():
            archive /= f"{at:%Y-%m-%d-%H%M%S}.tar.gz"
        counts = archiving.backup(archive, at=at)
        erasures.merge(archive.parent / settings.ERASURES.name, settings.ERASURES)
        size = archive.stat().st_size / 1024**2
        self.stdout.write(f"{counts.total()} rows and all files are in {archive} ({size:.1f} MB).")
        if keep is not None:
            for gone in archiving.forget_old(archive.parent, before=at - timedelta(days=keep)):
                self.stdout.write(f"{gone} is older than {keep} days and deleted.")
