"""A file that belongs to an application. Stored privately; handed out by access.py alone."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.filetypes import NAMES
from applications.models.application import Application


def private_path(attachment: "Attachment", filename: str) -> str:
    """Return where the file lies: by key alone, so that no name can ever harm the disk."""
    return f"attachments/{attachment.application_id}/{attachment.key}"


class AttachmentQuerySet(models.QuerySet):
    def present(self):
        return self.filter(removed_at=None)


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

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attached file")
        verbose_name_plural = _("attached files")
        ordering = ["uploaded_at", "pk"]

    def __str__(self):
        return self.name

    @property
    def type_name(self) -> str:
        """PDF, DOCX, ODT, JPG or PNG, by content and whatever the name says."""
        return NAMES.get(self.content_type, "")
