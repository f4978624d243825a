"""The only door to an application: private links, the cookie they leave, and who may do what."""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import salted_hmac

from applications import audit, roles, showing
from applications.models import Application, Attachment, PrivateLink
from applications.models.application import ApplicationQuerySet
from applications.models.link import ALPHABET, NONCE_LENGTH
from applications.storing import Away

COOKIE, SALT = f"{settings.HOST_PREFIX}applications", "applications"
COOKIE_AGE = 60 * 60 * 24 * 365  # seconds: no session time-out may eat a text
LINKS_REMEMBERED = 10
SIGNATURE_LENGTH = 16  # characters of base 32, 80 bits
TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)
SHOWN_IN_PLACE = {"application/pdf", "image/jpeg", "image/png"}
AS_HEARD = str.maketrans("OIL", "011")


class Erased(Http404):
    """There is nothing any more: said to nobody but those who held a key to the end."""

    def __init__(self, application: Application):
        self.application = application
        super().__init__(application.number)


def signature(nonce: str, key: str = "") -> str:
    digest = salted_hmac("applications.private-link", nonce, secret=key or None, algorithm="sha256")
    return b32encode(digest.digest()).decode().translate(TO_CROCKFORD)[:SIGNATURE_LENGTH]


def token_of(link: PrivateLink) -> str:
    """Return what the private link ends in, like 7Q4M-XK2P-9RTD-…: derived, stored nowhere."""
    letters = link.nonce + signature(link.nonce)
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def url_of(link: PrivateLink) -> str:
    """Return the whole private link."""
    return f"{settings.SITE_URL}/z/{token_of(link)}"


def link_from(token: str) -> PrivateLink:
    """Return the valid link a token stands for; Http404 for a wrong, foreign or revoked one,
    Erased where the application is.

    Forgives what happens to a token that is read aloud or copied by hand: case, hyphens,
    and O, I, L for 0, 1, 1.
    """
    letters = "".join(token.upper().translate(AS_HEARD).split()).replace("-", "")
    nonce, given = letters[:NONCE_LENGTH], letters[NONCE_LENGTH:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    genuine = [signature(nonce, key).encode() for key in keys]
    if not any(hmac.compare_digest(one, given.encode()) for one in genuine):
        raise Http404
    link = PrivateLink.objects.valid().select_related("application__outlet").filter(nonce=nonce)
    if not (found := link.first()):
        raise gone(PrivateLink.objects.filter(nonce=nonce))
    return found


def gone(links) -> Http404:
    """Return what to raise where none of these links opens anything."""
    last = links.until_erased().select_related("application").first()
    return Erased(last.application) if last else Http404()


def give_link(
    application: Application, *, at: datetime, right: str = PrivateLink.Right.EDIT, email: str = ""
) -> PrivateLink:
    """Make a colleague's own link; recorded, and taken back by `revoke`."""
    with transaction.atomic():
        Application.objects.locked(application.pk)
        link = application.links.create(right=right, email=email, created_at=at)
        audit.record("link.given", application, at=at, actor=audit.APPLICANT, right=right)
    return link


def revoke(link: PrivateLink, *, at: datetime) -> None:
    """Take a link back: it opens nothing from now on, and the browsers it opened are shut too."""
    with transaction.atomic():
        Application.objects.locked(link.application_id)
        if PrivateLink.objects.valid().filter(pk=link.pk).update(revoked_at=at):
            audit.record("link.revoked", link.application, at=at, actor=audit.APPLICANT)


def remembered(request: HttpRequest) -> list[str]:
    """Return the nonces of the links this browser has opened, latest first."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    return [nonce for nonce in value.split(".") if len(nonce) == NONCE_LENGTH]


def remember(request: HttpRequest, response: HttpResponse, link: PrivateLink) -> HttpResponse:
    """Leave the key with the browser that opened the link."""
    nonces = [link.nonce, *(n for n in remembered(request) if n != link.nonce)]
    response.set_signed_cookie(
        COOKIE,
        ".".join(nonces[:LINKS_REMEMBERED]),
        salt=SALT,
        max_age=COOKIE_AGE,
        secure=settings.OVER_HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def links_of(request: HttpRequest):
    """Return the valid links this browser has opened, with their applications."""
    return (
        PrivateLink.objects.valid()
        .filter(nonce__in=remembered(request))
        .select_related("application__outlet", "application__call")
        .order_by("-application__saved_at")
    )


def link_for(request: HttpRequest, number: str) -> PrivateLink:
    """Return the link under which this browser may see application `number`, or raise Http404.

    The answer is the same for a number that does not exist and for another's.
    """
    known = PrivateLink.objects.filter(nonce__in=remembered(request), application__number=number)
    links = known.valid().select_related("application__outlet").order_by()
    if not (found := sorted(links, key=lambda link: link.right != PrivateLink.Right.EDIT)):
        raise gone(known)
    application = found[0].application
    application.call = showing.call_as_shown(pk=application.call_id)
    return found[0]


def require_editing(link: PrivateLink) -> None:
    """Raise PermissionDenied for a link that only reads."""
    if link.right != PrivateLink.Right.EDIT:
        raise PermissionDenied


def require_owner(link: PrivateLink) -> None:
    """Raise PermissionDenied for a colleague's link: only the applicant hands out keys."""
    if not link.is_owner:
        raise PermissionDenied


def applications_for_staff(user) -> ApplicationQuerySet:
    """Return the applications a member of staff may list: all, or of a coordinator's country.

    Jurors list nothing here: what is on their desk is said by their assignments.
    """
    if not user.has_perm("applications.view_application"):
        return Application.objects.none()
    country = roles.country_of(user)
    listed = Application.objects.with_outlet()
    return listed if country is None else listed.from_country(country)


def reads_answers(user) -> bool:
    """Whether a member of staff reads answers and files; a coordinator sees statuses alone."""
    return user.has_perm("applications.view_application") and roles.country_of(user) is None


def may_have_checked(user) -> bool:
    """Whether a member of staff may have a file checked for viruses again: who runs the call."""
    return reads_answers(user) and user.has_perm("applications.change_call")


def file_for_staff(user, application_pk: int, key: UUID) -> Attachment:
    """Return a submitted application's file if `user` reads answers; removed ones included."""
    if not reads_answers(user):
        raise PermissionDenied
    files = Attachment.objects.select_related("application").filter(
        application__in=applications_for_staff(user), application__submitted_at__isnull=False
    )
    return get_object_or_404(files, application=application_pk, key=key)


def hand_over(attachment: Attachment, *, to_save: bool = False) -> FileResponse:
    """Return the file itself: under its own name, shown in place only where that can't harm.

    One that waits for the scanner, or in which it found a virus, is handed to nobody.
    """
    if not attachment.is_openable:
        raise Http404
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:  # it is on its way from the disk to a bucket, or was lost
        raise Away(f"no file at {attachment.file.name}") from error
    response = FileResponse(
        content,
        as_attachment=to_save or attachment.content_type not in SHOWN_IN_PLACE,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
