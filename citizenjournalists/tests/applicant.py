"""An applicant in a browser: a draft of an open call, and the private link that opens it."""

from datetime import timedelta

from django.utils import timezone

from applications import access
from applications.models import Application, PrivateLink
from applications.tests import builders

A_PDF = b"%PDF-1.7\n%%EOF\n"


def an_open_call(**changes):
    now = timezone.now()
    dates = {"opens_at": now - timedelta(days=10), "closes_at": now + timedelta(days=4)}
    return builders.a_call(slug="now", **(dates | changes))


def a_draft(complete=False, **changes) -> Application:
    make = builders.a_complete_draft if complete else builders.a_draft
    return make(an_open_call(**changes), at=timezone.now())


def open_application(page, application: Application, link: PrivateLink | None = None) -> None:
    link = link or application.links.get(is_owner=True)
    page.goto(f"/z/{access.token_of(link)}")
    page.locator("main button").click()


def section(application: Application, key: str) -> str:
    return f"/ru/application/{application.number}/{key}/"
