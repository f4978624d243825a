"""Forms of the public pages. A section's form is drawn from its questions and refuses nothing."""

from __future__ import annotations

import secrets

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.counting import as_typed, signs
from applications.models import Call, PrivateLink
from applications.questions import (
    Answered,
    Files,
    Problem,
    Question,
    Section,
    Setting,
    named,
    number,
)
from applications.questions import totals as worked_out
from applications.questions.kinds import Choice, Long, SeveralChoices, Tick
from applications.questions.words import sums_in_words

TRAP = "website"  # what people can't see, and programs fill in
KEY_LENGTH = 40  # at most, of the secret of one rendering of the start form


class Box(forms.CheckboxInput):
    """A box that sends "yes" when it is ticked."""

    def format_value(self, value):
        return "yes"


class SectionForm(forms.Form):
    """One section as it stands: what was typed, and the problems beside it when they are asked for.

    Bound to answers as they are kept, never to a request: reading a request is `answers_from`,
    finding problems is applications.questions.
    """

    use_required_attribute = False

    def __init__(self, section: Section, setting: Setting, problems: list[Problem] = ()):
        super().__init__(data=setting.answers or {})
        self.section, self.setting, self.problems = section, setting, problems
        self.asked = [
            question
            for question in section.asked(setting.call, setting.country)
            if not isinstance(question, Files)
        ]
        for question in self.asked:
            self.fields[question.key] = field_for(question, setting)

    def full_clean(self):
        self._errors, self.cleaned_data = ErrorDict(), {}
        for problem in self.problems:
            if problem.key in self.fields:
                self.add_error(problem.key, problem.message)

    def sums(self) -> list[Answered]:
        """Return the budget's totals, once all figures are there."""
        totals = worked_out(self.setting.answers or {})
        return sums_in_words(totals) if totals else []

    def rows(self) -> list[dict]:
        """Return the questions in order, those of one group together under its legend."""
        rows: list[dict] = []
        for question in self.asked:
            if not (rows and question.group and rows[-1]["legend"] == question.group):
                rows.append({"legend": question.group, "fields": []})
            rows[-1]["fields"].append(self[question.key])
        return rows


def field_for(question: Question, setting: Setting) -> forms.Field:
    """Return the field that asks a question; `unit` and `counter` are for its template."""
    common = {
        "label": question.label,
        "help_text": question.help,
        "required": question.is_required(setting),
    }
    if isinstance(question, Choice):
        return choice_field(question, setting, common)
    if isinstance(question, Tick):
        return forms.BooleanField(widget=Box, **common)
    attrs = {name: getattr(question, name) for name in ("autocomplete", "inputmode")}
    attrs = {name: value for name, value in attrs.items() if value}
    if isinstance(question, Long):
        least, most = question.limits(setting.call)
        if least:
            words = _("From %(least)s to %(most)s characters with spaces.")
            limits = words % {"least": number(least), "most": number(most)}
            common["help_text"] = f"{limits} {question.help}"
        field = forms.CharField(
            widget=forms.Textarea(attrs={"rows": question.rows, **attrs}), **common
        )
        field.counter = counter(str(setting.said(question.key) or ""), least, most)
        return field
    field = forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
    field.unit = question.unit
    return field


def choice_field(question: Choice, setting: Setting, common: dict) -> forms.Field:
    """Radio buttons, boxes, or a drop-down list for what would be too long a column."""
    offered = list(question.offered(setting))
    if isinstance(question, SeveralChoices):
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=offered, widget=widget, **common)
    if question.as_list:
        return forms.ChoiceField(choices=[("", _("Choose")), *offered], **common)
    return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, **common)


def counter(text: str, least: int, most: int) -> dict:
    """Return what stands under a text: how long it is, and how that is judged."""
    here = signs(text)
    state = "few" if here and here < least else "over" if here > most else "fine"
    if state == "fine" and most - here < most // 20:
        state = "near"
    left = {"few": least - here, "over": here - most, "near": most - here}.get(state, 0)
    return {
        "here": here,
        "least": least,
        "most": most,
        "state": state,
        "shown": min(here, most),
        "here_shown": number(here),
        "most_shown": number(most),
        "left_shown": number(left),
    }


def answers_from(data: QueryDict, section: Section, call: Call, before: dict) -> dict:
    """Return the section's answers with what a browser sent; what it didn't send stays.

    Boxes and radio buttons that aren't ticked are not sent at all: there silence is an answer.
    """
    answers = dict(before)
    for question in section.asked(call):
        if isinstance(question, Files):
            continue
        silent = isinstance(question, Choice | Tick)
        if question.key in data or silent:
            answers[question.key] = question.read(data.getlist(question.key))
    return answers


def shown(section: Section, setting: Setting, answers: dict) -> dict[str, tuple[str, str]]:
    """Return key → (label, answer in words) of a section's answers, for comparing two texts."""
    return {
        question.key: (
            named(question),
            question.in_words(answers[question.key], setting)
            if question.given(answers.get(question.key) or "")
            else "",
        )
        for question in section.asked(setting.call, setting.country)
        if not isinstance(question, Files)
    }


class CleanChars(forms.CharField):
    """Text without what can't be kept or seen, in NFC: a NUL byte is dropped, not a failure."""

    def to_python(self, value):
        return super().to_python(as_typed(value) if isinstance(value, str) else value)


class CleanEmail(forms.EmailField):
    def to_python(self, value):
        return super().to_python("".join(as_typed(value).split()) if value else value)


EMAIL_ERRORS = {
    "required": _("Write your e-mail address"),
    "invalid": _("Write an e-mail address like name@example.com"),
}


def email_field(label, help_text="") -> CleanEmail:
    return CleanEmail(
        label=label,
        help_text=help_text,
        max_length=254,
        error_messages=EMAIL_ERRORS | {"max_length": EMAIL_ERRORS["invalid"]},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class StartForm(forms.Form):
    """Country, outlet's name and contact address: all it takes to begin."""

    use_required_attribute = False
    country = forms.ChoiceField(
        label=_("Country the newsroom works in"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the country"),
            "invalid_choice": _("Choose the country"),
        },
    )
    name = CleanChars(
        label=_("The outlet’s name"),
        help_text=_("As readers know it or as in the documents. You can change it later."),
        max_length=255,
        error_messages={
            "required": _("Write the outlet’s name"),
            "max_length": _("The name is too long: at most 255 characters fit"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = email_field(
        _("Where to send the private link"),
        _("Your e-mail. With the link you return to the draft from any device, no password."),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, call: Call, *args, **kwargs):
        super().__init__(*args, initial={"key": secrets.token_urlsafe(24)}, **kwargs)
        self.fields["country"].choices = [
            (one.country, one.get_country_display()) for one in call.countries.all()
        ]

    def clean_key(self) -> str | None:
        key = self.cleaned_data["key"]
        plausible = 20 <= len(key) <= KEY_LENGTH and key.isascii()
        return key if plausible and key.replace("-", "").replace("_", "").isalnum() else None

    def clean(self):
        """Refuse what a program filled in; a person whose browser did it can empty the field."""
        if self.data.get(TRAP):
            raise ValidationError(
                _("This looks sent by a program. If you are a person, send the form once more")
            )


class LostLinkForm(forms.Form):
    """The address a lost link was given to."""

    use_required_attribute = False
    email = email_field(_("The e-mail you applied with"))


class AddressForm(forms.Form):
    """A new contact address."""

    use_required_attribute = False
    email = email_field(_("New e-mail address"))


class ColleagueForm(forms.Form):
    """Who gets a link of their own, and what they may do with it."""

    use_required_attribute = False
    email = email_field(_("Your colleague’s e-mail"))
    right = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (PrivateLink.Right.EDIT, _("Read and change the application")),
            (PrivateLink.Right.VIEW, _("Only read it")),
        ],
        initial=PrivateLink.Right.EDIT,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what your colleague may do"),
            "invalid_choice": _("Choose what your colleague may do"),
        },
    )


def kinds_offered(section: Section, call: Call, country: str) -> list[Question]:
    """Return the questions that ask for files."""
    return [one for one in section.asked(call, country) if isinstance(one, Files)]


class DeclineForm(forms.Form):
    """A place given up; the organisers read why, if the outlet cares to say."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Why, if you want to say"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
