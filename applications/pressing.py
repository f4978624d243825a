"""Presses of “Submit” that met a database away: kept on disk, handed in once it is back.

Whoever pressed in time is in time, though the site was away past the deadline and nobody came
back. A press is handed in by the same verb as any other, with the instant it arrived, and only
as what was seen: where something was saved since, people decide. Officers see every kept press.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from applications import attempts, submitting, sweeping
from applications.models import Application, PrivateLink
from applications.models.application import Refused

logger = logging.getLogger(__name__)

STAMP = "%Y%m%dT%H%M%S.%f"
MOST, MOST_OF_A_BROWSER = 5000, 20  # a call has hundreds; a browser remembers ten links


@dataclass(frozen=True)
class Press:
    """`nonces` are the links this browser had opened, `seen` the fingerprint of what it saw."""

    number: str
    nonces: list[str]
    seen: str
    at: str  # ISO 8601, in UTC

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)


def folder() -> Path:
    return Path(settings.VAR_DIR) / "pressed"


def keep(number: str, nonces: list[str], *, seen: str, at: datetime) -> datetime | None:
    """Write a press to disk, there for good when this returns; return the instant that counts.

    The same browser pressing again for what it saw already keeps its earliest instant. None where
    the disk refuses, or as many lie there as may: nobody can fill the disk, nor everybody's room.
    """
    press = Press(number, nonces, seen[:64], at.isoformat())
    browser, what = digest(nonces[0]), digest(*nonces, press.seen or press.at)
    name = f"{at.astimezone(UTC):{STAMP}}_{number}_{browser}_{what}.json"
    try:
        make_folder()
        lying = sorted(one.name for one in folder().glob("*.json"))
        same = [one for one in lying if one.endswith(f"_{number}_{browser}_{what}.json")]
        if same and same[0] <= name:
            return instant_of(same[0])
        if len(lying) >= MOST or sum(f"_{browser}_" in one for one in lying) >= MOST_OF_A_BROWSER:
            logger.error("a press was not kept: as many lie there as may (%s)", len(lying))
            return None
        write(name, json.dumps(asdict(press)))
        for later in same:
            (folder() / later).unlink(missing_ok=True)
    except OSError:
        logger.exception("a press could not be kept")
        return None
    logger.warning("the database is away, a press is kept: %s", name)
    return at


def lying() -> int:
    """Return how many presses wait here to be handed in."""
    return sum(1 for _ in folder().glob("*.json"))


def digest(*parts: str) -> str:
    """Return what a file's name may tell of a browser: the same for the same, and no key."""
    return salted_hmac("applications.pressing", " ".join(parts)).hexdigest()[:16]


def instant_of(name: str) -> datetime:
    return datetime.strptime(name.partition("_")[0], STAMP).replace(tzinfo=UTC)


def make_folder() -> None:
    if not folder().is_dir():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(folder().parent)


def write(name: str, content: str) -> None:
    """Write a file that is there whole or not at all, though the power goes the next moment."""
    partial = folder() / f".{uuid.uuid4().hex}.partial"
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder() / name)
    finally:
        partial.unlink(missing_ok=True)
    sync(folder())


def sync(directory: Path) -> None:
    """Have the names in a directory on the disk too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hand_in_kept(*, at: datetime, number: str = "*") -> int:
    """Hand in what was pressed until `at`, of one application or of all; return how many were."""
    return sweeping.each(hand_in, sorted(folder().glob(f"*_{number}_*.json")), at=at)


def hand_in(path: Path, *, at: datetime) -> bool:
    """Hand in one press and let go of it; any number may try at once, and again after a crash."""
    try:
        press = Press(**json.loads(path.read_text()))
    except FileNotFoundError:
        return False  # somebody else did it
    if press.instant > at:
        return False
    links = PrivateLink.objects.valid().filter(nonce__in=press.nonces).select_related("application")
    link = links.filter(application__number=press.number, right=PrivateLink.Right.EDIT).first()
    is_in = bool(link) and let_in(link, press)
    path.unlink(missing_ok=True)
    return is_in


def let_in(link: PrivateLink, press: Press) -> bool:
    """Submit as pressed; a refusal is kept like any other, beside the press itself."""
    attempts.note(link.application, at=press.instant, refused=Refused("away"), link=link)
    try:
        with transaction.atomic():
            application = Application.objects.locked(link.application_id)
            if application.is_in_as_it_stands():
                return False
            if application.saved_at > press.instant:
                raise Refused("changed")
            submitting.submit(application, at=press.instant, seen=press.seen)
    except Refused as refused:
        attempts.note(link.application, at=press.instant, refused=refused, link=link)
        return False
    return True
