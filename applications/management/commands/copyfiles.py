from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from applications import storing


class Command(BaseCommand):
    help = (
        "Copies the files of this machine's disk into the bucket that FILES_URL names. "
        "What is there already is passed over: run it again until it copies nothing."
    )

    def handle(self, **options):
        if not default_storage.is_elsewhere:
            raise CommandError("FILES_URL is not set: the files stay where they are.")
        names = list(storing.copy_from(storing.Disk(location=settings.MEDIA_ROOT)))
        self.stdout.write(f"Copied {len(names)} files. The disk keeps its own.")
