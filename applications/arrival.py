"""The instant a request arrived: read once, here, and passed down as `at`.

During the rush a request may wait in a queue before a worker takes it up. A proxy that says when
it got the request makes that wait harmless; it is believed where a deployment names its header,
and for no more than ARRIVAL_WAIT_BELIEVED seconds back, so that a wrong clock or a forged header
can never let in what came later than that.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

START = re.compile(r"(?:t=)?(\d{10}(?:\.\d{1,6})?|\d{13}|\d{16})", re.ASCII)
DIGITS_OF_SECONDS = 10  # until the year 2286; three more are milliseconds, six microseconds


def stamp_arrival(get_response):
    """Set `request.arrived_at`, an aware UTC datetime, before anything else happens.

    What follows may wait for a lock or a slow disk; an application that reached us in time
    stays in time.
    """

    def middleware(request):
        request.arrived_at = arrival(request.headers, taken_up=timezone.now())
        return get_response(request)

    return middleware


def arrival(headers, *, taken_up: datetime) -> datetime:
    """Return when the proxy got the request, if we trust one and it is plausible; else `taken_up`.

    What it says may lie neither in the future nor further back than a request can have waited:
    such a clock is wrong, and a wrong clock is not asked.
    """
    if not settings.TRUSTED_ARRIVAL_HEADER:
        return taken_up
    said = instant_in(headers.get(settings.TRUSTED_ARRIVAL_HEADER, ""))
    if said is None:
        return taken_up
    believed = timedelta(seconds=settings.ARRIVAL_WAIT_BELIEVED)
    return said if taken_up - believed <= said <= taken_up else taken_up


def instant_in(value: str) -> datetime | None:
    """Return the instant in a header like `t=1639504799.123` (nginx's $msec); None for nonsense.

    Seconds with a fraction, whole milliseconds or whole microseconds, as proxies write them.
    """
    found = START.fullmatch(value.strip())
    if not found:
        return None
    digits, _, fraction = found[1].partition(".")
    scale = 10 ** (len(digits) - DIGITS_OF_SECONDS)
    microseconds = int(digits) * 1_000_000 // scale + int(fraction.ljust(6, "0") or 0)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
