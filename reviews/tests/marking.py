"""An application, and a jury, whose every free text holds a mark that may name somebody."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from applications import (
    attaching,
    extending,
    linking,
    resending,
    submitting,
)
from applications.tests.builders import IN_TIME, a_complete_draft
from applications.tests.staffing import PDF, an_attempt_at
from reviews import scoring, screening
from reviews.tests.builders import (
    REVIEWING,
    a_juror,
    a_review,
    an_officer,
)

MARK = "Қаракесек"  # stands in everything that may name somebody
ADDRESS = "karakesek@outlet.example"
WHY = "Письмо от 12 декабря."


def a_marked_application(call=None):
    """Return an application with the mark wherever a person may write, handed in."""
    draft = a_complete_draft(call, name=f"Газета {MARK}", email=ADDRESS)
    for key, question in (("letter", "letter"), ("network", "plan"), ("independence", "owners")):
        section = draft.sections.get(section=key)
        section.answers[question] += MARK
        section.save()
    upload = SimpleUploadedFile("cv.pdf", PDF + MARK.encode())
    attaching.attach(draft, upload, kind="cv", name=f"{MARK}.pdf", at=IN_TIME)
    linking.invite(draft, email=f"two.{ADDRESS}", right="view", at=IN_TIME)
    linking.ask_to_change_address(draft, to=f"new.{ADDRESS}", at=IN_TIME)
    application = submitting.submit(draft, at=IN_TIME)
    an_attempt_at(application, at=IN_TIME)
    application.attempts.update(missing=[MARK])
    officer = an_officer()
    resending.correct_address(
        application, f"right.{ADDRESS}", by=officer.username, reason=f"Звонила {MARK}", at=IN_TIME
    )
    later = application.closes_at + timedelta(hours=1)
    extending.extend_application(
        application, to=later, reason=f"Наводнение у {MARK}", by=officer, at=IN_TIME
    )
    application.refresh_from_db()
    return application


def judged(application):
    """Let the jury's side write the mark wherever it can."""
    answers = dict.fromkeys(screening.QUESTIONS, True)
    screening.screen(
        application,
        outcome="eligible",
        reason=MARK,
        answers=answers,
        after=None,
        by=an_officer(),
        at=REVIEWING,
    )
    juror = a_juror()
    notes = {"strength": MARK, "improvement": MARK, "comment": MARK, "why": f"Хорошо, {MARK}"}
    review = a_review(application, juror, **notes)
    scoring.discuss(application, text=f"{MARK}!", by=juror, at=REVIEWING)
    scoring.revise(review.scores.first(), points=1, reason=f"Узнал о {MARK}", at=REVIEWING)
