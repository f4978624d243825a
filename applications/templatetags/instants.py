"""Instants in templates: filters give plain text (letters too), `timed` adds the <time> mark.

{% load instants %}
{{ call.decision_date|by_day }}               до 21 декабря
{{ call.opens_at|day:call }}                  15 ноября 2021 г.
{{ call.opens_at|short_day:call }}            15 ноября
{{ application.saved_at|in_words:call }}      13 декабря 2021 г., 09:05
{{ application.submitted_at|to_the_second:call }}
                                              14 декабря 2021 г. в 23:59:59 по времени …
{% deadline call as due %}                    due.first, due.short, due.second, due.whole
{% deadline call application.closes_at as due %}
{% timed call.closes_at due.when %}           <time datetime="…">до 24:00 14 декабря</time>
{{ span|time_left }}                          3 дня 4 часа
"""

import json
from datetime import date, datetime, timedelta

from django import template

from applications import instants
from applications.models import Call

register = template.Library()

HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)  # when the countdown warns


@register.filter
def day(value: date | datetime | None, call: Call | str | None = None) -> str:
    return instants.day(value, call) if value else ""


@register.filter
def short_day(value: date | datetime | None, call: Call | str | None = None) -> str:
    return instants.day(value, call, year=False) if value else ""


@register.filter
def by_day(value: date | datetime | None, call: Call | str | None = None) -> str:
    return instants.by_day(value, call) if value else ""


@register.filter
def clock(value: datetime | None, call: Call | str | None = None) -> str:
    return instants.clock(value, call) if value else ""


@register.filter
def in_words(value: datetime | None, call: Call | str | None = None) -> str:
    return instants.moment(value, call) if value else ""


@register.filter
def to_the_second(value: datetime | None, call: Call) -> str:
    return instants.labelled(value, call, seconds=True) if value else ""


@register.filter
def by_the_portals_clock(value: datetime) -> str:
    return instants.by_offset(value)


@register.filter
def in_both_capitals(value: datetime | None, call: Call) -> str:
    return instants.in_both_capitals(value, call) if value else ""


@register.filter
def time_left(delta: timedelta) -> str:
    return instants.time_left(delta)


@register.filter
def remaining(delta: timedelta) -> str:
    return instants.remaining(delta)


@register.filter
def iso(value: date | datetime) -> str:
    return instants.iso(value)


@register.simple_tag
def deadline(call: Call, closes_at: datetime | None = None) -> instants.Deadline:
    return instants.deadline(call, closes_at=closes_at)


@register.simple_tag
def timed(value: date | datetime, words: str) -> str:
    return instants.timed(value, words)


@register.inclusion_tag("parts/countdown.html")
def countdown(closes_at: datetime, at: datetime) -> dict:
    """Tell what is left at `at`, the server's instant; without script the text just stands."""
    left = closes_at - at
    return {
        "near": "minutes" if left <= TEN_MINUTES else "hour" if left <= HOUR else "",
        "words": instants.remaining(left),
        "now": milliseconds(at),
        "closes": milliseconds(closes_at),
        "grammar": json.dumps(instants.grammar_of_what_is_left(), ensure_ascii=False),
    }


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
