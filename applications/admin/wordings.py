"""Letters' words that staff change: checked when saved, shown as one gets them, tried out."""

from __future__ import annotations

import re
from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications import letters, outbox, trying, wording
from applications.admin.clashes import ClashesAreTold, SeenForm
from applications.admin.owned import Recorded
from applications.models import Application, LetterTemplate, MessageKind
from applications.outbox import Prepared

PRIVATE_LINK = re.compile(r"(/z/)[0-9A-Za-z-]+")
SAMPLE_DAYS = timedelta(days=10)  # from now, for dates a list will set


class LetterTemplateForm(SeenForm):
    """Refuses what a letter can't contain, with every reason."""

    kind = forms.ChoiceField(
        label=gettext_lazy("letter"),
        choices=[(kind.value, kind.label) for kind in wording.EDITABLE],
    )

    class Meta:
        model = LetterTemplate
        fields = ("kind", "language", "call", "subject", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 18, "cols": 80})}

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind") or self.instance.kind
        for name in ("subject", "body"):
            if kind and name in cleaned:
                self.check(name, cleaned[name], kind)
        if "\n" in cleaned.get("subject", ""):
            self.add_error("subject", _("The subject is one line."))
        return cleaned

    def check(self, name: str, text: str, kind: str) -> None:
        try:
            wording.check(text, kind)
        except ValidationError as error:
            self.add_error(name, error)


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ClashesAreTold, Recorded, admin.ModelAdmin):
    form = LetterTemplateForm
    list_display = ("kind", "language", "call", "revision", "edited_at", "edited_by")
    list_filter = ("kind", "language", "call")
    list_select_related = ("call", "edited_by")
    actions = None
    change_form_template = "admin/applications/lettertemplate/change_form.html"

    def get_urls(self):
        trial = self.admin_site.admin_view(require_POST(self.try_view))
        name = "applications_lettertemplate_try"
        return [path("<int:pk>/try/", trial, name=name), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        """Which letter a text is for stays; another letter is another text."""
        return ("kind", "language", "call") if obj else ()

    def save_model(self, request, obj, form, change):
        obj.edited_at, obj.edited_by = request.arrived_at, request.user
        obj.revision += 1 if change else 0
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, *args, **kwargs):
        obj = kwargs.get("obj")
        kinds = [obj.kind] if obj else wording.EDITABLE
        context["placeholders"] = {
            name: told for kind in kinds for name, told in wording.placeholders(kind).items()
        }
        if obj:
            context |= self.preview(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request, template: LetterTemplate) -> dict:
        """Return the saved text as one real application would get it."""
        asked = request.GET.get("number", "")
        application = example(template, asked)
        if application is None:
            return {"asked": asked}
        letter = prepared(template, application, request).letter
        text = PRIVATE_LINK.sub(r"\1…", letter.text)
        return {
            "asked": application.number,
            "subject_shown": letter.subject,
            "blocks": letters.blocks(text),
        }

    def try_view(self, request, pk: int):
        """Send the text to oneself, written for a real application, without its private link."""
        template = get_object_or_404(LetterTemplate, pk=pk)
        if not self.has_change_permission(request, template) or not request.user.email:
            raise PermissionDenied
        application = example(template, request.POST.get("number", ""))
        if application is None:
            messages.error(request, _("There is no application to write it for."))
        else:
            one = prepared(template, application, request)
            trying.send_trial(one, to=request.user, at=request.arrived_at)
            told = _("A trial goes to %(email)s.") % {"email": request.user.email}
            messages.success(request, told)
        return redirect("admin:applications_lettertemplate_change", pk)


def example(template: LetterTemplate, number: str) -> Application | None:
    """Return the application asked for, else the latest of the call, in whatever language."""
    found = Application.objects.with_outlet().order_by("-pk")
    if template.call_id:
        found = found.filter(call=template.call_id)
    return found.filter(number=number).first() if number else found.first()


def prepared(template: LetterTemplate, application: Application, request) -> Prepared:
    """Return the letter this text makes; dates that a list will set stand some days ahead."""
    application.language = template.language
    application.call_id = template.call_id or application.call_id
    shown = LetterTemplate(
        kind=template.kind,
        language=template.language,
        call_id=application.call_id,
        subject=template.subject,
        body=template.body,
    )
    ahead = application.call.end_of((request.arrived_at + SAMPLE_DAYS).date())
    return outbox.prepare(
        MessageKind(template.kind),
        application,
        key=f"example/{application.number}",
        shelf=letters.Shelf([shown]),
        link=f"https://{request.get_host()}/z/…",
        confirm_by=ahead,
        holds_until=ahead,
        review_until=ahead,
        applications_in_country=20,
        strength="+ + +",
        improvement="− − −",
        total="72",
        average="61",
    )
