"""Fill an empty portal with a demo: three calls, their staff and their applications."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from citizenjournalists.demo import calls, people


class Command(BaseCommand):
    help = "Load the demo: the real call of 2021–2022, an open one, one being judged."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("The demo never touches a production database.")
        if calls.is_here():
            self.stdout.write("The demo is here already.")
        else:
            load(at=timezone.now())
            self.stdout.write("The demo is loaded.")
        self.tell_logins()

    def tell_logins(self) -> None:
        self.stdout.write(f"Staff sign in at {settings.SITE_URL}/admin/")
        for person in people.STAFF:
            self.stdout.write(f"  {person.username:<15} {people.PASSWORD}   {person.role}")


def load(*, at) -> None:
    """Make everything, or nothing: whoever interrupts it may simply run it again."""
    today = at.astimezone(calls.ASTANA).date()
    with transaction.atomic():
        people.hire()
        calls.the_real_call()
        calls.the_judged_call(today)
        calls.the_open_call(today)
