"""What a rehearsal needs before it begins: a call, people, and answers to every question."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from django.contrib.auth.models import Group, User

from applications import roles
from applications.models import Application, Call
from citizenjournalists.demo import calls
from reviews.models import Juror

# The dates of the real call, so that every instant lies in the past and letters are due at once.
DATES = calls.Dates(
    opens_at=datetime(2021, 11, 15, 4, 0, tzinfo=UTC),
    last_day=date(2021, 12, 14),
    decision=date(2021, 12, 21),
    notification=date(2021, 12, 25),
)
ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text())  # the journey's too
CONTACTS = {"KZ": "kz@rehearsal.example", "TJ": "tj@rehearsal.example"}
STAFF = (
    ("officer", roles.OFFICER, "Первый", "Сотрудник"),
    ("second", roles.OFFICER, "Второй", "Сотрудник"),
    ("chair", roles.CHAIR, "Ведущая", "Председатель"),
    ("juror1", roles.JUROR, "Первая", "Эксперт"),
    ("juror2", roles.JUROR, "Второй", "Эксперт"),
)
# Country, language, the points both jurors give for every criterion; None: it stays a draft.
OUTLETS = (
    ("KZ", "ru", 5),
    ("KZ", "kk", 4),
    ("KZ", "ru", 4),
    ("KZ", "kk", 3),
    ("KZ", "ru", 2),
    ("KZ", "ru", None),
    ("TJ", "tg", 5),
    ("TJ", "ru", 4),
    ("TJ", "tg", 3),
    ("TJ", "tg", None),
    ("TJ", "en", None),
)


@dataclass
class Scene:
    """The call, its people by user name, its applications in the order of OUTLETS."""

    call: Call
    people: dict[str, User]
    applications: list[Application] = field(default_factory=list)


def prepare() -> Scene:
    """Make the call and its staff, who can't sign in."""
    roles.install()
    call = calls.make(DATES, "2021–2022", label="nur-sultan", contacts=CONTACTS)
    Call.objects.filter(pk=call.pk).update(
        places=4, places_per_country=2, reserve_per_country=1, reviews_wanted=2
    )
    call.refresh_from_db()
    return Scene(call, {name: hire(name, *who) for name, *who in STAFF})


def hire(name: str, role: str, first: str, last: str) -> User:
    person = User.objects.create_user(
        name, f"{name}@rehearsal.example", first_name=first, last_name=last, is_staff=True
    )
    person.groups.add(Group.objects.get(name=role))
    if role == roles.JUROR:
        Juror.objects.create(user=person, languages=["ru", "kk", "tg", "en"])
    return person


def answers_of(application: Application) -> dict[str, dict]:
    """Return a full set of answers, plainly made up."""
    of_country = ANSWERS["of_country"][application.outlet.country]
    named = {"name": application.outlet.name, "country": application.outlet.country}
    return {
        section: {
            **answers,
            **of_country.get(section, {}),
            **(named if section == "outlet" else {}),
        }
        for section, answers in ANSWERS["every"].items()
    }
