"""Remind who holds a draft, at most once for each step before their deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Value
from django.http import Http404
from django.urls import reverse
from django.utils import translation

from applications import access, audit, instants, outbox, questions, results
from applications.models import Application, Message, MessageKind, Status
from applications.sweeping import each

STEPS = (timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=3))
NEXT = dict(zip(STEPS, (*STEPS[1:], timedelta(0)), strict=True))
LAST_HOUR = timedelta(hours=1)  # nobody is told of three hours in it
TELLING = (MessageKind.REMINDER, MessageKind.EXTENDED)  # letters that say when it closes
SALT = "applications.reminders"


def remind_draft_holders(*, at: datetime) -> int:
    """Queue the reminders that are due; return how many.

    After an outage only the latest step that is due is told: a step is over when the next begins.
    """
    return sum(each(remind, waiting_for(step, at), at=at, step=step) for step in STEPS)


def waiting_for(step: timedelta, at: datetime) -> list[int]:
    """Return the drafts within `step` of their deadline that were not reminded since.

    Not those begun within the step: who has just started needs no reminder of it, nor who was
    just told that the deadline moved. Nor those whose holder wants none.
    """
    begins = ExpressionWrapper(F("closes_at") - Value(step), output_field=DateTimeField())
    reminded = Message.objects.filter(
        application=OuterRef("pk"), kind__in=TELLING, queued_at__gte=OuterRef("begins")
    )
    return list(
        Application.objects.drafts()
        .filter(closes_at__gt=at + NEXT[step], closes_at__lte=at + step, reminders_off_at=None)
        .annotate(begins=begins)
        .filter(created_at__lte=F("begins"))
        .exclude(Exists(reminded))
        .values_list("pk", flat=True)
    )


def remind(pk: int, *, at: datetime, step: timedelta) -> bool:
    """Queue one reminder if it is still wanted; the key keeps a second one out."""
    with transaction.atomic():
        application = Application.objects.locked(pk)
        if application.status != Status.DRAFT or application.reminders_off_at is not None:
            return False
        if not NEXT[step] < application.closes_at - at <= step:
            return False  # the deadline has moved since
        hours = step // timedelta(hours=1)
        letter = outbox.queue(
            MessageKind.REMINDER,
            application,
            key=f"reminder/{application.number}/{application.closes_at:%Y%m%dT%H%M%S}/{hours}h",
            at=at,
            good_until=application.closes_at - (NEXT[step] or LAST_HOUR),
            link=access.url_of(results.owner_link(application)),
            left=instants.time_left(application.closes_at - at, application.language),
            missing=missing(application),
            stop_link=stop_link(application),
        )
        if letter is None:
            return False
        audit.record("draft.reminded", application, at=at, actor=audit.SYSTEM, hours=hours)
    return True


def missing(application: Application) -> list[str]:
    """Return what submitting would ask for, in the applicant's language."""
    with translation.override(application.language):
        return [str(problem) for problem in questions.problems(application)]


def stop_link(application: Application) -> str:
    """Return the address at which the holder of the mailbox stops the reminders, without a key."""
    with translation.override(application.language):
        token = signing.dumps(application.number, salt=SALT)
        return settings.SITE_URL + reverse("applications:reminders", args=[token])


def application_of(token: str) -> Application:
    """Return the application a link in a reminder stands for; Http404 for any other."""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    found = Application.objects.with_outlet().filter(number=number, erased_at=None).first()
    if found is None:
        raise Http404
    return found


def want_reminders(application: Application, wanted: bool, *, at: datetime) -> Application:
    """Note whether the holder of a draft wants to be reminded of it."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        if wanted == (application.reminders_off_at is None):
            return application
        application.reminders_off_at = None if wanted else at
        application.save(update_fields=["reminders_off_at"])
        if not wanted:
            outbox.take_back(application, MessageKind.REMINDER)
        event = "reminders.resumed" if wanted else "reminders.stopped"
        audit.record(event, application, at=at, actor=audit.APPLICANT)
    return application
