"""The deadline as a calendar's file, and the switch for reminders that letters lead to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import ics, reminding
from applications.models import Call


@require_safe
def calendar_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the deadline of a public call to the reader's calendar."""
    call = get_object_or_404(Call.objects.public(), slug=slug)
    name = f"deadline-{call.slug}.ics"
    return HttpResponse(
        ics.deadline_file(call, at=request.arrived_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the reminders about a draft, or start them again: a button, for scanners follow links.

    Who has the letter may do no more than this: the page tells the number and nothing else.
    """
    application = reminding.application_of(token)
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        reminding.want_reminders(application, wanted, at=request.arrived_at)
        return redirect("applications:reminders", token)
    context = {"application": application, "call": application.call}
    return render(request, "public/reminders.html", context)
