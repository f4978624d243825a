from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from citizenjournalists import archiving


class Command(BaseCommand):
    help = "Fill an empty, migrated portal from an archive that `backup` wrote."

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)

    def handle(self, *, archive: Path, **options):
        try:
            counts = archiving.restore(archive)
        except (archiving.Unfit, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{counts.total()} rows and all files are back. Now run verify.")
