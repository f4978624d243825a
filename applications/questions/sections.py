"""The sections of the form, in the order they are asked, and what a call asks of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from applications.models import Call
from applications.questions import about, ending, plan
from applications.questions.kinds import Question


@dataclass(frozen=True)
class Section:
    key: str
    title: object
    hint: object  # a few words under the title in the list of sections
    questions: tuple[Question, ...]
    lead: object = ""

    def asked(self, call: Call, country: str = "") -> list[Question]:
        """Return what `call` asks here of an outlet from `country` ("" asks of both)."""
        off = set(call.switched_off or ())
        return [
            question
            for question in self.questions
            if (question.fixed or question.key not in off)
            and (not question.countries or country in ("", *question.countries))
        ]


SECTIONS = (
    Section("outlet", _("Outlet"), _("Name, region, legal form"), about.OUTLET),
    Section(
        "independence",
        _("Independence"),
        _("Owners and income"),
        about.INDEPENDENCE,
        _("It helps the jury to know who stands behind the outlet. We publish none of this."),
    ),
    Section("reach", _("Audience"), _("Site and social networks"), about.REACH),
    Section(
        "coordinator", _("Network coordinator"), _("Who will lead the network"), plan.COORDINATOR
    ),
    Section(
        "network",
        _("Network of journalists"),
        _("Experience, training, safety, plan for six months"),
        plan.NETWORK,
    ),
    Section("budget", _("Budget"), _("We work out the total ourselves"), plan.BUDGET),
    Section(
        "letter",
        _("Letter of rationale"),
        _("Why your outlet should take part"),
        ending.LETTER,
        _("Tell us why your outlet in particular should take part. In your own words."),
    ),
    Section(
        "files",
        _("Files"),
        "PDF, DOCX, ODT, JPG, PNG",
        ending.FILES,
        _("Only the competition’s staff and the jury see the files."),
    ),
    Section("consents", _("Consents"), _("Personal data and truthfulness"), ending.CONSENTS),
)
BY_KEY = {section.key: section for section in SECTIONS}


def sections_of(call: Call, country: str = "") -> list[Section]:
    """Return the sections in which `call` asks anything."""
    return [section for section in SECTIONS if section.asked(call, country)]


def can_be_switched_off() -> list[tuple[str, str]]:
    """Return (key, "Section: question") of every question a season may leave out."""
    found = {}
    for section in SECTIONS:
        for question in section.questions:
            if not question.fixed:
                found.setdefault(question.key, f"{section.title}: {named(question)}")
    return list(found.items())


def named(question: Question) -> str:
    """Return a question's label so that it stands alone: "Telegram: followers"."""
    return f"{question.group}: {question.label}" if question.group else str(question.label)
