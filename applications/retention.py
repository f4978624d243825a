"""Erase what is kept no longer: texts, files, names and addresses past the time the call states.

The row stays with its number, country, status and result, so that counts and the trail hold;
nothing in it points to a person any more. What the jury wrote is erased by reviews.erasing, in
the same transaction: it calls what stands here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from applications import audit, discarding
from applications.models import (
    Application,
    Attachment,
    Call,
    Message,
    MessageStatus,
    Outlet,
    Result,
    Status,
)
from applications.models.message import ACCOUNT_KINDS

NOBODY = "erased@portal.invalid"
GONE = "—"  # in place of words that must not be empty
BATCH = 200  # applications per sweep: the rest is left to the next


def overdue(*, at: datetime) -> list[int]:
    """Return what is past its time in every call, as many as one sweep erases."""
    overdue = []
    for call in Call.objects.filter(closes_at__lt=at):
        overdue += past_their_time(call, at).values_list("pk", flat=True)[: BATCH - len(overdue)]
    return overdue


def past_their_time(call: Call, at: datetime):
    """Return the applications of `call` whose time is over.

    What was never handed in counts from its own deadline, what was decided from the
    announcement. Handed in and never announced is kept: somebody still owes an answer.
    """
    not_handed_in = Q(
        status__in=[Status.DRAFT, Status.LAPSED, Status.WITHDRAWN],
        announced_at=None,
        closes_at__lte=at - timedelta(days=call.drafts_kept_days),
    )
    selected = Q(
        result=Result.SELECTED, announced_at__lte=at - timedelta(days=call.selected_kept_days)
    )
    others = ~Q(result=Result.SELECTED) & Q(
        announced_at__lte=at - timedelta(days=call.not_selected_kept_days)
    )
    kept = Application.objects.of_call(call).filter(erased_at=None)
    return kept.filter(not_handed_in | selected | others).order_by("pk")


def erase(pk: int, *, at: datetime, by: str = audit.SYSTEM, reason: str = "") -> bool:
    """Erase one application for good; the files go from the disk once the rows are gone.

    A draft lapses with it: nobody is reminded of it, and nobody can go on writing.
    """
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if application.erased_at is not None:
            return False
        empty_texts(application, at=at)
        empty_letters(application)
        take_keys_back(application, at=at)
        forget(application.outlet)
        if application.status == Status.DRAFT:
            application.move_to(Status.LAPSED, at=at)
        application.contact_email, application.erased_at = NOBODY, at
        application.save(update_fields=["contact_email", "status", "erased_at"])
        told = {"reason": reason} if reason else {}
        audit.record("application.erased", application, at=at, actor=by, **told)
    return True


def empty_texts(application: Application, *, at: datetime) -> None:
    """Erase what was written and attached, and the reasons that tell of it."""
    files = [attachment.file for attachment in application.attachments.all()]
    application.sections.all().delete()
    application.versions.update(answers={}, files=[])
    application.attempts.update(missing=[])
    application.extensions.update(reason=GONE)
    application.words.update(words={}, salt="")
    Attachment.objects.filter(application=application).delete()
    for file in files:
        discarding.discard(file, at=at)


def empty_letters(application: Application) -> None:
    """Erase the letters' words and recipients; what waits to be sent never is.

    So it is with staff's letters that name the outlet, but for those about staff's own accounts:
    a short name may stand in them by chance.
    """
    name = application.outlet.display_name
    of_staff = Message.objects.filter(application=None).exclude(kind__in=ACCOUNT_KINDS)
    of_staff = of_staff.filter(
        Q(key__startswith=f"place_freed/{application.number}/") | Q(text__contains=name or NOBODY)
    )
    for letters in (of_staff, application.messages.all()):
        waiting = letters.filter(status=MessageStatus.QUEUED)
        waiting.update(status=MessageStatus.REPLACED)
        letters.update(subject="", text="", html="")
    application.messages.update(recipient=NOBODY, last_error="")


def take_keys_back(application: Application, *, at: datetime) -> None:
    """Revoke every private link and forget whom it was given to."""
    application.links.valid().update(revoked_at=at)
    application.links.update(email="")


def forget(outlet: Outlet) -> None:
    """Leave of an outlet what counting by place needs: its country and region."""
    if outlet.applications.filter(erased_at=None).count() > 1:
        return
    outlet.name = outlet.known_as = outlet.city = outlet.site = ""
    outlet.registration_number = ""
    outlet.save()
