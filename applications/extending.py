"""Move a deadline later: of a whole call, or of one application. Never earlier.

Before the deadline first announced one person may do it; afterwards a second one approves.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from applications import access, audit, outbox, results
from applications.models import Application, Call, Extension, MessageKind, Status
from applications.models.application import Refused


def extend_call(call: Call, *, to: datetime, reason: str, by, at: datetime) -> Extension:
    """Move the deadline of the call and of every application to it that closes earlier.

    Once the deadline first announced has passed, it waits for `approve`. Raises Refused:
    "not_later", "in_the_past", "after_decision_date", "announced", "no_reason", "waiting".
    """
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call.pk)
        return ask(call, None, to=to, reason=reason, by=by, at=at)


def extend_application(
    application: Application, *, to: datetime, reason: str, by, at: datetime
) -> Extension:
    """Give one application its own, later deadline. See `extend_call`; also "erased"."""
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=application.call_id)
        application = Application.objects.locked(application.pk)
        if application.erased_at is not None:
            raise Refused("erased")
        return ask(call, application, to=to, reason=reason, by=by, at=at)


def ask(
    call: Call, application: Application | None, *, to: datetime, reason: str, by, at: datetime
) -> Extension:
    """Record who wants which deadline and why; put it in force where one person is enough."""
    require_possible(call, application, to=to, at=at)
    if not reason.strip():
        raise Refused("no_reason")
    if Extension.objects.waiting().about(call, application).exists():
        raise Refused("waiting")
    extension = Extension.objects.create(
        call=call,
        application=application,
        original_closes_at=first_announced(call),
        old_closes_at=(application or call).closes_at,
        new_closes_at=to,
        reason=reason.strip(),
        asked_by=by,
        asked_at=at,
    )
    if at < extension.original_closes_at:
        put_in_force(extension, at=at, actor=by.get_username())
    else:
        audit.record(
            "extension.asked",
            application or call,
            at=at,
            actor=by.get_username(),
            extension=extension.pk,
            to=to.isoformat(),
        )
    return extension


def require_possible(
    call: Call, application: Application | None, *, to: datetime, at: datetime
) -> None:
    """Raise Refused where the deadline can't become `to`."""
    if to <= (application or call).closes_at:
        raise Refused("not_later")
    if to <= at:
        raise Refused("in_the_past")
    if call.announced_at is not None or (application and application.announced_at is not None):
        raise Refused("announced")
    if to > call.end_of(call.decision_date):
        raise Refused("after_decision_date")


def first_announced(call: Call) -> datetime:
    """Return the deadline the call was announced with, before anyone extended it."""
    return Extension.objects.first_deadlines(call).first() or call.closes_at


def needs_a_second_person(call: Call, at: datetime) -> bool:
    return at >= first_announced(call)


def approve(extension: Extension, *, by, at: datetime) -> Extension:
    """Put in force what another person asked for.

    Raises Refused: "same_person", "settled" (approved or turned down already), and what
    `extend_call` raises where the call has changed since.
    """
    with transaction.atomic():
        call, extension = held(extension)
        if by.pk == extension.asked_by_id:
            raise Refused("same_person")
        require_possible(call, extension.application, to=extension.new_closes_at, at=at)
        extension.approved_by = by
        extension.old_closes_at = (extension.application or call).closes_at
        put_in_force(extension, at=at, actor=by.get_username())
    return extension


def turn_down(extension: Extension, *, by, at: datetime) -> Extension:
    """Settle a waiting extension without moving anything; the asker may take it back so too."""
    with transaction.atomic():
        call, extension = held(extension)
        extension.turned_down_by, extension.turned_down_at = by, at
        extension.save(update_fields=["turned_down_by", "turned_down_at"])
        audit.record(
            "extension.turned_down",
            extension.application or call,
            at=at,
            actor=by.get_username(),
            extension=extension.pk,
        )
    return extension


def held(extension: Extension) -> tuple[Call, Extension]:
    """Return the call and the extension, locked in the order everyone locks; Refused if settled."""
    call = Call.objects.select_for_update().get(pk=extension.call_id)
    extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    if not extension.is_waiting():
        raise Refused("settled")
    extension.call = call
    if extension.application_id:
        extension.application = Application.objects.locked(extension.application_id)
    return call, extension


def put_in_force(extension: Extension, *, at: datetime, actor: str) -> None:
    """Move the deadline, bring lapsed drafts back and tell who holds a draft."""
    call, to = extension.call, extension.new_closes_at
    if extension.application is None:
        call.closes_at, call.closed_at = to, None
        call.save(update_fields=["closes_at", "closed_at"])
    extension.told = sum(move(pk, extension, at=at) for pk in moved_by(extension))
    extension.applied_at = at
    extension.save()
    audit.record(
        "deadline.extended",
        extension.application or call,
        at=at,
        actor=actor,
        extension=extension.pk,
        old=extension.old_closes_at.isoformat(),
        new=to.isoformat(),
        reason=extension.reason,
        asked_by=extension.asked_by.get_username(),
        told=extension.told,
    )


def moved_by(extension: Extension) -> list[int]:
    """Return the applications whose deadline the extension moves."""
    if extension.application_id:
        return [extension.application_id]
    behind = Application.objects.of_call(extension.call).filter(
        closes_at__lt=extension.new_closes_at, erased_at=None
    )
    return list(behind.order_by("pk").values_list("pk", flat=True))


def move(pk: int, extension: Extension, *, at: datetime) -> bool:
    """Give one application the later deadline; True where its holder was told."""
    application = Application.objects.locked(pk)
    reopened = application.status == Status.LAPSED
    if reopened:
        application.move_to(Status.DRAFT, at=at)
        audit.record("application.reopened", application, at=at, actor=audit.SYSTEM)
    application.closes_at = extension.new_closes_at
    application.save(update_fields=["closes_at", "status"])
    outbox.take_back(application, MessageKind.REMINDER, MessageKind.EXTENDED)
    own = extension.application_id is not None
    if application.status != Status.DRAFT and not own:
        return False
    application.call.closes_at = extension.call.closes_at
    letter = outbox.queue(
        MessageKind.EXTENDED,
        application,
        key=f"extended/{application.number}/{extension.pk}",
        at=at,
        good_until=extension.new_closes_at,
        link=access.url_of(results.owner_link(application)),
        reopened=reopened,
        own=own,
    )
    return letter is not None


def numbers_of(call: Call, application: Application | None) -> dict[str, int]:
    """Return how many hold a draft and how many drafts lapsed: whom an extension concerns."""
    concerned = Application.objects.of_call(call).filter(erased_at=None)
    if application:
        concerned = concerned.filter(pk=application.pk)
    return {
        "drafts": concerned.drafts().count(),
        "lapsed": concerned.filter(status=Status.LAPSED).count(),
        "submitted": concerned.submitted().count(),
    }
