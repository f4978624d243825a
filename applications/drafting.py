"""Writing an application: start it, save a section. A draft takes incomplete work."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from applications import access, audit, outbox
from applications.models import (
    Application,
    Call,
    Country,
    MessageKind,
    Outlet,
    PrivateLink,
    SectionAnswers,
)
from applications.models.application import Refused
from applications.questions import consenting

FACETS = {  # what staff list and search by, taken from the answers of the outlet's section
    "name": "name",
    "known_as": "known_as",
    "region": "region",
    "city": "city",
    "site": "site",
    "registration_number": "registration_number",
}


class OlderRevision(Exception):
    """Somebody saved this section in between; `current` is what lies there now."""

    def __init__(self, current: SectionAnswers):
        self.current = current
        super().__init__("A newer revision of this section was saved.")


def new_number() -> str:
    """Return a free number like 417-208: easy to read aloud, and silent about how many applied."""
    while True:
        digits = f"{secrets.randbelow(900_000) + 100_000}"
        number = f"{digits[:3]}-{digits[3:]}"
        if not Application.objects.filter(number=number).exists():
            return number


def start(
    call: Call,
    *,
    country: str,
    name: str,
    email: str,
    language: str,
    at: datetime,
    key: str | None = None,
) -> PrivateLink:
    """Begin an application and mail its private link; Refused while the call isn't open.

    `key` is the secret of one rendering of the form: the same form sent twice, at once or later,
    gives back the link of the one application it began.
    """
    if not call.is_open(at):
        raise Refused("closed" if call.has_closed(at) else "not_open")
    try:
        return begin(call, country, name, email, language, at, key)
    except IntegrityError:
        return PrivateLink.objects.valid().get(
            application__start_key=key, application__call=call, is_owner=True
        )


def begin(call, country, name, email, language, at, key) -> PrivateLink:
    with transaction.atomic():
        outlet = Outlet.objects.create(name=name, country=country)
        application = Application.objects.create(
            call=call,
            outlet=outlet,
            number=new_number(),
            start_key=key,
            language=language,
            contact_email=email,
            created_at=at,
            saved_at=at,
            closes_at=call.closes_at,
        )
        application.sections.create(
            section="outlet", answers={"name": name, "country": country}, revision=1, saved_at=at
        )
        link = application.links.create(is_owner=True, email=email, created_at=at)
        audit.record("application.started", application, at=at, actor=audit.APPLICANT)
        outbox.queue(
            MessageKind.STARTED,
            application,
            key=f"started/{application.number}",
            at=at,
            link=access.url_of(link),
        )
    return link


@dataclass(frozen=True)
class Page:
    """An open page that saves: its own random name, and the number of this save among its saves."""

    name: str = ""
    step: int = 0


def save_section(
    application: Application,
    section: str,
    answers: dict,
    *,
    revision: int | None,
    at: datetime,
    page: Page = Page(),
    saved: SectionAnswers | None = None,
) -> SectionAnswers:
    """Keep a section as typed, complete or not; what was typed is kept after the deadline too.

    `revision` is the one the writer started from: an older one than what lies there raises
    OlderRevision and changes nothing, unless the answers are the same or the same page wrote
    them. None overwrites. A save that its own page's later save has overtaken changes nothing.
    `saved` is what lies there, where it was just read, after `application`. Nothing is held while
    this is weighed: where somebody wrote in between, all is read and weighed again. Raises Refused
    ("erased").
    """
    while True:
        if saved is None:
            application = Application.objects.get(pk=application.pk)
            saved = section_of(application, section)
        typed = answers
        if section == consenting.SECTION:
            typed = consenting.agree(answers, saved.answers, at=at)
        is_own = bool(page.name) and page.name == saved.writer
        if saved.answers == typed or (is_own and page.step < saved.step):
            return saved
        if revision not in (None, saved.revision) and not is_own:
            raise OlderRevision(saved)
        if write_over(saved, application, typed, at=at, page=page):
            return saved
        saved = None


def section_of(application: Application, section: str) -> SectionAnswers:
    """Return a section's row, or a new one that isn't saved yet; Refused for an erased one."""
    application.require_kept()
    saved = application.sections.filter(section=section).first()
    return saved or SectionAnswers(application=application, section=section)


def write_over(
    saved: SectionAnswers, application: Application, answers: dict, *, at: datetime, page: Page
) -> bool:
    """Write a section and record it; False where something was written since both were read."""
    with transaction.atomic():
        if not application.touch(at):
            return False
        saved.answers, saved.saved_at = answers, at
        saved.writer, saved.step = page.name, page.step
        saved.revision += 1
        saved.save()
        if saved.section == "outlet" and application.submitted_at is None:
            take_facets(application.outlet, answers)
        audit.record(
            "section.saved",
            application,
            at=at,
            actor=audit.APPLICANT,
            section=saved.section,
            revision=saved.revision,
        )
    return True


def take_facets(outlet: Outlet, answers: dict) -> None:
    """Carry what staff search by from the answers to the outlet, cut to what a list can show.

    Once an application is submitted this waits for the next version: an edited draft must not
    move an outlet to another country under the jury's hands.
    """
    told = {"country": answers["country"]} if answers.get("country") in Country.values else {}
    for answer, field in FACETS.items():
        if answer in answers and (answers[answer] or answer != "name"):
            longest = Outlet._meta.get_field(field).max_length
            words = str(answers[answer])
            if answer == "registration_number":
                words = re.sub("[^0-9]", "", words)  # however it was spaced
            told[field] = words[:longest]
    changed = {field: words for field, words in told.items() if getattr(outlet, field) != words}
    for field, words in changed.items():
        setattr(outlet, field, words)
    if changed:
        outlet.save(update_fields=changed)
