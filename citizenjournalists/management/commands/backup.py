from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from applications import erasures
from citizenjournalists import archiving


class Command(BaseCommand):
    help = "Write database and files into one archive. SECRET_KEY is not in it: keep it elsewhere."

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path, help="for example backup-2026-12-14.tar.gz")

    def handle(self, *, archive: Path, **options):
        counts = archiving.backup(archive, at=timezone.now())
        erasures.merge(archive.parent / settings.ERASURES.name, settings.ERASURES)
        size = archive.stat().st_size / 1024**2
        self.stdout.write(f"{counts.total()} rows and all files are in {archive} ({size:.1f} MB).")
