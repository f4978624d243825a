"""The receipt and the draft as PDF: number, exact time, every answer, the digest of every file."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import instants, questions
from applications.models import Application, Version
from applications.papers import Paper

MOST_ON_PAPER = 20_000  # characters of one answer: a page of text takes 10 ms to set


def receipt(application: Application, version: Version) -> bytes:
    """Return the receipt of one submitted version: the same bytes each time it is asked for."""
    paper = begin(
        application,
        _("Receipt for an application"),
        version.submitted_at,
        application.number,
    )
    paper.number(application.number)
    call = application.call
    received = instants.in_both_capitals(version.submitted_at, call)
    paper.pair(_("Received"), received)
    paper.pair(_("Version"), str(version.number))
    paper.pair(_("Competition"), f"{call.organiser} · {call.season}")
    told = questions.answers_in_words(call, version.answers, version.files)
    write_answers(paper, told)
    write_files(paper, version.files)
    return paper.as_bytes()


def draft(application: Application, *, at: datetime) -> bytes:
    """Return the draft as it stands, marked as one that was not submitted."""
    paper = begin(application, _("Draft of an application"), at, application.number)
    paper.paragraph(_("This is a draft. It has not been submitted."), bold=True)
    answers = {one.section: one.answers for one in application.sections.all()}
    files = application.sound_files
    told = questions.answers_in_words(application.call, answers, files)
    write_answers(paper, told)
    write_files(paper, [vars(file) for file in files])
    return paper.as_bytes()


def begin(application: Application, title: str, at: datetime, number: str) -> Paper:
    footer = f"{_('Citizen Journalists')} · {number}"
    paper = Paper(title, language=get_language(), at=at, footer=footer)
    paper.paragraph(application.outlet.display_name, bold=True)
    return paper


def shortened(answer: str) -> str:
    """Return an answer as it fits on paper. What can be submitted always fits; a draft may not."""
    if len(answer) <= MOST_ON_PAPER:
        return answer
    return f"{answer[:MOST_ON_PAPER]} […]"


def write_answers(paper: Paper, told: list[questions.SectionInWords]) -> None:
    for section in told:
        paper.heading(section.title)
        for answer in section.answers:
            paper.pair(answer.label, shortened(answer.answer))


def write_files(paper: Paper, files: list[dict]) -> None:
    """Write each file's name and digest: what was received can be compared with what was sent."""
    if files:
        paper.heading(_("Digests of the files"))
    for file in files:
        paper.pair(file["name"], f"SHA-256: {file['sha256']}")
