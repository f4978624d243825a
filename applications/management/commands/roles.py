from django.core.management.base import BaseCommand

from applications import roles


class Command(BaseCommand):
    help = "Makes the staff's groups with exactly the permissions of their roles."

    def handle(self, **options):
        roles.install()
        for role, permissions in roles.PERMISSIONS.items():
            self.stdout.write(f"{role}: {len(permissions)} permissions")
