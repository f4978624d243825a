"""Private links in use: send a lost one, replace one, give one to a colleague, mend the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import translation

from applications import access, audit, outbox
from applications.models import Application, MessageKind, PrivateLink
from applications.results import owner_link

SALT = "applications.new-address"
ADDRESS_TOKEN_AGE = timedelta(days=7)
MOST_LINKS = 20  # for colleagues of one application, at a time
MOST_IN_A_LETTER_ROUND = 10


def send_lost_links(email: str, *, at: datetime) -> int:
    """Mail each link that was given to `email`; nothing for an unknown address, and no word of it.

    Returns how many letters were queued, for tests: no page may tell.
    """
    links = PrivateLink.objects.valid().filter(email__iexact=email)
    links = links.select_related("application__call", "application__outlet")
    latest = links.order_by("-application__saved_at", "-pk")[:MOST_IN_A_LETTER_ROUND]
    with transaction.atomic():
        for link in latest:
            outbox.queue(
                MessageKind.LINK,
                link.application,
                key=f"link/{link.application.number}/{link.pk}/{at:%Y%m%d%H%M%S%f}",
                at=at,
                recipient=link.email,
                link=access.url_of(link),
            )
    return len(latest)


def replace_link(application: Application, *, at: datetime) -> PrivateLink:
    """Revoke the applicant's own link, make a new one and mail it; colleagues' links stay."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        application.links.valid().filter(is_owner=True).update(revoked_at=at)
        link = application.links.create(
            is_owner=True, email=application.contact_email, created_at=at
        )
        audit.record("link.replaced", application, at=at, actor=audit.APPLICANT)
        outbox.queue(
            MessageKind.LINK,
            application,
            key=f"link/{application.number}/{link.pk}",
            at=at,
            link=access.url_of(link),
        )
    return link


def invite(application: Application, *, email: str, right: str, at: datetime) -> PrivateLink:
    """Give a colleague their own link and mail it to them. Asked twice, it is given once."""
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        given = application.links.valid().filter(is_owner=False)
        if already := given.filter(email__iexact=email, right=right).first():
            return already
        if given.count() >= MOST_LINKS:
            return given.latest("pk")
        link = access.give_link(application, at=at, right=right, email=email)
        outbox.queue(
            MessageKind.COLLEAGUE,
            application,
            key=f"colleague/{application.number}/{link.pk}",
            at=at,
            recipient=email,
            link=access.url_of(link),
            may_edit=right == PrivateLink.Right.EDIT,
        )
    return link


def ask_to_change_address(application: Application, *, to: str, at: datetime) -> None:
    """Mail a link that changes the contact address, to the old address and to the new one.

    Either confirms: the old one may bounce, the new one may be mistyped. Nothing changes before.
    """
    facts = [application.number, application.contact_email, to]
    token = signing.dumps(facts, salt=SALT)
    with translation.override(application.language):
        path = reverse("applications:confirm_address", args=[token])
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        audit.record("contact.change_asked", application, at=at, actor=audit.APPLICANT)
        addresses = dict.fromkeys((application.contact_email, to))
        for which, recipient in enumerate(addresses, 1):
            outbox.queue(
                MessageKind.ADDRESS,
                application,
                key=f"address/{application.number}/{which}/{at:%Y%m%d%H%M%S}",
                at=at,
                recipient=recipient,
                link=settings.SITE_URL + path,
                new_address=to,
            )


def change_asked_for(token: str) -> tuple[Application, str]:
    """Return the application and the new address a token stands for, used or not yet.

    Http404 once it leads nowhere: forged, too old, or another address counts since.
    """
    try:
        number, old, new = signing.loads(token, salt=SALT, max_age=ADDRESS_TOKEN_AGE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    known = Application.objects.with_outlet().filter(number=number)
    found = known.filter(contact_email__in=[old, new]).first()
    if found is None:
        raise Http404
    return found, new


def change_address(token: str, *, at: datetime) -> Application:
    """Put the confirmed address in the place of the old one, and mail the private link there.

    Pressed twice, or in both letters, it happens once.
    """
    application, new = change_asked_for(token)
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        if application.contact_email == new:
            return application
        application.contact_email = new
        application.save(update_fields=["contact_email"])
        link = owner_link(application)
        link.email = new
        link.save(update_fields=["email"])
        audit.record("contact.changed", application, at=at, actor=audit.APPLICANT)
        outbox.queue(
            MessageKind.LINK,
            application,
            key=f"link/{application.number}/{link.pk}/{at:%Y%m%d%H%M%S%f}",
            at=at,
            link=access.url_of(link),
        )
    return application
