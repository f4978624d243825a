"""The form as data: every section and question, what is wrong with an answer, and how it reads.

Answers are kept as typed, so that a draft takes any work; only submitting asks for more.
"""

from applications.questions.kinds import Files, Question, Setting, Typed, number
from applications.questions.marking import (
    Marked,
    Problem,
    State,
    country_in,
    mark,
    problems,
    problems_in,
    state,
)
from applications.questions.sections import (
    BY_KEY,
    SECTIONS,
    Section,
    can_be_switched_off,
    named,
    sections_of,
)
from applications.questions.words import (
    Answered,
    SectionInWords,
    Totals,
    answers_in_words,
    totals,
)

__all__ = [
    "BY_KEY",
    "SECTIONS",
    "Answered",
    "Files",
    "Marked",
    "Problem",
    "Question",
    "Section",
    "SectionInWords",
    "Setting",
    "State",
    "Totals",
    "Typed",
    "answers_in_words",
    "can_be_switched_off",
    "country_in",
    "mark",
    "named",
    "number",
    "problems",
    "problems_in",
    "sections_of",
    "state",
    "totals",
]
