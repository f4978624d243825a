"""The help pages: how to apply, what becomes of people's data, how the site can be used."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import showing
from applications.models import Call
from applications.views.everyone import for_everyone, keep, share


@for_everyone
def guide(request: HttpRequest) -> HttpResponse:
    summary = _("From the first question to the answer, step by step.")
    return page(request, "guide", _("Help: how to apply"), summary)


@for_everyone
def privacy(request: HttpRequest) -> HttpResponse:
    summary = _("What we ask, who reads it, and what is never published.")
    return page(request, "privacy", _("Personal data"), summary)


@for_everyone
def accessibility(request: HttpRequest) -> HttpResponse:
    summary = _("The site is made for every reader and every phone.")
    return page(request, "accessibility", _("Accessibility"), summary)


@for_everyone
def contacts(request: HttpRequest) -> HttpResponse:
    summary = _("Questions are answered by people in your country.")
    return page(request, "contacts", _("Contacts"), summary)


def page(request: HttpRequest, name: str, heading: str, summary: str) -> HttpResponse:
    """Show a help page with the contacts of the calls in front, and the strip of the only one."""
    found = list(showing.with_texts(Call.objects.public(), get_language()))
    now = showing.in_front(found, request.arrived_at)
    context = {
        "heading": heading,
        "summary": summary,
        "call": now[0] if len(now) == 1 else None,
        "countries": showing.contacts_of(now),
        "share": share(name),
    }
    response = render(request, f"public/{name}.html", context)
    return keep(request, response, until=showing.next_change(found, request.arrived_at))
