"""Measure the portal against a bare Django view, on a server and a database of its own."""

from __future__ import annotations

import os
import platform
import shutil
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from citizenjournalists.bench import fire, journey, mail, measures, pages, rush, server, stage

EXPORTS = ("scores", "answers")


class Command(BaseCommand):
    help = (
        "Measure pages, a whole application and the outbox as ratios to a bare Django view. "
        "Runs on SQLite, or on the server DATABASE_URL names, in a database made for the run."
    )

    def add_arguments(self, parser):
        parser.add_argument("what", nargs="?", choices=["pages", "mail", "fire", "rush", "walk"])
        parser.add_argument("--outlets", type=int, default=300, help="who submit in the rush")
        parser.add_argument("--readers", type=int, default=2000, help="who read meanwhile")
        parser.add_argument("--sizes", type=int, nargs="+", default=[100, 5000])
        parser.add_argument("--requests", type=int, default=200, help="per page")
        parser.add_argument("--applications", type=int, default=20, help="from start to submit")
        parser.add_argument("--kills", type=int, default=10, help="of the worker, under fire")
        parser.add_argument("--letters", type=int, default=1000)

    def handle(self, *, what, **options):
        if settings.PRODUCTION:
            raise CommandError("A benchmark has no business on a production machine.")
        if fire.Controller is None:
            raise CommandError("The benchmark needs what requirements-dev.txt pins.")
        if not Path("/proc/self/schedstat").exists():
            raise CommandError("CPU is read from Linux's /proc, which this machine does not have.")
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"{machine()}\n\n")
        parts = {"pages": self.pages, "mail": self.mail, "fire": self.fire}
        parts |= {"rush": self.rush, "walk": self.walk}

        for name, part in parts.items():
            if name == what or (what is None and name in ("pages", "mail")):
                with scratch(settings.VAR_DIR / "bench") as (folder, environment):
                    self.stdout.write(part(environment, folder, **options) + "\n\n")

    def pages(self, environment, folder, *, sizes, requests, applications, **options) -> str:
        call = stage.set_up(at=timezone.now())
        with server.web(environment, folder) as (address, pid):
            where = {"address": address, "pid": pid, "requests": requests}
            rows = pages.public_pages(call, **where)
            rows.append(journey.whole_applications(call, applications, address, pid))
            for size in sizes:
                stage.grow(call, upto=size, at=timezone.now())
                rows += pages.staff_pages(call, size, **where)
            exports = [pages.export(call, what, address=address, pid=pid) for what in EXPORTS]
        return "\n".join([measures.as_table(rows), "", *exports])

    def walk(self, environment, folder, *, applications, **options) -> str:
        call = stage.set_up(at=timezone.now())
        with server.web(environment, folder) as (address, pid):
            return journey.side_by_side(call, applications, address, pid)

    def mail(self, environment, folder, *, letters, **options) -> str:
        return mail.letters_per_second(letters, environment, folder)

    def fire(self, environment, folder, *, kills, **options) -> str:
        return fire.under_fire(min(options["letters"], 1000), kills, environment, folder)

    def rush(self, environment, folder, *, outlets, readers, **options) -> str:
        return rush.run(outlets, readers, environment, folder)


def machine() -> str:
    """Return what the figures were taken on."""
    return (
        f"{connection.vendor}, Python {platform.python_version()}, Django {django.__version__}, "
        f"{os.cpu_count()} cores, gunicorn with {server.WORKERS} workers and DEBUG off"
    )


@contextmanager
def scratch(folder: Path):
    """Make a database of the run's own and drop it afterwards; yields the environment to use it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = connection.settings_dict
    before = own["NAME"]
    if connection.vendor == "sqlite":
        own["TEST"]["NAME"] = str(folder / "bench.sqlite3")
    else:
        own["TEST"]["NAME"] = f"bench_{os.getpid()}"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield folder, server.environment(folder, name)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
        shutil.rmtree(folder, ignore_errors=True)
