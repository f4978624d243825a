"""Copies of all that is held on one outlet: the applicant's own, and the officer's."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from applications import (
    access,
    linking,
    retention,
)
from applications.models import (
    AuditEntry,
)
from applications.tests.builders import IN_TIME, an_application
from applications.tests.visiting import at, holder, opened
from reviews.tests.builders import (
    an_officer,
)
from reviews.tests.marking import MARK, WHY, a_marked_application, judged

pytestmark = pytest.mark.django_db


def unpacked(answer):
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_applicant_takes_away_what_is_held_without_keys_and_without_the_jurys_words():
    application = a_marked_application()
    judged(application)
    client = holder(application)
    assert "Download a copy" in client.get(at(application, "status")).content.decode()
    inside = unpacked(client.post(at(application, "copy")))
    [file] = [name for name in inside if name.startswith("files/")]
    assert inside[file].startswith(b"%PDF")
    assert f"receipts/{application.number}-1.pdf" in inside
    told = json.loads(inside["data.json"])
    assert told["outlet"]["name"] == f"Газета {MARK}"
    assert told["versions"][0]["answers"]["letter"]["letter"].endswith(MARK)
    page = inside["application.html"].decode()
    assert MARK in page
    assert "You submitted the application" in page
    everything = b"".join(inside[n] for n in ("application.html", "data.json")).decode()
    for link in application.links.all():
        assert access.token_of(link) not in everything
        assert link.nonce not in everything
    assert "Хорошо" not in everything
    assert "jury.json" not in inside


def test_a_colleague_takes_no_copy_and_nobody_takes_many(settings):
    settings.RATE_LIMITS = True
    application = an_application()
    link = linking.invite(application, email="two@outlet.example", right="edit", at=IN_TIME)
    assert opened(link).post(at(application, "copy")).status_code == 403
    client = holder(application)
    answers = [client.post(at(application, "copy")) for _ in range(6)]
    for answer in answers[:5]:
        assert unpacked(answer)
    assert answers[5].url.endswith("?done=often")


def test_an_officer_takes_everything_for_a_reason_and_erases_it_by_its_number(client):
    application = a_marked_application()
    judged(application)
    officer = an_officer()
    client.force_login(officer)
    address = reverse("admin:reviews_data", args=[application.number])
    assert client.post(f"{address}copy/", {"copy-reason": ""}).status_code == 200
    assert not AuditEntry.objects.filter(event="export.made").exists()
    inside = unpacked(client.post(f"{address}copy/", {"copy-reason": WHY}))
    assert "Хорошо" in inside["jury.json"].decode()
    assert json.loads(inside["data.json"])["trail"][0]["event"] == "application.started"
    taken = AuditEntry.objects.get(event="export.made")
    assert (taken.actor, taken.application, taken.told["reason"]) == (
        officer.username,
        application,
        WHY,
    )
    form = {"erase-reason": WHY, "erase-number": application.number}
    assert "ещё не объявлены" in client.post(address, form).content.decode()
    wrong = client.post(address, {**form, "erase-take_out": "on", "erase-number": "000-000"})
    assert "Это не номер" in wrong.content.decode()
    application.refresh_from_db()
    assert application.erased_at is None
    assert client.post(address, {**form, "erase-take_out": "on"}).status_code == 302
    application.refresh_from_db()
    assert application.erased_at is not None
    assert "Удалено" in client.get(address).content.decode()
    read = reverse("admin:applications_application_change", args=[application.pk])
    page = client.get(read).content.decode()
    assert (f"mailto:{retention.NOBODY}" in page, "Нет ответа" in page) == (False, False)
