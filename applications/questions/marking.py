"""What is still missing or wrong, question by question and section by section."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from applications.models import Application, Call, Country, SectionAnswers
from applications.questions.consenting import asked_anew
from applications.questions.kinds import Choice, Files, Question, Setting
from applications.questions.sections import BY_KEY, Section, sections_of


class State(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    HAS_PROBLEMS = "has_problems"


@dataclass(frozen=True)
class Problem:
    """One thing to mend; `missing` when it is an answer that isn't there yet."""

    section: str
    key: str
    message: str
    missing: bool = False

    def __str__(self):
        return self.message

    @property
    def anchor(self) -> str:
        """The id of the first control that answers the question, on its section's page."""
        question = next(q for q in BY_KEY[self.section].questions if q.key == self.key)
        drawn_as_several = isinstance(question, Choice) and not question.as_list
        return f"id_{self.key}_0" if drawn_as_several else f"id_{self.key}"


@dataclass(frozen=True)
class Marked:
    """A section as it stands: its answers, what is wrong, and the state that follows."""

    section: Section
    answers: dict
    problems: list[Problem]
    state: State
    revision: int = 0

    @property
    def is_optional(self) -> bool:
        """Whether nothing has to be written here."""
        return self.state == State.NOT_STARTED and not self.problems

    @property
    def wrong(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.missing]


def problems_in(
    section: Section, answers: dict, *, call: Call, country: str, files: dict[str, list[str]]
) -> list[Problem]:
    """Return the problems of one section in the order of its questions, in the active language."""
    setting = Setting(call, country, answers)
    found = []
    for question in section.asked(call, country):
        typed = typed_of(question, answers, files)
        if not question.given(typed):
            if question.is_required(setting):
                found.append(Problem(section.key, question.key, question.missing_message(), True))
        elif message := question.problem(typed, setting):
            found.append(Problem(section.key, question.key, message))
    return found


def typed_of(question: Question, answers: dict, files: dict[str, list[str]]):
    """Return the answer to a question: names of files for files, else what was typed."""
    if isinstance(question, Files):
        return files.get(question.kind, [])
    typed = answers.get(question.key, [] if question.several else "")
    fits = isinstance(typed, list if question.several else str)
    return typed if fits else ([] if question.several else "")


def state(section: Section, answers: dict, problems: list[Problem], files: dict) -> State:
    """Return how far a section is: nothing given yet, something, everything, or something wrong."""
    given = any(q.given(typed_of(q, answers, files)) for q in section.questions)
    if any(not problem.missing for problem in problems):
        return State.HAS_PROBLEMS
    if not given:
        return State.NOT_STARTED
    return State.IN_PROGRESS if problems else State.COMPLETE


def names_of_files(application: Application) -> dict[str, list[str]]:
    """Return the names of the files attached now, by kind."""
    found: dict[str, list[str]] = {}
    for file in application.sound_files:
        found.setdefault(file.kind, []).append(file.name)
    return found


def country_in(application: Application, saved: dict[str, SectionAnswers]) -> str:
    """Return the country the draft names; a submitted outlet's own may still be another."""
    said = saved["outlet"].answers.get("country") if "outlet" in saved else ""
    return said if said in Country.values else application.outlet.country


def mark(application: Application) -> list[Marked]:
    """Return every section the call asks for, as it stands. Two queries."""
    saved = {one.section: one for one in application.sections.all()}
    call, country = application.call, country_in(application, saved)
    files = names_of_files(application)
    marked = []
    for section in sections_of(call, country):
        one = saved.get(section.key) or SectionAnswers(section=section.key)
        answers = asked_anew(section.key, one.answers)
        found = problems_in(section, answers, call=call, country=country, files=files)
        how = state(section, answers, found, files)
        marked.append(Marked(section, answers, found, how, one.revision))
    return marked


def problems(application: Application) -> list[Problem]:
    """Return all that keeps an application from being submitted; empty when nothing does."""
    return [problem for marked in mark(application) for problem in marked.problems]
