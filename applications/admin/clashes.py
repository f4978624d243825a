"""Two people at one form: the second is told who was first, and nothing is overwritten.

The form carries a fingerprint of what its writer saw, inline rows included. One that no longer
fits what lies in the database is answered with both values of every field that differs; saving
once more, with the differences before one's eyes, is then a decision.
"""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import AuditEntry

CLASH = "clash"
NOT_WRITTEN_BY_PEOPLE = {"last_login"}


class Difference(NamedTuple):
    label: str
    theirs: str
    mine: str


class SeenForm(forms.ModelForm):
    """A form that knows what its writer saw. `current` is the fingerprint of what lies there."""

    current = ""
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "seen" in self.fields:
            self.fields["seen"].initial = self.current

    def clean(self):
        cleaned = super().clean()
        if self.current and self.data.get(self.add_prefix("seen")) != self.current:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.current
            raise ValidationError(
                _("Somebody saved this page while you were writing. Nothing was overwritten."),
                code=CLASH,
            )
        return cleaned


class ClashesAreTold:
    """A ModelAdmin whose form is a SeenForm."""

    def get_object(self, request, object_id, from_field=None):
        """Return the row; before a save it is held, so that nobody can come in between."""
        if request.method == "POST":
            self.model.objects.select_for_update(of=("self",)).filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            form.current = self.fingerprint(obj)
        return form

    def fingerprint(self, obj: models.Model) -> str:
        """Return a digest of what people can edit on this page: the row and its inline rows."""
        told = [written(obj)]
        for inline in self.inlines:
            link = next(f for f in inline.model._meta.fields if f.related_model is type(obj))
            told += [written(row) for row in inline.model.objects.filter(**{link.name: obj})]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    def render_change_form(self, request, context, *args, **kwargs):
        form = context["adminform"].form
        if form.is_bound and form.has_error(NON_FIELD_ERRORS, CLASH):
            context["clash"] = self.clash(form, context)
        return super().render_change_form(request, context, *args, **kwargs)

    def clash(self, form: SeenForm, context: dict) -> dict:
        """Return who saved first and when, and every field in which the two differ."""
        chain = f"{form.instance._meta.model_name}/{form.instance.pk}"
        differences = differing(form)
        for formset in context.get("inline_admin_formsets", ()):
            for inline in formset.formset.forms:
                differences += differing(inline, about=str(inline.instance or ""))
        return {
            "entry": AuditEntry.objects.filter(chain=chain).first(),
            "differences": differences,
        }


def written(row: models.Model) -> list[str]:
    """Return the values of a row that people write, as text."""
    fields = [
        f
        for f in (*row._meta.concrete_fields, *row._meta.many_to_many)
        if (f.editable or f.primary_key) and f.name not in NOT_WRITTEN_BY_PEOPLE
    ]
    return [as_text(field.value_from_object(row)) for field in fields]


def as_text(value) -> str:
    """Return a value as text; rows of a many-to-many field by their keys, in order."""
    if isinstance(value, list) and all(isinstance(one, models.Model) for one in value):
        return str(sorted(one.pk for one in value))
    return str(value)


def differing(form: forms.BaseForm, about: str = "") -> list[Difference]:
    """Return the fields in which what is written here differs from what lies there now."""
    return [
        Difference(
            f"{about}: {form[name].label}" if about else form[name].label,
            shown(form[name], form[name].initial),
            shown(form[name], form[name].data),
        )
        for name in form.changed_data
        if name != "seen"
    ]


def shown(field: forms.BoundField, value) -> str:
    """Return a value as the form's reader knows it: choices by their words."""
    if hasattr(field.field.widget, "decompress") and not isinstance(value, list):
        value = field.field.widget.decompress(value)
    words = {str(key): str(word) for key, word in getattr(field.field, "choices", ())}
    many = value if isinstance(value, (list, tuple)) else [value]
    told = [words.get(str(getattr(one, "pk", one)), str(one)) for one in many if one is not None]
    return ", ".join(told)
