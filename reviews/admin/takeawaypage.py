"""What officers take away for work on paper and offline: board packs, sheets, the selection."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import access
from applications.exports import note_taken
from applications.models import Call, Country
from reviews import boardpack, boardpaper, rerunning, tallying
from reviews.admin.desk import page
from reviews.admin.rankingpage import call_by, chosen_call
from reviews.models import Assignment


def require_board(request: HttpRequest) -> None:
    """Raise PermissionDenied unless the person reads every review and every answer."""
    user = request.user
    if not (user.has_perm("reviews.view_all_reviews") and access.reads_answers(user)):
        raise PermissionDenied


@require_GET
def of_chosen_call(request: HttpRequest) -> HttpResponse:
    return chosen_call(request, "reviews_takeaway_of")


@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    require_board(request)
    call = call_by(request, slug)
    found = rerunning.selection(call)
    context = {
        "call": call,
        "countries": list(call.countries.all()),
        "jurors": jurors_of(call),
        "is_drafted": found is not None,
        "differences": found.differences if found else [],
        "is_closed": tallying.hidden_from(request.user, call).exists(),
    }
    return page(request, "takeaway", _("On paper and offline"), **context)


def jurors_of(call: Call):
    """Return the jurors who still have something to judge, each with how much."""
    waiting = Assignment.objects.of_call(call).readable().unfinished()
    rows = waiting.order_by().values("juror").annotate(count=Count("pk"))
    counts = dict(rows.values_list("juror", "count"))
    people = get_user_model().objects.filter(pk__in=counts).order_by("last_name", "username")
    return [{"user": one, "count": counts[one.pk]} for one in people]


def pack_by(request: HttpRequest, slug: str, country: str) -> boardpack.Pack:
    """Return the pack an address names; Http404 for a country the call isn't for."""
    require_board(request)
    call = call_by(request, slug)
    if country not in {one.country for one in call.countries.all()}:
        raise Http404
    return boardpack.pack_of(call, request.user, country)


def note(request: HttpRequest, pack: boardpack.Pack, kind: str) -> None:
    told = {"by": request.user, "at": request.arrived_at, "country": pack.country}
    note_taken("pack", pack.call, kind=kind, **told)


@require_http_methods(["GET", "POST"])
def pack(request: HttpRequest, slug: str, country: str) -> HttpResponse:
    """Show the pack as one page to print; like every taking it is a POST."""
    require_board(request)
    if request.method == "GET":
        return redirect("admin:reviews_takeaway_of", slug)
    made = pack_by(request, slug, country)
    note(request, made, "page")
    label = Country(country).label
    context = {"pack": made, "call": made.call, "label": label}
    return page(request, "pack", _("Board pack: %(country)s") % {"country": label}, **context)


@require_POST
def pack_paper(request: HttpRequest, slug: str, country: str) -> HttpResponse:
    made = pack_by(request, slug, country)
    content = boardpaper.paper(made, at=request.arrived_at)
    note(request, made, "pdf")
    return attached(content, f"board-pack-{slug}-{country.lower()}.pdf", "application/pdf")


@require_POST
def selection(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand over the selection; it can't be cut, so a person with a conflict in it gets none."""
    require_board(request)
    call = call_by(request, slug)
    if tallying.hidden_from(request.user, call).exists():
        raise PermissionDenied
    found = rerunning.selection(call)
    if found is None:
        messages.warning(request, _("Draft the decision list first: there is no selection yet."))
        return redirect("admin:reviews_takeaway_of", slug)
    content = rerunning.packed(call, found, at=request.arrived_at)
    note_taken("selection", call, kind="zip", by=request.user, at=request.arrived_at)
    return attached(content, f"selection-{slug}.zip", "application/zip")


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
