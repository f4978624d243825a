"""The forms of the jury's side."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.drafting import Page
from applications.models import Call, Country, Language
from reviews.models import ConflictKind, Criterion, Outcome
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
    page = forms.CharField(required=False, max_length=40)
    step = forms.IntegerField(required=False, min_value=0)

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

    def writer(self) -> Page:
        return Page(self.cleaned_data["page"], self.cleaned_data["step"] or 0)


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


class LocalMoment(forms.DateTimeField):
    """A moment typed on the call's clock; kept and given back as an instant."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, call: Call, **kwargs):
        self.zone = ZoneInfo(call.zone)
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def to_python(self, value):
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value):
        return value.astimezone(self.zone) if isinstance(value, datetime) else value


class PlanForm(forms.Form):
    """What a plan is made from: a seed that anyone may check it with, and when reviews are due."""

    seed = forms.CharField(max_length=60, error_messages={"required": _("State a seed.")})

    def __init__(self, call: Call, at: datetime, data=None):
        super().__init__(data, initial={"seed": call.slug, "due_at": usual_due(call, at)})
        self.at = at
        self.fields["due_at"] = LocalMoment(
            call, error_messages={"required": _("State when the reviews are due.")}
        )

    def clean_due_at(self):
        due_at = self.cleaned_data["due_at"]
        if due_at <= self.at:
            raise forms.ValidationError(_("This moment has passed."))
        return due_at


def usual_due(call: Call, at: datetime) -> datetime:
    """Return 18:00 of the day before the decision, or in a week where that has passed."""
    day = call.decision_date - timedelta(days=1)
    usual = datetime.combine(day, time(18), ZoneInfo(call.zone))
    return usual if usual > at else (at + timedelta(days=7)).replace(minute=0, second=0)


class AssignForm(forms.Form):
    """One application to one juror, by hand."""

    reason = forms.CharField(required=False, max_length=LONGEST)

    def __init__(self, call: Call, at: datetime, jurors, data=None):
        super().__init__(data, initial={"due_at": usual_due(call, at)})
        self.fields["juror"] = forms.ModelChoiceField(
            jurors, error_messages={"required": _("Choose a juror.")}
        )
        self.fields["due_at"] = LocalMoment(call)


class InvitationForm(forms.Form):
    """A new person on the jury: an account, a profile and a letter, in one form."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Surname"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))
    languages = forms.MultipleChoiceField(
        label=_("Languages read"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    home_country = forms.ChoiceField(
        label=_("Country"), choices=[("", _("elsewhere")), *Country.choices], required=False
    )

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody with this address has an account already."))
        return email


class ScreeningForm(forms.Form):
    """The checklist of eligibility. A question can be left open where a person can't tell."""

    YES_NO = [("yes", _("yes")), ("no", _("no")), ("", _("can’t tell"))]

    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a result.")},
    )
    reason = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea)
    after = forms.IntegerField(required=False)

    def __init__(self, names: tuple[str, ...], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = names
        for name in names:
            self.fields[name] = forms.ChoiceField(choices=self.YES_NO, required=False)

    def answers(self) -> dict[str, bool | None]:
        told = {"yes": True, "no": False}
        return {name: told.get(self.cleaned_data[name]) for name in self.names}
