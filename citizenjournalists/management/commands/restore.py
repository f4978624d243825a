from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import erasures
from citizenjournalists import archiving
from reviews import erasing


class Command(BaseCommand):
    help = (
        "Fill an empty, migrated portal from an archive that `backup` wrote, and erase again what "
        "was erased on request since."
    )

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)

    def handle(self, *, archive: Path, **options):
        try:
            counts = archiving.restore(archive)
        except (archiving.Unfit, OSError) as error:
            raise CommandError(str(error)) from error
        erasures.merge(settings.ERASURES, archive.parent / settings.ERASURES.name)
        again = erasing.erase_again(settings.ERASURES, at=timezone.now())
        self.stdout.write(f"{counts.total()} rows and all files are back. Now run verify.")
        if again:
            self.stdout.write(f"{again} applications were erased again.")
