"""Instants in words, in the active language: the only place where a date becomes text.

A deadline at midnight is told as 24:00 of the day before, with the zone's name from the call's
own text and the time in the other capital. What is returned is plain text, good for letters as
well as pages; spaces and hyphens that must not break are non-breaking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from applications.calendars import CALENDARS, Calendar
from applications.models import Call
from applications.models.call import Zone

NO_BREAK = str.maketrans({"~": "\N{NO-BREAK SPACE}"})
RENAMED = (date(2019, 3, 23), date(2022, 9, 17))  # between them Astana was called Nur-Sultan
SHORT_WORD = re.compile(r"(?<!\w)(\w{1,2}) ")


def calendar(language: str | None = None) -> Calendar:
    """Return the active language's calendar, or that of `language`."""
    code = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return CALENDARS.get(code, CALENDARS[settings.LANGUAGE_CODE])


def zone_of(where: Call | str | None) -> ZoneInfo:
    """Return the zone of a call, of a name, or the portal's own."""
    return ZoneInfo(getattr(where, "zone", where) or settings.TIME_ZONE)


def unbroken(phrase: str) -> str:
    return phrase.translate(NO_BREAK)


def as_day(value: date | datetime, where: Call | str | None) -> date:
    """Return the calendar day of `value`: a day as it is, an instant as its zone sees it."""
    return value.astimezone(zone_of(where)).date() if isinstance(value, datetime) else value


def day(
    value: date | datetime,
    where: Call | str | None = None,
    *,
    year: bool = True,
    language: str | None = None,
) -> str:
    """Return a day: «14 декабря 2021 г.», «2021 жылғы 14 желтоқсан», «14 декабри соли 2021»."""
    words, that = calendar(language), as_day(value, where)
    months = words.bound if year else words.months
    phrase = words.date if year else words.short
    return unbroken(phrase.format(day=that.day, month=months[that.month - 1], year=that.year))


def by_day(
    value: date | datetime,
    where: Call | str | None = None,
    *,
    year: bool = False,
    language: str | None = None,
) -> str:
    """Return a day as a limit: «до 21 декабря», «21 желтоқсанға дейін», «то 21 декабр»."""
    words, that = calendar(language), as_day(value, where)
    months = words.by_bound if year else words.by_months
    phrase = words.by_date if year else words.by_short
    return unbroken(phrase.format(day=that.day, month=months[that.month - 1], year=that.year))


def clock(at: datetime, where: Call | str | None = None, *, seconds: bool = False) -> str:
    """Return the time of day, 24 hours: 23:59 or 23:59:59. Cut, never rounded up."""
    return f"{at.astimezone(zone_of(where)):{'%H:%M:%S' if seconds else '%H:%M'}}"


def moment(
    at: datetime,
    where: Call | str | None = None,
    *,
    seconds: bool = False,
    year: bool = True,
    language: str | None = None,
) -> str:
    """Return a day and the time of it: «14 декабря 2021 г., 23:59:59»."""
    return calendar(language).moment.format(
        date=day(at, where, year=year, language=language), clock=clock(at, where, seconds=seconds)
    )


def labelled(
    at: datetime, call: Call, *, seconds: bool = False, language: str | None = None
) -> str:
    """Return a moment with the zone's name: «14 декабря 2021 г. в 23:59:59 по времени …»."""
    phrase = calendar(language).labelled.format(
        date=day(at, call, language=language),
        clock=clock(at, call, seconds=seconds),
        label=zone_label(call, language),
    )
    return unbroken(phrase.rstrip(", "))


def by_offset(at: datetime) -> str:
    """Return a moment to the second where no call is at hand: «… 23:59:59 (UTC+05:00)»."""
    return f"{moment(at, seconds=True)} (UTC{at.astimezone(zone_of(None)).isoformat()[-6:]})"


def in_both_capitals(at: datetime, call: Call, *, language: str | None = None) -> str:
    """Return a moment to the second with the zone's name, and by the other capital's clock."""
    here = labelled(at, call, seconds=True, language=language)
    prefetch_related_objects([call], "countries")
    zones = [country.zone for country in call.countries.all() if country.zone != call.zone]
    if not zones:
        return here
    same_day = as_day(at, call) == as_day(at, zones[0])
    told = clock if same_day else moment
    there, shown = told(at, zones[0], seconds=True), told(at, call, seconds=True)
    cities = calendar(language).cities[capital(zones[0], as_day(at, zones[0]))]
    return f"{here}, {unbroken(cities[there == shown])} {there}"


def zone_label(call: Call, language: str | None = None) -> str:
    """Return what the call's own text calls its zone: it follows a time. Empty if it has none."""
    prefetch_related_objects([call], "texts")
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    labels = {text.language: text.zone_label for text in call.texts.all()}
    label = labels.get(wanted) or labels.get(settings.LANGUAGE_CODE, "")
    return SHORT_WORD.sub("\\1\N{NO-BREAK SPACE}", label).replace("-", "\N{NON-BREAKING HYPHEN}")


def capital(zone: str, on: date) -> str:
    """Return the capital a zone is told by, under the name it had on that day."""
    if zone == Zone.DUSHANBE:
        return "Dushanbe"
    return "Nur-Sultan" if RENAMED[0] <= on < RENAMED[1] else "Astana"


@dataclass(frozen=True)
class Deadline:
    """A deadline in words. `instant` is the first instant too late.

    `when` and `short` leave the year out, `first` has it; `short` and `first` name the zone;
    `second` is the other capital's time, empty where there is no other; `whole` is both.
    """

    instant: datetime
    day: date  # the last day that counts, in the call's zone
    clock: str
    when: str
    when_full: str
    label: str
    short: str
    first: str
    second: str
    whole: str

    def marked(self) -> Deadline:
        """Return the same with every phrase marked for machines, for a page."""
        phrases = ("when", "when_full", "short", "first", "second", "whole")
        told = {name: getattr(self, name) for name in phrases}
        return replace(self, **{n: timed(self.instant, told[n]) for n in told if told[n]})

    def left(self, at: datetime) -> timedelta:
        return self.instant - at


def last_day_and_clock(instant: datetime, zone: str) -> tuple[date, int, int]:
    """Return the day, hour and minute a deadline is told by: midnight is 24:00 the day before."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() == time():
        return local.date() - timedelta(days=1), 24, 0
    return local.date(), local.hour, local.minute


def until(
    instant: datetime,
    where: Call | str | None = None,
    *,
    year: bool = False,
    language: str | None = None,
) -> str:
    """Return a deadline by the clock of one zone, unnamed: «до 24:00 14 декабря»."""
    words = calendar(language)
    last, hour, minute = last_day_and_clock(instant, zone_of(where).key)
    phrase = words.until.format(
        clock=f"{hour:02}:{minute:02}",
        end=words.end(minute),
        date=day(last, year=year, language=language),
    )
    return unbroken(phrase.replace("-", "\N{NON-BREAKING HYPHEN}"))


def deadline(
    call: Call, language: str | None = None, *, closes_at: datetime | None = None
) -> Deadline:
    """Return the call's deadline in words, or that of one application with its `closes_at`."""
    words, instant = calendar(language), closes_at or call.closes_at
    last, hour, minute = last_day_and_clock(instant, call.zone)
    when, when_full = (until(instant, call, year=year, language=language) for year in (False, True))
    label = zone_label(call, language)
    short, first = (
        words.with_label.format(when=phrase, label=label).strip(", ")
        for phrase in (when, when_full)
    )
    second = in_the_other_capital(call, instant, language)
    return Deadline(
        instant=instant,
        day=last,
        clock=f"{hour:02}:{minute:02}",
        when=when,
        when_full=when_full,
        label=label,
        short=short,
        first=first,
        second=second,
        whole=", ".join(filter(None, (first, second))),
    )


def in_the_other_capital(call: Call, instant: datetime, language: str | None) -> str:
    """Return the same deadline by the other country's clock: «в Душанбе до 23:00».

    Where both clocks agree, as since March 2024, it says so: «в Душанбе тоже до 24:00».
    """
    prefetch_related_objects([call], "countries")
    zones = [country.zone for country in call.countries.all() if country.zone != call.zone]
    if not zones:
        return ""
    words = calendar(language)
    here, there = (last_day_and_clock(instant, zone) for zone in (call.zone, zones[0]))
    last, hour, minute = there
    phrase = words.second if last == here[0] else words.second_other_day
    told = phrase.format(
        city=words.cities[capital(zones[0], last)][there == here],
        clock=f"{hour:02}:{minute:02}",
        end=words.end(minute),
        date=day(last, year=False, language=language),
    )
    return unbroken(told).replace("-", "\N{NON-BREAKING HYPHEN}")


def split(delta: timedelta) -> list[tuple[str, int]]:
    """Return the two largest units of a length of time, cut down: [("day", 3), ("hour", 4)].

    Empty under a minute, as for what lies ahead of a clock that is a little slow. A unit of
    nothing is left out, and minutes don't follow days.
    """
    minutes = max(int(delta.total_seconds()), 0) // 60
    counts = [("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60)]
    first = next((i for i, (_, n) in enumerate(counts) if n), len(counts))
    return [(unit, n) for unit, n in counts[first : first + 2] if n]


def time_left(delta: timedelta, language: str | None = None) -> str:
    """Return a length of time in words: «3 дня 4 часа», «21 день», «меньше минуты»."""
    words = calendar(language)
    spans = [f"{n}~{words.units[unit][words.plural(n)]}" for unit, n in split(delta)]
    return unbroken(" ".join(spans) or words.under_a_minute)


def remaining(delta: timedelta, language: str | None = None) -> str:
    """Return what is left as a whole phrase: «остался 1 день», «3 күн қалды», «2 hours left»."""
    words = calendar(language)
    if delta <= timedelta(0):
        return words.past
    unit, n = next(iter(split(delta)), ("under", 1))
    return words.left[unit][words.plural(n)].format(span=time_left(delta, language))


def grammar_of_what_is_left(language: str | None = None) -> dict:
    """Return what a script needs to say `remaining` itself, with non-breaking spaces in place."""
    words = calendar(language)
    return {
        "units": words.units,
        "left": words.left,
        "under": words.under_a_minute,
        "past": words.past,
    }


def iso(value: date | datetime) -> str:
    """Return what machines read: 2021-12-14, or 2021-12-14T18:00:00Z."""
    if not isinstance(value, datetime):
        return value.isoformat()
    precision = "milliseconds" if value.microsecond else "seconds"
    return value.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def timed(value: date | datetime, words: str) -> SafeString:
    """Return the words marked with the instant they tell: <time datetime="…">words</time>."""
    return format_html('<time datetime="{}">{}</time>', iso(value), words)
