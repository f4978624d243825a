"""Instants in templates: marked as <time> on a page, plain words in a letter.

{% load instants %}
{{ call.decision_date|by_day }}               до 21 декабря
{{ call.opens_at|day:call }}                  15 ноября 2021 г.
{{ call.opens_at|short_day:call }}            15 ноября
{{ application.saved_at|in_words:call }}      13 декабря 2021 г., 09:05
{{ application.submitted_at|to_the_second:call }}
                                              14 декабря 2021 г. в 23:59:59 по времени …
{% deadline call as due %}                    due.first, due.short, due.second, due.whole
{% deadline call application.closes_at as due %}
{% timed line.at line.moment %}               <time datetime="…">words from a view</time>
{{ span|time_left }}                          3 дня 4 часа
"""

import json
from datetime import date, datetime, timedelta

from django import template

from applications import instants
from applications.models import Call

register = template.Library()

HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)  # when the countdown warns


def marked(tell):
    """Register a filter that tells an instant, marked for machines where a page is drawn.

    A letter is plain text: it is written with autoescape off, and gets the words alone.
    """

    @register.filter(name=tell.__name__, needs_autoescape=True)
    def mark(value: date | datetime | None, call: Call | str | None = None, autoescape=True):
        words = tell(value, call) if value else ""
        return instants.timed(value, words) if words and autoescape else words

    return tell


@marked
def day(value, call):
    return instants.day(value, call)


@marked
def short_day(value, call):
    return instants.day(value, call, year=False)


@marked
def by_day(value, call):
    return instants.by_day(value, call)


@marked
def clock(value, call):
    return instants.clock(value, call)


@marked
def in_words(value, call):
    return instants.moment(value, call)


@marked
def to_the_second(value, call):
    return instants.labelled(value, call, seconds=True)


@marked
def by_the_portals_clock(value, call):
    return instants.by_offset(value)


@marked
def in_both_capitals(value, call):
    return instants.in_both_capitals(value, call)


@register.filter
def time_left(delta: timedelta) -> str:
    return instants.time_left(delta)


@register.filter
def remaining(delta: timedelta) -> str:
    return instants.remaining(delta)


@register.filter
def iso(value: date | datetime) -> str:
    return instants.iso(value)


@register.simple_tag(takes_context=True)
def deadline(context, call: Call, closes_at: datetime | None = None) -> instants.Deadline:
    due = instants.deadline(call, closes_at=closes_at)
    return due.marked() if context.autoescape else due


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
