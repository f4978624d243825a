"""The trail: who did what, when. Rows are only ever added; triggers keep it so.

What a person wrote in their own words, and addresses, lie beside the trail and can be erased: the
entry holds no more than their digest.
"""

from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Call


class AuditEntryQuerySet(models.QuerySet):
    def unsealed(self):
        return self.filter(seal=None).order_by("pk")

    def with_seasons(self):
        """Return the entries with the `season` of the call that each is about, if it is."""
        name = Concat(Value("call/"), Cast("pk", models.CharField()))
        called = Call.objects.annotate(chain=name).filter(chain=OuterRef("chain"))
        return self.annotate(season=Subquery(called.values("season")[:1]))


class AuditEntry(models.Model):
    """One event. `chain` names what it happened to; numbers run from 1 without gaps in a chain."""

    chain = models.CharField(_("about"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    event = models.CharField(_("event"), max_length=60)
    actor = models.CharField(_("who"), max_length=150)
    details = models.JSONField(_("details"), default=dict)
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trail",
        verbose_name=_("application"),
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

    @property
    def told(self) -> dict:
        """The details with people's words in their places; None where they have been erased."""
        if not (digested := self.digested()):
            return self.details
        kept = getattr(self, "words", None)
        return {**self.details, **{key: kept and kept.words.get(key) for key in digested}}

    def digested(self) -> list[str]:
        """Return the details that stand here as a digest alone."""
        return [key for key, one in self.details.items() if is_digest(one)]


def is_digest(value) -> bool:
    return isinstance(value, dict) and value.keys() == {"sha256"}


class Words(models.Model):
    """What a person wrote, or an address, that an entry tells of. Emptied when it is erased.

    The salt goes with the words, so that nobody can guess them from the digest afterwards.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="words")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="words")
    salt = models.CharField(max_length=32, blank=True)
    words = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("words of an entry")
        verbose_name_plural = _("words of entries")

    def __str__(self):
        return f"{self.entry_id}"
