"""Who reads what, and whether they may."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Country, Language, Status


class Juror(models.Model):
    """What assigning needs to know of a person on the jury."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="juror", verbose_name=_("juror")
    )
    languages = models.JSONField(_("languages read"), default=list, help_text=_("ru, kk, tg, en"))
    home_country = models.CharField(
        _("country"), max_length=2, choices=Country, blank=True, help_text=_("Empty: elsewhere.")
    )

    class Meta:
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")

    def __str__(self):
        return self.user.get_full_name() or self.user.get_username()

    def language_of_letters(self) -> str:
        """Return the language to write to this person in: Russian where it is read."""
        return Language.RU if Language.RU in self.languages else Language.EN


class ConflictKind(models.TextChoices):
    """What ties a juror to an outlet; more than one may be true."""

    WORK = "work", _("I work or worked with this newsroom in the last three years")
    KIN = "kin", _("family or close friendship")
    MONEY = "money", _("money or a share")
    DISPUTE = "dispute", _("a dispute or rivalry")
    OTHER = "other", _("something else")


class AssignmentQuerySet(models.QuerySet):
    def active(self):
        """Return those that count: not withdrawn, no conflict."""
        return self.filter(withdrawn_at=None).exclude(conflict=True)

    def of_juror(self, user):
        return self.filter(juror=user).active()

    def of_call(self, call):
        return self.filter(application__call=call)

    def readable(self):
        """Return those whose text may be opened: the juror has said that no conflict exists."""
        return self.filter(withdrawn_at=None, conflict=False)

    def unfinished(self):
        """Return those that still wait for a review to be handed in."""
        return self.active().filter(
            models.Q(review=None) | models.Q(review__submitted_at=None),
            application__status=Status.SUBMITTED,
        )

    def for_reading(self):
        return self.select_related("application__outlet", "application__call", "juror", "review")

    def locked(self, pk: int):
        """Return the row, held until the end of the transaction: it guards the review as well."""
        rows = self.select_for_update(of=("self",))
        return rows.select_related("application__outlet", "application__call", "juror").get(pk=pk)


class Assignment(models.Model):
    """An application on a juror's desk. `conflict`: None until declared; True closes it for good.

    `order` is its place in the juror's queue, so that not everybody reads in the same order.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="assignments", verbose_name=_("application")
    )
    juror = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("juror"),
    )
    order = models.PositiveIntegerField(_("place in the queue"), default=0)
    assigned_at = models.DateTimeField(_("assigned"))
    due_at = models.DateTimeField(_("due"))
    conflict = models.BooleanField(_("conflict of interest"), null=True)
    conflict_kinds = models.JSONField(_("kinds of conflict"), default=list, blank=True)
    conflict_reason = models.TextField(_("reason"), blank=True)
    declared_at = models.DateTimeField(_("declared"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.TextField(_("why it was withdrawn"), blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "juror"], name="a_juror_reads_an_application_once"
            ),
            models.CheckConstraint(
                condition=Q(conflict=None, declared_at=None)
                | Q(conflict__isnull=False, declared_at__isnull=False),
                name="a_declaration_has_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(conflict=True) | Q(withdrawn_at__isnull=False),
                name="a_conflict_withdraws_the_assignment",
            ),
        ]

    def __str__(self):
        return f"{self.application_id} → {self.juror}"

    @property
    def kinds_in_words(self) -> str:
        return ", ".join(
            str(ConflictKind(kind).label)
            for kind in self.conflict_kinds
            if kind in ConflictKind.values
        )
