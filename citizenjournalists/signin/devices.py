"""Browsers that a person has signed in with before, known by a cookie that lasts a year.

The cookie opens nothing. A sign-in without it is told of by mail, and wrong passwords from a known
browser are counted apart from a stranger's.
"""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = f"{settings.SECURE_PREFIX}device"
SALT = "signin.device"
LASTS = 60 * 60 * 24 * 365  # seconds
REMEMBERED = 5  # people on one browser
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone|iPad", "iOS"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


def remembered(request: HttpRequest) -> dict[str, str]:
    """Return this browser's own key for each person who has signed in with it."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}


def key_of(request: HttpRequest, user: AbstractBaseUser | None) -> str:
    """Return the key under which this browser is known to the person; empty for a new one."""
    return remembered(request).get(str(user.pk), "") if user else ""


def remember(request: HttpRequest, response: HttpResponse, user: AbstractBaseUser) -> None:
    others = {pk: key for pk, key in remembered(request).items() if pk != str(user.pk)}
    latest = dict(list(others.items())[-REMEMBERED + 1 :])
    latest[str(user.pk)] = key_of(request, user) or secrets.token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=SALT),
        max_age=LASTS,
        path=reverse("admin:index"),
        secure=settings.OVER_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def named(user_agent: str) -> str:
    """Return a browser in two words, “Firefox, Windows”; empty where it doesn't say."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return ", ".join(filter(None, (browser, system)))


def of(request: HttpRequest) -> str:
    return named(request.headers.get("User-Agent", ""))
