"""What the pages of one application share: who may see it, and what stands in their margins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import access, questions, standing
from applications.models import PrivateLink


def may_edit(link: PrivateLink) -> bool:
    return link.right == PrivateLink.Right.EDIT


def page(
    request: HttpRequest, template: str, link: PrivateLink, status=200, **more
) -> HttpResponse:
    """Render a page of an application: its call, its deadline in the strip, what may be done."""
    application, at = link.application, request.arrived_at
    context = {
        "application": application,
        "call": application.call,
        "closes_at": application.closes_at,
        "link": link,
        "may_edit": may_edit(link),
        "is_open": application.is_open(at),
        "stage": standing.stage_of(application, at),
        "address": standing.masked(application.contact_email),
        **more,
    }
    return render(request, f"applying/{template}.html", context, status=status)


def link_to(request: HttpRequest, number: str, *, to_edit: bool = False) -> PrivateLink:
    """Return the link this browser came by; 404 without one, 403 where it only reads."""
    link = access.link_for(request, number)
    if to_edit:
        access.require_editing(link)
    return link


def pressed_on(page: str, part: str = "") -> Callable:
    """Mark a view that a button of `page` posts to.

    Whoever comes there otherwise, by a reload or out of the history, is led to where the button
    stands, if their browser has the key; nothing else happens.
    """

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, number: str) -> HttpResponse:
            if request.method == "POST":
                return view(request, number)
            link_to(request, number)
            return redirect(reverse(f"applications:{page}", args=[number]) + part)

        return require_http_methods(["GET", "HEAD", "POST"])(answer)

    return mark


def in_words(application, version=None) -> list[questions.SectionInWords]:
    """Return the answers of a submitted version, or of the draft as it stands now."""
    if version is not None:
        here = {str(one.key): one for one in application.attachments.all()}
        files = [here.get(told["key"], told) for told in version.files]
        return questions.answers_in_words(application.call, version.answers, files)
    answers = {one.section: one.answers for one in application.sections.all()}
    return questions.answers_in_words(application.call, answers, application.sound_files)
