"""The answer to an offered place: one press confirms, giving up is asked twice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from applications import answering, standing
from applications.forms import DeclineForm
from applications.models import Application, Result
from applications.models.application import Refused
from applications.views import desk
from applications.views.status import done


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Take the offered place at once; show what giving it up means before it is given up."""
    link = desk.link_to(request, number, to_edit=True)
    application, at = link.application, request.arrived_at
    if application.result not in (Result.SELECTED, Result.RESERVE) or is_over(request, application):
        return redirect("applications:status", number)
    form = DeclineForm(request.POST or None)
    said = request.POST.get("answer")
    try:
        if said == "confirm":
            answering.confirm(application, at=at)
            return redirect(done(number, "answered"))
        if said == "decline" and form.is_valid():
            answering.decline(application, at=at, reason=form.cleaned_data["reason"])
            return redirect(done(number, "answered"))
    except Refused as refused:
        return redirect(done(number, f"refused-{refused.code}"))
    return desk.page(request, "decline", link, form=form, offer=standing.offer_of(application, at))


def is_over(request: HttpRequest, application: Application) -> bool:
    """Whether there is nothing left to ask whoever only comes by; a press gets its own answer."""
    return request.method != "POST" and bool(application.declined_at or application.released_at)
