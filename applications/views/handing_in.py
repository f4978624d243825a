"""Check the answers, submit, be told that it was received; withdraw, and come back."""

from typing import NamedTuple

from django.db import Error
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from applications import access, attempts, pressing, questions, receipts, submitting
from applications.models import Application, PrivateLink, Version
from applications.models.application import Refused
from applications.views import desk, errors
from applications.views.patience import is_passing, patiently


class Gap(NamedTuple):
    """A line of the summary: a point to put right, or a whole section to begin (`problem` None)."""

    section: questions.Section
    problem: questions.Problem | None


@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    return check_page(request, desk.link_to(request, number))


def check_page(request: HttpRequest, link: PrivateLink, status=200, **more) -> HttpResponse:
    application = link.application
    prefetch_related_objects([application], "sections", "attachments")
    context = {
        "told": desk.in_words(application),
        "gaps": gaps_of(application),
        "seen": submitting.fingerprint(application),
        "unsent": application.submitted_at is None or application.has_unsent_changes(),
        **more,
    }
    return desk.page(request, "check", link, status, **context)


def gaps_of(application: Application) -> list[Gap]:
    """Return what is to be put right: each point, but one line for a section not begun."""
    found = []
    for marked in questions.mark(application):
        if marked.state == questions.State.NOT_STARTED and marked.problems:
            found.append(Gap(marked.section, None))
        else:
            found += [Gap(marked.section, problem) for problem in marked.problems]
    return found


@desk.pressed_on("check")
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in what was checked; where the database stays away, keep the press until it is back."""
    try:
        return hand_in(request, number)
    except Error as error:
        if not is_passing(error):
            raise
        if not (nonces := access.remembered(request)):
            raise
        seen, at = request.POST.get("seen", ""), request.arrived_at
        noted = pressing.keep(number, nonces, seen=seen, at=at)
        told = {"noted": noted, "number": number} if noted else {"again": errors.typed(request)}
        return errors.away(request, pressed=True, **told)


@patiently
def hand_in(request: HttpRequest, number: str) -> HttpResponse:
    """Submit. A request that came too late says plainly that it was refused."""
    link, at = desk.link_to(request, number, to_edit=True), request.arrived_at
    if pressing.hand_in_kept(at=at, number=number):
        return redirect("applications:received", number)
    try:
        submitting.submit(link.application, at=at, seen=request.POST.get("seen", ""))
    except Refused as refused:
        attempts.note(link.application, at=at, refused=refused, link=link)
        return refuse(request, link, refused)
    return redirect("applications:received", number)


def refuse(
    request: HttpRequest, link: PrivateLink, refused: Refused, *, withdrawing: bool = False
) -> HttpResponse:
    link.application.refresh_from_db()
    if refused.code == "incomplete":
        return check_page(request, link, status=422)
    if refused.code == "changed":
        return check_page(request, link, status=409, changed=True)
    late = {"refused": refused.code, "arrived": request.arrived_at, "withdrawing": withdrawing}
    return desk.page(request, "late", link, 409, **late)


@require_safe
def received(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm: number, exact time, what comes next. Works as long as the application stands."""
    link = desk.link_to(request, number)
    version = link.application.versions.first()
    if version is None:
        return redirect("applications:tasks", number)
    return desk.page(request, "received", link, version=version)


def version_of(link: PrivateLink, number: int) -> Version:
    return get_object_or_404(link.application.versions, number=number)


@require_safe
def version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """Show what was handed in then."""
    link = desk.link_to(request, number)
    found = version_of(link, version)
    told = desk.in_words(link.application, found)
    return desk.page(request, "version", link, version=found, told=told)


@require_safe
def receipt(request: HttpRequest, number: str, version: int) -> HttpResponse:
    link = desk.link_to(request, number)
    found = version_of(link, version)
    return pdf(receipts.receipt(link.application, found), f"{number}-{version}")


@require_safe
def draft(request: HttpRequest, number: str) -> HttpResponse:
    link = desk.link_to(request, number)
    return pdf(receipts.draft(link.application, at=request.arrived_at), f"{number}-draft")


def pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@desk.pressed_on("status", "#back")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    link = desk.link_to(request, number, to_edit=True)
    if link.application.submitted_at is None:
        raise Http404
    try:
        submitting.withdraw(link.application, at=request.arrived_at)
    except Refused as refused:
        return refuse(request, link, refused, withdrawing=True)
    return redirect("applications:status", number)
