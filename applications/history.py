"""What happened to an application, in the applicant's words; told from the trail alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications import instants
from applications.models import Application, AuditEntry


@dataclass(frozen=True)
class Line:
    at: datetime
    words: str
    version: int = 0
    moment: str = ""  # when it was, as the call's zone tells it


def submitted(details: dict) -> str:
    version = details.get("version", 1)
    if version == 1:
        return _("You submitted the application")
    return _("You submitted the changed application, version %(version)s") % {"version": version}


TOLD: dict[str, Callable[[dict], str]] = {
    "application.started": lambda _details: _("You started the draft"),
    "application.submitted": submitted,
    "application.withdrawn": lambda _details: _("You withdrew the application"),
    "application.lapsed": lambda _details: _("Time ran out and the draft was not submitted"),
    "file.refused": lambda _details: _("A virus was found in a file, and it was refused"),
    "deadline.extended": lambda _details: _("The deadline was moved"),
    "link.given": lambda _details: _("A colleague was given a link"),
    "link.revoked": lambda _details: _("A colleague’s link was taken back"),
    "link.replaced": lambda _details: _("The private link was replaced with a new one"),
    "contact.change_asked": lambda _details: _("A new contact address was named"),
    "contact.changed": lambda _details: _("The new contact address was confirmed"),
    "result.announced": lambda _details: _("We told you the result"),
    "place.confirmed": lambda _details: _("You confirmed that you take part"),
    "place.declined": lambda _details: _("You gave up your place"),
}


def history(application: Application) -> list[Line]:
    """Return what the applicant may know of the trail, latest first.

    What isn't named above is the staff's business and is passed over; a result is named only
    by an entry that `results.announce` writes with the announcement itself.
    """
    entries = AuditEntry.objects.filter(application=application, event__in=TOLD)
    return [line(entry, application) for entry in entries.order_by("-at", "-pk")]


def line(entry: AuditEntry, application: Application) -> Line:
    return Line(
        entry.at,
        TOLD[entry.event](entry.details),
        entry.details.get("version", 0),
        instants.moment(entry.at, application.call),
    )
