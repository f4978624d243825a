"""Which language to read in: the person's choice, then the browser's, then Russian."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

CODES = [code for code, _ in settings.LANGUAGES]
PREFIX = re.compile(rf"^/(?:{'|'.join(CODES)})(?=/|$)")


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Lead from / to the front page in the reader's language."""
    response = redirect(f"/{get_language()}/")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@never_cache
@require_safe
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language a person chose and go back to the page they were reading."""
    if code not in CODES:
        raise Http404
    to = request.GET.get("to", "/")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None) or not to.startswith("/"):
        to = "/"
    response = redirect(PREFIX.sub(f"/{code}", to) if PREFIX.match(to) else to)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
