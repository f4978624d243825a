"""The editor of letters' words: what it refuses, what it shows, where a trial goes."""

import pytest
from django.urls import reverse

from applications import roles
from applications.models import AuditEntry, LetterTemplate, Message
from applications.tests.builders import a_draft, a_person

pytestmark = pytest.mark.django_db
ADD = "/admin/applications/lettertemplate/add/"


@pytest.fixture
def officer(client):
    person = a_person(roles.OFFICER, email="officer@portal.example")
    client.force_login(person)
    client.cookies["staff_language"] = "en"
    return person


def words(**changes) -> dict:
    return {
        "kind": "selected",
        "language": "ru",
        "call": "",
        "subject": "Заявка {{ number }}: ответ",
        "body": "Здравствуйте, {{ outlet }}!\r\n\r\nОтветьте {{ confirm_by }}.\r\n\r\n{{ link }}",
        **changes,
    }


def change_url(template) -> str:
    return reverse("admin:applications_lettertemplate_change", args=[template.pk])


def test_a_text_is_saved_with_its_author_and_the_trail(client, officer):
    assert client.post(ADD, words()).status_code == 302
    saved = LetterTemplate.objects.get()
    assert (saved.edited_by, saved.revision) == (officer, 1)
    assert AuditEntry.objects.filter(event="lettertemplate.made").exists()


def test_an_unknown_placeholder_is_refused_with_its_name(client, officer):
    page = client.post(ADD, words(body="{{ application.contact_email }}")).content.decode()
    assert "There is no placeholder {{ application.contact_email }}" in page
    assert not LetterTemplate.objects.exists()


def test_a_change_counts_revisions_and_a_stale_form_overwrites_nothing(client, officer):
    client.post(ADD, words())
    saved = LetterTemplate.objects.get()
    seen = client.get(change_url(saved)).context["adminform"].form["seen"].value()
    client.post(change_url(saved), words(subject="Новая тема", seen=seen))
    client.post(change_url(saved), words(subject="Старая форма", seen=seen))
    saved.refresh_from_db()
    assert (saved.subject, saved.revision) == ("Новая тема", 2)


def test_the_saved_text_is_shown_for_a_real_application_without_its_private_link(client, officer):
    application = a_draft(name="Степь")
    client.post(ADD, words())
    page = client.get(change_url(LetterTemplate.objects.get())).content.decode()
    assert "Здравствуйте, Степь!" in page
    assert f"Заявка {application.number}: ответ" in page
    assert "/z/…" in page


def test_a_trial_goes_to_the_officer_and_to_nobody_else(client, officer):
    a_draft()
    client.post(ADD, words())
    template = LetterTemplate.objects.get()
    client.post(reverse("admin:applications_lettertemplate_try", args=[template.pk]))
    trial = Message.objects.get(kind="trial")
    assert trial.recipient == officer.email
    assert "/z/…" in trial.text
