"""A juror's review: scores with comments, its author's alone until handed in."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reviews.models.assignment import Assignment
from reviews.models.rubric import HIGHEST, Criterion


class ReviewQuerySet(models.QuerySet):
    def handed_in(self):
        """Return the reviews that count: submitted, under an assignment that still stands."""
        return self.filter(
            submitted_at__isnull=False, assignment__withdrawn_at=None, assignment__conflict=False
        )

    def of_call(self, call):
        return self.filter(assignment__application__call=call)

    def visible_to(self, user):
        """Return what `user` may read: their own, and others' of what they have handed in.

        Officers and the chair read every handed-in review. This queryset feeds every page and
        export, so that independence is kept in one place.
        """
        own = Q(assignment__juror=user)
        if user.has_perm("reviews.view_all_reviews"):
            return self.filter(own | Q(pk__in=self.model.objects.handed_in().values("pk")))
        also_reviewed = Review.objects.handed_in().filter(
            assignment__juror=user, assignment__application=OuterRef("assignment__application")
        )
        handed_in = Q(pk__in=self.model.objects.handed_in().values("pk"))
        return self.filter(own | (handed_in & Exists(also_reviewed)))


class Review(models.Model):
    """`strength` and `improvement` may reach the applicant; `comment` never does."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="review")
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    strength = models.TextField(_("one strength"), blank=True)
    improvement = models.TextField(_("one thing that would have strengthened it"), blank=True)
    comment = models.TextField(_("comment in all"), blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions = [("view_all_reviews", "Can read every handed-in review")]

    def __str__(self):
        return f"{self.assignment}"


class Score(models.Model):
    """Points for one criterion; `cant_judge` is excluded from the total, never counted as 0."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    cant_judge = models.BooleanField(_("can't judge"), default=False)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="a_criterion_scored_once"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__lte=HIGHEST), name="points_from_0_to_5"
            ),
            models.CheckConstraint(
                condition=Q(cant_judge=False) | Q(points=None),
                name="points_or_cant_judge_not_both",
            ),
        ]

    def __str__(self):
        return f"{self.criterion_id}: {self.points}"
