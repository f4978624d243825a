"""Begin an application, open a private link, find a lost one."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import access, drafting, knocking, linking, showing
from applications.folding import fold
from applications.forms import TRAP, LostLinkForm, StartForm
from applications.models import Call, PrivateLink
from applications.models.application import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask three things and begin; a form sent twice begins one application."""
    call = call_to_begin(request, slug)
    form = StartForm(call, request.POST or None)
    mine = [link.application for link in access.links_of(request)]
    mine = [one for one in mine if one.call_id == call.pk]
    if request.method == "POST" and form.is_valid():
        if same := same_outlet(mine, form.cleaned_data["name"]):
            return redirect("applications:tasks", same.number)
        return begin(request, call, form, mine)
    return start_page(request, call, form, mine)


def call_to_begin(request: HttpRequest, slug: str) -> Call:
    """Return a public call: as its pages show it, and read anew to begin under its deadline."""
    if request.method == "POST":
        calls = Call.objects.public().prefetch_related("texts", "countries")
        return get_object_or_404(calls, slug=slug)
    try:
        return showing.call_as_shown(slug=slug, is_public=True)
    except Call.DoesNotExist:
        raise Http404 from None


def same_outlet(mine, name: str):
    """Return what this browser already began for an outlet of that name: two tabs, one form."""
    return next((one for one in mine if fold(one.outlet.name) == fold(name)), None)


def start_page(request, call: Call, form: StartForm, mine, status=200) -> HttpResponse:
    context = {
        "call": call,
        "form": form,
        "mine": mine,
        "trap": TRAP,
        "is_open": call.is_open(request.arrived_at),
    }
    return render(request, "applying/start.html", context, status=status)


def begin(request, call: Call, form: StartForm, mine) -> HttpResponse:
    """Start and lead to the list of sections, or say why not, with everything typed kept."""
    at, given = request.arrived_at, form.cleaned_data
    network = knocking.network_of(request)
    try:
        knocking.knock(knocking.START, email=given["email"], network=network, at=at)
        link = drafting.start(call, **given, language=get_language(), at=at)
    except knocking.TooOften:
        form.add_error(None, _("Too many applications were begun from here. Try in an hour"))
        return start_page(request, call, form, mine, status=429)
    except Refused:
        return start_page(request, call, form, mine, status=409)
    response = redirect("applications:tasks", link.application.number)
    return access.remember(request, response, link)


@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; opening is a POST, because mail scanners follow links."""
    try:
        link = access.link_from(token)
    except access.Erased:
        raise
    except Http404:
        return render(request, "applying/no_link.html", status=404)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(link.application.language)
    if request.method != "POST":
        context = {"application": link.application, "call": link.application.call}
        return render(request, "applying/open_link.html", context)
    return access.remember(request, enter(link), link)


def enter(link: PrivateLink) -> HttpResponse:
    """Lead to where the work goes on: the sections of a draft, or the status page."""
    is_draft = link.application.submitted_at is None
    return redirect(
        "applications:tasks" if is_draft else "applications:status", link.application.number
    )


@require_http_methods(["GET", "HEAD", "POST"])
def my(request: HttpRequest) -> HttpResponse:
    """List what this browser may open, and send a lost link: one answer for any address."""
    form = LostLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and send(request, form):
        return redirect(f"{request.path}?sent")
    applications = {link.application.pk: link.application for link in access.links_of(request)}
    context = {"form": form, "applications": applications.values(), "sent": "sent" in request.GET}
    return render(
        request, "applying/my.html", context, status=429 if form.errors.get("__all__") else 200
    )


def send(request: HttpRequest, form: LostLinkForm) -> bool:
    """Send what there is to send; False, with words in the form, where that was asked too often."""
    email, at = form.cleaned_data["email"], request.arrived_at
    network = knocking.network_of(request)
    try:
        knocking.knock(knocking.LINK, email=email, network=network, at=at)
    except knocking.TooOften:
        form.add_error(None, _("The link was asked for too often. Try again in an hour"))
        return False
    linking.send_lost_links(email, at=at)
    return True
