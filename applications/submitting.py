"""Handing in: submit, withdraw. Time itself refuses a late one; the sweep only tidies up."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import translation

from applications import access, audit, drafting, outbox, questions
from applications.models import Application, MessageKind, Status, Version
from applications.models.application import Refused
from applications.results import owner_link


class Incomplete(Refused):
    """Not everything the call requires is there; `problems` says what, section by section."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("incomplete")


def submit(application: Application, *, at: datetime, seen: str = "") -> Application:
    """Hand the application to the organisers; refused from the closing instant on.

    A second press of the same button finds nothing new to hand in and changes nothing, though it
    came after the deadline: one version and one receipt per change. `seen` is the fingerprint of
    what the person looked at. Raises Refused ("closed", "not_open", "changed") and Incomplete.
    """
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        prefetch_related_objects([application], "sections", "attachments")
        as_seen = seen in ("", fingerprint(application))
        if as_seen and application.is_in_as_it_stands():
            return application
        application.require_open(at)
        if not as_seen or application.saved_at >= application.closes_at:
            raise Refused("changed")  # what came after 24:00 goes in with no submit that waited
        if problems := questions.problems(application):
            raise Incomplete(problems)
        application.move_to(Status.SUBMITTED, at=at)
        application.saved_at = at
        application.save(update_fields=["status", "submitted_at", "version", "saved_at"])
        version = keep_version(application)
        audit.record(
            "application.submitted",
            application,
            at=at,
            actor=audit.APPLICANT,
            version=version.number,
        )
        outbox.take_back(application, MessageKind.REMINDER)
        outbox.queue(
            MessageKind.SUBMITTED,
            application,
            key=f"submitted/{application.number}/{version.number}",
            at=at,
            link=access.url_of(owner_link(application)),
            version=version,
            answers=copy_of_answers(application, version),
        )
    return application


def fingerprint(application: Application) -> str:
    """Return what tells one state of the answers from another: one submits what one has seen."""
    sections = sorted((one.section, one.revision) for one in application.sections.all())
    files = sorted(file.pk for file in application.sound_files)
    return sha256(repr((sections, files)).encode()).hexdigest()[:16]


def copy_of_answers(application: Application, version: Version) -> list[questions.SectionInWords]:
    """Return what the receipt repeats, in the applicant's language, whichever page was open."""
    with translation.override(application.language):
        return questions.answers_in_words(application.call, version.answers, version.files)


def keep_version(application: Application) -> Version:
    """Freeze the answers and files as they stand: what is reviewed, whatever is written later."""
    version = application.versions.create(
        number=application.version,
        answers={s.section: s.answers for s in application.sections.all()},
        files=[
            {"key": str(f.key), "kind": f.kind, "name": f.name, "size": f.size, "sha256": f.sha256}
            for f in application.sound_files
        ],
        submitted_at=application.submitted_at,
        closes_at=application.closes_at,
    )
    drafting.take_facets(application.outlet, version.answers.get("outlet", {}))
    return version


def withdraw(application: Application, *, at: datetime) -> Application:
    """Take the application back before the deadline; it can be handed in again until then."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        application.require_open(at)
        if application.status == Status.WITHDRAWN:
            return application
        application.move_to(Status.WITHDRAWN, at=at)
        application.save(update_fields=["status"])
        audit.record("application.withdrawn", application, at=at, actor=audit.APPLICANT)
        outbox.queue(
            MessageKind.WITHDRAWN,
            application,
            key=f"withdrawn/{application.number}/{application.version}",
            at=at,
        )
    return application
