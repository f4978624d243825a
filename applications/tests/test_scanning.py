"""Files with a virus are refused; one that waits to be checked opens for nobody, and holds up
nobody either."""

import io
import json
import logging
import shutil
import tempfile
import time
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications import attaching, clamd, copies, roles, scanning
from applications.models import Attachment, Message, MessageKind, Status
from applications.models.attachment import Scan
from applications.tests.builders import CLOSES, IN_TIME, a_call, a_complete_draft, a_person
from applications.tests.scanner import EICAR, TOO_LARGE, Scanner
from applications.tests.visiting import at, holder

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
INFECTED = PDF + EICAR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scanner_address(settings, monkeypatch):
    """Configure a scanner that isn't there."""
    folder = tempfile.mkdtemp(prefix="clamd-")
    settings.CLAMAV = f"{folder}/ctl"
    monkeypatch.setattr(scanning.scanner, "away_until", 0.0)
    yield settings.CLAMAV
    shutil.rmtree(folder)


@pytest.fixture
def scanner(scanner_address):
    """Return a scanner that runs."""
    running = Scanner(scanner_address)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


def send(client, application, name="Резюме.pdf", content=PDF, kind="cv", **more):
    page = at(application, "files").replace("/en/", f"/{more.pop('language', 'en')}/")
    return client.post(page, {kind: SimpleUploadedFile(name, content)}, **more)


def taken_in_unchecked(application, content=PDF, name="Резюме.pdf") -> Attachment:
    """Return a file that was attached while the scanner was away."""
    upload = SimpleUploadedFile(name, content)
    attachment = attaching.attach(application, upload, kind="cv", name=name, at=IN_TIME)
    assert attachment.scan == Scan.WAITING
    return attachment


def doors_to(attachment) -> list[int]:
    """Return what the applicant and an officer are answered who open the file."""
    application = attachment.application
    officer = Client()
    officer.force_login(a_person(roles.OFFICER))
    key = attachment.key
    answers = [
        holder(application).get(at(application, "files", str(key))),
        officer.get(reverse("admin:applications_application_file", args=[application.pk, key])),
    ]
    return [one.status_code for one in answers if list(one)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "В файле «Резюме.pdf» найден вирус"),
        ("kk", "«Резюме.pdf» файлынан вирус табылды"),
        ("tg", "Дар файли «Резюме.pdf» вирус ёфт шуд"),
        ("en", "“Резюме.pdf” carries a virus"),
    ],
)
def test_a_file_with_a_virus_is_refused_beside_the_field(scanner, language, words):
    draft = a_complete_draft()
    page = send(holder(draft), draft, content=INFECTED, language=language)
    assert page.status_code == 422
    assert page.content.decode().count(words) == 2
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("answer", [b"stream:  FOUND", b"stream: FOUND"])
def test_what_is_found_without_a_name_is_found_all_the_same(scanner, answer):
    scanner.answers = [answer]
    assert clamd.scan(scanner.path, io.BytesIO(PDF), patience=20) == clamd.NAMELESS


def test_the_refusal_is_in_the_trail_staff_are_told_once_and_nothing_else_is_lost(scanner):
    officer, draft = a_person(roles.OFFICER), a_complete_draft()
    client, texts = holder(draft), list(draft.sections.values_list("section", "answers"))
    files = [SimpleUploadedFile("good.pdf", PDF), SimpleUploadedFile("bad.pdf", INFECTED)]
    client.post(at(draft, "files"), {"samples": files})
    again = send(client, draft, content=INFECTED + b" ", headers={"accept": "application/json"})
    assert "carries a virus" in json.loads(again.content)["error"]
    assert [(one.name, one.scan) for one in draft.attachments.all()] == [("good.pdf", Scan.CLEAN)]
    entries = draft.trail.filter(event="file.refused")
    assert [one.details["found"] for one in entries] == ["Eicar-Test-Signature"] * 2
    letter = Message.objects.get(kind=MessageKind.FILE_REFUSED)
    assert letter.recipient == officer.email
    assert "Eicar-Test-Signature" in letter.text
    assert list(draft.sections.values_list("section", "answers")) == texts
    assert "A virus was found in a file" in client.get(at(draft, "status")).content.decode()


def test_a_large_file_goes_to_the_scanner_piece_by_piece(scanner):
    content = io.BytesIO(b"x" * attaching.MOST_BYTES)
    assert clamd.scan(scanner.path, content, patience=20) == ""
    assert sum(scanner.chunks) == attaching.MOST_BYTES
    assert max(scanner.chunks) == clamd.CHUNK


def test_a_scanner_that_is_away_refuses_nobody_and_the_file_opens_once_it_is_back(
    scanner_address, monkeypatch
):
    draft = a_complete_draft(a_call(made_required=["cv"]))
    client = holder(draft)
    send(client, draft)
    file = draft.attachments.get()
    assert file.scan == Scan.WAITING
    assert "Being checked for viruses" in client.get(at(draft, "files")).content.decode()
    assert "being checked for viruses" in client.get(at(draft, "check")).content.decode()
    assert client.post(at(draft, "submit")).status_code == 302
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert draft.versions.get().files[0]["name"] == "Резюме.pdf"
    assert doors_to(file) == [404, 404]
    for _sweep in range(3):
        assert scanning.scan_due(at=IN_TIME) == 0
    file.refresh_from_db()
    assert (file.scan, file.scan_attempts) == (Scan.WAITING, 0)
    running = Scanner(scanner_address)
    assert scanning.scan_due(at=IN_TIME + MINUTE) == 1
    running.stop()
    assert doors_to(file) == [200, 200]


def test_a_virus_found_after_the_deadline_closes_the_file_and_leaves_the_application_in_time(
    scanner, monkeypatch, arrive
):
    officer, draft = a_person(roles.OFFICER), a_complete_draft(language="kk")
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    file = taken_in_unchecked(draft, INFECTED)
    client = holder(draft)
    client.post(at(draft, "submit"))
    late = CLOSES + MINUTE
    assert scanning.scan_due(at=late) == 1
    assert scanning.scan_due(at=late) == 0
    file.refresh_from_db()
    assert (file.scan, file.scan_said) == (Scan.INFECTED, "Eicar-Test-Signature")
    assert doors_to(file) == [404, 404]
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert not draft.has_unsent_changes()
    assert "a virus was found" in client.get(at(draft, "versions", "1")).content.decode()
    told = draft.messages.get(kind=MessageKind.FILE_INFECTED)
    assert "Резюме.pdf" in told.text
    assert "файлды енді ауыстыруға болмайды" in told.text
    arrive(late)
    for page in ("files", "status"):
        shown = client.get(at(draft, page)).content.decode()
        assert "The application came in time and stays in the competition" in shown
        assert "data-instead" not in shown.partition("<template data-row")[0]
    assert Message.objects.get(kind=MessageKind.FILE_REFUSED).recipient == officer.email
    entry = draft.trail.get(event="file.refused")
    assert entry.details["file"] == str(file.key)


def test_a_copy_to_take_away_has_no_file_that_is_closed(scanner, monkeypatch):
    draft = a_complete_draft()
    send(holder(draft), draft, "clean.pdf")
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    taken_in_unchecked(draft, INFECTED, "bad.pdf")
    with copies.copy_of(draft, at=IN_TIME) as copy, zipfile.ZipFile(copy) as archive:
        files = [name for name in archive.namelist() if name.startswith("files/")]
        assert [name.partition(" ")[2] for name in files] == ["clean.pdf"]
        assert "bad.pdf" in archive.read("data.json").decode()


def test_a_virus_found_in_a_draft_makes_room_for_a_clean_copy(scanner, monkeypatch):
    draft = a_complete_draft(a_call(made_required=["cv"]))
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    taken_in_unchecked(draft, INFECTED)
    scanning.scan_due(at=IN_TIME)
    client = holder(draft)
    page = client.get(at(draft, "files")).content.decode()
    assert "remove the file and choose another" in page
    assert 'href="#id_cv" data-instead' in page
    assert "You can replace it" in client.get(at(draft, "status")).content.decode()
    assert "Fill in the section: Files" in client.get(at(draft, "check")).content.decode()
    assert client.post(at(draft, "submit")).status_code == 422
    monkeypatch.setattr(scanning.scanner, "away_until", 0.0)
    bad, files = draft.attachments.get(), at(draft, "files")
    turned = {"cv": SimpleUploadedFile("b.pdf", b"MZ"), "instead": str(bad.key)}
    json_too = {"headers": {"accept": "application/json"}}
    assert client.post(files, turned, **json_too).json()["again"] is False
    assert draft.attachments.present().get() == bad
    client.post(files, {"cv": SimpleUploadedFile("b.pdf", PDF), "instead": str(bad.key)})
    assert not draft.attachments.infected().exists()
    assert client.post(at(draft, "submit")).status_code == 302
    assert [one["size"] for one in draft.versions.get().files] == [len(PDF)]


def test_an_officer_may_have_a_file_checked_again_that_a_scanner_took_for_infected(
    scanner, monkeypatch
):
    draft = a_complete_draft()
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    file = taken_in_unchecked(draft)
    holder(draft).post(at(draft, "submit"))
    scanner.answers = [b"stream: Heuristics.Wrong FOUND"]
    scanning.scan_due(at=IN_TIME)
    officer = Client()
    officer.force_login(a_person(roles.OFFICER))
    page = officer.get(reverse("admin:applications_application_change", args=[draft.pk]))
    again = reverse("admin:applications_application_scan", args=[draft.pk, file.key])
    assert again in page.content.decode()
    assert officer.post(again).status_code == 302
    assert scanning.scan_due(at=IN_TIME) == 1
    file.refresh_from_db()
    assert file.scan == Scan.CLEAN
    assert draft.trail.filter(event="file.checked_again").count() == 1


def test_a_slow_scanner_is_not_waited_for_twice(scanner, monkeypatch):
    monkeypatch.setattr(scanning, "WHILE_SENT", 0.2)
    scanner.pause = 1.0
    draft, began = a_complete_draft(), time.monotonic()
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        taken_in_unchecked(draft, PDF + name.encode(), name)
    assert time.monotonic() - began < 1.0
    assert scanner.asked == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"INSTREAM: Can't allocate memory ERROR", "Unanswered: INSTREAM: Can't allocate memory"),
        (b"\xff\xfe<html>no scanner</html>", "Unanswered: \ufffd\ufffd<html>no scanner</html>"),
        (b"", "Unanswered: no answer"),
        (b"stream: OK and more", "Unanswered: stream: OK and more"),
        (TOO_LARGE, "Unanswered: INSTREAM size limit exceeded."),
    ],
)
def test_an_answer_that_is_no_verdict_closes_that_file_and_holds_up_no_other(
    scanner, monkeypatch, caplog, answer, said
):
    draft = a_complete_draft()
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    first, second = taken_in_unchecked(draft), taken_in_unchecked(draft, PDF + b" ", "b.pdf")
    scanner.answers = [answer]
    caplog.set_level(logging.CRITICAL)
    assert scanning.scan_due(at=IN_TIME) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.scan, first.scan_said) == (Scan.WAITING, said)
    assert second.scan == Scan.CLEAN
    assert first.scan_due_at > IN_TIME
    assert first not in Attachment.objects.due_to_scan(IN_TIME)
    assert first in Attachment.objects.due_to_scan(IN_TIME + timedelta(hours=1))


def test_a_file_over_the_limit_of_the_scanner_is_no_clean_file(scanner):
    scanner.most = 100_000
    with pytest.raises(clamd.Unanswered):
        clamd.scan(scanner.path, io.BytesIO(b"x" * attaching.MOST_BYTES), patience=20)


def test_of_two_workers_one_takes_the_file(scanner, monkeypatch):
    monkeypatch.setattr(scanning.scanner, "away_until", float("inf"))
    taken_in_unchecked(a_complete_draft())
    seen_by_both = Attachment.objects.get(), Attachment.objects.get()
    assert [scanning.claim(one, at=IN_TIME) for one in seen_by_both] == [True, False]
    assert scanning.scan_due(at=IN_TIME) == 0
    assert scanning.scan_due(at=IN_TIME + scanning.CLAIMED_FOR) == 1


def test_without_a_scanner_files_open_at_once_and_what_waited_is_let_go(scanner, settings):
    draft = a_complete_draft()
    scanning.scanner.away_until = float("inf")
    file = taken_in_unchecked(draft)
    settings.CLAMAV = None
    assert scanning.scan_due(at=IN_TIME) == 1
    file.refresh_from_db()
    assert file.scan == Scan.UNNEEDED
    send(holder(draft), draft, "b.pdf", INFECTED)
    assert draft.attachments.get(name="b.pdf").scan == Scan.UNNEEDED


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("", None),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
    ],
)
def test_where_the_scanner_listens(url, where):
    assert clamd.address(url) == where


@pytest.mark.parametrize("url", ["/run/clamd", "tcp://host", "unix:run", "tcp://h:x", "http://h:1"])
def test_an_address_that_is_none_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="CLAMAV"):
        clamd.address(url)
