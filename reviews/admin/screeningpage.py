"""Eligibility before review: what is unchecked first, one checklist per application."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.models import Application
from applications.models.application import Refused
from applications.seasons import calls_at_hand
from reviews import screening
from reviews.admin.assignpages import one_application
from reviews.admin.desk import page
from reviews.admin.progresspage import require
from reviews.admin.rankingpage import call_by
from reviews.forms import ScreeningForm
from reviews.models import Outcome, Screening

ON_A_PAGE = 50
UNCHECKED = "unchecked"
MAY_SCREEN = "reviews.add_screening"


@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """List the call's submitted applications by the result of their check."""
    require(request, "reviews.view_screening")
    call = call_by(request, slug)
    everything = screening.with_current(call)
    shown = request.GET.get("only", UNCHECKED)
    if shown not in (UNCHECKED, "all", *Outcome.values):
        shown = UNCHECKED
    context = {
        "call": call,
        "calls": calls_at_hand(request),
        "shown": shown,
        "tabs": tabs(everything),
        "rows": Paginator(kept(everything, shown), ON_A_PAGE).get_page(request.GET.get("p")),
    }
    return page(request, "screening", _("Eligibility"), **context)


def kept(everything, shown: str):
    if shown == "all":
        return everything
    return (
        screening.unchecked(everything)
        if shown == UNCHECKED
        else screening.found(everything, shown)
    )


def tabs(everything) -> list[dict]:
    """Return the results with how many applications each has."""
    labels = {
        UNCHECKED: _("not checked"),
        Outcome.UNSURE: _("a second opinion is needed"),
        Outcome.ELIGIBLE: _("eligible"),
        Outcome.INELIGIBLE: _("not eligible"),
        "all": _("all"),
    }
    counted = dict.fromkeys(labels, 0)
    current = Screening.objects.current().filter(application__in=everything.values("pk"))
    for outcome in current.values_list("outcome", flat=True):
        counted[outcome] += 1
    counted["all"] = everything.count()
    counted[UNCHECKED] = counted["all"] - sum(counted[o] for o in Outcome.values)
    return [{"key": key, "label": label, "count": counted[key]} for key, label in labels.items()]


@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, number: str) -> HttpResponse:
    """Show and take the check of one application."""
    require(request, MAY_SCREEN if request.method == "POST" else "reviews.view_screening")
    application = one_application(request, number)
    form = ScreeningForm(screening.QUESTIONS, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and check(request, application, form):
        return redirect_to_next(application)
    context = {
        "application": application,
        "call": application.call,
        "form": form,
        "questions": questions_of(application, form),
        "history": (history := list(application.screenings.select_related("by"))),
        "current": next((one for one in history if one.is_current), None),
        "may_screen": request.user.has_perm(MAY_SCREEN),
    }
    return page(request, "checklist", _("Eligibility"), **context)


def questions_of(application: Application, form: ScreeningForm) -> list[dict]:
    """Return the questions with what the portal sees and what has been typed."""
    return [
        {
            "name": hint.name,
            "label": Screening._meta.get_field(hint.name).verbose_name,
            "hint": hint,
            "chosen": form.data.get(hint.name) if form.is_bound else None,
        }
        for hint in screening.hints(application)
    ]


def check(request: HttpRequest, application: Application, form: ScreeningForm) -> bool:
    """Record the check; False where it is refused, with the reason on the form."""
    try:
        screening.screen(
            application,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            answers=form.answers(),
            after=form.cleaned_data["after"],
            by=request.user,
            at=request.arrived_at,
        )
    except Refused as refused:
        form.add_error(None, why_not(refused.code))
        return False
    messages.success(request, _("%(number)s is checked.") % {"number": application.number})
    return True


def why_not(code: str) -> str:
    return {
        "reason_needed": _("Say why: the outlet may ask, and the trail keeps it."),
        "answers_contradict": _(
            "The list says “no” somewhere. Say why it is eligible all the same."
        ),
        "checked_meanwhile": _("Somebody has checked it meanwhile. Look below, then record yours."),
        "another_person": _("You asked for a second opinion: another person gives it."),
        "not_submitted": _("Only submitted applications are checked."),
        "announced": _("The result has been announced and stands."),
    }[code]


def redirect_to_next(application: Application) -> HttpResponse:
    """Lead to the next unchecked application of the call, or to the list."""
    waiting = screening.unchecked(screening.with_current(application.call))
    following = waiting.values_list("number", flat=True).first()
    if following:
        return redirect("admin:reviews_checklist", following)
    return redirect("admin:reviews_screening_of", application.call.slug)
