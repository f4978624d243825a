"""Extensions: the ledger, asking for a later deadline, and the second person's approval."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications import access, extending, instants, marks
from applications.admin.lastmoments import MomentField
from applications.admin.owned import OwnedByVerbs
from applications.models import Application, Call, Extension
from applications.models.application import Refused

WHY_NOT = {
    "not_later": _("The new deadline must lie after the present one: a deadline never moves back."),
    "in_the_past": _("The new deadline has already passed."),
    "after_decision_date": _(
        "The new deadline lies after the date of the decision. Move that date first."
    ),
    "announced": _("The results are out: nothing can be extended any more."),
    "no_reason": _("Say why: the reason stays in the ledger."),
    "waiting": _("An extension of this deadline already waits for a second person."),
    "erased": _("The data of this application has been erased."),
    "same_person": _("You asked for it yourself: another person approves."),
    "settled": _("Somebody has settled it in the meantime."),
}


class ExtensionForm(forms.Form):
    """A new deadline as a day and a clock in the call's zone, and why."""

    to = MomentField(
        label=_("New deadline"),
        ends_a_day=True,
        help_text=_("The last day and 24:00 for its end, by the call’s own zone."),
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the ledger and the report; applicants don’t see it."),
    )

    def __init__(self, call: Call, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = call.zone
        self.fields["to"].widget.zone = call.zone

    def clean_to(self):
        return self.cleaned_data["to"].in_zone(self.zone)


@admin.register(Extension)
class ExtensionAdmin(OwnedByVerbs, admin.ModelAdmin):
    list_display = ("about", "settled", "moved", "reason", "asked")
    list_display_links = ("about",)
    list_filter = ("call",)
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("call", "application__outlet", "asked_by", "approved_by")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("call__texts", "call__countries")

    @admin.display(description=_("whose deadline"))
    def about(self, extension):
        if extension.application is None:
            return _("the whole call %(season)s") % {"season": extension.call}
        return str(extension.application)

    @admin.display(description=_("from and to"), ordering="new_closes_at")
    def moved(self, extension):
        old = instants.deadline(extension.call, closes_at=extension.old_closes_at)
        new = instants.deadline(extension.call, closes_at=extension.new_closes_at)
        return format_html("{} → {}", old.marked().when, new.marked().when)

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, extension):
        when = instants.timed(extension.asked_at, instants.moment(extension.asked_at))
        return format_html("{}, {}", person(extension.asked_by), when)

    @admin.display(description=_("state"))
    def settled(self, extension):
        return state_of(extension)

    def get_urls(self):
        door = self.admin_site.admin_view
        return [
            path("call/<int:pk>/", door(self.extend_call), name="applications_extension_call"),
            path(
                "application/<int:pk>/",
                door(self.extend_application),
                name="applications_extension_application",
            ),
            path(
                "<int:pk>/settle/",
                door(require_POST(self.settle)),
                name="applications_extension_settle",
            ),
            *super().get_urls(),
        ]

    def extend_call(self, request, pk):
        """Show what an extension of a whole call does, and do it."""
        call = get_object_or_404(Call, pk=pk)
        return self.extend(request, call, None)

    def extend_application(self, request, pk):
        """The same for one application of those the person may see."""
        application = get_object_or_404(access.applications_for_staff(request.user), pk=pk)
        return self.extend(request, application.call, application)

    def extend(self, request, call: Call, application: Application | None):
        if not request.user.has_perm("applications.add_extension"):
            raise PermissionDenied
        closes_at = (application or call).closes_at
        form = ExtensionForm(call, request.POST or None, initial={"to": closes_at})
        if request.method == "POST" and form.is_valid():
            extension = self.ask(request, form, call, application)
            if extension:
                return redirect("admin:applications_extension_change", extension.pk)
        return self.page(request, "extend", form=form, **told_before(request, call, application))

    def ask(self, request, form, call, application) -> Extension | None:
        """Ask for the extension; None with the error on the form where it can't be."""
        verb = extending.extend_application if application else extending.extend_call
        try:
            extension = verb(
                application or call, **form.cleaned_data, by=request.user, at=request.arrived_at
            )
        except Refused as refused:
            field = "reason" if refused.code == "no_reason" else "to"
            form.add_error(field, WHY_NOT[refused.code])
            return None
        messages.success(request, done_in_words(extension))
        return extension

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show one extension; a second person finds the buttons here."""
        extension = self.get_object(request, object_id)
        if extension is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, extension):
            raise PermissionDenied
        call, own = extension.call, extension.asked_by_id == request.user.pk
        context = {
            "extension": extension,
            "state": state_of(extension),
            "call": call,
            "application": extension.application,
            "old": instants.deadline(call, closes_at=extension.old_closes_at).marked(),
            "new": instants.deadline(call, closes_at=extension.new_closes_at).marked(),
            "may_approve": request.user.has_perm("applications.approve_extension") and not own,
            "own": own,
            "numbers": extending.numbers_of(extension.call, extension.application),
        }
        return self.page(request, "settle", **context)

    def settle(self, request, pk):
        """Approve or turn down; who asked may only take it back."""
        extension = get_object_or_404(Extension.objects.with_all(), pk=pk)
        approves = "approve" in request.POST
        own = extension.asked_by_id == request.user.pk
        if not request.user.has_perm("applications.approve_extension") and (approves or not own):
            raise PermissionDenied
        verb = extending.approve if approves else extending.turn_down
        try:
            settled = verb(extension, by=request.user, at=request.arrived_at)
            messages.success(request, done_in_words(settled))
        except Refused as refused:
            messages.error(request, WHY_NOT[refused.code])
        return redirect("admin:applications_extension_change", pk)

    def page(self, request, template: str, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Move a deadline later"),
            **context,
        }
        return TemplateResponse(request, f"admin/applications/extension/{template}.html", context)


def told_before(request, call: Call, application: Application | None) -> dict:
    """Return what the page of asking says before anything is done."""
    name = "application" if application else "call"
    return {
        "call": call,
        "application": application,
        "now": instants.deadline(call, closes_at=(application or call).closes_at).marked(),
        "first": instants.deadline(call, closes_at=extending.first_announced(call)).marked(),
        "needs_second": extending.needs_a_second_person(call, request.arrived_at),
        "has_closed": (application or call).closes_at <= request.arrived_at,
        "numbers": extending.numbers_of(call, application),
        "history": Extension.objects.with_all().about(call, application),
        "back": reverse(f"admin:applications_{name}_change", args=[(application or call).pk]),
    }


def person(user) -> str:
    return user.get_full_name() or user.get_username()


def state_of(extension: Extension):
    """Return a tag: in force, waiting, or turned down."""
    if extension.applied_at:
        return marks.tag("good", "check", _("in force"))
    if extension.turned_down_at:
        return marks.tag("quiet", "slash", _("turned down"))
    return marks.tag("warn", "pause", _("waits for a second person"))


def done_in_words(extension: Extension) -> str:
    if extension.applied_at:
        return _("The deadline has moved. Letters queued: %(told)s.") % {"told": extension.told}
    if extension.turned_down_at:
        return _("Turned down: the deadline stays as it is.")
    return _("Nothing has moved yet: a second person has to approve it.")
