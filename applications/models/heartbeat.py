"""Signs of life of what works in the background."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When beat (the clock) and the workers (the legs) were last seen."""

    class Name(models.TextChoices):
        BEAT = "beat", _("the clock")
        WORKER = "worker", _("the worker")

    name = models.CharField(_("name"), max_length=10, choices=Name, primary_key=True)
    last_seen = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self):
        return f"{self.get_name_display()}: {self.last_seen}"
