"""What tests of the staff's side put on the desk besides applications."""

from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile

from applications import attempts
from applications.models import Application, Attachment, Attempt
from applications.models.application import Refused
from applications.tests.builders import IN_TIME

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def a_file_of(application: Application, *, name: str = "Рекомендация.pdf") -> Attachment:
    """Return a PDF that belongs to the application and is named by its submitted versions."""
    attachment = Attachment(
        application=application,
        name=name,
        content_type="application/pdf",
        size=len(PDF),
        sha256=sha256(PDF).hexdigest(),
        uploaded_at=IN_TIME,
    )
    attachment.file.save("file", ContentFile(PDF), save=False)
    attachment.save()
    told = {"key": str(attachment.key), "kind": attachment.kind, "name": attachment.name}
    for version in application.versions.all():
        version.files = [*version.files, {**told, "size": len(PDF), "sha256": attachment.sha256}]
        version.save()
    return attachment


def an_attempt_at(application: Application, *, at: datetime) -> Attempt:
    """Return a refused attempt to submit."""
    return attempts.note(application, at=at, refused=Refused("closed"))
