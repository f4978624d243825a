"""Record an event in the trail. Every verb writes one entry, in its own transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from django.db import models, transaction
from django.db.models.expressions import RawSQL

from applications.models import Application, AuditEntry, Words

SYSTEM = "system"
APPLICANT = "applicant"
WORDS = {"reason", "because", "address", "old_address", "new_address"}  # may name a person


def record(event: str, subject: models.Model, *, at: datetime, actor: str, **details) -> AuditEntry:
    """Add an entry to the chain of `subject`; `event` is a past-tense name, `details` plain JSON.

    Details named in WORDS lie beside the entry, where they can be erased; the entry holds their
    digest. The caller holds the subject's row, so numbers follow each other; were two to meet all
    the same, the unique key refuses the second and its whole transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded with what it tells of.")
    chain = f"{subject._meta.model_name}/{subject.pk}"
    words = {key: one for key, one in details.items() if key in WORDS and one}
    salt = secrets.token_hex(16)
    entry = AuditEntry.objects.create(
        chain=chain,
        number=next_number(chain),
        at=at,
        event=event,
        actor=actor,
        details={**details, **{key: digest(salt, one) for key, one in words.items()}},
        application=subject if isinstance(subject, Application) else None,
    )
    del entry.number  # read from the database where somebody asks
    if words:
        about = application_of(subject, details)
        Words.objects.create(entry=entry, application=about, salt=salt, words=words)
    return entry


def next_number(chain: str) -> RawSQL:
    """Return the number after the chain's last, to be found by the database as it adds the entry.

    Raw, because every save of a section writes an entry, and composing the question anew took
    longer than all the rest of it.
    """
    table = AuditEntry._meta.db_table
    last = f"SELECT MAX(number) FROM {table} WHERE chain = %s"  # noqa: S608  our own name
    return RawSQL(f"COALESCE(({last}), 0) + 1", [chain])  # noqa: S611


def digest(salt: str, words: str) -> dict:
    """Return what stands in the trail for somebody's words."""
    told = json.dumps([salt, str(words)])
    return {"sha256": hashlib.sha256(told.encode()).hexdigest()}


def application_of(subject: models.Model, details: dict) -> Application | None:
    """Return the application an event is about: the subject, what it belongs to, or the number."""
    if isinstance(subject, Application):
        return subject
    if (owner := getattr(subject, "application", None)) is not None:
        return owner
    return Application.objects.filter(number=details.get("application") or "").first()
