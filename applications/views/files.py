"""Files: attached one by one by draft.js, or together with the form where there is no script."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import access, attaching, questions
from applications.forms import kinds_offered
from applications.models import Attachment, PrivateLink
from applications.questions import BY_KEY
from applications.views import desk
from applications.views.writing import wants_json

FILES = BY_KEY["files"]


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
            "errors": [words for key, words in errors if key == one.key],
            "required": one.is_required(questions.Setting(link.application.call)),
        }
        for one in asked
    ]
    place = {"section": FILES, "number": keys.index("files") + 1, "of": len(keys)}
    more = {"rows": rows, "errors": errors, "late": "late" in request.GET}
    return desk.page(request, "files", link, status, **place, **more)


def take_in(request: HttpRequest, link: PrivateLink, asked) -> tuple[list[Attachment], list]:
    """Attach all that was sent and take away what was asked; return files taken and errors."""
    taken, errors, at = [], [], request.arrived_at
    if (key := request.POST.get("drop")) and is_uuid(key):
        attaching.remove(link.application, key, at=at)
    for question in asked:
        for upload in request.FILES.getlist(question.key):
            name = getattr(upload, "whole_name", upload.name)
            try:
                kept = attaching.attach(
                    link.application, upload, kind=question.kind, name=name, at=at
                )
                taken.append(kept)
            except attaching.Unfit as unfit:
                errors.append((question.key, in_words(unfit)))
    return taken, errors


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
        "too_many": _("“%(name)s” doesn’t fit: %(files)s files are attached already"),
        "unstored": _(
            "“%(name)s” could not be stored: the trouble is on our side. What you wrote is safe; "
            "try again in a few minutes"
        ),
        "no_room": _("“%(name)s” doesn’t fit: together the files may take up to %(all)s"),
    }
    return words[unfit.code] % {
        "name": unfit.name,
        "most": filesizeformat(attaching.MOST_BYTES),
        "files": attaching.MOST_FILES,
        "all": filesizeformat(attaching.MOST_BYTES_IN_ALL),
    }


def answer_to_script(link: PrivateLink, taken, errors) -> JsonResponse:
    """Return each file taken as the piece of the page that shows it, or the first error."""
    if errors:
        return JsonResponse({"error": errors[0][1]}, status=422)
    facts = {"application": link.application, "call": link.application.call, "may_edit": True}
    items = [render_to_string("applying/file.html", {**facts, "file": one}) for one in taken]
    return JsonResponse({"items": items})


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
