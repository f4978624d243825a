"""Words of letters that staff have changed, and the switch for all mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call, Language
from applications.models.message import MessageKind


class LetterTemplate(models.Model):
    """A letter's words in one language, used in place of the file; a call's own goes first."""

    kind = models.CharField(_("letter"), max_length=20, choices=MessageKind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    call = models.ForeignKey(
        Call,
        models.CASCADE,
        verbose_name=_("only for the call"),
        null=True,
        blank=True,
        related_name="letter_templates",
        help_text=_("Empty: for every call."),
    )
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"))
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    edited_at = models.DateTimeField(_("edited"), editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("edited by"),
    )

    class Meta:
        verbose_name = _("letter's text")
        verbose_name_plural = _("texts of letters")
        ordering = ["kind", "language", "call"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "call"], name="one_text_per_letter_language_and_call"
            ),
            models.UniqueConstraint(
                fields=["kind", "language"],
                condition=Q(call=None),
                name="one_text_per_letter_and_language_for_every_call",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.language})"


class MailSwitch(models.Model):
    """One row: whether mail goes out at all, and how fast."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    paused_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    paused_by = models.CharField(_("stopped by"), max_length=150, blank=True)
    paused_because = models.TextField(_("why"), blank=True)
    per_minute = models.PositiveIntegerField(
        _("letters per minute"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    trouble = models.TextField(_("why mail can't be handed over"), blank=True, editable=False)
    trouble_since = models.DateTimeField(null=True, blank=True, editable=False)
    minute = models.BigIntegerField(default=0, editable=False)
    sent_in_minute = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("mail switch")
        verbose_name_plural = _("mail switch")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_mail_switch"),
            models.CheckConstraint(
                condition=Q(per_minute=None) | Q(per_minute__gte=1),
                name="a_speed_limit_lets_something_through",
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def now(cls) -> MailSwitch:
        """Return the switch as it stands; not stored where nobody has touched it yet."""
        return cls.objects.filter(pk=cls.THE_ONE).first() or cls()
