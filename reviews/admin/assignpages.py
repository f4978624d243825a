"""Assigning: a plan previewed before it is applied, and one application by hand."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.models import Application, Call
from applications.models.application import Refused
from reviews import assigning, suspicions
from reviews.admin.desk import page
from reviews.admin.progresspage import MAY_ACT, require
from reviews.admin.rankingpage import call_by
from reviews.forms import AssignForm, PlanForm, ReasonForm
from reviews.models import Assignment
from reviews.planning import Plan


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview a plan (GET with a seed), or apply just the one that was previewed (POST)."""
    require(request, MAY_ACT)
    call = call_by(request, slug)
    given = (
        request.POST if request.method == "POST" else request.GET if "seed" in request.GET else None
    )
    form = PlanForm(call, request.arrived_at, given)
    if request.method == "POST" and form.is_valid():
        return carry_out(request, call, form)
    plan = None
    if form.is_bound and form.is_valid():
        plan = assigning.plan_for(call, seed=form.cleaned_data["seed"])
    return show_plan(request, call, form, plan)


def carry_out(request: HttpRequest, call: Call, form: PlanForm) -> HttpResponse:
    try:
        made = assigning.apply(
            call,
            seed=form.cleaned_data["seed"],
            due_at=form.cleaned_data["due_at"],
            fingerprint=request.POST.get("fingerprint", ""),
            by=request.user,
            at=request.arrived_at,
        )
    except assigning.OtherPlan as other:
        messages.warning(
            request,
            _("Something has changed since the preview, so nothing was assigned. Look again."),
        )
        return show_plan(request, call, form, other.plan)
    words = ngettext(
        "%(count)s assignment was made; the jurors are being told.",
        "%(count)s assignments were made; the jurors are being told.",
        len(made),
    )
    messages.success(request, words % {"count": len(made)})
    return redirect("admin:reviews_progress_of", call.slug)


def show_plan(request: HttpRequest, call: Call, form: PlanForm, plan: Plan | None) -> HttpResponse:
    standings = assigning.standings(call)
    jurors = list(assigning.jurors_of(call))
    applications = {s.application.number: s.application for s in standings}
    context = {
        "call": call,
        "form": form,
        "plan": plan,
        "jurors": [
            {"juror": j, "load": j.load, "after": plan.loads.get(j.pk) if plan else None}
            for j in jurors
        ],
        "lacking": sum(s.lacking for s in standings),
        "thirds": sum(s.needs_a_third for s in standings),
        "pairs": pairs_of(plan, applications, jurors) if plan else [],
        "short": [(applications[n], count) for n, count in sorted(plan.short.items())]
        if plan
        else [],
        "all_from_home": [applications[n] for n in plan.all_from_home] if plan else [],
        "suspected": suspected(call, jurors),
    }
    return page(request, "assign", _("Assign applications to jurors"), **context)


def pairs_of(plan: Plan, applications: dict, jurors: list) -> list[tuple]:
    """Return each application of the plan with the names of who would get it."""
    names = {juror.pk: juror.get_full_name() or juror.username for juror in jurors}
    by_number = defaultdict(list)
    for number, key in plan.pairs:
        by_number[number].append(names[key])
    return [(applications[number], sorted(who)) for number, who in sorted(by_number.items())]


def suspected(call: Call, jurors) -> list[suspicions.Suspicion]:
    """Return the ties between this jury and what is to be reviewed."""
    applications = assigning.to_be_reviewed(call).prefetch_related("versions").order_by("number")
    return suspicions.suspect(applications, jurors)


@require_http_methods(["GET", "POST"])
def desks(request: HttpRequest, number: str) -> HttpResponse:
    """Show on whose desks one application lies, and put it on another by hand."""
    require(request, MAY_ACT)
    application = one_application(request, number)
    call = application.call
    people = assigning.jurors_of(call)
    form = AssignForm(
        call, request.arrived_at, people, request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        return put(request, application, form)
    assignments = application.assignments.select_related("juror", "review").order_by("pk")
    context = {
        "application": application,
        "call": call,
        "form": form,
        "assignments": assignments,
        "candidates": candidates(application, people, assignments),
    }
    return page(request, "desks", _("On whose desks"), **context)


def one_application(request: HttpRequest, number: str) -> Application:
    """Return the application unless the user has declared a conflict in it."""
    application = get_object_or_404(
        Application.objects.with_outlet().prefetch_related("versions"), number=number
    )
    conflicts = Assignment.objects.filter(application=application, juror=request.user)
    if conflicts.filter(conflict=True).exists():
        raise Http404
    return application


def candidates(application: Application, people, assignments) -> list[dict]:
    """Return who could read it, the least loaded first, with what speaks against each."""
    taken = {one.juror_id for one in assignments if one.withdrawn_at is None or one.conflict}
    ties = {s.juror.pk: s.kind.label for s in suspicions.suspect([application], people)}
    found = [
        {
            "juror": juror,
            "reads": application.language in juror.juror.languages,
            "suspicion": ties.get(juror.pk, ""),
            "is_compatriot": juror.juror.home_country == application.outlet.country,
        }
        for juror in people
        if juror.pk not in taken
    ]
    return sorted(found, key=lambda c: (not c["reads"], bool(c["suspicion"]), c["juror"].load))


def put(request: HttpRequest, application: Application, form: AssignForm) -> HttpResponse:
    try:
        assigning.assign(
            application,
            form.cleaned_data["juror"],
            due_at=form.cleaned_data["due_at"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.arrived_at,
        )
    except Refused as refused:
        messages.error(request, why_not(refused.code))
    else:
        messages.success(request, _("Assigned; the juror is being told."))
    return redirect("admin:reviews_desks", application.number)


def why_not(code: str) -> str:
    return {
        "conflict": _("This juror has declared a conflict of interest."),
        "assigned": _("It lies on this desk already."),
        "not_submitted": _("Only submitted, eligible applications are assigned."),
        "reason_needed": _("Give a reason: it stays in the trail."),
    }[code]


@require_POST
def take_off(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take the application off one desk, or take a mistaken conflict back."""
    require(request, MAY_ACT)
    application = one_application(request, number)
    assignment = get_object_or_404(application.assignments, pk=pk)
    form = ReasonForm(request.POST)
    verb = assigning.withdraw if not assignment.conflict else assigning.lift_conflict
    if not form.is_valid():
        messages.error(request, why_not("reason_needed"))
    elif verb(
        assignment, by=request.user, reason=form.cleaned_data["reason"], at=request.arrived_at
    ):
        messages.success(request, _("Done, and in the trail."))
    return redirect("admin:reviews_desks", number)
