"""Small pieces of the jury's pages."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications import instants
from applications.models import Application, Call
from reviews.desks import Neighbours, State

register = template.Library()
STEP = 15  # units of the drawing per application in the queue
TODAY, YESTERDAY = 0, 1


@register.simple_tag
def queue_strip(queue: Neighbours) -> SafeString:
    """Draw the queue as a row of boxes: handed in filled, the open one framed, others empty."""
    done = sum(state == State.HANDED_IN for state in queue.marks)
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="1" class="{}" fill="{}" stroke="{}"'
        ' stroke-width="{}"/>',
        (box(n, state, n == queue.number - 1) for n, state in enumerate(queue.marks)),
    )
    words = _("Handed in: %(done)s of %(count)s. Open: number %(number)s.") % {
        "done": done,
        "count": queue.count,
        "number": queue.number,
    }
    return format_html(
        '<svg class="cj-queue__svg" width="{width}" height="14" viewBox="0 0 {width} 14" '
        'role="img" aria-label="{words}">{boxes}</svg>',
        width=STEP * queue.count,
        words=words,
        boxes=boxes,
    )


def box(n: int, state: State, is_open: bool) -> tuple:
    if is_open:
        return (n * STEP + 1, 1, 11, 12, "cj-o-now", "none", "currentColor", 2)
    if state == State.HANDED_IN:
        return (n * STEP, 3, 12, 8, "cj-f-done", "currentColor", "none", 0)
    return (n * STEP + 0.5, 3.5, 11, 7, "cj-o-empty", "none", "currentColor", 1)


@register.filter
def conflict_url(application: Application) -> str:
    return reverse("admin:reviews_conflict", args=[application.number])


@register.filter
def reading_url(application: Application) -> str:
    return reverse("admin:reviews_reading", args=[application.number])


@register.simple_tag
def lately(value: datetime, at: datetime, call: Call) -> str:
    """Return a moment of these days: “today, 11:20”, “yesterday, 22:41”, “11 December, 19:20”."""
    here = instants.zone_of(call)
    days = (at.astimezone(here).date() - value.astimezone(here).date()).days
    clock = instants.clock(value, call)
    if days == TODAY:
        return _("today, %(clock)s") % {"clock": clock}
    if days == YESTERDAY:
        return _("yesterday, %(clock)s") % {"clock": clock}
    return instants.moment(value, call, year=False)


@register.filter
def until(value: datetime, at: datetime):
    """Return the length of time from `at` to `value`."""
    return value - at


@register.simple_tag
def due_in_words(call: Call, due_at: datetime) -> str:
    """Return when something is due: «до 18:00 20 декабря»."""
    return instants.until(due_at, call)


@register.filter
def of(mapping: dict, key: str):
    return mapping.get(key, "")
