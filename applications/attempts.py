"""Keep a refused attempt to submit, so that a complaint can be answered with facts."""

from __future__ import annotations

from datetime import datetime

from applications.models import Application, Attempt, PrivateLink
from applications.models.application import Refused

WORDS_KEPT = 200  # characters of each missing point


def note(
    application: Application, *, at: datetime, refused: Refused, link: PrivateLink | None = None
) -> Attempt:
    """Record that a submit was refused: when it arrived, under which deadline, what was missing.

    Called after the refused transaction has been rolled back, never inside it.
    """
    known = refused.code in Attempt.Why.values
    return Attempt.objects.create(
        application=application,
        link=link,
        at=at,
        why=refused.code if known else Attempt.Why.OTHER,
        closes_at=application.closes_at,
        missing=[str(problem)[:WORDS_KEPT] for problem in getattr(refused, "problems", [])],
    )
