"""How the reviewing goes: late ones first, a reminder in one click, a desk handed on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.models import Call
from applications.models.application import Refused
from applications.seasons import calls_at_hand
from reviews import assigning, reminding
from reviews.admin.desk import page
from reviews.admin.rankingpage import call_by, chosen_call
from reviews.forms import ReasonForm
from reviews.models import Assignment
from reviews.progress import progress_of

ON_A_PAGE = 50
MAY_ACT = "reviews.change_assignment"


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


@require_GET
def chosen(request: HttpRequest) -> HttpResponse:
    return chosen_call(request, "reviews_progress_of")


@require_GET
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, "reviews.view_all_reviews")
    call = call_by(request, slug)
    found = progress_of(call, request.user, at=request.arrived_at)
    context = {
        "call": call,
        "calls": calls_at_hand(request),
        "progress": found,
        "lacking": Paginator(found.lacking, ON_A_PAGE).get_page(request.GET.get("p")),
        "may_act": request.user.has_perm(MAY_ACT),
    }
    return page(request, "progress", _("Reviewing"), **context)


@require_POST
def remind(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Queue a reminder to one juror; a second one on the same day is not made."""
    require(request, MAY_ACT)
    call, juror = call_by(request, slug), get_object_or_404(User, pk=pk, juror__isnull=False)
    name = {"name": juror.get_full_name() or juror.username}
    try:
        reminding.remind(juror, call, by=request.user, at=request.arrived_at)
    except Refused as refused:
        messages.warning(request, refusal(refused.code) % name)
    else:
        messages.success(
            request,
            _("The reminder to %(name)s is in the outbox. The next one can go tomorrow.") % name,
        )
    return redirect("admin:reviews_progress_of", slug)


def refusal(code: str) -> str:
    return {
        "reminded_today": _("%(name)s was reminded today already."),
        "nothing_left": _("%(name)s has handed in everything."),
    }[code]


@require_http_methods(["GET", "POST"])
def drop_out(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take what a juror has not handed in off the desk, and lead on to the plan for it."""
    require(request, MAY_ACT)
    call, juror = call_by(request, slug), get_object_or_404(User, pk=pk)
    left = unfinished(call, juror)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        taken = assigning.drop_out(
            juror, call, by=request.user, reason=reason, at=request.arrived_at
        )
        messages.success(request, taken_in_words(len(taken)))
        return redirect("admin:reviews_assign_of", slug)
    context = {"call": call, "juror": juror, "left": left, "form": form}
    return page(request, "drop_out", _("Hand a desk on"), **context)


def unfinished(call: Call, juror: User):
    waiting = Assignment.objects.of_call(call).of_juror(juror).unfinished()
    return waiting.for_reading()


def taken_in_words(count: int) -> str:
    return ngettext(
        "%(count)s application was taken off the desk. Give it to others here.",
        "%(count)s applications were taken off the desk. Give them to others here.",
        count,
    ) % {"count": count}
