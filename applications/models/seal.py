"""Seals on the trail: a chain of hashes, so that a changed or removed entry shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.audit import AuditEntry


class SealQuerySet(models.QuerySet):
    def head(self):
        """Return the last seal; None where nothing has been sealed yet."""
        return self.order_by("-position").first()


class Seal(models.Model):
    """One sealed entry. `hash` covers the seal before it, so that none can be changed alone.

    `digest` is the entry's own SHA-256. There is no constraint towards the entry: a seal outlives
    an entry that somebody removed, and tells of it.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal"
    )
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of the trail")
        verbose_name_plural = _("seals of the trail")

    def __str__(self):
        return f"{self.position} {self.hash[:12]}"
