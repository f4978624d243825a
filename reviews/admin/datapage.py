"""All that is held on one application: copy it or erase it, where the outlet asks for that.

Both need a reason, which goes into the trail: an officer reads here what otherwise is the outlet's
own, and erasing can't be undone.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from applications import audit, copies
from applications.models import Application
from applications.models.application import Refused
from reviews import dossiers, erasing
from reviews.admin.assignpages import one_application
from reviews.admin.desk import page
from reviews.admin.progresspage import require

MAY_ERASE = "applications.erase_application"
LONGEST = 1000  # characters of a reason


class CopyForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=gettext_lazy("Who asked, and how"),
        help_text=gettext_lazy("For example: letter of 12 December, case 17. Name no people."),
    )


class EraseForm(CopyForm):
    """Erasing also wants the number typed, and a tick where the selection still needs it."""

    take_out = forms.BooleanField(
        required=False, label=gettext_lazy("Take it out of the selection; the outlet knows")
    )
    number = forms.CharField(
        max_length=7, label=gettext_lazy("The application’s number, to be sure")
    )

    def __init__(self, application: Application, data=None):
        super().__init__(data, prefix="erase")
        self.application = application
        if erasing.hindrance(application) not in (erasing.IN_SELECTION, erasing.ON_RESERVE):
            del self.fields["take_out"]

    def clean_number(self):
        typed = self.cleaned_data["number"].strip()
        if typed != self.application.number:
            raise forms.ValidationError(_("This is not the number of this application."))
        return typed


@require_http_methods(["GET", "POST"])
def data(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is held and what would stay; POST erases it."""
    require(request, MAY_ERASE)
    application = one_application(request, number)
    form = EraseForm(application, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and erase(request, application, form):
        messages.success(request, _("%(number)s is erased.") % {"number": number})
        return redirect(request.path)
    return show(request, application, CopyForm(prefix="copy"), form)


def erase(request: HttpRequest, application: Application, form: EraseForm) -> bool:
    """Erase it; False where that is refused, with the reason on the form."""
    told = form.cleaned_data
    try:
        erasing.erase_on_request(
            application,
            by=request.user,
            reason=told["reason"],
            at=request.arrived_at,
            take_out=told.get("take_out", False),
        )
    except Refused as refused:
        form.add_error(None, why_not(refused.code))
        return False
    return True


@require_POST
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """Hand over everything as one archive; the trail keeps who took it and why."""
    require(request, MAY_ERASE)
    application = one_application(request, number)
    form = CopyForm(request.POST, prefix="copy")
    if not form.is_valid():
        return show(request, application, form, EraseForm(application))
    told = {"what": "application", "kind": "zip", "reason": form.cleaned_data["reason"]}
    at, actor = request.arrived_at, request.user.get_username()
    with transaction.atomic():
        locked = Application.objects.locked(application.pk)
        audit.record("export.made", locked, at=at, actor=actor, **told)
    jury = {"jury.json": dossiers.dossier(application)}
    archive = copies.copy_of(application, at=at, more=jury)
    return FileResponse(archive, as_attachment=True, filename=f"{number}-all.zip")


def show(request: HttpRequest, application: Application, copy_form, form) -> HttpResponse:
    hindrance = erasing.hindrance(application)
    others = application.outlet.applications.exclude(pk=application.pk).select_related("call")
    context = {
        "application": application,
        "call": application.call,
        "copy_form": copy_form,
        "form": form,
        "hindrance": hindrance,
        "why_not": why_not(hindrance),
        "others": others,
        "held": held(application),
    }
    return page(request, "data", _("Data of one outlet"), **context)


def held(application: Application) -> list[tuple[str, int]]:
    """Return what goes with an erasure, with how many of each there are."""
    return [
        (_("Sections of the form as last saved"), application.sections.count()),
        (_("Versions handed in: every answer"), application.versions.count()),
        (_("Files, removed ones included"), application.attachments.count()),
        (_("Letters: words and recipients"), application.messages.count()),
        (_("Private links: they stop working at once"), application.links.valid().count()),
        (_("Refused attempts: what was missing"), application.attempts.count()),
        (_("Reviews: comments, strengths and advice"), reviews_of(application)),
        (_("Remarks in the discussion"), application.remarks.count()),
        (_("Checks of eligibility: their reasons"), application.screenings.count()),
        (_("Reasons and addresses beside the trail"), application.words.exclude(words={}).count()),
    ]


def reviews_of(application: Application) -> int:
    return application.assignments.exclude(review=None).count()


def why_not(code: str) -> str:
    return {
        "": "",
        "reason_needed": _("Say who asked for it, and how."),
        "erased": _("The data of this application has been erased."),
        "in_selection": _(
            "A selection that isn’t announced yet needs this application. If the outlet wants to "
            "be erased all the same, it leaves the selection: tick that below. It can’t be "
            "submitted again, jurors’ work on it counts no more, and a list that was proposed "
            "loses its force."
        ),
        "on_reserve": _(
            "The outlet is on the reserve list and may still be offered a place. If it wants to be "
            "erased all the same, it leaves the reserve: tick that below."
        ),
        "holds_a_place": _(
            "The outlet holds a place, and the programme needs its data to run the grant. It can "
            "be erased once the place is given up: note that in the decision list first."
        ),
    }[code]
