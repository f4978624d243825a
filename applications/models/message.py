"""The outbox: every letter is a row before it is mail."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.call import Language


class MessageKind(models.TextChoices):
    """One text per language for each; what each must contain is told in the letters' templates."""

    STARTED = "started", _("draft started: private link")
    LINK = "link", _("lost link")
    COLLEAGUE = "colleague", _("link for a colleague")
    ADDRESS = "address", _("new contact address: to confirm")
    SUBMITTED = "submitted", _("receipt")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REMINDER = "reminder", _("reminder to a draft's holder")
    LAPSED = "lapsed", _("not submitted in time")
    SELECTED = "selected", _("selected")
    RESERVE = "reserve", _("reserve list")
    NOT_SELECTED = "not_selected", _("not selected")
    INELIGIBLE = "ineligible", _("not eligible")
    PROMOTED = "promoted", _("promoted from the reserve")
    CONFIRM_REMINDER = "confirm_reminder", _("reminder to confirm a place")
    CONFIRMED = "confirmed", _("place confirmed")
    DECLINED = "declined", _("place declined")
    ASSIGNED = "assigned", _("to a juror: what is assigned")
    REVIEW_REMINDER = "review_reminder", _("to a juror: reviews are due")
    INVITED = "invited", _("to a juror: invitation")
    EXTENDED = "extended", _("deadline moved")
    CALL_CLOSED = "call_closed", _("to staff: the call has closed")
    PLACE_FREED = "place_freed", _("to staff: a place was declined or stayed unanswered")
    FILE_INFECTED = "file_infected", _("a virus was found in a file")
    FILE_REFUSED = "file_refused", _("to staff: a file with a virus")
    TRIAL = "trial", _("to staff: a letter on trial")
    LIST_VOIDED = "list_voided", _("to staff: a proposed list lost its force")
    DATE_NEAR = "date_near", _("to staff: a promised date is near")
    DATE_MISSED = "date_missed", _("to staff: a promised date was missed")
    PASSWORD_RESET = "password_reset", _("to staff: a new password")
    NEW_DEVICE = "new_device", _("to staff: a sign-in from a new browser")
    ACCOUNT_CHANGED = "account_changed", _("to staff: password or second factor changed")


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    STALLED = "stalled", _("stalled: may or may not have gone")
    BOUNCED = "bounced", _("bounced")
    REPLACED = "replaced", _("replaced by another letter")
    OUTDATED = "outdated", _("not sent: no longer true")


NEED_A_PERSON = [MessageStatus.FAILED, MessageStatus.STALLED, MessageStatus.BOUNCED]
FIRST_RESULTS = [
    MessageKind.SELECTED,
    MessageKind.RESERVE,
    MessageKind.NOT_SELECTED,
    MessageKind.INELIGIBLE,
]
RESULT_KINDS = [*FIRST_RESULTS, MessageKind.PROMOTED]
ACCOUNT_KINDS = [MessageKind.PASSWORD_RESET, MessageKind.NEW_DEVICE, MessageKind.ACCOUNT_CHANGED]


MESSAGE_DOMAIN = settings.SITE_URL.split("://")[-1].split(":")[0].split("/")[0]


class MessageQuerySet(models.QuerySet):
    def due(self, at: datetime):
        """Return what may be sent now, by this deployment.

        A letter's Message-ID names the site it was written on: a copy of the database elsewhere
        finds nothing of its own to send.
        """
        return self.filter(
            Q(good_until=None) | Q(good_until__gt=at),
            status=MessageStatus.QUEUED,
            due_at__lte=at,
            message_id__endswith=f"@{MESSAGE_DOMAIN}>",
        )

    def outdated(self, at: datetime):
        """Return what waited until it was true no longer: “3 hours left” after the deadline."""
        return self.filter(status=MessageStatus.QUEUED, good_until__lte=at)

    def unfinished(self):
        return self.filter(status__in=[MessageStatus.QUEUED, MessageStatus.SENDING])

    def needing_a_person(self):
        """Return what somebody has to look at; of an erased outlet nothing can be done any more."""
        return self.filter(status__in=NEED_A_PERSON, application__erased_at=None)

    def of_results(self):
        return self.filter(kind__in=RESULT_KINDS)


class Message(models.Model):
    """A letter as it will be sent: rendered when queued, in its recipient's language.

    `key` names the event it tells of ("submitted/417-208/1"): the database keeps a second
    letter about the same event out, whoever asks for it.
    """

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind)
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("application"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    recipient = models.EmailField(_("to"))
    reply_to = models.EmailField(_("reply to"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    message_id = models.CharField("Message-ID", max_length=120, unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED
    )
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("due"))
    good_until = models.DateTimeField(_("not sent from"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("taken up"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("outgoing letters")
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["claimed_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENT) | Q(sent_at__isnull=False),
                name="sent_means_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None)
                | Q(status__in=[MessageStatus.SENT, MessageStatus.BOUNCED, MessageStatus.REPLACED]),
                name="what_waits_was_not_sent",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind__in=FIRST_RESULTS, replaces=None),
                name="one_result_letter_per_application",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} → {self.recipient}"
