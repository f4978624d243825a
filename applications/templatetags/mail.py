"""What only mail needs: styles inline, for mail programs drop a sheet's."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@register.filter
def mail_links(line: str) -> SafeString:
    """Return an escaped line with its e-mail addresses to press."""
    parts, at = [], 0
    for found in ADDRESS.finditer(line):
        parts.append(conditional_escape(line[at : found.start()]))
        parts.append(
            format_html('<a class="a" href="mailto:{0}" style="color:#0b5d5e">{0}</a>', found[0])
        )
        at = found.end()
    return mark_safe("".join([*parts, conditional_escape(line[at:])]))  # noqa: S308 all escaped
