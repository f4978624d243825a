"""Remind jurors of what is due: by hand, and by itself before and at the due date.

The outbox's key carries the day, so that nobody gets two reminders on one day, whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from applications import audit, instants, outbox, sweeping
from applications.models import Call, Message, MessageKind
from applications.models.application import Refused
from reviews.assigning import queue_link
from reviews.models import Assignment, Juror

BEFORE = (timedelta(days=2), timedelta(0))  # ahead of the due instant, latest last
STANDS_FOR = timedelta(hours=12)  # a reminder this shortly before a moment is enough
FORGOTTEN_AFTER = timedelta(days=7)  # past the due date: from then on it is for people


def key_of(call: Call, juror: User, at: datetime) -> str:
    """Return what makes a reminder one a day, by the call's own calendar."""
    return f"{prefix(call, juror.pk)}{instants.as_day(at, call):%Y-%m-%d}"


def prefix(call: Call, juror: int) -> str:
    return f"review_reminder/{call.pk}/{juror}/"


def remind(juror: User, call: Call, *, by: AbstractBaseUser | None, at: datetime) -> Message:
    """Queue a reminder with what is left; `by` None is the portal itself.

    Raises Refused: "nothing_left", or "reminded_today".
    """
    with transaction.atomic():
        profile = Juror.objects.select_for_update().get(user=juror)
        left = Assignment.objects.of_call(call).of_juror(juror).unfinished()
        waiting = list(left.select_related("application").order_by("order", "pk"))
        if not waiting:
            raise Refused("nothing_left")
        message = outbox.queue_letter(
            MessageKind.REVIEW_REMINDER,
            key=key_of(call, juror, at),
            at=at,
            recipient=juror.email,
            language=profile.language_of_letters(),
            facts={
                "name": juror.get_full_name(),
                "call": call,
                "count": len(waiting),
                "applications": [assignment.application for assignment in waiting],
                "due_at": min(assignment.due_at for assignment in waiting),
                "link": queue_link(),
            },
        )
        if message is None:
            raise Refused("reminded_today")
        actor = by.get_username() if by else audit.SYSTEM
        audit.record("juror.reminded", profile, at=at, actor=actor, left=len(waiting))
    return message


def last_reminders(call: Call, jurors: Iterable[int]) -> dict[int, datetime]:
    """Return when each juror was last reminded. One query."""
    sent = Message.objects.filter(
        kind=MessageKind.REVIEW_REMINDER, key__startswith=f"review_reminder/{call.pk}/"
    )
    found: dict[int, datetime] = {}
    wanted = set(jurors)
    for key, at in sent.order_by("queued_at").values_list("key", "queued_at"):
        juror = int(key.split("/")[2])
        if juror in wanted:
            found[juror] = at
    return found


def remind_due(*, at: datetime) -> int:
    """Remind each juror for whom a moment has come that no reminder followed yet.

    Due means “the moment lies behind us”, so a sweep that slept catches up, once.
    """
    latest = at + max(BEFORE)
    unfinished = Assignment.objects.unfinished().filter(
        due_at__lte=latest, due_at__gt=at - FORGOTTEN_AFTER, juror__is_active=True
    )
    rows = unfinished.select_related("juror", "application__call")
    by_desk: dict[tuple[Call, User], list[Assignment]] = defaultdict(list)
    for assignment in rows.order_by("pk"):
        by_desk[assignment.application.call, assignment.juror].append(assignment)
    calls: dict[Call, list[int]] = defaultdict(list)
    for call, juror in by_desk:
        calls[call].append(juror.pk)
    last = {call: last_reminders(call, jurors) for call, jurors in calls.items()}
    due = [
        (call, juror)
        for (call, juror), assignments in by_desk.items()
        if is_due(assignments, last[call].get(juror.pk), at)
    ]
    return sweeping.each(remind_at_desk, due, at=at)


def is_due(assignments: list[Assignment], last: datetime | None, at: datetime) -> bool:
    """Whether a moment of one of the assignments has come since the juror was last told.

    What was assigned after a moment doesn't call for its reminder: the letter about it came then.
    """
    moments = [
        moment
        for one in assignments
        for before in BEFORE
        if one.assigned_at < (moment := one.due_at - before) <= at
    ]
    return bool(moments) and (last is None or last < max(moments) - STANDS_FOR)


def remind_at_desk(desk: tuple[Call, User], *, at: datetime) -> bool:
    call, juror = desk
    try:
        remind(juror, call, by=None, at=at)
    except Refused:
        return False
    return True
