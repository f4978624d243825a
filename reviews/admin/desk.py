"""A juror's own pages: the desk, the question of conflict, reading and scoring side by side.

Each page starts from the user's own assignment, so a number that is not on the desk, or no longer,
answers as one that does not exist.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.models.application import Refused
from reviews import desks, reading, scoresheet, scoring
from reviews.forms import DeclarationForm, ReviewForm
from reviews.models import Assignment, Review

FRAMES_OF_OUR_OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def page(request: HttpRequest, template: str, title: str, **context) -> TemplateResponse:
    """Render one of the jury's pages within the admin's frame."""
    shared = admin.site.each_context(request)
    facts = {**shared, "title": title, "at": request.arrived_at, **context}
    return TemplateResponse(request, f"admin/reviews/{template}.html", facts)


def on_desk(request: HttpRequest, number: str) -> Assignment:
    """Return the user's own assignment of application `number`, or raise Http404."""
    found = Assignment.objects.of_juror(request.user).filter(
        application__number=number, application__status="submitted"
    )
    if assignment := found.for_reading().first():
        return assignment
    raise Http404


def readable(request: HttpRequest, number: str) -> Assignment:
    """Return the assignment once “no conflict” is declared; Http404 before."""
    assignment = on_desk(request, number)
    if assignment.conflict is None:
        raise Http404
    return assignment


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    desk = desks.desk_of(request.user)
    rate = desk.a_day(request.arrived_at)
    return page(request, "queue", _("My applications"), desk=desk, call=desk.call, day_rate=rate)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    return page(request, "keys", _("Keys"))


@require_GET
def how(request: HttpRequest) -> HttpResponse:
    return page(request, "how", _("How reviewing works"))


@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, number: str) -> HttpResponse:
    assignment = on_desk(request, number)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return declare(request, assignment, form.cleaned_data)
    context = {
        "assignment": assignment,
        "application": assignment.application,
        "form": form,
        "names": reading.who_stands_behind(assignment.application),
        "left": max(0, desks.queue(request.user, assignment.application.call).count() - 1),
        "has_declared": assignment.conflict is not None,
    }
    return page(request, "conflict", _("May you judge this application?"), **context)


def declare(request: HttpRequest, assignment: Assignment, told: dict) -> HttpResponse:
    number = assignment.application.number
    scoring.declare(
        assignment,
        conflict=told["conflict"],
        kinds=told["kinds"],
        reason=told["reason"],
        at=request.arrived_at,
    )
    if not told["conflict"]:
        return redirect("admin:reviews_reading", number)
    messages.success(
        request,
        _("You have declined %(number)s. It goes to another juror.") % {"number": number},
    )
    return redirect("admin:reviews_queue")


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, number: str) -> HttpResponse:
    assignment = on_desk(request, number)
    if assignment.conflict is None:
        return redirect("admin:reviews_conflict", number)
    if request.method == "POST":
        return save(request, assignment)
    return show(request, assignment, desks.review_of(assignment), request.GET.get("open", ""))


def show(
    request: HttpRequest, assignment: Assignment, own: Review | None, opened: str = "", **context
) -> HttpResponse:
    """Render the application with the score form beside it."""
    text = reading.read(assignment.application)
    criteria = scoresheet.criteria_of(assignment.application.call)
    context |= {
        "assignment": assignment,
        "application": assignment.application,
        "call": assignment.application.call,
        "text": text,
        "sheet": scoresheet.sheet_of(criteria, own, text.parts, opened=opened),
        "sections_of_criteria": {p.key: numbers_of(criteria, p.key) for p in text.parts},
        "neighbours": desks.neighbours(assignment),
    }
    response = page(request, "review", assignment.application.number, **context)
    response.headers["Content-Security-Policy"] = FRAMES_OF_OUR_OWN
    return response


def numbers_of(criteria, section: str) -> str:
    return ", ".join(str(c.position) for c in criteria if section in c.sections)


def save(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Save the form as it stands; answers a script with JSON and a person with a page."""
    criteria = scoresheet.criteria_of(assignment.application.call)
    form = ReviewForm(criteria, request.POST)
    if not form.is_valid():
        return unreadable(request, assignment)
    try:
        saved = scoring.save_review(
            assignment,
            entries=form.entries(),
            revision=form.cleaned_data["revision"],
            page=form.writer(),
            at=request.arrived_at,
            **form.notes(),
        )
    except scoring.OlderReview as older:
        return answer_clash(request, assignment, criteria, form, older.current)
    except Refused:
        return refused(request, assignment)
    if wants_json(request):
        return JsonResponse(state_of(request, assignment, criteria, saved))
    return onward(request, assignment.application.number)


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def onward(request: HttpRequest, number: str) -> HttpResponse:
    """Go where the pressed button leads."""
    if "hand_in" in request.POST:
        return redirect("admin:reviews_hand_in", number)
    if other := request.POST.get("go", ""):
        return redirect("admin:reviews_reading", other)
    opened = request.POST.get("open", "")
    response = redirect("admin:reviews_reading", number)
    if opened.isalnum():
        response["Location"] += f"?open={opened}#score"
    else:
        messages.success(request, _("The draft is saved. Only you can see it."))
    return response


def refused(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Answer a save that came too late: handed in elsewhere, or taken off the desk."""
    if wants_json(request):
        return JsonResponse({"locked": True}, status=423)
    return redirect("admin:reviews_reading", assignment.application.number)


def unreadable(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"too_long": True}, status=422)
    messages.error(request, _("A comment is longer than 5,000 characters; nothing was saved."))
    return show(request, assignment, desks.review_of(assignment))


def state_of(request: HttpRequest, assignment: Assignment, criteria, saved: Review) -> dict:
    """Return what the page's script puts in place after a save."""
    sheet = scoresheet.sheet_of(criteria, saved, [])
    context = {"sheet": sheet, "call": assignment.application.call}
    return {
        "revision": saved.revision,
        "judged": sheet.judged,
        "saved": render_to_string("admin/reviews/saved.html", context, request).strip(),
        "sum": render_to_string("admin/reviews/sum.html", context, request).strip(),
        "left": render_to_string("admin/reviews/left.html", context, request).strip(),
    }


def answer_clash(
    request: HttpRequest, assignment: Assignment, criteria, form: ReviewForm, current: Review
) -> HttpResponse:
    """Show both values of each field that differs; nothing has been written."""
    rows = scoresheet.sheet_of(criteria, current, []).rows
    context = {
        "differences": scoresheet.differences(
            rows, (form.entries(), form.notes()), scoring.said(current)
        ),
        "current": current,
        "application": assignment.application,
        "call": assignment.application.call,
    }
    if wants_json(request):
        html = render_to_string("admin/reviews/clash.html", context, request)
        return JsonResponse({"clash": html}, status=409)
    current.assignment = assignment
    response = show(request, assignment, current, **context)
    response.status_code = 409
    return response


@require_POST
def clash(request: HttpRequest, number: str) -> HttpResponse:
    """Save what was picked, field by field, over what lies there now."""
    assignment = readable(request, number)
    criteria = scoresheet.criteria_of(assignment.application.call)
    current = Review.objects.filter(assignment=assignment).first()
    form = ReviewForm(criteria, picked(request, criteria, current))
    if not form.is_valid():
        return unreadable(request, assignment)
    try:
        scoring.save_review(
            assignment,
            entries=form.entries(),
            revision=form.cleaned_data["revision"],
            page=form.writer(),
            at=request.arrived_at,
            **form.notes(),
        )
    except scoring.OlderReview as older:
        return answer_clash(request, assignment, criteria, form, older.current)
    except Refused:
        return refused(request, assignment)
    return redirect("admin:reviews_reading", number)


def picked(request: HttpRequest, criteria, current: Review | None) -> dict:
    """Return the saved review as the form would send it, with the fields picked “here” changed."""
    data = {"revision": request.POST.get("revision", "0")}
    if current is not None:
        entries, notes = scoring.said(current)
        for key, entry in entries.items():
            data[scoresheet.points_name(key)] = scoresheet.value_of(entry)
            data[scoresheet.why_name(key)] = entry.comment
        data |= notes
    known = set(ReviewForm(criteria).fields) - {"revision", "page", "step"}
    for name in known:
        if request.POST.get(f"pick_{name}") == "here":
            data[name] = request.POST.get(f"here_{name}", "")
    return data


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, number: str) -> HttpResponse:
    assignment = readable(request, number)
    own = desks.review_of(assignment)
    if own is None or own.submitted_at is not None:
        return redirect("admin:reviews_reading", number)
    criteria = scoresheet.criteria_of(assignment.application.call)
    sheet = scoresheet.sheet_of(criteria, own, [])
    following = desks.next_after(assignment)
    if request.method == "POST":
        return submit(request, own, number, following)
    context = {"sheet": sheet, "application": assignment.application, "following": following}
    return page(request, "hand_in", _("Hand in the review"), **context)


def submit(request: HttpRequest, own: Review, number: str, following: str) -> HttpResponse:
    try:
        scoring.submit_review(own, at=request.arrived_at)
    except Refused:
        messages.error(request, _("Something is still missing: nothing was handed in."))
        return redirect("admin:reviews_reading", number)
    onward = following if "next" in request.POST and following else number
    if onward != number:
        messages.success(request, _("%(number)s is handed in.") % {"number": number})
    return redirect("admin:reviews_reading", onward)
