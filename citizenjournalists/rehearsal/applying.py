"""First half of a rehearsal: opening, writing, reminders, the last millisecond, closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from applications import attempts, drafting, extending, submitting
from applications.instants import time_left
from applications.models import Application, Call, Message, MessageKind, MessageStatus, Status
from applications.models.application import Refused
from applications.reminding import STEPS
from citizenjournalists.rehearsal.scene import OUTLETS, Scene, answers_of
from citizenjournalists.rehearsal.timeline import Failed, Timeline

MS = timedelta(milliseconds=1)
DAY = timedelta(days=1)
Sweep = Callable[[datetime], None]


def letters(kind: MessageKind):
    return Message.objects.filter(kind=kind)


def sent(kind: MessageKind) -> int:
    return letters(kind).filter(status=MessageStatus.SENT).count()


def refused(verb: Callable, *args, **kwargs) -> Refused:
    """Return why a verb was refused; Failed when it was not."""
    try:
        verb(*args, **kwargs)
    except Refused as why:
        return why
    raise Failed(f"{verb.__name__} was not refused")


def opening(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    call, at = scene.call, scene.call.opens_at
    told.act("Opening")
    start = {"country": "KZ", "name": "Репетиция", "email": "a@rehearsal.example", "language": "ru"}
    refused(drafting.start, call, **start, at=at - MS)
    told.tell(at - MS, "a millisecond before the opening: nobody can start")
    sweep(at)
    told.expect(at, "the call opens", lambda: Call.objects.get(pk=call.pk).opened_at == at)


def writing(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """Start every application in the first days; those that will submit are filled in."""
    told.act("Writing")
    for n, (country, language, points) in enumerate(OUTLETS, 1):
        at = scene.call.opens_at + n * timedelta(hours=7)
        email = f"outlet{n}@rehearsal.example"
        link = drafting.start(
            scene.call,
            country=country,
            name=f"Редакция {n}",
            email=email,
            language=language,
            at=at,
        )
        if points is not None:
            for section, answers in answers_of(link.application).items():
                drafting.save_section(link.application, section, answers, revision=None, at=at)
        scene.applications.append(Application.objects.get(pk=link.application_id))
    told.expect(
        at,
        f"{len(OUTLETS)} outlets have started and were sent their links",
        lambda: letters(MessageKind.STARTED).count() == len(OUTLETS),
    )


def reminding(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """Most hand in ahead of time; who hasn't is reminded at each step, once."""
    told.act("Reminders")
    early = [a for a, (*_, points) in zip(scene.applications, OUTLETS, strict=True) if points]
    at = scene.call.closes_at - 8 * DAY
    for application in early[:-2]:
        submitting.submit(application, at=at)
    told.tell(at, f"{len(early) - 2} outlets hand in early and get their receipts")
    waiting = Application.objects.drafts().count()
    for n, step in enumerate(STEPS, 1):
        at = scene.call.closes_at - step
        sweep(at - timedelta(minutes=1))
        sweep(at)
        sweep(at + timedelta(minutes=1))
        told.expect(
            at,
            f"{waiting} holders of drafts are reminded: {time_left(step, 'en')} left",
            lambda n=n: sent(MessageKind.REMINDER) == n * waiting,
        )


def last_minute(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """One in the last millisecond, one in the first too late, one by raw SQL."""
    told.act("The last minute")
    closes_at = scene.call.closes_at
    in_time, late = [
        a
        for a in Application.objects.drafts().order_by("pk")
        if OUTLETS[scene.applications.index(a)][2] is not None
    ]
    submitting.submit(in_time, at=closes_at - MS)
    told.tell(closes_at - MS, f"{in_time.number} hands in, a millisecond before 24:00: accepted")
    why = refused(submitting.submit, late, at=closes_at)
    attempts.note(late, at=closes_at, refused=why, link=late.links.get())
    told.tell(closes_at, f"{late.number} hands in at 24:00:00.000: refused, the attempt is kept")
    try:
        with transaction.atomic():
            rows = Application.objects.filter(pk=late.pk)
            rows.update(status=Status.SUBMITTED, version=1, submitted_at=closes_at)
        raise Failed("the database took a late submit")
    except DatabaseError:
        told.tell(closes_at, "the same written straight into the database: refused")


def closing(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    told.act("Closing")
    at = scene.call.closes_at + timedelta(minutes=2)
    for _ in range(3):
        sweep(at)
    lapsed = Application.objects.filter(status=Status.LAPSED)
    told.expect(at, "the call is closed", lambda: Call.objects.get(pk=scene.call.pk).closed_at)
    told.expect(at, "four drafts lapse, their holders are told", lambda: lapsed.count() == 4)
    told.expect(
        at,
        "two officers get the counts by country, once each",
        lambda: (
            sorted(letters(MessageKind.CALL_CLOSED).values_list("recipient", flat=True))
            == sorted(scene.people[name].email for name in ("officer", "second"))
        ),
    )


def extension(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """One outlet gets two more days: asked for by one person, approved by another."""
    told.act("A late extension")
    at = scene.call.closes_at + timedelta(hours=10)
    late = Application.objects.filter(status=Status.LAPSED, attempts__isnull=False).get()
    to = scene.call.closes_at + 2 * DAY
    officer, second = scene.people["officer"], scene.people["second"]
    asked = extending.extend_application(late, to=to, reason="Сбой связи.", by=officer, at=at)
    told.tell(at, f"an officer asks for two more days for {late.number}: nothing moves yet")
    refused(extending.approve, asked, by=officer, at=at)
    extending.approve(asked, by=second, at=at + timedelta(hours=1))
    told.expect(
        at + timedelta(hours=1),
        "a second officer approves: the draft is open again, and its holder is told",
        lambda: (
            sent(MessageKind.EXTENDED) == 1
            and Application.objects.drafts().filter(pk=late.pk).exists()
        ),
    )
    late.refresh_from_db()
    submitting.submit(late, at=to - MS)
    told.tell(to - MS, f"{late.number} hands in, a millisecond before its own deadline")
