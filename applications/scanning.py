"""Have files checked for viruses: while they are sent where that is quick, else by the sweep.

Where no scanner is configured nothing here does anything. Where one is, a file is closed to
everybody until it was found clean. A scanner that is away keeps nobody from handing in.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from applications import access, audit, clamd, outbox, roles, telling
from applications.models import Application, Attachment, MessageKind
from applications.models.attachment import Scan
from applications.results import owner_link

logger = logging.getLogger(__name__)

WHILE_SENT, IN_A_SWEEP = 10.0, 60.0  # seconds that one file may take
SWEEP_ENDS_AFTER = 50.0  # seconds: the next one goes on
LEFT_ALONE = 30.0  # seconds
BATCH = 500  # files looked up by a sweep
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
CLAIMED_FOR = timedelta(minutes=10)  # then a worker that died holds a file no longer
scanner = SimpleNamespace(away_until=0.0)  # by this process's monotonic clock


class Infected(Exception):
    """A virus was found; `signature` is what the scanner calls it."""

    def __init__(self, signature: str):
        self.signature = signature
        super().__init__(signature)


def at_once(file: BinaryIO) -> Scan:
    """Return how a file that is being sent stands; raises Infected.

    A scanner that was away or slow a moment ago isn't waited for: the sweep checks the file.
    """
    if settings.CLAMAV is None:
        return Scan.UNNEEDED
    if time.monotonic() < scanner.away_until:
        return Scan.WAITING
    try:
        signature = clamd.scan(settings.CLAMAV, file, patience=WHILE_SENT)
    except (clamd.Away, clamd.Unanswered) as error:
        scanner.away_until = time.monotonic() + LEFT_ALONE
        logger.warning("a file waits to be checked for viruses: %s", error)
        return Scan.WAITING
    if signature:
        raise Infected(signature)
    return Scan.CLEAN


def refuse(application: Application, *, sha256: str, signature: str, at: datetime) -> None:
    """Record that a file with a virus was sent and not taken in, and tell staff."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        note(application, sha256=sha256, signature=signature, actor=audit.APPLICANT, at=at)


def note(
    application: Application, *, sha256: str, signature: str, actor: str, at: datetime, **more
) -> None:
    """Record it and write to officers: of files that weren't taken in once a day, however many."""
    audit.record(
        "file.refused", application, at=at, actor=actor, sha256=sha256, found=signature, **more
    )
    told_once = sha256[:32] if more else at.date()
    telling.tell(
        roles.OFFICER,
        kind=MessageKind.FILE_REFUSED,
        key=f"file-refused/{application.number}/{told_once}",
        at=at,
        number=application.number,
        signature=signature,
        taken_in=bool(more),
        link=settings.SITE_URL
        + reverse("admin:applications_application_change", args=[application.pk]),
    )


def scan_due(*, at: datetime) -> int:
    """Check the files that wait; return how many got their verdict.

    Any number of workers may do so at once: a file belongs to whoever counts up its attempts. A
    scanner that is away costs no file an attempt.
    """
    if settings.CLAMAV is None:
        return Attachment.objects.waiting().update(scan=Scan.UNNEEDED, scan_due_at=None)
    began, settled = time.monotonic(), 0
    for attachment in Attachment.objects.due_to_scan(at)[:BATCH]:
        if time.monotonic() - began > SWEEP_ENDS_AFTER:
            break
        if not claim(attachment, at=at):
            continue
        try:
            settled += check(attachment, at=at)
        except clamd.Away as error:
            put_back(attachment, at=at, said=str(error))
            break
        except Exception as error:  # whatever it is, the other files must not wait for this one
            put_off(attachment, at=at, said=f"{type(error).__name__}: {error}")
    return settled


def claim(attachment: Attachment, *, at: datetime) -> bool:
    """Take a waiting file for this worker; False where another got there first."""
    return bool(
        Attachment.objects.waiting()
        .filter(pk=attachment.pk, scan_attempts=attachment.scan_attempts)
        .update(scan_attempts=attachment.scan_attempts + 1, scan_due_at=at + CLAIMED_FOR)
    )


def put_back(attachment: Attachment, *, at: datetime, said: str) -> None:
    logger.warning("the scanner for viruses is away: %s", said)
    Attachment.objects.waiting().filter(pk=attachment.pk).update(
        scan_attempts=attachment.scan_attempts, scan_due_at=at, scan_said=said[:200]
    )


def put_off(attachment: Attachment, *, at: datetime, said: str) -> None:
    """Try this file later, ever more seldom: the scanner is there and gave no verdict on it."""
    pause = min(FIRST_PAUSE * 2 ** min(attachment.scan_attempts, 10), LONGEST_PAUSE)
    logger.warning("file %s could not be checked for viruses", attachment.key, exc_info=True)
    Attachment.objects.waiting().filter(pk=attachment.pk).update(
        scan_due_at=at + pause, scan_said=said[:200]
    )


def check(attachment: Attachment, *, at: datetime) -> bool:
    """Have one file checked, outside any transaction, and keep the verdict."""
    with attachment.file.open("rb") as content:
        signature = clamd.scan(settings.CLAMAV, content, patience=IN_A_SWEEP)
    with transaction.atomic():
        application = Application.objects.locked(attachment.application_id)
        state = Scan.INFECTED if signature else Scan.CLEAN
        mine = Attachment.objects.waiting().filter(pk=attachment.pk)
        if not mine.update(scan=state, scan_said=signature[:200], scan_due_at=None):
            return False  # removed or erased meanwhile
        if signature:
            tell_applicant(application, attachment, at=at)
            told = {"sha256": attachment.sha256, "signature": signature, "at": at}
            note(application, actor=audit.SYSTEM, file=str(attachment.key), **told)
    return True


def tell_applicant(application: Application, attachment: Attachment, *, at: datetime) -> None:
    """Write to the outlet, which may have left the page long ago."""
    if not application.links.valid().filter(is_owner=True).exists():
        return
    outbox.queue(
        MessageKind.FILE_INFECTED,
        application,
        key=f"file-infected/{attachment.key}/{attachment.scan_attempts}",
        at=at,
        link=access.url_of(owner_link(application)),
        file=attachment.name,
        is_open=application.is_open(at),
    )


def check_again(attachment: Attachment, *, by: str, at: datetime) -> None:
    """Let a file in which a virus was found be checked anew: scanners are wrong at times."""
    with transaction.atomic():
        application = Application.objects.locked(attachment.application_id)
        found = Attachment.objects.filter(pk=attachment.pk, scan=Scan.INFECTED)
        if found.update(scan=Scan.WAITING, scan_due_at=at):
            key = str(attachment.key)
            audit.record("file.checked_again", application, at=at, actor=by, file=key)
