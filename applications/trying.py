"""A letter sent to a member of staff on trial: the same words, without anybody's private link."""

from __future__ import annotations

import re
from datetime import datetime

from applications import letters, outbox
from applications.models import Message, MessageKind
from applications.outbox import Prepared

PRIVATE_LINK = re.compile(r"(/z/)[0-9A-Za-z-]+")


def send_trial(prepared: Prepared, *, to, at: datetime) -> Message | None:
    """Queue a copy for `to`. It belongs to no application and counts as no result."""
    letter = letters.Letter(
        subject=f"[TEST] {prepared.letter.subject}"[:200],
        text=PRIVATE_LINK.sub(r"\1…", prepared.letter.text),
        html=PRIVATE_LINK.sub(r"\1…", prepared.letter.html),
    )
    return outbox.post(
        Prepared(
            kind=MessageKind.TRIAL,
            key=f"trial/{to.pk}/{at.isoformat()}",
            language=prepared.language,
            recipient=to.email,
            reply_to=prepared.reply_to,
            letter=letter,
            application=None,
        ),
        at=at,
    )
