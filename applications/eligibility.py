"""Three questions before the form. They explain a "no"; they never keep anyone from applying."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Call

ELSEWHERE = "elsewhere"
YES, NO, UNSURE, LATER = "yes", "no", "unsure", "later"


class EligibilityForm(forms.Form):
    """The questions, asked by GET: nothing is stored, and the answer can be bookmarked."""

    country = forms.ChoiceField(
        label=_("Which country does your newsroom work in?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the country your newsroom works in")},
    )
    independence = forms.ChoiceField(
        label=_("Is your newsroom independent of the state and of parties?"),
        help_text=_("Independent means that they don’t own it and don’t decide what you write."),
        choices=[(YES, _("Yes")), (UNSURE, _("We are not sure")), (NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether your newsroom is independent")},
    )
    coordinator = forms.ChoiceField(
        label=_("Is there a person who will lead the network?"),
        choices=[(YES, _("Yes")), (LATER, _("Not yet, but we will find one")), (NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether there is a person to lead the network")},
    )
    use_required_attribute = False

    def __init__(self, call: Call, *args, **kwargs):
        super().__init__(*args, **kwargs)
        countries = [(c.country, c.get_country_display()) for c in call.countries.all()]
        self.fields["country"].choices = [*countries, (ELSEWHERE, _("Another country"))]


@dataclass(frozen=True)
class Doubt:
    """Something that speaks against, said plainly, and what can be done about it."""

    heading: object
    text: object


DOUBTS = {
    ("country", ELSEWHERE): Doubt(
        _("The places are for newsrooms of the countries named in the call"),
        _(
            "If you work for readers there but are registered elsewhere, apply and explain it"
            " in the form. Otherwise ask the contact first: it will save you time."
        ),
    ),
    ("independence", NO): Doubt(
        _("The grant is meant for independent newsrooms"),
        _(
            "A newsroom that the state or a party owns or directs is unlikely to be selected."
            " If things are less simple, describe them in the section on independence."
        ),
    ),
    ("independence", UNSURE): Doubt(
        _("Tell us how things are"),
        _(
            "Many newsrooms take state orders or have several owners. Describe it in the section"
            " on independence: the jury reads the whole picture, not a single word."
        ),
    ),
    ("coordinator", NO): Doubt(
        _("A network needs someone to lead it"),
        _(
            "The form asks for the coordinator’s name and experience. Think of who in the"
            " newsroom could do it: the grant pays for that work."
        ),
    ),
    ("coordinator", LATER): Doubt(
        _("You will need the coordinator’s name by the deadline"),
        _("Start now and fill in that section last: the draft waits for you."),
    ),
}


def doubts(answers: dict[str, str]) -> list[Doubt]:
    """Return what the answers speak against, in the order of the questions."""
    return [DOUBTS[pair] for pair in answers.items() if pair in DOUBTS]
