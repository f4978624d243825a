"""A file that belongs to an application. Stored privately; handed out by access.py alone."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.filetypes import NAMES
from applications.models.application import Application


def private_path(attachment: "Attachment", filename: str) -> str:
    """Return where the file lies: by key alone, so that no name can ever harm the disk."""
    return f"attachments/{attachment.application_id}/{attachment.key}"


class Scan(models.TextChoices):
    """Whether a file was checked for viruses. It opens where it is clean or came unasked."""

    UNNEEDED = "unneeded", _("no scanner is configured")
    WAITING = "waiting", _("being checked for viruses")
    CLEAN = "clean", _("checked for viruses")
    INFECTED = "infected", _("a virus was found")


class AttachmentQuerySet(models.QuerySet):
    def present(self):
        return self.filter(removed_at=None)

    def sound(self):
        """Return the present ones that count as attached: all but those with a virus."""
        return self.present().exclude(scan=Scan.INFECTED)

    def infected(self):
        """Return the present ones in which a virus was found."""
        return self.present().filter(scan=Scan.INFECTED)

    def closed(self):
        """Return the present ones that open for nobody: with a virus, or still to be checked."""
        return self.present().filter(scan__in=[Scan.WAITING, Scan.INFECTED])

    def waiting(self):
        return self.filter(scan=Scan.WAITING)

    def due_to_scan(self, at: datetime):
        return self.waiting().filter(scan_due_at__lte=at).order_by("scan_due_at", "pk")


class Attachment(models.Model):
    """`name` is given back as it was. A removed file stays while a submitted version names it."""

    class Kind(models.TextChoices):
        CV = "cv", _("coordinator's CV")
        LETTER = "letter", _("signed letter of rationale")
        SAMPLE = "sample", _("sample of work or other file")

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SAMPLE)
    name = models.TextField(_("file name"))
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.FileField(_("file"), upload_to=private_path, max_length=200)
    uploaded_at = models.DateTimeField(_("uploaded"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    scan = models.CharField(
        max_length=10, choices=Scan, default=Scan.UNNEEDED, db_default=Scan.UNNEEDED
    )
    scan_due_at = models.DateTimeField(null=True, editable=False)
    scan_attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    scan_said = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attached file")
        verbose_name_plural = _("attached files")
        ordering = ["uploaded_at", "pk"]
        indexes = [
            models.Index(
                fields=["scan_due_at"], condition=Q(scan="waiting"), name="files_to_be_scanned"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scan="waiting") | Q(scan_due_at__isnull=False),
                name="what_waits_to_be_scanned_is_due",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def is_openable(self) -> bool:
        """Whether anyone may open it."""
        return self.scan in (Scan.UNNEEDED, Scan.CLEAN)

    @property
    def is_infected(self) -> bool:
        return self.scan == Scan.INFECTED

    @property
    def type_name(self) -> str:
        """PDF, DOCX, ODT, JPG or PNG, by content and whatever the name says."""
        return NAMES.get(self.content_type, "")
