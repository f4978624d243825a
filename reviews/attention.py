"""Applications that somebody has to look at before the decision or the letters."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from applications.models import Application, Attachment, Call, Status
from reviews import assigning
from reviews.models import Review, Screening


def without_second_opinion(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Return those whose eligibility one person was unsure of."""
    unsure = Screening.objects.needing_a_second_opinion()
    return applications.filter(Exists(unsure.filter(application=OuterRef("pk"))))


def without_advice(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Return the reviewed ones for which no juror wrote what the letter would advise."""
    of_this = Review.objects.handed_in().filter(assignment__application=OuterRef("pk"))
    ineligible = Screening.objects.ineligible().filter(application=OuterRef("pk"))
    return applications.filter(
        ~Exists(of_this.exclude(improvement="")),
        ~Exists(ineligible),
        Exists(of_this),
        status=Status.SUBMITTED,
    )


def with_closed_files(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Return the submitted ones with a file that has a virus, or waits to be checked for one."""
    closed = Attachment.objects.closed().filter(application=OuterRef("pk"))
    return applications.filter(Exists(closed), status=Status.SUBMITTED)


def lacking_a_third(call: Call) -> list[assigning.Tally]:
    """Return those whose two totals lie too far apart, with nobody asked to come in between."""
    return [tally for tally in assigning.tallies(call) if tally.needs_a_third]
