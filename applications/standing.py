"""Where an application stands, as its page tells the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.html import format_html
from django.utils.safestring import SafeString

from applications.models import Application, Message, MessageStatus, Result, Status


class Stage(StrEnum):
    DRAFT = "draft"
    RECEIVED = "received"  # handed in, and may still be changed
    READING = "reading"  # closed, no result is out
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    SELECTED = "selected"
    RESERVE = "reserve"
    NOT_SELECTED = "not_selected"
    INELIGIBLE = "ineligible"


RESULTS = {
    Result.SELECTED: Stage.SELECTED,
    Result.RESERVE: Stage.RESERVE,
    Result.NOT_SELECTED: Stage.NOT_SELECTED,
    Result.INELIGIBLE: Stage.INELIGIBLE,
}


def stage_of(application: Application, at: datetime) -> Stage:
    """Return where it stands. Of a result it knows what was announced and nothing else."""
    if application.announced_at is not None and application.result:
        return RESULTS[Result(application.result)]
    if application.status == Status.WITHDRAWN:
        return Stage.WITHDRAWN
    if application.status == Status.SUBMITTED:
        return Stage.RECEIVED if application.is_open(at) else Stage.READING
    return Stage.DRAFT if application.is_open(at) else Stage.LAPSED


@dataclass(frozen=True)
class Offer:
    """A place offered: until when it can be taken, and what was answered."""

    confirm_by: datetime | None
    is_confirmed: bool
    is_declined: bool
    is_released: bool
    can_confirm: bool


def offer_of(application: Application, at: datetime) -> Offer | None:
    """Return the offer to a selected outlet; None where no place was announced."""
    if application.announced_at is None or application.result != Result.SELECTED:
        return None
    confirmed, declined = application.confirmed_at is not None, application.declined_at is not None
    by = application.confirm_by
    released = application.released_at is not None
    open_ = not (confirmed or declined or released) and by is not None and at < by
    return Offer(by, confirmed, declined, released, open_)


def mail_bounced(application: Application) -> bool:
    """Whether the last letter to the contact address was refused for good."""
    known = [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.BOUNCED]
    sent = Message.objects.filter(
        application=application, recipient__iexact=application.contact_email, status__in=known
    )
    last = sent.order_by("-queued_at", "-pk").values_list("status", flat=True).first()
    return last in (MessageStatus.FAILED, MessageStatus.BOUNCED)


def masked(email: str) -> SafeString:
    """Return an address that its owner recognises and a stranger can't use: a•••@outlet.example."""
    name, _, host = email.partition("@")
    return format_html("{}•••@<wbr>{}", name[:1], host)
