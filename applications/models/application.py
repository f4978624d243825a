"""An application, its sections as they are being written, and its submitted versions."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call, Language
from applications.models.outlet import Outlet


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("not submitted in time")


TRANSITIONS = {
    Status.DRAFT: {Status.SUBMITTED, Status.LAPSED},
    Status.SUBMITTED: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.WITHDRAWN: {Status.SUBMITTED},
    # Lapsed is not final: a person may extend the deadline, and a submit that arrived in time
    # and waited longer than the sweep is in time.
    Status.LAPSED: {Status.DRAFT, Status.SUBMITTED},
}


class Result(models.TextChoices):
    SELECTED = "selected", _("selected")
    RESERVE = "reserve", _("reserve list")
    NOT_SELECTED = "not_selected", _("not selected")
    INELIGIBLE = "ineligible", _("not eligible")


class Refused(Exception):
    """A verb that may not happen now; `code` says why, for the page that tells the person."""

    def __init__(self, code: str, message: str = ""):
        self.code = code
        super().__init__(message or code)


class ApplicationQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(status=Status.DRAFT)

    def submitted(self):
        return self.filter(status=Status.SUBMITTED)

    def of_call(self, call: Call):
        return self.filter(call=call)

    def from_country(self, country: str):
        return self.filter(outlet__country=country)

    def announced(self):
        return self.exclude(announced_at=None)

    def offered(self):
        """Return those who have been told of a place and still hold it."""
        return self.filter(result=Result.SELECTED, released_at=None)

    def without_an_answer(self):
        return self.offered().filter(confirmed_at=None, declined_at=None)

    def confirmed(self):
        return self.offered().exclude(confirmed_at=None)

    def overdue_drafts(self, at: datetime):
        return self.drafts().filter(closes_at__lte=at)

    def counted_by_state(self):
        """Return rows of a call's slug, a status, a country and how many there are."""
        told = self.order_by().values_list("call__slug", "status", "outlet__country")
        return told.annotate(models.Count("pk"))

    def with_outlet(self):
        return self.select_related("outlet", "call")

    def locked(self, pk: int) -> Application:
        """Return the row, held until the end of the transaction; the outlet and call come along."""
        return self.select_for_update(of=("self",)).with_outlet().get(pk=pk)

    def locked_alone(self, pk: int) -> Application:
        """Return the row, held until the end of the transaction, for what needs nothing beside."""
        return self.select_for_update().get(pk=pk)


class Application(models.Model):
    """One outlet's application to one call.

    `closes_at` is the deadline that applies to this application: the call's, unless a person
    extended it. The database refuses a `submitted_at` that does not lie before it.
    What is being written lies in `sections`; what was handed in lies in `versions`.
    """

    call = models.ForeignKey(
        Call, models.PROTECT, related_name="applications", verbose_name=_("call")
    )
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, related_name="applications", verbose_name=_("outlet")
    )
    number = models.CharField(_("number"), max_length=7, unique=True)
    start_key = models.CharField(max_length=64, null=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    contact_email = models.EmailField(_("contact e-mail"))
    created_at = models.DateTimeField(_("started"))
    saved_at = models.DateTimeField(_("last saved"))
    closes_at = models.DateTimeField(_("deadline"))
    submitted_at = models.DateTimeField(_("received"), null=True, blank=True)
    version = models.PositiveSmallIntegerField(_("submitted version"), default=0)
    result = models.CharField(
        _("result"), max_length=12, choices=Result, null=True, blank=True, editable=False
    )
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True, editable=False)
    confirm_by = models.DateTimeField(_("confirm by"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("place given up"), null=True, blank=True, editable=False)
    reminders_off_at = models.DateTimeField(
        _("wants no reminders since"), null=True, blank=True, editable=False
    )
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        permissions = [("erase_application", "Can copy and erase all that is held on an outlet")]
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["call", "status"]),
            models.Index(fields=["status", "closes_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["start_key"],
                condition=Q(start_key__isnull=False),
                name="one_rendering_of_the_form_starts_one_application",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(submitted_at__lt=F("closes_at")),
                name="submitted_before_its_deadline",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[Status.SUBMITTED, Status.WITHDRAWN],
                    submitted_at__isnull=False,
                    version__gte=1,
                )
                | Q(status__in=[Status.DRAFT, Status.LAPSED], submitted_at=None, version=0),
                name="submitted_means_an_instant_and_a_version",
            ),
            models.CheckConstraint(
                condition=Q(result=None, announced_at=None)
                | Q(result__isnull=False, announced_at__isnull=False),
                name="a_result_is_announced",
            ),
            models.CheckConstraint(
                condition=Q(result=None) | Q(submitted_at__isnull=False),
                name="only_submitted_applications_get_a_result",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(declined_at=None),
                name="confirmed_or_declined_not_both",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.outlet}"

    @property
    def files(self) -> list:
        """What is attached now, the earliest first."""
        return [file for file in self.attachments.all() if file.removed_at is None]

    @property
    def sound_files(self) -> list:
        """What is attached now and counts: all but files in which a virus was found."""
        return [file for file in self.files if not file.is_infected]

    def is_open(self, at: datetime) -> bool:
        """Whether it may be handed in: the call has opened and its own deadline lies ahead."""
        return self.call.has_opened(at) and at < self.closes_at

    def may_answer(self, at: datetime) -> bool:
        """Whether an offered place can be confirmed: told, still held, and not too late."""
        return (
            self.result == Result.SELECTED
            and self.released_at is None
            and self.declined_at is None
            and at < self.confirm_by
        )

    def has_unsent_changes(self) -> bool:
        return self.submitted_at is not None and self.saved_at > self.submitted_at

    def is_in_as_it_stands(self) -> bool:
        """Whether it is handed in and nothing was written since."""
        return self.status == Status.SUBMITTED and not self.has_unsent_changes()

    def touch(self, at: datetime) -> bool:
        """Note that something was written, and hold the row until the end of the transaction.

        False, and nothing noted, where it was written to, handed in or erased since it was read:
        `saved_at` moves on with every save and `version` with every submit.
        """
        as_read = Application.objects.filter(
            pk=self.pk, version=self.version, saved_at=self.saved_at, erased_at=None
        )
        saved_at = max(at, self.saved_at + timedelta(microseconds=1))
        if not as_read.update(saved_at=saved_at):
            return False
        self.saved_at = saved_at
        return True

    def require_kept(self) -> None:
        """Raise Refused ("erased") where nothing may be written any more."""
        if self.erased_at is not None:
            raise Refused("erased")

    def require_open(self, at: datetime) -> None:
        """Raise Refused: "not_open" before the opening, "closed" from the closing instant on."""
        if not self.call.has_opened(at):
            raise Refused("not_open")
        if at >= self.closes_at:
            raise Refused("closed")

    def move_to(self, status: Status, *, at: datetime) -> None:
        """Set the status and its instant; ValidationError for a move that is not in the table."""
        if status not in TRANSITIONS[Status(self.status)]:
            raise ValidationError(f"An application can't go from {self.status} to {status}.")
        if status == Status.SUBMITTED:
            self.submitted_at = at
            self.version += 1
        self.status = status


class SectionAnswers(models.Model):
    """One section as it stands, complete or not; `revision` counts its saves.

    `writer` is the open page that saved last and `step` which of its saves that was: a page whose
    last answer got lost on the way isn't told to be somebody else, and its late ones are known.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=20)
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    writer = models.CharField(max_length=24, blank=True, default="")
    step = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "section"], name="a_section_once")
        ]

    def __str__(self):
        return f"{self.application_id}/{self.section}"


class Version(models.Model):
    """What was handed in: the answers and files as they stood at that instant. Never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    answers = models.JSONField()
    files = models.JSONField(default=list)
    submitted_at = models.DateTimeField(_("received"))
    closes_at = models.DateTimeField(_("deadline"))

    class Meta:
        verbose_name = _("submitted version")
        verbose_name_plural = _("submitted versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="a_version_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__lt=F("closes_at")),
                name="version_submitted_before_its_deadline",
            ),
        ]

    def __str__(self):
        return f"{self.application_id}/{self.number}"
