"""Play a synthetic call from its opening to letters, promotion and erasure; print a timeline."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from applications.models import Call
from citizenjournalists.rehearsal.play import play
from citizenjournalists.rehearsal.timeline import Failed


class Command(BaseCommand):
    help = (
        "Rehearse a whole call in a minute, on a database of its own that is thrown away. "
        "--here plays on the configured, empty database; --workers lets running workers sweep "
        "and deliver (start them with REHEARSAL=1)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--here", action="store_true", help="on the configured database")
        parser.add_argument("--workers", action="store_true", help="by the running workers")

    def handle(self, *args, **options):
        if options["workers"] and not options["here"]:
            raise CommandError("Workers sweep the configured database: say --here as well.")
        if not options["here"]:
            return elsewhere()
        if Call.objects.exists() or User.objects.exists():
            raise CommandError("This database is in use. A rehearsal needs an empty one.")
        try:
            play(self.stdout.write, workers=options["workers"])
        except Failed as failed:
            raise CommandError(f"The rehearsal failed: {failed}.") from failed


def elsewhere() -> None:
    """Play on a new SQLite database in a folder of its own, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        for arguments in (["migrate", "--verbosity", "0"], ["rehearse", "--here"]):
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
            done = subprocess.run(command, env=of_its_own(Path(folder)), check=False)  # noqa: S603
            if done.returncode:
                raise CommandError("The rehearsal failed.", returncode=done.returncode)


def of_its_own(folder: Path) -> dict[str, str]:
    """Return an environment that shares neither database, mail nor broker with this one."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {**inherited, "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR"}
