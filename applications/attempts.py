"""Keep a refused attempt to submit, so that a complaint can be answered with facts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from applications.models import Application, Attempt, PrivateLink
from applications.models.application import Refused

WORDS_KEPT = 200  # characters of each missing point


def note(
    application: Application, *, at: datetime, refused: Refused, link: PrivateLink | None = None
) -> Attempt:
    """Record that a submit was refused: when it arrived, under which deadline, what was missing.

    Called after the refused transaction has been rolled back, never inside it. A request that is
    tried again after a broken connection, and a kept press that two sweeps meet, is one attempt.
    """
    why = refused.code if refused.code in Attempt.Why.values else Attempt.Why.OTHER
    with transaction.atomic():
        Application.objects.locked_alone(application.pk)
        known = Attempt.objects.filter(application=application, at=at, why=why).first()
        return known or Attempt.objects.create(
            application=application,
            link=link,
            at=at,
            why=why,
            closes_at=application.closes_at,
            missing=[str(problem)[:WORDS_KEPT] for problem in getattr(refused, "problems", [])],
        )
