"""Builders for tests: each makes one thing with sensible defaults, by the portal's own verbs."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group, User

from applications import drafting, roles, submitting
from applications.models import (
    Application,
    Call,
    CallCountry,
    CallText,
    Coordinator,
    Country,
    Language,
)

OPENS = datetime(2026, 11, 14, 19, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 14, 19, 0, tzinfo=UTC)  # 24:00 on 14 December 2026 in Astana
IN_TIME = CLOSES - timedelta(days=3)
numbers = count(1)


def a_call(**changes) -> Call:
    """Return an open call for both countries with its texts in four languages."""
    n = next(numbers)
    call = Call.objects.create(
        **{
            "slug": f"season-{n}",
            "season": "2026–2027",
            "is_public": True,
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "decision_date": date(2026, 12, 21),
            "notification_date": date(2026, 12, 25),
            **changes,
        }
    )
    CallCountry.objects.create(
        call=call, country=Country.KZ, contact_email="kz@portal.example", zone="Asia/Almaty"
    )
    CallCountry.objects.create(
        call=call, country=Country.TJ, contact_email="tj@portal.example", zone="Asia/Dushanbe"
    )
    for language in Language:
        CallText.objects.create(
            call=call,
            language=language,
            title="Гражданские журналисты",
            lead="Грант для независимых редакций.",
            summary="Грант для независимых редакций.",
            eligibility="Независимые медиа двух стран.",
            zone_label="по времени Астаны",
        )
    return call


def a_draft(
    call: Call | None = None,
    *,
    country: str = "KZ",
    name: str = "",
    email: str = "",
    language: str = "ru",
    at: datetime = IN_TIME,
) -> Application:
    """Return an application that has been started and no more."""
    n = next(numbers)
    link = drafting.start(
        call or a_call(),
        country=country,
        name=name or f"Степь № {n}",
        email=email or f"editor{n}@outlet.example",
        language=language,
        at=at,
    )
    return link.application


def a_complete_draft(call: Call | None = None, *, at: datetime = IN_TIME, **who) -> Application:
    """Return a draft whose every section is filled in well."""
    application = a_draft(call, at=at, **who)
    for section, answers in good_answers(application).items():
        drafting.save_section(application, section, answers, revision=None, at=at)
    application.refresh_from_db()
    return application


def an_application(call: Call | None = None, *, at: datetime = IN_TIME, **who) -> Application:
    """Return an application that has been handed in."""
    return submitting.submit(a_complete_draft(call, at=at, **who), at=at)


def good_answers(application: Application) -> dict[str, dict]:
    """Return answers to every section that submitting finds nothing wrong with."""
    return {"outlet": {"name": application.outlet.name, "city": "Караганда"}}


def a_person(*held: str, country: str = "", **changes) -> User:
    """Return one of the staff with the roles `held`; `country` is a coordinator's."""
    n = next(numbers)
    roles.install()
    person = User.objects.create_user(
        **{
            "username": f"person{n}",
            "email": f"person{n}@portal.example",
            "password": "correct horse battery",
            "first_name": "Айнур",
            "last_name": f"Садыкова {n}",
            "is_staff": True,
            **changes,
        }
    )
    person.groups.set(Group.objects.filter(name__in=held))
    if country:
        Coordinator.objects.create(user=person, country=country)
    return person
