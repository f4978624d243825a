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
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from applications import attempts, submitting, sweeping
from applications.models import Application, PrivateLink
from applications.models.application import Refused

logger = logging.getLogger(__name__)


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


def keep(number: str, nonces: Iterable[str], *, seen: str, at: datetime) -> bool:
    """Write a press to disk, there whole when this returns; False where the disk refuses too."""
    press = Press(number, list(nonces), seen[:64], at.isoformat())
    name = f"{at:%Y%m%dT%H%M%S.%f}_{number}_{uuid.uuid4().hex[:8]}.json"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = folder() / f".{name}"
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(press), file)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(folder() / name)
    except OSError:
        logger.exception("a press could not be kept")
        return False
    logger.warning("the database is away, a press is kept: %s", name)
    return True


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
