"""Where an application stands between arrival and decision, as the staff's list tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Status
from reviews import ranking
from reviews.models import Assignment, Review, Score, Screening

RECEIVED = "received"  # every submitted one, whatever became of it since


class Stage(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    REVIEWING = "reviewing", _("under review")
    REVIEWED = "reviewed", _("reviewed")
    INELIGIBLE = "ineligible", _("not eligible")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("not submitted in time")


def with_stage(applications: models.QuerySet[Application]) -> models.QuerySet[Application]:
    """Add `stage`, and of the desks an application lies on: `desks`, and `handed_in` of them."""
    of_this = {"application": OuterRef("pk")}
    active = Assignment.objects.active().filter(**of_this)
    handed_in = active.filter(review__submitted_at__isnull=False, conflict=False)
    ineligible = Screening.objects.ineligible().filter(**of_this)
    return applications.annotate(
        desks=number_of(active),
        handed_in=number_of(handed_in),
        stage=Case(
            When(~models.Q(status=Status.SUBMITTED), then=F("status")),
            When(Exists(ineligible), then=Value(Stage.INELIGIBLE.value)),
            When(desks=0, then=Value(Stage.SUBMITTED.value)),
            When(handed_in__lt=F("desks"), then=Value(Stage.REVIEWING.value)),
            default=Value(Stage.REVIEWED.value),
            output_field=models.CharField(),
        ),
    )


def number_of(assignments: models.QuerySet[Assignment]) -> Coalesce:
    """Return the number of the assignments of one application, 0 where there are none."""
    counted = assignments.order_by().values("application").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=models.IntegerField())


@dataclass
class Totals:
    """The totals of one application that a person may see, one per juror."""

    of_jurors: list[Decimal] = field(default_factory=list)

    @property
    def mean(self) -> Decimal | None:
        return ranking.mean(self.of_jurors)


def totals_of(applications: Iterable[int], user) -> dict[int, Totals]:
    """Return the totals `user` may see of the applications, by key. One query."""
    visible = Review.objects.handed_in().visible_to(user)
    scores = Score.objects.filter(
        review__in=visible, review__assignment__application__in=list(applications)
    )
    rows = scores.values_list(
        "review__assignment__application", "review", "criterion", "points", "criterion__weight"
    )
    points, weights = defaultdict(dict), {}
    for application, review, criterion, given, weight in rows:
        points[application, review][criterion] = given
        weights[criterion] = weight
    found: dict[int, Totals] = defaultdict(Totals)
    for (application, _review), given in points.items():
        if (total := ranking.total(given, weights)) is not None:
            found[application].of_jurors.append(total)
    return found
