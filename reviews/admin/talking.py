"""After handing in: the others' scores, the discussion, a score revised; and files in place."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import access
from applications.models import Application
from applications.models.application import Refused
from reviews import discussing, reading, scoresheet, scoring
from reviews.admin.desk import page, readable
from reviews.forms import ReasonForm, RemarkForm, RevisionForm
from reviews.models import Remark, Review, Score

SAFE_IN_A_FRAME = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


@require_GET
def file(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """Hand over a file of the version that is judged, to a juror who may read it."""
    application = readable(request, number).application
    named = {told["key"] for told in reading.version_of(application).files}
    attachment = get_object_or_404(application.attachments, key=key)
    if str(key) not in named:
        raise Http404
    response = access.hand_over(attachment, to_save="save" in request.GET)
    if attachment.content_type in reading.SHOWN_IN_PLACE:
        response["Content-Security-Policy"] = SAFE_IN_A_FRAME
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def discussed(request: HttpRequest, number: str) -> Application:
    """Return the application if the user may follow its discussion, or raise Http404."""
    application = get_object_or_404(Application.objects.with_outlet(), number=number)
    if not discussing.may_follow(request.user, application):
        raise Http404
    return application


@require_http_methods(["GET", "POST"])
def discussion(request: HttpRequest, number: str) -> HttpResponse:
    application = discussed(request, number)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        scoring.discuss(application, by=request.user, text=text, at=request.arrived_at)
        return redirect("admin:reviews_discussion", number)
    discussing.note_seen(application, by=request.user, at=request.arrived_at)
    criteria = scoresheet.criteria_of(application.call)
    reviews = discussing.opinions(application, request.user, criteria)
    context = {
        "application": application,
        "call": application.call,
        "opinions": reviews,
        "rows": discussing.by_criterion(criteria, reviews),
        "own": next((one for one in reviews if one.is_own), None),
        "remarks": Remark.objects.visible_to(request.user)
        .filter(application=application)
        .select_related("author"),
        "form": form,
        "may_reopen": request.user.has_perm("reviews.reopen_review"),
        "names_are_covered": application.call.blind_review
        and not request.user.has_perm("reviews.view_all_reviews"),
    }
    return page(request, "discussion", _("Scores and discussion"), **context)


@require_POST
def revise(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Change one of the user's own handed-in scores, with a reason."""
    readable(request, number)
    score = get_object_or_404(
        Score.objects.select_related("review"),
        pk=pk,
        review__assignment__juror=request.user,
        review__assignment__application__number=number,
    )
    form = RevisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A revised score needs a reason."))
    else:
        try:
            scoring.revise(
                score,
                points=form.new_points(),
                reason=form.cleaned_data["reason"],
                at=request.arrived_at,
            )
        except Refused:
            messages.error(request, _("This score can’t be revised so."))
    return redirect("admin:reviews_discussion", number)


@require_POST
def reopen(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Give a review back to its author; for officers."""
    if not request.user.has_perm("reviews.reopen_review"):
        raise Http404
    visible = Review.objects.visible_to(request.user).handed_in()
    review = get_object_or_404(visible, pk=pk, assignment__application__number=number)
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        scoring.reopen(review, by=request.user, reason=reason, at=request.arrived_at)
        messages.success(request, _("The review is open again and does not count meanwhile."))
    else:
        messages.error(request, _("Give a reason: it stays in the trail."))
    return redirect("admin:reviews_discussion", number)
