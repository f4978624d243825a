"""The demo's calls: the real one of 2021–2022, one that is open now, one that is being judged.

Words lie in texts/ and rubric/, a file per language; dates here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from applications.models import Call, CallCountry, CallItem, CallText, Country, Language
from reviews.models import Criterion, CriterionText

HERE = Path(__file__).parent
ASTANA = ZoneInfo("Asia/Almaty")
ZONES = {Country.KZ: "Asia/Almaty", Country.TJ: "Asia/Dushanbe"}
REAL_CONTACTS = {Country.KZ: "kz-info@internews.org", Country.TJ: "tj-info@internews.org"}
DEMO_CONTACTS = {Country.KZ: "kz@demo.example", Country.TJ: "tj@demo.example"}
CRITERIA = [  # weight of 100, and the sections a criterion is judged by
    (25, ["letter"]),
    (20, ["coordinator"]),
    (20, ["network"]),
    (15, ["outlet", "independence"]),
    (10, ["reach"]),
    (10, ["budget"]),
]


@dataclass(frozen=True)
class Dates:
    """When a call opens, the last day it takes applications, and what follows."""

    opens_at: datetime
    last_day: date
    decision: date
    notification: date

    def season(self, *, before: int = 0) -> str:
        """Return the season, from one summer to the next, or one of some years before."""
        start = self.last_day.year - (self.last_day.month < 7) - before
        return f"{start}–{start + 1}"


def ten_in_the_morning(day: date) -> datetime:
    return datetime.combine(day, time(10), ASTANA).astimezone(UTC)


def of_2021() -> Dates:
    """Return the dates of the real call: 24:00 on 14 December is 18:00 UTC there and then."""
    return Dates(
        opens_at=ten_in_the_morning(date(2021, 11, 15)),
        last_day=date(2021, 12, 14),
        decision=date(2021, 12, 21),
        notification=date(2021, 12, 25),
    )


def open_on(today: date) -> Dates:
    """Return the dates of a call that opened a week ago and closes in about three weeks."""
    return Dates(
        opens_at=ten_in_the_morning(today - timedelta(days=8)),
        last_day=today + timedelta(days=21),
        decision=today + timedelta(days=28),
        notification=today + timedelta(days=32),
    )


def judged_on(today: date) -> Dates:
    """Return the dates of a call that has closed and is decided about in a few days."""
    return Dates(
        opens_at=ten_in_the_morning(today - timedelta(days=44)),
        last_day=today - timedelta(days=14),
        decision=today + timedelta(days=4),
        notification=today + timedelta(days=8),
    )


def is_here() -> bool:
    return Call.objects.filter(slug=slug_of(of_2021().season())).exists()


def the_real_call() -> Call:
    dates = of_2021()
    return make(dates, dates.season(), label="nur-sultan", contacts=REAL_CONTACTS, donor="USAID")


def the_open_call(today: date) -> Call:
    return make(open_on(today), open_on(today).season(), label="astana", contacts=DEMO_CONTACTS)


def the_judged_call(today: date) -> Call:
    """Return last season's call; its season is a year behind that of the open one."""
    season = open_on(today).season(before=1)
    return make(judged_on(today), season, label="astana", contacts=DEMO_CONTACTS)


def slug_of(season: str) -> str:
    return season.replace("–", "-")


def make(dates: Dates, season: str, *, label: str, contacts: dict, donor: str = "") -> Call:
    """Make a call with its countries, its words in four languages and its rubric."""
    call = Call(
        slug=slug_of(season),
        season=season,
        is_public=True,
        opens_at=dates.opens_at,
        decision_date=dates.decision,
        notification_date=dates.notification,
        organiser="Internews",
        programme="MediaCAMP",
        donor=donor,
    )
    call.closes_at = call.end_of(dates.last_day).astimezone(UTC)
    call.save()
    CallCountry.objects.bulk_create(
        CallCountry(call=call, country=country, contact_email=contacts[country], zone=zone)
        for country, zone in ZONES.items()
    )
    for language in Language:
        add_words(call, language, label)
    add_rubric(call)
    return call


def words(folder: str, language: str) -> dict:
    return json.loads((HERE / folder / f"{language}.json").read_text(encoding="utf-8"))


def add_words(call: Call, language: str, label: str) -> None:
    """Add what the call says about itself in one language."""
    said = words("texts", language)
    CallText.objects.create(
        call=call,
        language=language,
        zone_label=said["zone_labels"][label],
        **{key: said[key] for key in ("title", "lead", "summary", "so_far", "eligibility")},
    )
    lists = {CallItem.Kind.BENEFIT: "benefits", CallItem.Kind.QUESTION: "questions"}
    CallItem.objects.bulk_create(
        CallItem(
            call=call, language=language, kind=kind, position=position, heading=heading, text=text
        )
        for kind, key in lists.items()
        for position, (heading, text) in enumerate(said[key], start=1)
    )


def add_rubric(call: Call) -> None:
    """Add the six criteria with their anchors: own words for 1, 3 and 5, general ones between."""
    criteria = [
        Criterion.objects.create(call=call, position=position, weight=weight, sections=sections)
        for position, (weight, sections) in enumerate(CRITERIA, start=1)
    ]
    for language in Language:
        said = words("rubric", language)
        for criterion, own in zip(criteria, said["criteria"], strict=True):
            anchors = {f"anchor_{n}": ({**said["general"], **own})[str(n)] for n in range(6)}
            CriterionText.objects.create(
                criterion=criterion, language=language, title=own["title"], **anchors
            )
