"""What the jury's side holds on one application: for the officers' copy of everything."""

from __future__ import annotations

from applications.copies import rows
from applications.models import Application
from reviews.models import ChangeReason, Decision, DecisionChange, Remark, Score, ScoreChange


def dossier(application: Application) -> dict:
    """Return the jury's rows on an application, jurors by their user names."""
    assignments = application.assignments.select_related("juror", "review").order_by("pk")
    of_application = {"score__review__assignment__application": application}
    scores = Score.objects.filter(review__assignment__application=application).order_by("pk")
    return {
        "assignments": rows(assignments),
        "jurors": {one.juror_id: one.juror.get_username() for one in assignments},
        "reviews": rows(one.review for one in assignments if hasattr(one, "review")),
        "scores": rows(scores),
        "revised_scores": rows(ScoreChange.objects.filter(**of_application).order_by("pk")),
        "remarks": rows(Remark.objects.filter(application=application).order_by("pk")),
        "screenings": rows(application.screenings.order_by("pk")),
        "decisions": rows(Decision.objects.filter(application=application)),
        "changes": rows(DecisionChange.objects.filter(application=application).order_by("pk")),
        "reasons_of_changes": rows(
            ChangeReason.objects.filter(change__application=application).order_by("pk")
        ),
    }
