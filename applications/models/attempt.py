"""An attempt to submit that was refused: what a complaint is answered with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.link import PrivateLink


class Attempt(models.Model):
    """`at` is the instant the request arrived, to the millisecond; `missing` what was not there."""

    class Why(models.TextChoices):
        CLOSED = "closed", _("too late")
        NOT_OPEN = "not_open", _("too early")
        INCOMPLETE = "incomplete", _("incomplete")
        AWAY = "away", _("the site was away")
        CHANGED = "changed", _("changed since it was seen")
        OTHER = "other", _("another reason")

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="attempts", verbose_name=_("application")
    )
    link = models.ForeignKey(
        PrivateLink, models.PROTECT, null=True, related_name="attempts", verbose_name=_("by link")
    )
    at = models.DateTimeField(_("arrived"))
    why = models.CharField(_("why refused"), max_length=10, choices=Why)
    closes_at = models.DateTimeField(_("deadline that applied"))
    missing = models.JSONField(_("what was missing"), default=list)

    class Meta:
        verbose_name = _("refused attempt to submit")
        verbose_name_plural = _("refused attempts to submit")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["why", "at"])]

    def __str__(self):
        return f"{self.application.number} {self.get_why_display()}"
