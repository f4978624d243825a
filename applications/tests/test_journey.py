"""An application by an outlet that has no script: begun, written, submitted, changed, withdrawn."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications import access
from applications.models import Application, Message, MessageKind, Status
from applications.tests.builders import (
    IN_TIME,
    a_call,
    an_application,
    good_answers,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture(autouse=True)
def _the_clock_stands(monkeypatch):
    """Requests arrive three days before the deadline unless a test says otherwise."""
    arrive(monkeypatch, IN_TIME)


def arrive(monkeypatch, at):
    monkeypatch.setattr("applications.arrival.timezone.now", lambda: at)


def holder(application, **which) -> Client:
    """Return a browser that has opened the application's link."""
    client = Client()
    link = application.links.valid().filter(**(which or {"is_owner": True})).latest("pk")
    assert client.post(f"/z/{access.token_of(link)}").status_code == 302
    return client


def at(application, *path) -> str:
    return "/".join(["", "en", "application", application.number, *path, ""])


def begin(client, call, **changes):
    """Fill in the start form as a browser would, hidden fields included."""
    address = f"/en/apply/{call.slug}/"
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode()).group(1)
    form = {"country": "KZ", "name": "Степь", "email": "a@outlet.example", "key": key, **changes}
    return client.post(address, form)


def save(client, application, section, answers, **more):
    revision = getattr(application.sections.filter(section=section).first(), "revision", 0)
    return client.post(at(application, section), {"revision": revision, **answers, **more})


def test_a_whole_application_without_script():
    call, client = a_call(), Client()
    response = begin(client, call)
    application = Application.objects.get()
    assert response.url == at(application)
    page = client.get(response.url).content.decode()
    assert access.token_of(application.links.get()) in page
    for section, answers in good_answers(application).items():
        response = save(client, application, section, answers)
        assert response.status_code == 302
        assert "check" not in response.url, section
    client.post(
        at(application, "files"), {"cv": SimpleUploadedFile("Резюме.pdf", PDF), "onward": "1"}
    )
    assert "Check and submit" in client.get(at(application)).content.decode()
    page = client.get(at(application, "check")).content.decode()
    assert "Submit the application" in page
    assert "Резюме.pdf" in page
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    response = client.post(at(application, "submit"), {"seen": seen})
    assert response.url == at(application, "received")
    assert application.number in client.get(response.url).content.decode()
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    receipt = Message.objects.get(kind=MessageKind.SUBMITTED)
    assert application.number in receipt.text
    assert "SHA-256" in receipt.text
    pdf = client.get(f"/en/application/{application.number}/versions/1/receipt.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_every_page_of_an_application_opens_in_every_language():
    application = an_application()
    client = holder(application)
    pages = ["", "check/", "received/", "status/", "colleagues/", "address/", "versions/1/"]
    sections = [*good_answers(application), "files"]
    for language in ("ru", "kk", "tg", "en"):
        for page in pages + [f"{one}/" for one in sections] + [f"{one}/?check" for one in sections]:
            if page == "files/?check":
                continue
            response = client.get(f"/{language}/application/{application.number}/{page}")
            assert response.status_code == 200, page
            html = response.content.decode()
            assert html.count("<h1") == 1, page
            assert f'<html lang="{language}">' in html
            assert response.headers["Cache-Control"] == "private, no-store"
            assert "noindex" in html
