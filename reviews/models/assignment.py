"""Who reads what, and whether they may."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Country


class Juror(models.Model):
    """What assigning needs to know of a person on the jury."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="juror")
    languages = models.JSONField(_("languages read"), default=list, help_text=_("ru, kk, tg, en"))
    home_country = models.CharField(
        _("country"), max_length=2, choices=Country, blank=True, help_text=_("Empty: elsewhere.")
    )

    class Meta:
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")

    def __str__(self):
        return self.user.get_full_name() or self.user.get_username()


class AssignmentQuerySet(models.QuerySet):
    def active(self):
        """Return those that count: not withdrawn, no conflict."""
        return self.filter(withdrawn_at=None).exclude(conflict=True)

    def of_juror(self, user):
        return self.filter(juror=user).active()


class Assignment(models.Model):
    """An application on a juror's desk. `conflict`: None until declared; True closes it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    assigned_at = models.DateTimeField(_("assigned"))
    due_at = models.DateTimeField(_("due"))
    conflict = models.BooleanField(_("conflict of interest"), null=True)
    conflict_reason = models.TextField(_("reason"), blank=True)
    declared_at = models.DateTimeField(_("declared"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["application__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "juror"], name="a_juror_reads_an_application_once"
            ),
            models.CheckConstraint(
                condition=Q(conflict=None, declared_at=None)
                | Q(conflict__isnull=False, declared_at__isnull=False),
                name="a_declaration_has_an_instant",
            ),
        ]

    def __str__(self):
        return f"{self.application_id} → {self.juror}"
