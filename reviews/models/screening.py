"""Whether an application may take part at all, checked before anyone reviews it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application


class Outcome(models.TextChoices):
    ELIGIBLE = "eligible", _("eligible")
    INELIGIBLE = "ineligible", _("not eligible")
    UNSURE = "unsure", _("a second opinion is needed")


class ScreeningQuerySet(models.QuerySet):
    def current(self):
        return self.filter(is_current=True)

    def ineligible(self):
        return self.current().filter(outcome=Outcome.INELIGIBLE)

    def needing_a_second_opinion(self):
        return self.current().filter(outcome=Outcome.UNSURE)


class Screening(models.Model):
    """One person's check of one application. Earlier ones stay; `is_current` marks what counts.

    The four answers are None where the person could not tell.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="screenings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    country_fits = models.BooleanField(_("from a country of the call"), null=True)
    is_independent = models.BooleanField(_("independent"), null=True)
    is_complete = models.BooleanField(_("complete"), null=True)
    is_only_one = models.BooleanField(_("the outlet's only application"), null=True)
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome)
    reason = models.TextField(_("reason"), blank=True)
    is_current = models.BooleanField(default=True)

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("eligibility check")
        verbose_name_plural = _("eligibility checks")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(is_current=True),
                name="one_check_counts_per_application",
            ),
            models.CheckConstraint(
                condition=Q(outcome="eligible") | ~Q(reason=""),
                name="anything_but_eligible_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.application}: {self.get_outcome_display()}"
