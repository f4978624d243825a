"""A deadline moved later, for a whole call or for one application: the ledger of extensions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Call


class ExtensionQuerySet(models.QuerySet):
    def applied(self):
        return self.exclude(applied_at=None)

    def waiting(self):
        """Return those that wait for a second person."""
        return self.filter(applied_at=None, turned_down_at=None)

    def of_whole_calls(self):
        return self.filter(application=None)

    def about(self, call: Call, application: Application | None):
        return self.filter(call=call, application=application)

    def first_deadlines(self, call: Call | models.OuterRef):
        """Return first the deadline the call was announced with; nothing where nobody moved it."""
        moved = self.applied().of_whole_calls().filter(call=call).order_by("applied_at")
        return moved.values_list("old_closes_at", flat=True)

    def with_all(self):
        return self.select_related("call", "application__outlet", "asked_by", "approved_by")


class Extension(models.Model):
    """Who moved which deadline from when to when, why, and who approved it.

    Without `application` it is the whole call's. `original_closes_at` is the deadline first
    announced: once it has passed, an extension is applied by a second person's approval alone,
    and the database keeps to that.
    """

    call = models.ForeignKey(
        Call, models.PROTECT, related_name="extensions", verbose_name=_("call")
    )
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="extensions",
        verbose_name=_("application"),
    )
    original_closes_at = models.DateTimeField(_("deadline first announced"))
    old_closes_at = models.DateTimeField(_("deadline until now"))
    new_closes_at = models.DateTimeField(_("new deadline"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    applied_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    turned_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("turned down by"),
    )
    turned_down_at = models.DateTimeField(_("turned down"), null=True, blank=True)
    told = models.PositiveIntegerField(_("people told"), default=0)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension of a deadline")
        verbose_name_plural = _("extensions of deadlines")
        ordering = ["-asked_at", "-pk"]
        permissions = [
            ("approve_extension", "Can approve an extension that another person asked for")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(new_closes_at__gt=F("old_closes_at")),
                name="an_extension_only_moves_a_deadline_later",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="an_extension_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None)
                | Q(applied_at__lt=F("original_closes_at"))
                | Q(approved_by__isnull=False),
                name="after_the_original_deadline_a_second_person_approves",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(turned_down_at=None),
                name="an_extension_is_applied_or_turned_down_not_both",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(applied_at=None, turned_down_at=None),
                name="one_extension_of_an_application_waits_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(applied_at=None, turned_down_at=None, application=None),
                name="one_extension_of_a_call_waits_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.application.number if self.application else self.call}"

    def is_waiting(self) -> bool:
        return self.applied_at is None and self.turned_down_at is None
