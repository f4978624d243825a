"""The way back in when the only administrator has lost telephone, keys and codes."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import audit
from citizenjournalists.signin import people


class Command(BaseCommand):
    help = "Take the second factor off an account and sign it out everywhere; its password stays."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        user = User.objects.filter(username=username, is_staff=True).first()
        if user is None:
            raise CommandError(f"Nobody of the staff is called “{username}”.")
        people.reset_factor(user, by=audit.SYSTEM, at=timezone.now())
        self.stdout.write(f"{username} sets a new second factor up at the next sign-in.")
