"""What the public frame needs to know about the page it holds."""

from functools import cache
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from applications import instants, showing

register = template.Library()


@register.filter
def whole(number: str) -> SafeString:
    """Return the number of an application, 417-208, as a page prints it: on one line."""
    return format_html('<span class="whole">{}</span>', number)


@cache
def hop(code: str) -> str:
    return reverse("language", args=[code])


@register.simple_tag(takes_context=True)
def language_links(context) -> list[dict]:
    """Return the links to this page in each language it exists in, the present one included.

    They lead through a short hop that remembers the choice in a cookie.
    """
    request = context.get("request")
    here = urlencode({"to": request.get_full_path() if request else "/"}, safe="/")
    offered = context.get("languages")
    now = get_language()
    return [
        {
            "code": code,
            "name": name,
            "current": code == now,
            "url": f"{hop(code)}?{here}",
        }
        for code, name in settings.LANGUAGES
        if offered is None or code in offered
    ]


@register.simple_tag(takes_context=True)
def deadline_strip(context, call, closes_at=None) -> dict | None:
    """Return what the strip tells of a call's deadline, or of one application's own.

    None where the call has no text in the page's language: its zone has no name there.
    """
    if not call or not showing.text_in(call, get_language()):
        return None
    at = context["request"].arrived_at
    due = instants.deadline(call, closes_at=closes_at)
    return {
        "due": due,
        "at": at,
        "has_opened": call.has_opened(at),
        "has_closed": due.instant <= at,
        "left": due.left(at),
    }
