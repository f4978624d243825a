"""Record an event in the trail. Every verb writes one entry, in its own transaction."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Max

from applications.models import Application, AuditEntry

SYSTEM = "system"
APPLICANT = "applicant"


def record(event: str, subject: models.Model, *, at: datetime, actor: str, **details) -> AuditEntry:
    """Add an entry to the chain of `subject`; `event` is a past-tense name, `details` plain JSON.

    The caller holds the subject's row, so numbers follow each other; were two to meet all the
    same, the unique key refuses the second and its whole transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded with what it tells of.")
    chain = f"{subject._meta.model_name}/{subject.pk}"
    last = AuditEntry.objects.filter(chain=chain).aggregate(last=Max("number"))["last"] or 0
    return AuditEntry.objects.create(
        chain=chain,
        number=last + 1,
        at=at,
        event=event,
        actor=actor,
        details=details,
        application=subject if isinstance(subject, Application) else None,
    )
