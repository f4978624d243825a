"""Fill an empty portal with a demo: three calls, their staff and their applications."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from applications import closing
from citizenjournalists.demo import calls, people, playing


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


def load(*, at: datetime) -> None:
    """Make everything, or nothing: whoever interrupts it may simply run it again."""
    today = at.astimezone(calls.ASTANA).date()
    with transaction.atomic():
        staff = people.hire()
        playing.close(calls.the_real_call())
        judged = calls.the_judged_call(today)
        outlets = playing.apply_to(judged, "judged", until=at)
        playing.close(judged)
        playing.check_eligibility(judged, outlets, staff["officer"])
        playing.review(judged, outlets, staff, judged.end_of(today + timedelta(days=2)))
        current = calls.the_open_call(today)
        closing.note_opening(current, at=current.opens_at + timedelta(seconds=20))
        playing.apply_to(current, "open", until=at)
        playing.deliver_letters()
