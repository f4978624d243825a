"""What those who have handed in may see of each other: scores, comments, remarks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import get_language

from applications.models import Application
from reviews import ranking
from reviews.models import Assignment, Criterion, Review, Score


@dataclass(frozen=True)
class Opinion:
    """One juror's handed-in review, as the others read it."""

    review: Review
    name: str
    total: Decimal | None
    scores: dict[int, Score]
    is_own: bool


@dataclass(frozen=True)
class Row:
    """One criterion with what each juror said of it, in the order of the opinions."""

    criterion: Criterion
    title: str
    scores: list[Score | None]
    own: Score | None


def may_follow(user: AbstractBaseUser, application: Application) -> bool:
    """Whether the discussion is open: to who has handed in, and to officers who don't judge."""
    mine = Assignment.objects.filter(application=application, juror=user)
    if mine.filter(conflict=True).exists():
        return False
    if Review.objects.handed_in().filter(assignment__in=mine).exists():
        return True
    return user.has_perm("reviews.view_all_reviews") and not mine.active().exists()


def opinions(
    application: Application, user: AbstractBaseUser, criteria: list[Criterion]
) -> list[Opinion]:
    """Return the reviews that `user` may see and that count, the user's own first."""
    weights = {criterion.pk: criterion.weight for criterion in criteria}
    reviews = (
        Review.objects.visible_to(user)
        .handed_in()
        .filter(assignment__application=application)
        .select_related("assignment__juror")
        .prefetch_related("scores__changes")
        .order_by("submitted_at", "pk")
    )
    found = [opinion_of(review, user, weights) for review in reviews]
    return sorted(found, key=lambda one: not one.is_own)


def opinion_of(review: Review, user: AbstractBaseUser, weights: dict[int, int]) -> Opinion:
    juror = review.assignment.juror
    scores = {score.criterion_id: score for score in review.scores.all()}
    points = {pk: score.points for pk, score in scores.items()}
    name = juror.get_full_name() or juror.get_username()
    return Opinion(review, name, ranking.total(points, weights), scores, juror.pk == user.pk)


def by_criterion(criteria: list[Criterion], found: list[Opinion]) -> list[Row]:
    """Return the same turned round: a row per criterion."""
    own = next((one for one in found if one.is_own), None)
    return [
        Row(
            criterion,
            wording.title if (wording := criterion.wording(get_language())) else "",
            [one.scores.get(criterion.pk) for one in found],
            own.scores.get(criterion.pk) if own else None,
        )
        for criterion in criteria
    ]


def note_seen(application: Application, *, by: AbstractBaseUser, at: datetime) -> None:
    """Remember that a juror has looked, so that only later remarks count as new."""
    Review.objects.filter(assignment__application=application, assignment__juror=by).update(
        discussion_seen_at=at
    )
