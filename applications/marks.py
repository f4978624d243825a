"""Small marks of the staff's pages: a word with a shape and a colour, in this order of importance.

The same functions serve list columns in Python and, as template tags, the templates. Shapes come
from the sprite in templates/admin/shapes.html; the looks are the .cj-tag classes of staff.css.
"""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.models import Country, Message, MessageStatus


def shape(name: str, size: int = 12) -> SafeString:
    """Return a shape without a word of its own: it never stands alone."""
    return format_html(
        '<svg class="cj-shape" width="{size}" height="{size}" viewBox="0 0 12 12" '
        'aria-hidden="true" focusable="false"><use href="#cj-{name}"/></svg>',
        size=size,
        name=name,
    )


def tag(look: str, shape_name: str, text: str) -> SafeString:
    """Return a word with its shape; looks: plain, quiet, good, act, warn, bad."""
    return format_html('<span class="cj-tag cj-tag--{}">{}{}</span>', look, shape(shape_name), text)


def country(code: str) -> SafeString:
    """Return a country's code with its name for who asks."""
    return format_html(
        '<abbr class="cj-country cj-country--{}" title="{}">{}</abbr>',
        code.lower(),
        Country(code).label,
        code,
    )


def outlet(name: str, note: str, url: str = "") -> SafeString:
    """Return an outlet's name over a quiet note: its number and place. Erased, it has no name."""
    if not name:
        return format_html('<span class="cj-quiet">{}</span>', _("data erased"))
    named = format_html('<a href="{}">{}</a>', url, name) if url else format_html("<b>{}</b>", name)
    return format_html('<span class="cj-outlet">{}<span>{}</span></span>', named, note)


def pips(done: int, wanted: int) -> SafeString:
    """Return how many of the wanted reviews are in: filled and empty boxes, and the words."""
    boxes = max(done, wanted)
    filled, empty = ("cj-f-done", "currentColor"), ("cj-o-empty", "none")
    drawn = format_html_join(
        "",
        '<rect x="{}" y=".5" width="6" height="9" rx="1" class="{}" fill="{}" stroke="{}"/>',
        ((n * 9 + 0.5, *(filled if n < done else empty), "currentColor") for n in range(boxes)),
    )
    words = _("%(done)s of %(wanted)s") % {"done": done, "wanted": wanted}
    return format_html(
        '<span class="cj-pips"><svg width="{width}" height="10" viewBox="0 0 {width} 10" '
        'aria-hidden="true" focusable="false">{drawn}</svg>{words}</span>',
        width=max(boxes * 9, 1),
        drawn=drawn,
        words=words,
    )


LETTERS = {
    MessageStatus.QUEUED: ("plain", "ring"),
    MessageStatus.SENDING: ("plain", "half"),
    MessageStatus.SENT: ("good", "check"),
    MessageStatus.FAILED: ("bad", "cross"),
    MessageStatus.STALLED: ("warn", "pause"),
    MessageStatus.BOUNCED: ("bad", "back"),
    MessageStatus.REPLACED: ("quiet", "slash"),
    MessageStatus.OUTDATED: ("quiet", "slash"),
}


def letter(message: Message) -> SafeString:
    """Return where a letter stands; one that failed before waits for its next attempt."""
    if message.status == MessageStatus.QUEUED and message.attempts:
        return tag("plain", "ring", _("waits for another attempt"))
    return tag(*LETTERS[message.status], word_of(message.status))


def word_of(status: str) -> str:
    """Return a letter's status in few words; a stalled one may have gone, or not."""
    stalled = status == MessageStatus.STALLED
    return _("perhaps sent") if stalled else MessageStatus(status).label


BAR = 1200  # units of width; stretched to the page's


def bar(parts: list[tuple[int, str]]) -> SafeString:
    """Return one stacked bar of (number, class of the colour); its words stand beside it."""
    everything = sum(number for number, _look in parts) or 1
    gap, at, drawn = 4, 0.0, []
    for number, look in parts:
        if number:
            width = number / everything * BAR
            drawn.append((f"{at:g}", f"{max(width - gap, 1):g}", look))
            at += width
    rects = format_html_join(
        "", '<rect x="{}" y="0" width="{}" height="14" class="{}" fill="currentColor"/>', drawn
    )
    return format_html(
        '<svg class="cj-bar" height="14" viewBox="0 0 {} 14" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">{}</svg>',
        BAR,
        rects,
    )


def swatch(look: str) -> SafeString:
    """Return the small square of a legend."""
    return format_html(
        '<svg class="cj-shape" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" '
        'focusable="false"><rect width="12" height="12" rx="2" class="{}" '
        'fill="currentColor"/></svg>',
        look,
    )


def scan(file) -> SafeString | str:
    """Return why a file is closed: it has a virus, or the scanner has yet to look; "" when open."""
    if file.is_infected:
        return tag("bad", "slash", _("a virus was found; it opens for nobody"))
    return "" if file.is_openable else tag("quiet", "ring", _("being checked for viruses"))
