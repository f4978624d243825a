"""How often a door may be knocked at, per e-mail address and per network address.

Counts lie in the database, so any number of web processes share them and a restart forgets
nothing. Many newsrooms sit behind one provider's address, so that limit is generous.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from applications.models import Knock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START, LINK, ADDRESS, COLLEAGUE = "start", "link", "address", "colleague"
COPY, UPLOAD = "copy", "upload"
PER_EMAIL = {START: 5, LINK: 3, ADDRESS: 3, COLLEAGUE: 10, COPY: 5, UPLOAD: 100}
PER_NETWORK = {START: 60, LINK: 40, ADDRESS: 40, COLLEAGUE: 40, COPY: 40, UPLOAD: 600}
PERIOD = {UPLOAD: DAY}  # an hour for the others
FORGOTTEN_AFTER = DAY


class TooOften(Exception):
    """The door stays shut for now; try again later."""


def network_of(request: HttpRequest) -> str:
    """Return the address a request came from, as the last proxy we run ourselves saw it.

    A client writes what it likes into X-Forwarded-For; each of our own proxies adds one entry
    at the end. With TRUSTED_PROXY_HOPS proxies the entry that many from the end is true.
    """
    hops = settings.TRUSTED_PROXY_HOPS
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(told) >= hops and told[-hops]:
        return told[-hops]
    return request.META.get("REMOTE_ADDR", "")


def hashed(who: str) -> str:
    """Return what is kept of an address: enough to count by, not to read back."""
    return salted_hmac("applications.knocking", who, algorithm="sha256").hexdigest()[:43]


def knock(door: str, *, email: str, network: str, at: datetime) -> None:
    """Count a knock at `door`; raise TooOften where the address or the network did so too often.

    Files knock by the number of their application in place of an address.

    Two knocks at the very same moment may both be let in: a limit here keeps off floods, it
    doesn't guard a secret.
    """
    if not settings.RATE_LIMITS:
        return
    since = at - PERIOD.get(door, HOUR)
    for who, most in ((email.casefold(), PER_EMAIL[door]), (network, PER_NETWORK[door])):
        if not who:
            continue
        hidden = hashed(who)
        recent = Knock.objects.filter(door=door, who=hidden, at__gt=since).count()
        Knock.objects.create(door=door, who=hidden, at=at)
        if recent >= most:
            raise TooOften


def forget_old(*, at: datetime) -> int:
    """Delete the counts that limit nothing any more, of every door; return how many."""
    return Knock.objects.filter(at__lt=at - FORGOTTEN_AFTER).delete()[0]
