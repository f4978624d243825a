"""The forms of the jury's side."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import ConflictKind, Criterion
from reviews.models.rubric import HIGHEST
from reviews.scoring import NOTES, Entry

CANT_JUDGE = "na"
POINTS = [(str(points), str(points)) for points in range(HIGHEST + 1)]
LONGEST = 5000  # characters of a comment


class DeclarationForm(forms.Form):
    """Whether a conflict of interest exists. Nothing is chosen beforehand."""

    conflict = forms.TypedChoiceField(
        choices=[("no", _("No conflict")), ("yes", _("There is a conflict, or a doubt"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )
    kinds = forms.MultipleChoiceField(
        choices=ConflictKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea)

    def clean(self):
        told = super().clean()
        if told.get("conflict") and not (told.get("kinds") or told.get("reason", "").strip()):
            self.add_error("kinds", _("Say in a word what kind of conflict it is."))
        return told


class ReviewForm(forms.Form):
    """Points and words for each criterion, and the notes. Everything may be empty in a draft."""

    revision = forms.IntegerField(min_value=0)

    def __init__(self, criteria: list[Criterion], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[points_name(criterion.pk)] = forms.ChoiceField(
                choices=[("", ""), *POINTS, (CANT_JUDGE, CANT_JUDGE)], required=False
            )
            self.fields[why_name(criterion.pk)] = a_comment()
        for name in NOTES:
            self.fields[name] = a_comment()

    def entries(self) -> dict[int, Entry]:
        """Return what was said of each criterion."""
        return {c.pk: entry_from(self.cleaned_data, c.pk) for c in self.criteria}

    def notes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in NOTES}


class Comment(forms.CharField):
    """Words with the line breaks of a text, not of a form, so that equal texts are equal."""

    def clean(self, value):
        return super().clean(value).replace("\r\n", "\n")


def a_comment() -> Comment:
    return Comment(required=False, max_length=LONGEST)


def points_name(key: int) -> str:
    return f"c{key}"


def why_name(key: int) -> str:
    return f"c{key}_why"


def entry_from(told: dict, key: int) -> Entry:
    value, comment = told[points_name(key)], told[why_name(key)]
    if value == CANT_JUDGE:
        return Entry(None, True, comment)
    return Entry(int(value) if value else None, False, comment)


def value_of(entry: Entry) -> str:
    """Return what the form's radio of an entry says: "", "0"…"5" or "na"."""
    if entry.cant_judge:
        return CANT_JUDGE
    return "" if entry.points is None else str(entry.points)


class RevisionForm(forms.Form):
    """A handed-in score changed, with the reason both values are kept with."""

    points = forms.ChoiceField(choices=[*POINTS, (CANT_JUDGE, _("can’t judge"))])
    reason = forms.CharField(
        max_length=LONGEST, error_messages={"required": _("Say why the score changes.")}
    )

    def new_points(self) -> int | None:
        value = self.cleaned_data["points"]
        return None if value == CANT_JUDGE else int(value)


class RemarkForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea,
        error_messages={"required": _("Write something first.")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea,
        error_messages={"required": _("Give a reason: it stays in the trail.")},
    )
