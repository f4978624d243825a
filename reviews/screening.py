"""Eligibility, before anyone reviews: a checklist, a result with its reason, a second opinion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from applications import audit
from applications.duplicates import duplicates
from applications.models import Application, Call
from applications.models.application import Refused
from reviews.models import Outcome, Screening

ANY = -1  # whatever check counts now
QUESTIONS = ("country_fits", "is_independent", "is_complete", "is_only_one")


@dataclass(frozen=True)
class Hint:
    """What the portal can see of one question: True, False, or None where a person must look."""

    name: str
    says: bool | None
    about: str


def screen(
    application: Application,
    *,
    outcome: str,
    answers: dict[str, bool | None],
    by: AbstractBaseUser,
    at: datetime,
    reason: str = "",
    after: int | None = ANY,
) -> Screening:
    """Record a check; it counts from now on, earlier ones stay in the trail.

    `after` is the key of the check that counted when the person looked (None: there was none).
    Raises Refused: "checked_meanwhile" by somebody else; "reason_needed" for anything but
    eligible; "answers_contradict" for eligible with a “no” on the list; "another_person" when
    someone answers their own call for a second opinion; "not_submitted"; "announced" once the
    result has been told.
    """
    if outcome != Outcome.ELIGIBLE and not reason.strip():
        raise Refused("reason_needed")
    if outcome == Outcome.ELIGIBLE and False in answers.values() and not reason.strip():
        raise Refused("answers_contradict")
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        if application.submitted_at is None:
            raise Refused("not_submitted")
        if application.announced_at is not None:
            raise Refused("announced")
        current = application.screenings.current().first()
        if after not in (ANY, current and current.pk):
            raise Refused("checked_meanwhile")
        if current and current.outcome == Outcome.UNSURE and current.by_id == by.pk:
            raise Refused("another_person")
        application.screenings.current().update(is_current=False)
        made = application.screenings.create(
            by=by, at=at, outcome=outcome, reason=reason, **answers
        )
        audit.record(
            "application.screened",
            application,
            at=at,
            actor=by.get_username(),
            outcome=outcome,
            reason=reason,
            **answers,
        )
    return made


def hints(application: Application) -> list[Hint]:
    """Return what the portal knows about each question; it decides nothing."""
    version = next(v for v in application.versions.all() if v.number == application.version)
    countries = {one.country for one in application.call.countries.all()}
    state = version.answers.get("independence", {}).get("state_share", "")
    alike = ", ".join(one.application.number for one in duplicates(application))
    return [
        Hint("country_fits", application.outlet.country in countries, ""),
        Hint("is_independent", None, str(state)),
        Hint("is_complete", True, ""),  # nothing else can be handed in
        Hint("is_only_one", None if alike else True, alike),
    ]


def with_current(call: Call) -> QuerySet[Application]:
    """Return the submitted applications of a call with their checks at hand, unchecked first."""
    return (
        Application.objects.of_call(call)
        .submitted()
        .with_outlet()
        .prefetch_related("screenings__by")
        .order_by("outlet__country", "number")
    )


def unchecked(applications: QuerySet[Application]) -> QuerySet[Application]:
    return applications.exclude(pk__in=Screening.objects.current().values("application"))


def found(applications: QuerySet[Application], outcome: str) -> QuerySet[Application]:
    """Return those whose check that counts ended with `outcome`."""
    current = Screening.objects.current().filter(outcome=outcome)
    return applications.filter(pk__in=current.values("application"))
