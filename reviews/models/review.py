"""A juror's review: scores with comments, its author's alone until handed in."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application
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

        Officers and the chair read every handed-in review. Where a conflict was declared nobody
        reads anything, not even their own earlier words. This queryset feeds every page and
        export, so that independence is kept in one place.
        """
        handed_in = Q(
            submitted_at__isnull=False, assignment__withdrawn_at=None, assignment__conflict=False
        )
        conflicts = Assignment.objects.filter(
            juror=user, conflict=True, application=OuterRef("assignment__application")
        )
        own = Q(assignment__juror=user, assignment__withdrawn_at=None, assignment__conflict=False)
        open_to_user = self.filter(~Exists(conflicts))
        if user.has_perm("reviews.view_all_reviews"):
            waiting = Assignment.objects.active().filter(
                juror=user, application=OuterRef("assignment__application")
            )
            also_judges = waiting.filter(Q(review=None) | Q(review__submitted_at=None))
            return open_to_user.filter(own | (handed_in & ~Exists(also_judges)))
        also_reviewed = Review.objects.handed_in().filter(
            assignment__juror=user, assignment__application=OuterRef("assignment__application")
        )
        return open_to_user.filter(own | (handed_in & Exists(also_reviewed)))


class Review(models.Model):
    """`strength` and `improvement` may reach the applicant; `comment` never does.

    `writer` is the open page that saved last and `step` which of its saves that was: a page whose
    answer got lost on the way is no stranger to its own text.
    `first_submitted_at` stays when an officer reopens the review: the rubric is frozen from it on.
    """

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="review")
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    first_submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    writer = models.CharField(max_length=40, blank=True, editable=False)
    step = models.PositiveIntegerField(default=0, editable=False)
    discussion_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    strength = models.TextField(_("one strength"), blank=True)
    improvement = models.TextField(_("one thing that would have strengthened it"), blank=True)
    comment = models.TextField(_("comment in all"), blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions = [
            ("view_all_reviews", "Can read every handed-in review"),
            ("reopen_review", "Can give a handed-in review back to its author"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(first_submitted_at__isnull=False),
                name="a_handed_in_review_was_handed_in_first",
            )
        ]

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


class ScoreChange(models.Model):
    """A score revised after handing in: both values and the reason stay."""

    score = models.ForeignKey(Score, models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("when"))
    old_points = models.PositiveSmallIntegerField(_("before"), null=True, blank=True)
    new_points = models.PositiveSmallIntegerField(_("after"), null=True, blank=True)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("revised score")
        verbose_name_plural = _("revised scores")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_revision_has_a_reason")
        ]

    def __str__(self):
        return f"{self.score_id}: {self.old_points} → {self.new_points}"


class RemarkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what `user` may read: officers all, a juror where theirs is handed in."""
        if user.has_perm("reviews.view_all_reviews"):
            conflicts = Assignment.objects.filter(juror=user, conflict=True)
            return self.exclude(application__in=conflicts.values("application"))
        return self.where_handed_in_by(user)

    def where_handed_in_by(self, user):
        """Return those about applications whose review `user` has handed in."""
        own = Review.objects.handed_in().filter(assignment__juror=user)
        return self.filter(application__in=own.values("assignment__application"))


class Remark(models.Model):
    """A word in the discussion of an application, among those who have handed in."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"))

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.application_id}: {self.author}"
