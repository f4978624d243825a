"""An application as staff read it: what was handed in, in words, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, prefetch_related_objects

from applications import access, duplicates, questions
from applications.models import (
    Application,
    Attachment,
    AuditEntry,
    ConsentText,
    Message,
    Version,
)
from applications.questions import consenting


@dataclass(frozen=True)
class Page:
    """`version` and what follows from it are None and empty where nothing may be read."""

    reads_answers: bool
    versions: list[Version]
    version: Version | None
    sections: list[questions.SectionInWords]
    files: list[Attachment]
    letters: QuerySet[Message]
    trail: QuerySet[AuditEntry]
    likenesses: list[duplicates.Likeness]
    may_have_checked: bool
    consent: ConsentText | None = None
    agreed_at: datetime | None = None


def page_for(user, application: Application, version: str | None) -> Page:
    """Return what `user` may read of the application, in the version asked for or the latest.

    A draft's text is its writer's alone: only what was handed in is shown. A coordinator sees
    the status and its dates.
    """
    reads = access.reads_answers(user)
    has_text = reads and application.erased_at is None
    versions = list(application.versions.all()) if has_text else []
    chosen = next((one for one in versions if str(one.number) == version), None)
    chosen = chosen or (versions[0] if versions else None)
    return Page(
        reads_answers=reads,
        versions=versions,
        version=chosen,
        sections=in_words(application, chosen) if chosen else [],
        files=files_of(application, chosen) if chosen else [],
        letters=application.messages.all() if reads else Message.objects.none(),
        trail=trail_of(application) if reads else AuditEntry.objects.none(),
        likenesses=duplicates.duplicates(application) if has_text else [],
        may_have_checked=access.may_have_checked(user),
        consent=consenting.text_of(chosen.answers) if chosen else None,
        agreed_at=consenting.agreed_at(chosen.answers) if chosen else None,
    )


def trail_of(application: Application) -> QuerySet[AuditEntry]:
    """Return what happened, with what the words for it are made of."""
    prefetch_related_objects([application], "attachments")
    return application.trail.select_related("words")


def in_words(application: Application, version: Version) -> list[questions.SectionInWords]:
    return questions.answers_in_words(application.call, version.answers, version.files)


def files_of(application: Application, version: Version) -> list[Attachment]:
    """Return the files a version names, those taken out of the draft since included."""
    keys = [file["key"] for file in version.files]
    return list(application.attachments.filter(key__in=keys))
