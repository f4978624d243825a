"""The page of an application: where it is, what comes next, its history, its links, its address."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import access, copies, history, knocking, linking, outbox, standing
from applications.counting import as_typed
from applications.forms import AddressForm, ColleagueForm
from applications.models import PrivateLink, Status
from applications.views import desk


@require_safe
def status(request: HttpRequest, number: str) -> HttpResponse:
    link, at = desk.link_to(request, number), request.arrived_at
    application = link.application
    context = {
        "history": history.history(application),
        "versions": list(application.versions.values_list("number", flat=True)),
        "contact": outbox.contact_of(application),
        "offer": standing.offer_of(application, at),
        "infected": list(application.attachments.infected()),
        "bounced": standing.mail_bounced(application),
        "private_link": access.url_of(link) if link.is_owner else "",
        "colleagues": application.links.valid().filter(is_owner=False).count(),
        "can_withdraw": application.status == Status.SUBMITTED and application.is_open(at),
        "done": request.GET.get("done", ""),
    }
    return desk.page(request, "status", link, **context)


def owners(request: HttpRequest, number: str) -> PrivateLink:
    """Return the link if it is the applicant's own: only they hand out keys; 403 for the rest."""
    link = desk.link_to(request, number)
    access.require_owner(link)
    return link


@desk.pressed_on("status", "#data")
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the applicant all that is held on them, as one archive."""
    link = owners(request, number)
    network = knocking.network_of(request)
    try:
        knocking.knock(knocking.COPY, email=number, network=network, at=request.arrived_at)
    except knocking.TooOften:
        return redirect(done(number, "often"))
    archive = copies.copy_of(link.application, at=request.arrived_at)
    return FileResponse(archive, as_attachment=True, filename=f"{number}.zip")


@desk.pressed_on("status", "#key")
def replace_link(request: HttpRequest, number: str) -> HttpResponse:
    link = owners(request, number)
    new = linking.replace_link(link.application, at=request.arrived_at)
    response = redirect(f"{done(number, 'replaced')}#key")
    return access.remember(request, response, new)


def done(number: str, what: str) -> str:
    return f"{redirect('applications:status', number).url}?done={what}"


@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest, number: str) -> HttpResponse:
    """List colleagues' links, give another, take one back."""
    link = owners(request, number)
    form = ColleagueForm(request.POST or None) if "back" not in request.POST else ColleagueForm()
    asked = request.method == "POST" and ("back" in request.POST or form.is_valid())
    if asked and changed(request, link, form):
        return redirect(request.path)
    given = link.application.links.valid().filter(is_owner=False)
    rows = [{"link": one, "url": access.url_of(one)} for one in given]
    return desk.page(request, "colleagues", link, form=form, rows=rows)


def changed(request: HttpRequest, link: PrivateLink, form: ColleagueForm) -> bool:
    """Give a link or take one back; False, with words in the form, where too many were given."""
    at = request.arrived_at
    if key := request.POST.get("back"):
        theirs = link.application.links.valid().filter(is_owner=False, nonce=as_typed(key)[:8])
        access.revoke(get_object_or_404(theirs), at=at)
        return True
    given = form.cleaned_data
    if not allowed(request, knocking.COLLEAGUE, link, form):
        return False
    linking.invite(link.application, email=given["email"], right=given["right"], at=at)
    return True


def allowed(request: HttpRequest, door: str, link: PrivateLink, form) -> bool:
    network, number = knocking.network_of(request), link.application.number
    try:
        knocking.knock(door, email=number, network=network, at=request.arrived_at)
    except knocking.TooOften:
        form.add_error(None, _("That was done too often. Try again in an hour"))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, number: str) -> HttpResponse:
    """Name a new contact address; it counts once the old or the new one confirms it."""
    link = owners(request, number)
    form = AddressForm(request.POST or None)
    ready = request.method == "POST" and form.is_valid()
    if ready and allowed(request, knocking.ADDRESS, link, form):
        to, at = form.cleaned_data["email"], request.arrived_at
        linking.ask_to_change_address(link.application, to=to, at=at)
        return redirect(done(number, "asked"))
    return desk.page(request, "address", link, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; the change is a POST, because mail scanners follow links.

    Two letters lead here: whoever opens the other one, or comes again, reads that it is done.
    """
    application, new = linking.change_asked_for(token)
    if request.method == "POST":
        linking.change_address(token, at=request.arrived_at)
        return redirect(request.path)
    changed = application.contact_email == new
    context = {"application": application, "call": application.call, "new": new, "changed": changed}
    return render(request, "applying/confirm_address.html", context)
