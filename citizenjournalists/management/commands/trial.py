"""Make a call to try an empty portal by: public, open until the end of tomorrow."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.models import Call, Country
from citizenjournalists.demo import calls

SEASON = "trial"


class Command(BaseCommand):
    help = (
        "Make a public call of two days to try an empty portal by, before it holds anything real. "
        "Restore the backup made before it, and nothing of the trial is left."
    )

    def add_arguments(self, parser):
        parser.add_argument("contact", help="the e-mail address that answers questions on trial")

    def handle(self, *, contact: str, **options):
        if Call.objects.exists():
            raise CommandError("This portal holds a call already. A trial needs an empty one.")
        now = timezone.now()
        day = now.date()
        dates = calls.Dates(
            opens_at=now - timedelta(minutes=1),
            last_day=day + timedelta(days=1),
            decision=day + timedelta(days=2),
            notification=day + timedelta(days=3),
        )
        contacts = {Country.KZ: contact, Country.TJ: contact}
        call = calls.make(dates, SEASON, label="astana", contacts=contacts)
        self.stdout.write(
            f"Apply at /ru/apply/{call.slug}/ until {call.closes_at:%d.%m.%Y %H:%M} UTC."
        )
