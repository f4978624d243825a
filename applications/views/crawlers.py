"""What programs read: robots.txt and the map of the public pages in every language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from applications import showing
from applications.models import Call
from applications.views.everyone import for_everyone

PAGES = ("calls", "guide", "privacy", "accessibility", "contacts")
PAGES_OF_A_CALL = ("call", "eligibility", "questions")
CODES = [code for code, _ in settings.LANGUAGES]


@for_everyone
def robots(request: HttpRequest) -> HttpResponse:
    context = {"site": settings.SITE_URL}
    return render(request, "public/robots.txt", context, content_type="text/plain; charset=utf-8")


@for_everyone
def sitemap(request: HttpRequest) -> HttpResponse:
    """List each public page once for every language it exists in."""
    pages = [in_languages(name, CODES) for name in PAGES]
    for call in Call.objects.public().prefetch_related("texts"):
        written = showing.languages_of(call)
        pages += [in_languages(name, written, call.slug) for name in PAGES_OF_A_CALL]
    return render(request, "public/sitemap.xml", {"pages": pages}, content_type="application/xml")


def in_languages(name: str, codes: list[str], *args) -> list[tuple[str, str]]:
    found = []
    for code in codes:
        with override(code):
            address = reverse(f"applications:{name}", args=args)
        found.append((code, f"{settings.SITE_URL}{address}"))
    return found
