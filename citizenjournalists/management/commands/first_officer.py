"""Let the first person in: an account, and a link that sets its password once."""

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation

from applications import audit, instants, roles
from citizenjournalists.signin import telling
from reviews import inviting

ROLES = (roles.OFFICER, roles.CHAIR)


class Command(BaseCommand):
    help = (
        "Make the account of the first officer or chair and print a link, good once and until the "
        "instant it says, that sets the password and leads on to the second factor."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="address of the person; their letters go there")
        parser.add_argument("--name", default="", help="first name and last name")
        parser.add_argument("--role", choices=ROLES, default=roles.OFFICER)
        parser.add_argument(
            "--again", action="store_true", help="a new link for who has never signed in"
        )

    def handle(self, *args, email, name, role, again, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"“{email}” is not an e-mail address.") from error
        known = User.objects.filter(email__iexact=email).first()
        if known and not (again and known.is_active and known.last_login is None):
            raise CommandError(
                f"{email} has an account. With --again who has never signed in gets a new link."
            )
        with transaction.atomic():
            user = known or made(email, name, role)
            if known:
                telling.note("password.link_sent", user, at=timezone.now(), actor=audit.SYSTEM)
        self.stdout.write(f"User name: {user.get_username()}")
        with translation.override("en"):
            until = instants.by_offset(inviting.works_until(timezone.now()))
        self.stdout.write(
            f"Give this link, which works until {until}, to the person and nobody else:"
        )
        self.stdout.write(inviting.password_link(user))


def made(email: str, name: str, role: str) -> User:
    """Return the new account; whoever comes first is the administrator and makes the others."""
    roles.install()
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        inviting.free_name(email),
        email,
        None,
        first_name=first,
        last_name=last,
        is_staff=True,
        is_superuser=not User.objects.filter(is_superuser=True, is_active=True).exists(),
    )
    user.groups.add(Group.objects.get(name=role))
    at = timezone.now()
    audit.record("user.made", user, at=at, actor=audit.SYSTEM, role=role)
    return user
