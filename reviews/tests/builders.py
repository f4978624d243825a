"""Builders for tests of the jury's side; each makes one thing by the portal's own verbs."""

from datetime import datetime, timedelta
from itertools import count

from django.contrib.auth.models import User

from applications import roles
from applications.models import Application, Call, Language
from applications.tests.builders import CLOSES, a_call, a_person, an_application
from reviews import deciding, scoring
from reviews.models import (
    Assignment,
    Criterion,
    CriterionText,
    Decision,
    Juror,
    Review,
    Screening,
)

REVIEWING = CLOSES + timedelta(days=2)
DUE = CLOSES + timedelta(days=6)
WEIGHTS = (25, 20, 20, 15, 10, 10)
TITLES = (
    "Зачем нужна сеть",
    "Координатор и обучение",
    "Набор и работа с журналистами",
    "Редакция: состоятельность и независимость",
    "Охват и разнообразие",
    "После гранта",
)
SECTIONS = ("letter", "coordinator", "network", "independence", "reach", "budget")
numbers = count(1)


def a_juror(*, languages=("ru", "kk", "tg", "en"), country: str = "", **who) -> User:
    """Return a user on the jury, with the profile that assigning reads."""
    n = next(numbers)
    named = {"email": f"juror{n}@jury{n}.example", "last_name": f"Эксперт{n}", **who}
    user = a_person(roles.JUROR, **named)
    Juror.objects.create(user=user, languages=list(languages), home_country=country)
    return user


def an_officer(**who) -> User:
    return a_person(roles.OFFICER, **who)


def a_chair(**who) -> User:
    return a_person(roles.CHAIR, **who)


def a_rubric(call: Call, *, weights=WEIGHTS, language: str = Language.RU) -> list[Criterion]:
    """Return the criteria of `call` with their wording; six as in the real call by default."""
    criteria = []
    for position, weight in enumerate(weights, 1):
        title = TITLES[position - 1] if position <= len(TITLES) else f"Критерий {position}"
        sections = list(SECTIONS[position - 1 : position])
        criterion = Criterion.objects.create(
            call=call, position=position, weight=weight, sections=sections
        )
        anchors = {f"anchor_{n}": f"{title}: якорь {n}" for n in range(6)}
        CriterionText.objects.create(criterion=criterion, language=language, title=title, **anchors)
        criteria.append(criterion)
    return criteria


def an_assignment(
    application: Application | None = None,
    juror: User | None = None,
    *,
    declared: bool = True,
    at: datetime = REVIEWING,
    due_at: datetime = DUE,
) -> Assignment:
    """Return an application on a juror's desk, with “no conflict” declared unless told."""
    assignment = Assignment.objects.create(
        application=application or an_application(),
        juror=juror or a_juror(),
        assigned_at=at,
        due_at=due_at,
        order=next(numbers),
    )
    return scoring.declare(assignment, conflict=False, at=at) if declared else assignment


def entries_of(call: Call, points, comment: str = "") -> dict[int, scoring.Entry]:
    """Return entries for the criteria in order: one number for all, or one each; None: can't."""
    criteria = list(call.criteria.order_by("position")) or a_rubric(call)
    given = points if isinstance(points, (list, tuple)) else [points] * len(criteria)
    return {
        criterion.pk: scoring.Entry(value, value is None, comment)
        for criterion, value in zip(criteria, given, strict=True)
    }


def a_started_review(
    application: Application | None = None, juror: User | None = None, points=3, **notes
) -> Review:
    """Return a review that has been saved and not handed in. `points` as in `entries_of`."""
    assignment = notes.pop("assignment", None) or an_assignment(application, juror)
    at = notes.pop("at", REVIEWING)
    notes = {
        "strength": "Понятно, кого сейчас не слышно.",
        "improvement": "Не хватает расчёта на год.",
        **notes,
    }
    entries = entries_of(assignment.application.call, points, notes.pop("why", ""))
    return scoring.save_review(assignment, entries=entries, revision=None, at=at, **notes)


def a_review(
    application: Application | None = None, juror: User | None = None, points=3, **notes
) -> Review:
    """Return a review that has been handed in. `points` as in `entries_of`."""
    at = notes.get("at", REVIEWING)
    return scoring.submit_review(a_started_review(application, juror, points, **notes), at=at)


AFTER = CLOSES + timedelta(days=7)  # 21 December: jurors are done, officers decide


def a_judged_application(call: Call, points=3, **who) -> Application:
    """Return an application with one handed-in review. `points` as in `entries_of`."""
    application = an_application(call, **who)
    a_review(application, points=points)
    return application


def a_judged_call(kz=(), tj=(), **changes) -> Call:
    """Return a closed call with three criteria (50, 30, 20) and an application per total.

    A total is a multiple of 2 from 0 to 100. One review is all the call wants of each. Feedback
    is not worded yet.
    """
    call = a_call(**{"reviews_wanted": 1, **changes})
    a_rubric(call, weights=(50, 30, 20))
    juror = a_juror()
    for country, totals in (("KZ", kz), ("TJ", tj)):
        for total in totals:
            application = an_application(call, country=country)
            a_review(application, juror, points=points_for(total))
    return call


def points_for(total: int) -> list[int]:
    """Return points for criteria of 50, 30 and 20 that add up to `total` of 100."""
    return next(
        [a, b, c]
        for a in range(5, -1, -1)
        for b in range(5, -1, -1)
        for c in range(5, -1, -1)
        if 10 * a + 6 * b + 4 * c == total
    )


def a_draft_list(call: Call | None = None, *, by: User | None = None, at=AFTER, **totals):
    """Return a drafted decision list with feedback worded for the not selected."""
    call = call or a_judged_call(**(totals or {"kz": (90, 80), "tj": (70,)}))
    decision_list = deciding.draft_decisions(call, at=at, by=by)
    officer = by or an_officer()
    for decision in Decision.objects.of_call(call).filter(result="not_selected"):
        deciding.write_feedback(
            decision, strength="Понятно, зачем сеть.", improvement="Нужна смета.", by=officer, at=at
        )
    return decision_list


def a_proposed_list(call: Call | None = None, *, by: User | None = None, at=AFTER, **totals):
    """Return a list that one person has proposed."""
    draft = a_draft_list(call, at=at, **totals)
    return deciding.propose(draft, by=by or an_officer(), at=at)


def a_published_list(call: Call | None = None, *, by: User | None = None, at=AFTER, **totals):
    """Return a list that a second person has published."""
    proposed = a_proposed_list(call, at=at, **totals)
    return deciding.publish(
        proposed,
        by=by or a_chair(),
        counts=proposed.frozen["counts"],
        fingerprint=proposed.fingerprint,
        at=at,
    )


def an_ineligible(application: Application, *, reason: str = "Не из страны конкурса.") -> Screening:
    """Find an application ineligible."""
    return Screening.objects.create(
        application=application, by=an_officer(), at=REVIEWING, outcome="ineligible", reason=reason
    )
