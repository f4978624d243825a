"""Small pieces of the jury's pages."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import instants
from applications.models import Application, Call
from reviews.desks import Neighbours, State

register = template.Library()
STEP = 15  # units of the drawing per application in the queue
TODAY, YESTERDAY = 0, 1
MOST_BLOCKS = 24


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
        told = _("today, %(clock)s") % {"clock": clock}
    elif days == YESTERDAY:
        told = _("yesterday, %(clock)s") % {"clock": clock}
    else:
        told = instants.moment(value, call, year=False)
    return instants.timed(value, told)


@register.filter
def until(value: datetime, at: datetime):
    """Return the length of time from `at` to `value`."""
    return value - at


@register.simple_tag
def due_in_words(call: Call, due_at: datetime) -> str:
    """Return when something is due: «до 18:00 20 декабря»."""
    return instants.timed(due_at, instants.until(due_at, call))


@register.filter
def of(mapping: dict, key: str):
    return mapping.get(key, "")


@register.simple_tag
def part_strip(part) -> SafeString:
    """Draw a juror's part: handed in filled, begun half, the rest empty; and both numbers."""
    words = _("%(done)s of %(count)s") % {"done": part.handed_in, "count": part.total}
    if part.total > MOST_BLOCKS:
        return format_html("{}", words)
    looks = ["done"] * part.handed_in + ["half"] * part.started + ["track"] * part.untouched
    blocks = format_html_join("", "{}", ((block(n, look),) for n, look in enumerate(looks)))
    return format_html(
        '<span class="cj-pips"><svg width="{width}" height="12" viewBox="0 0 {width} 12" '
        'aria-hidden="true" focusable="false">{blocks}</svg>{words}</span>',
        width=13 * part.total,
        blocks=blocks,
        words=words,
    )


def block(n: int, look: str) -> SafeString:
    x = 13 * n
    if look == "half":
        drawn = '<path d="M{x} 12h10v-12z" class="cj-f-done" fill="currentColor"/>'
        under = '<rect x="{x}" width="10" height="12" rx="1" class="cj-f-track" fill="none"/>'
        return format_html(under + drawn, x=x)
    return format_html(
        '<rect x="{}" width="10" height="12" rx="1" class="cj-f-{}" fill="currentColor"/>', x, look
    )


@register.filter
def title_of(criterion) -> str:
    """Return a criterion's title in the reader's language."""
    wording = criterion.wording(get_language())
    return wording.title if wording else str(criterion)


@register.filter
def current(screenings):
    """Return the check that counts, or None."""
    return next((one for one in screenings if one.is_current), None)
