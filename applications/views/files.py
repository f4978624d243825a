"""Files: attached one by one by draft.js, or together with the form where there is no script."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import access, attaching, knocking, questions
from applications.forms import kinds_offered
from applications.models import Attachment, PrivateLink
from applications.models.application import Refused
from applications.questions import BY_KEY
from applications.views import desk
from applications.views.writing import wants_json

FILES = BY_KEY["files"]


class Turned(NamedTuple):
    """A file that was turned away: at which question, why, and whether it may be sent `again`."""

    key: str
    words: str
    again: bool


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is attached; take in what is sent; lead on when nothing was wrong with it."""
    link = desk.link_to(request, number, to_edit=request.method == "POST")
    asked = kinds_offered(FILES, link.application.call, link.application.outlet.country)
    if not asked:
        raise Http404
    if request.method != "POST":
        return files_page(request, link, asked, [])
    taken, errors = take_in(request, link, asked)
    if wants_json(request):
        return answer_to_script(link, taken, errors)
    if errors:
        return files_page(request, link, asked, errors, status=422)
    return onward(request, link)


def files_page(request, link: PrivateLink, asked, errors, status=200) -> HttpResponse:
    """Draw the section: the files of each question, a place for another, and the errors."""
    present = link.application.files
    sections = questions.sections_of(link.application.call, link.application.outlet.country)
    keys = [one.key for one in sections]
    rows = [
        {
            "question": one,
            "files": [file for file in present if file.kind == one.kind],
            "errors": [error.words for error in errors if error.key == one.key],
            "required": one.is_required(questions.Setting(link.application.call)),
        }
        for one in asked
    ]
    place = {"section": FILES, "number": keys.index("files") + 1, "of": len(keys)}
    more = {"rows": rows, "errors": errors, "late": "late" in request.GET}
    more["room"] = room_in_words(link.application.attachments.all())
    return desk.page(request, "files", link, status, **place, **more)


def take_in(request: HttpRequest, link: PrivateLink, asked) -> tuple[list[Attachment], list]:
    """Attach all that was sent and take away what was asked; return files taken and errors.

    The file that another is sent `instead` of goes only where that other was taken in.
    """
    taken, errors, at = [], [], request.arrived_at
    if (key := request.POST.get("drop")) and is_uuid(key):
        attaching.remove(link.application, key, at=at)
    for question in asked:
        for upload in request.FILES.getlist(question.key):
            try:
                taken.append(take_one_in(request, link, upload, question.kind))
            except attaching.Unfit as unfit:
                errors.append(Turned(question.key, in_words(unfit), unfit.is_passing))
    if (key := request.POST.get("instead")) and is_uuid(key) and taken and not errors:
        attaching.remove(link.application, key, at=at)
    return taken, errors


def take_one_in(request: HttpRequest, link: PrivateLink, upload, kind: str) -> Attachment:
    """Attach one file, unless too many came today from this application or network."""
    at, network = request.arrived_at, knocking.network_of(request)
    name = getattr(upload, "whole_name", upload.name)
    try:
        knocking.knock(knocking.UPLOAD, email=link.application.number, network=network, at=at)
    except knocking.TooOften as error:
        raise attaching.Unfit("too_often", attaching.tidy_name(name)) from error
    try:
        return attaching.attach(link.application, upload, kind=kind, name=name, at=at)
    except Refused:
        raise Http404 from None


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def in_words(unfit: attaching.Unfit) -> str:
    """Return what is wrong with a file, naming it."""
    words = {
        "empty": _("“%(name)s” is empty. Check the file and attach it again"),
        "too_large": _("“%(name)s” is larger than %(most)s. Make it smaller or attach a part"),
        "wrong_type": _("“%(name)s” is not a PDF, DOCX, ODT, JPG or PNG, or it is damaged"),
        "infected": _(
            "“%(name)s” carries a virus, so it was not taken. Check your computer, then attach a "
            "clean copy"
        ),
        "too_many": _("“%(name)s” doesn’t fit: %(files)s files are attached already"),
        "too_often": _(
            "“%(name)s” was not taken: too many files came from here in a day. Try again "
            "tomorrow or write to us; all that is attached stays"
        ),
        "unstored": _(
            "“%(name)s” could not be stored: the trouble is on our side. What you wrote is safe; "
            "try again in a few minutes"
        ),
        "no_room": _(
            "“%(name)s” doesn’t fit: %(used)s of %(all)s are taken up, files of submitted "
            "versions among them"
        ),
    }
    return words[unfit.code] % {
        "name": unfit.name,
        "most": filesizeformat(attaching.MOST_BYTES),
        "files": attaching.MOST_FILES,
        "used": filesizeformat(unfit.used.size if unfit.used else 0),
        "all": filesizeformat(attaching.MOST_BYTES_IN_ALL),
    }


def room_in_words(attachments: Iterable[Attachment]) -> str:
    """Return how much of its room an application takes up."""
    used = attaching.used_by(attachments)
    return _("Attached: %(files)s of %(most)s files, %(size)s of %(all)s") % {
        "files": used.files,
        "most": attaching.MOST_FILES,
        "size": filesizeformat(used.size),
        "all": filesizeformat(attaching.MOST_BYTES_IN_ALL),
    }


def answer_to_script(link: PrivateLink, taken, errors) -> JsonResponse:
    """Return each file taken as the piece of the page that shows it, or the first error."""
    if errors:
        return JsonResponse({"error": errors[0].words, "again": errors[0].again}, status=422)
    facts = {"application": link.application, "call": link.application.call, "may_edit": True}
    items = [render_to_string("applying/file.html", {**facts, "file": one}) for one in taken]
    now = Attachment.objects.filter(application=link.application)
    return JsonResponse({"items": items, "room": room_in_words(now)})


def onward(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Lead to the next section; stay where a file was only added or taken away."""
    number = link.application.number
    if not link.application.is_open(request.arrived_at):
        return redirect(f"{request.path}?late")
    if "later" in request.POST:
        return redirect("applications:tasks", number)
    if "onward" not in request.POST:
        return redirect(request.path)
    sections = questions.sections_of(link.application.call, link.application.outlet.country)
    keys = [one.key for one in sections]
    following = keys[keys.index("files") + 1 :]
    if not following:
        return redirect("applications:tasks", number)
    return redirect("applications:section", number, following[0])


@require_safe
def download(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """Hand a file out to whoever holds a link to its application."""
    link = desk.link_to(request, number)
    found = link.application.attachments.filter(key=key).first()
    if found is None:
        raise Http404
    return access.hand_over(found, to_save=True)
