"""The demo's staff: two officers, the chair, two coordinators and five jurors."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from applications import roles
from applications.models import Country
from applications.models.coordinator import Coordinator
from reviews.models import Juror

PASSWORD = "citizen-journalists"  # noqa: S105 - stated on purpose: nothing in a demo is secret


@dataclass(frozen=True)
class Person:
    username: str
    role: str
    first_name: str
    last_name: str
    country: str = ""
    languages: tuple[str, ...] = ()


STAFF = [
    Person("officer", roles.OFFICER, "Дина", "Касымова"),
    Person("officer2", roles.OFFICER, "Фарҳод", "Раҷабов"),
    Person("chair", roles.CHAIR, "Ольга", "Ветрова"),
    Person("coordinator-kz", roles.COORDINATOR, "Айгүл", "Серікқызы", Country.KZ),
    Person("coordinator-tj", roles.COORDINATOR, "Мадина", "Шарифова", Country.TJ),
    Person("juror1", roles.JUROR, "Сәуле", "Жұмабаева", Country.KZ, ("ru", "kk")),
    Person("juror2", roles.JUROR, "Рустам", "Назаров", Country.TJ, ("ru", "tg")),
    Person("juror3", roles.JUROR, "Марина", "Левина", "", ("ru", "en")),
    Person("juror4", roles.JUROR, "Нозим", "Ҳакимов", Country.TJ, ("tg", "ru", "en")),
    Person("juror5", roles.JUROR, "Ерлан", "Оспанов", Country.KZ, ("kk", "ru", "en")),
]


def hire() -> dict[str, User]:
    """Make the staff and return them by user name. One hash serves all: the password is one."""
    roles.install()
    groups = {group.name: group for group in Group.objects.all()}
    hashed = make_password(PASSWORD)
    return {person.username: add(person, groups[person.role], hashed) for person in STAFF}


def add(person: Person, group: Group, hashed: str) -> User:
    user = User.objects.create(
        username=person.username,
        password=hashed,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.username}@demo.example",
        is_staff=True,
    )
    user.groups.add(group)
    if person.role == roles.COORDINATOR:
        Coordinator.objects.create(user=user, country=person.country)
    if person.role == roles.JUROR:
        Juror.objects.create(
            user=user, languages=list(person.languages), home_country=person.country
        )
    return user
