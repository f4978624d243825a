"""The trail: who did what, when. Rows are only ever added; triggers keep it so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application


class AuditEntryQuerySet(models.QuerySet):
    def unsealed(self):
        return self.filter(seal=None).order_by("pk")


class AuditEntry(models.Model):
    """One event. `chain` names what it happened to; numbers run from 1 without gaps in a chain."""

    chain = models.CharField(_("about"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    event = models.CharField(_("event"), max_length=60)
    actor = models.CharField(_("who"), max_length=150)
    details = models.JSONField(_("details"), default=dict)
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="trail"
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="numbers_run_once_per_chain")
        ]

    def __str__(self):
        return f"{self.event} {self.chain}"
