"""A juror's score sheet: download it, fill it in offline, upload it, look, keep it as drafts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.exports import note_taken
from applications.models import Call
from reviews import desks, sheetbook, sheets
from reviews.admin.desk import page
from reviews.admin.rankingpage import call_by
from reviews.models import Assignment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNUSABLE = {
    "large": gettext_lazy("This file is too large for a score sheet."),
    "broken": gettext_lazy("This file can’t be read. Save it as XLSX and upload it again."),
    "foreign": gettext_lazy("This isn’t a score sheet of the portal: its headings are missing."),
    "other_call": gettext_lazy("This sheet is from another call."),
}


def call_on_desk(request: HttpRequest) -> Call:
    """Return the call the user judges in; Http404 for somebody with nothing on their desk."""
    call = desks.current_call(request.user)
    if call is None:
        raise Http404
    return call


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the two ways; POST shows what an uploaded sheet would change."""
    call = call_on_desk(request)
    if request.method == "POST":
        return preview(request, call)
    return show(request, call)


def show(request: HttpRequest, call: Call, error: str = "") -> HttpResponse:
    lying = desks.queue(request.user, call)
    context = {
        "call": call,
        "count": len(sheets.waiting(request.user, call)),
        "undeclared": lying.filter(conflict=None).count(),
        "error": error,
    }
    response = page(request, "sheet", _("Score sheet"), **context)
    response.status_code = 422 if error else 200
    return response


def preview(request: HttpRequest, call: Call) -> HttpResponse:
    upload = request.FILES.get("sheet")
    if upload is None:
        return show(request, call, _("Choose a file first."))
    try:
        proposals = sheets.compare(upload, user=request.user, call=call)
        sealed = sheets.seal(proposals, user=request.user, call=call)
    except sheets.Unusable as error:
        return show(request, call, UNUSABLE[str(error)])
    context = {
        "call": call,
        "changing": [one for one in proposals if not one.wrong],
        "wrong": [one for one in proposals if one.wrong],
        "sealed": sealed,
        "name": upload.name,
    }
    return page(request, "sheet_preview", _("What the sheet changes"), **context)


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    call = call_on_desk(request)
    rows = sheets.unseal(request.POST.get("sealed", ""), user=request.user, call=call)
    if not rows:
        messages.error(request, _("There is nothing to keep: upload the sheet again."))
        return redirect("admin:reviews_sheet")
    outcome = sheets.apply(
        rows,
        user=request.user,
        call=call,
        over=request.POST.getlist("over"),
        at=request.arrived_at,
    )
    tell(request, outcome)
    return redirect("admin:reviews_queue")


def tell(request: HttpRequest, outcome: sheets.Outcome) -> None:
    if outcome.saved:
        words = ngettext(
            "%(count)s draft was kept from the sheet: %(numbers)s. Nothing is handed in yet.",
            "%(count)s drafts were kept from the sheet: %(numbers)s. Nothing is handed in yet.",
            len(outcome.saved),
        )
        told = {"count": len(outcome.saved), "numbers": ", ".join(outcome.saved)}
        messages.success(request, words % told)
    if outcome.left:
        words = _("Left as they were: %(numbers)s.") % {"numbers": ", ".join(outcome.left)}
        messages.warning(request, words)


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand a juror their own sheet, with what they have written so far."""
    call = call_on_desk(request)
    return hand_over(request, call, sheets.waiting(request.user, call), own=True)


@require_POST
def download_for(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Hand an officer an empty sheet for a juror: drafts are their author's alone."""
    if not request.user.has_perm("reviews.view_all_reviews"):
        raise PermissionDenied
    call = call_by(request, slug)
    juror = get_object_or_404(get_user_model(), pk=pk)
    closed = Assignment.objects.of_call(call).filter(juror=request.user, conflict=True)
    hidden = set(closed.values_list("application", flat=True))
    rows = [one for one in sheets.waiting(juror, call) if one.application_id not in hidden]
    if not rows:
        messages.warning(request, _("Nothing waits on this juror’s desk."))
        return redirect("admin:reviews_takeaway_of", call.slug)
    return hand_over(request, call, rows, own=False)


def hand_over(request: HttpRequest, call: Call, rows: list[Assignment], *, own: bool):
    juror = request.user if own else rows[0].juror
    told = {"by": request.user, "at": request.arrived_at, "juror": juror.get_username()}
    file = sheetbook.workbook(rows, call, with_drafts=own)
    note_taken("sheet", call, kind="xlsx", **told)
    name = f"scores-{call.slug}-{slugify(juror.get_username())}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
