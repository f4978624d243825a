"""Pages for when something is wrong, in the reader's language. None needs the database."""

import sys
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.middleware import csrf
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language_from_request, override

from applications.access import Erased
from applications.storing import Away
from applications.views.patience import is_passing

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
DRAINED = 32 * 1024 * 1024  # bytes of a refused request that are read, so that its answer is seen
RETRY_AFTER = "120"  # seconds


def page(request: HttpRequest, status: int, template: str = "", **context) -> HttpResponse:
    """Render the page of an error without the context processors, which may need what is away."""
    request.arrived_at = getattr(request, "arrived_at", None) or timezone.now()
    with override(get_language_from_request(request, check_path=True)):
        html = render_to_string(
            template or f"errors/{status}.html", {"request": request, "status": status, **context}
        )
        return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_BIG):
        drain(request)
        return page(request, 413)
    return page(request, 400)


def drain(request: HttpRequest) -> None:
    """Read what is still coming: a browser that is cut off while sending shows no answer."""
    left = DRAINED
    with suppress(UnreadablePostError):
        while left > 0 and (chunk := request.read(65536)):
            left -= len(chunk)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, Erased):
        return page(request, 410, application=exception.application)
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Tell a passing trouble of what we stand on (503) from a fault of ours (500)."""
    error = sys.exc_info()[1]
    if is_passing(error) or isinstance(error, Away):
        return away(request, again=typed(request), had_files=bool(request.FILES))
    return page(request, 500)


def away(request: HttpRequest, **context) -> HttpResponse:
    """Ask for a minute; offer what was typed to be sent again (`again`), or tell whether a press
    of “Submit” (`pressed`) is `noted`."""
    response = page(request, 503, csrf_token=csrf.get_token(request), **context)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what an applicant's form brought, to be offered again; nothing of the staff's side."""
    if request.path.startswith("/admin/"):
        return []
    unsaid = ("csrfmiddlewaretoken", "password")
    pairs = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, value) for name, value in pairs if name not in unsaid]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Offer to send again what was typed, when it was our own page that sent it.

    A lost cookie or an old page must not cost a text. What another site makes a browser send is
    shown nowhere: `Sec-Fetch-Site` or `Origin` has to say that the form was ours.
    """
    again = []
    if came_from_us(request) and request.headers.get("Accept") == "application/json":
        return JsonResponse({"token": csrf.get_token(request)}, status=403)
    if came_from_us(request) and not request.path.startswith("/admin/"):
        again = typed(request)
        csrf.rotate_token(request)
    return page(
        request,
        403,
        "errors/again.html",
        again=again,
        had_files=bool(again and request.FILES),
        csrf_token=csrf.get_token(request),
    )


def came_from_us(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    if origin := request.headers.get("Origin"):
        return origin in (own, settings.SITE_URL)
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
