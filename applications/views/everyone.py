"""What a page that everyone may read has in common, whoever asks for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from applications.templatetags.instants import milliseconds

KEPT = timedelta(seconds=3)  # so long may an edit by staff take to be seen


def for_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view as public: GET only, and the same for all.

    A browser asks for it each time, since it carries the server's time. What isn't marked is
    private and is kept nowhere: see citizenjournalists.headers.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = kept(request) or view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response

    return require_safe(answer)


def kept(request: HttpRequest) -> HttpResponse | None:
    """Return the page as it was made for somebody else, if it is still what holds on arrival.

    Only the instant that the countdown begins from is the reader's own.
    """
    at = request.arrived_at
    if request.META.get("QUERY_STRING") or not (found := caches["pages"].get(request.path)):
        return None
    content, since, until = found
    if not since <= at < until:
        return None
    return HttpResponse(content.replace(clock_of(since), clock_of(at)))


def clock_of(at: datetime) -> bytes:
    """Return how a page carries the server's time: see templates/parts/countdown.html."""
    return b'data-now="%d"' % milliseconds(at)


def keep(request: HttpRequest, response: HttpResponse, *, until: datetime | None) -> HttpResponse:
    """Keep a finished page for the next readers, a few seconds, never past `until`.

    `until` is the next instant at which it would read otherwise (None: no such instant), so that
    a page out of the store is the one that would have been made, deadline and time left included.
    """
    since = request.arrived_at
    until = min(since + KEPT, until or datetime.max.replace(tzinfo=since.tzinfo))
    if not request.META.get("QUERY_STRING"):
        caches["pages"].set(
            request.path, (response.content, since, until), timeout=KEPT.total_seconds()
        )
    return response


def share(name: str, *args, languages: list[str] | None = None) -> dict:
    """Return the addresses that previews and search engines need of the page `name`."""
    now = get_language()
    rest = reverse(f"applications:{name}", args=args).removeprefix(f"/{now}")
    codes = languages or [code for code, _ in settings.LANGUAGES]
    return {
        "canonical": f"{settings.SITE_URL}/{now}{rest}",
        "alternates": [(code, f"{settings.SITE_URL}/{code}{rest}") for code in codes],
        "picture": settings.SITE_URL + static(f"share-{now}.png"),
    }
