"""The forms of deciding. Each cleans what a verb takes; the verbs refuse what may not be."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.admin.lastmoments import MomentField
from applications.models import Call, Country
from reviews.deciding.settling import BY_HAND
from reviews.models import Decision, DecisionList, DecisionResult

COUNTS = {
    "selected": _("Selected"),
    "reserve": _("Reserve"),
    "not_selected": _("Not selected"),
    "ineligible": _("Not eligible"),
}
DATES = {
    "confirm_by": _("answer by"),
    "review_until": _("review of the procedure until"),
    "holds_until": _("the reserve holds until"),
}
NOW, LATER = "now", "later"
TEN = "10:00"


def reason_field(rows: int = 2, hint: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=_("Reason"), widget=area, help_text=hint)


class ReasonForm(forms.Form):
    reason = reason_field()


class ChangeForm(forms.Form):
    """A row decided by hand."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=[(one.value, one.label) for one in DecisionResult if one in BY_HAND],
        widget=forms.RadioSelect,
    )
    reason = reason_field()


class MoveForm(forms.Form):
    """An unused place for another country."""

    from_country = forms.ChoiceField(label=_("From"), choices=Country.choices)
    to_country = forms.ChoiceField(label=_("To"), choices=Country.choices)
    reason = reason_field(hint=_("Name no people in it: it stays when an outlet’s data is erased."))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("from_country") == cleaned.get("to_country"):
            raise ValidationError(_("Choose two different countries."))
        return cleaned


class DatesForm(forms.Form):
    """The dates letters name, as a day and a time up to 24:00 in the call's zone."""

    def __init__(self, decision_list: DecisionList, *args, **kwargs):
        self.zone = decision_list.call.zone
        initial = {name: getattr(decision_list, name) for name in DATES}
        super().__init__(*args, initial=initial, **kwargs)
        for name, label in DATES.items():
            self.fields[name] = MomentField(label=label, ends_a_day=True)
            self.fields[name].widget.zone = self.zone

    def instants(self) -> dict:
        return {name: self.cleaned_data[name].in_zone(self.zone) for name in DATES}


class TimeForm(forms.Form):
    """More time to answer an offer."""

    reason = reason_field()

    def __init__(self, decision: Decision, *args, **kwargs):
        self.zone = decision.call.zone
        initial = {"until": decision.application.confirm_by}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["until"] = MomentField(label=_("Answer by"), ends_a_day=True)
        self.fields["until"].widget.zone = self.zone

    def until(self):
        return self.cleaned_data["until"].in_zone(self.zone)


class PublishForm(forms.Form):
    """The numbers of the list, typed by hand: empty at first, and no hint at the right ones."""

    when = forms.ChoiceField(
        label=_("When"), choices=[(NOW, _("now")), (LATER, _("later"))], initial=LATER
    )
    publish_at = MomentField(label=_("Day and time"), required=False)
    fingerprint = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, decision_list: DecisionList, at, *args, **kwargs):
        self.decision_list, self.zone = decision_list, decision_list.call.zone
        morning = at.astimezone(ZoneInfo(self.zone)) + timedelta(days=1)
        morning = morning.replace(hour=10, minute=0, second=0, microsecond=0)
        initial = {
            "publish_at": morning,
            "when": LATER,
            "fingerprint": decision_list.fingerprint,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["publish_at"].widget.zone = self.zone
        for name in self.asked():
            self.fields[name] = forms.IntegerField(
                label=COUNTS[name],
                min_value=0,
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "size": 3, "autocomplete": "off"}
                ),
            )

    def asked(self) -> list[str]:
        """Return the results whose numbers are typed: a promotion tells only the selected."""
        return ["selected"] if self.decision_list.is_promotion else list(COUNTS)

    def counts(self) -> dict[str, int]:
        return {name: self.cleaned_data.get(name, 0) for name in COUNTS}

    def typed_wrong(self, fields: list[str]) -> None:
        """Say which number isn't the list's, and what was typed; never what is right."""
        for name in fields:
            typed = self.cleaned_data.get(name)
            told = {"name": COUNTS[name], "typed": typed}
            self.add_error(
                name,
                _(
                    "%(name)s: you typed %(typed)s, the list has another number. "
                    "Check it against the table."
                )
                % told,
            )

    def publish_at_instant(self):
        if self.cleaned_data["when"] == NOW:
            return None
        moment = self.cleaned_data.get("publish_at")
        return moment.in_zone(self.zone) if moment else None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") == LATER and not cleaned.get("publish_at"):
            self.add_error("publish_at", _("Give the day and the time."))
        return cleaned


def feedback_forms(decisions, notes: dict, data=None) -> list[forms.Form]:
    """Return a form per decision, with a juror's words to start from where nothing is written."""
    found = []
    for decision in decisions:
        own = notes.get(decision.application_id, [])
        first = own[0] if own else {"strength": "", "improvement": ""}
        form = FeedbackForm(
            data,
            prefix=str(decision.pk),
            initial={
                "strength": decision.strength or first["strength"],
                "improvement": decision.improvement or first["improvement"],
            },
        )
        form.decision, form.notes = decision, own
        found.append(form)
    return found


class FeedbackForm(forms.Form):
    """What an applicant who isn't selected is told; empty keeps the list from being proposed."""

    strength = forms.CharField(
        label=_("One strength"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    improvement = forms.CharField(
        label=_("One thing that would have strengthened it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemarkForm(forms.Form):
    remark = forms.CharField(label=_("Remark"), widget=forms.Textarea(attrs={"rows": 2}))


class PromoteForm(forms.Form):
    """A vacant place, and who of the reserve gets it; empty: nobody."""

    vacated = forms.ModelChoiceField(Decision.objects.none())
    promoted = forms.ModelChoiceField(Decision.objects.none(), required=False)
    reason = reason_field()

    def __init__(self, call: Call, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("vacated", "promoted"):
            self.fields[name].queryset = Decision.objects.of_call(call)
