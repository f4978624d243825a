"""Browsers for tests of the applicant's pages: one that holds a link, and where it goes."""

import re

from django.test import Client

from applications import access
from applications.models import Application, PrivateLink


def opened(link: PrivateLink, **options) -> Client:
    """Return a browser that has opened a private link."""
    client = Client(**options)
    assert client.post(f"/z/{access.token_of(link)}").status_code == 302
    return client


def holder(application: Application, **options) -> Client:
    """Return the applicant's own browser."""
    return opened(application.links.valid().filter(is_owner=True).latest("pk"), **options)


def at(application: Application, *path: str) -> str:
    """Return the English address of one of the application's pages."""
    return "/".join(["", "en", "application", application.number, *path, ""])


def save(client: Client, application: Application, section: str, answers: dict, **more):
    """Send a section's form as a page opened just now would."""
    saved = application.sections.filter(section=section).first()
    form = {"revision": saved.revision if saved else 0, **answers, **more}
    return client.post(at(application, section), form)


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def words(page: str) -> str:
    """Return a page as it is read: without the marks that tell machines each instant."""
    return re.sub("</?time[^>]*>", "", page)


def begin(client: Client, call, **changes):
    """Fill in the start form as a browser would, hidden fields included."""
    address = f"/en/apply/{call.slug}/"
    key = hidden(client.get(address).content.decode(), "key")
    form = {"country": "KZ", "name": "Степь", "email": "a@outlet.example", "key": key, **changes}
    return client.post(address, form)
