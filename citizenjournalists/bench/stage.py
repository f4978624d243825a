"""Set up a scratch database: an open call, its people, applications and scores by the thousand."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from applications.models import Application, Call, Country, Outlet, Status, Version
from applications.tests.builders import a_call, good_answers
from reviews.models import Assignment, Criterion, Review, Score
from reviews.tests.builders import a_chair, a_juror, a_rubric

JURORS = 30
REVIEWS_EACH = 3
BATCH = 2000
CITIES = {
    Country.KZ: ["Караганда", "Костанай", "Актау", "Семей", "Тараз"],
    Country.TJ: ["Хорог", "Худжанд", "Куляб", "Бохтар", "Пенджикент"],
}


def set_up(*, at: datetime) -> Call:
    """Return an open call with its rubric, jury and chair."""
    call = a_call(
        slug="bench",
        opens_at=at - timedelta(days=20),
        closes_at=at + timedelta(days=10),
        decision_date=(at + timedelta(days=17)).date(),
        notification_date=(at + timedelta(days=21)).date(),
    )
    a_rubric(call)
    a_chair(username="chair")
    for number in range(JURORS):
        a_juror(username=f"juror-{number}")
    return call


def signed_in(username: str) -> dict[str, str]:
    """Return the cookies of a browser in which this person has signed in."""
    person = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key}


def grow(call: Call, *, upto: int, at: datetime) -> None:
    """Bring a call to `upto` submitted applications, each with three handed-in reviews.

    The same rows come from the same numbers: a fixed seed.
    """
    begin = call.applications.count()
    chance = random.Random(begin)  # noqa: S311  not a secret
    outlets = Outlet.objects.bulk_create(
        [an_outlet(number, chance) for number in range(begin, upto)], batch_size=BATCH
    )
    applications = Application.objects.bulk_create(
        [
            Application(
                call=call,
                outlet=outlet,
                number=f"{begin + i + 100_000:06}"[:3] + "-" + f"{begin + i + 100_000:06}"[3:],
                status=Status.SUBMITTED,
                language=chance.choice(["ru", "kk", "tg", "en"]),
                contact_email=f"editor{begin + i}@outlet.example",
                created_at=at - timedelta(days=2),
                saved_at=at,
                closes_at=call.closes_at,
                submitted_at=at,
                version=1,
            )
            for i, outlet in enumerate(outlets)
        ],
        batch_size=BATCH,
    )
    Version.objects.bulk_create(
        [
            Version(
                application=application,
                number=1,
                answers=good_answers(application),
                submitted_at=at,
                closes_at=call.closes_at,
            )
            for application in applications
        ],
        batch_size=BATCH,
    )
    jury = list(User.objects.filter(username__startswith="juror-").order_by("pk"))
    review_all(applications, jury, list(call.criteria.all()), chance, at)


def an_outlet(number: int, chance: random.Random) -> Outlet:
    country = chance.choice(list(Country))
    name = f"Голос степи {number}"
    city = chance.choice(CITIES[country])
    return Outlet(
        name=name,
        known_as=name,
        country=country,
        city=city,
        site=f"golos{number}.example",
        search_key=f"{name} {city}".casefold(),
        name_key=name.casefold(),
    )


def a_review_to_write(call: Call) -> str:
    """Put one more application on the first juror's desk; return its number."""
    juror = User.objects.get(username="juror-0")
    unread = call.applications.submitted().exclude(assignments__juror=juror)
    application = unread.order_by("-pk")[0]
    now = application.submitted_at
    Assignment.objects.create(
        application=application,
        juror=juror,
        assigned_at=now,
        due_at=now + timedelta(days=7),
        conflict=False,
        declared_at=now,
    )
    return application.number


def review_all(
    applications: list[Application],
    readers: list,
    criteria: list[Criterion],
    chance: random.Random,
    at: datetime,
) -> None:
    """Give each application its reviews, every criterion scored."""
    assignments = Assignment.objects.bulk_create(
        [
            Assignment(
                application=application,
                juror=juror,
                assigned_at=at,
                due_at=at + timedelta(days=7),
                conflict=False,
                declared_at=at,
            )
            for application in applications
            for juror in chance.sample(readers, REVIEWS_EACH)
        ],
        batch_size=BATCH,
    )
    reviews = Review.objects.bulk_create(
        [a_review(assignment, at) for assignment in assignments], batch_size=BATCH
    )
    Score.objects.bulk_create(
        (
            Score(
                review=review,
                criterion=criterion,
                points=chance.randint(0, 5),
                comment="Конкретно, с примерами.",
            )
            for review in reviews
            for criterion in criteria
        ),
        batch_size=BATCH,
    )


def a_review(assignment: Assignment, at: datetime) -> Review:
    return Review(
        assignment=assignment,
        saved_at=at,
        submitted_at=at,
        first_submitted_at=at,
        strength="Редакция знает своих авторов по именам.",
        improvement="Покажите, чем сеть живёт после гранта.",
    )
