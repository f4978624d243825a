"""The deadline as a file for calendars (RFC 5545): in UTC, an hour that ends as the call closes.

An event *at* 24:00 would stand on the next day in most calendars, and be read a day late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import instants
from applications.models import Call

LONGEST_LINE = 75  # octets, without the line's end
ALARMS = ("-P1D", "-PT3H")  # before the hour begins


def deadline_file(call: Call, *, at: datetime) -> bytes:
    """Return the file in the active language; its UID stays when the deadline moves."""
    due = instants.deadline(call)
    url = settings.SITE_URL + reverse("applications:call", args=[call.slug])
    host = settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
    summary = _("Applications close: Citizen Journalists, season %(season)s")
    summary %= {"season": call.season}
    alarms = [line for before in ALARMS for line in alarm(before, summary)]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{host}//Citizen Journalists//EN",
        "BEGIN:VEVENT",
        f"UID:deadline-{call.slug}@{host}",
        f"SEQUENCE:{call.extensions.applied().of_whole_calls().count()}",
        f"DTSTAMP:{in_utc(at)}",
        f"DTSTART:{in_utc(call.closes_at - timedelta(hours=1))}",
        f"DTEND:{in_utc(call.closes_at)}",
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(capitalised(due.whole))}\\n{escaped(url)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        *alarms,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def alarm(before: str, summary: str) -> list[str]:
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escaped(summary)}",
        f"TRIGGER:{before}",
        "END:VALARM",
    ]


def in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Return the line as octets, broken so that no piece is too long and no letter is torn."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
