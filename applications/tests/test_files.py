"""Attached files: judged by content, kept under their own names, handed out with care."""

import hashlib
import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from applications import attaching, knocking
from applications.attaching import Unfit
from applications.filetypes import DOCX, JPG, MOST_PARTS, ODT, PDF, PNG, type_of
from applications.models import Attachment
from applications.tests.builders import IN_TIME, a_call, a_complete_draft, a_draft, an_application
from applications.tests.visiting import at, holder

pytestmark = pytest.mark.django_db
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


def archive(**parts) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return written.getvalue()


def a_docx() -> bytes:
    return archive(**{"[Content_Types]_dot_xml": "<Types/>", "word__document_dot_xml": "<w/>"})


def an_odt() -> bytes:
    return archive(mimetype=ODT.content_type, content_dot_xml="<office/>")


def a_picture(kind="PNG", size=(8, 8)) -> bytes:
    written = io.BytesIO()
    Image.new("L", size).save(written, kind)
    return written.getvalue()


def a_bomb() -> bytes:
    return archive(
        **{
            "[Content_Types]_dot_xml": "<Types/>",
            "word__document_dot_xml": b"\0" * (310 * 1024 * 1024),
        }
    )


def test_each_type_is_known_by_its_content():
    for content, expected in (
        (A_PDF, PDF),
        (a_docx(), DOCX),
        (an_odt(), ODT),
        (a_picture("PNG"), PNG),
        (a_picture("JPEG"), JPG),
    ):
        assert type_of(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 not an archive at all",
        archive(a_dot_txt="x"),
        archive(mimetype="application/epub+zip"),
        archive(**{f"p{n}": "" for n in range(MOST_PARTS + 1)}),
        a_picture()[:40],
        b"\xff\xd8\xff" + b"\0" * 100,
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\6\0\0\0",
    ],
    ids=range(10),
)
def test_what_lies_about_its_type_is_nothing_we_take(content):
    assert type_of(io.BytesIO(content)) is None


def test_a_zip_bomb_is_refused_without_being_unpacked():
    assert type_of(io.BytesIO(a_bomb())) is None


def test_a_picture_that_would_swell_to_gigabytes_is_refused_by_its_head():
    head = bytearray(a_picture())
    head[16:24] = (60_000).to_bytes(4, "big") * 2
    assert type_of(io.BytesIO(bytes(head))) is None


def test_a_file_comes_back_under_its_own_name_and_is_never_run():
    application = a_draft()
    client = holder(application)
    name = "План сети, исправленный («последний») № 2 " + "ғқңөұүһі" * 33 + ".pdf"
    assert len(name) > 300
    client.post(at(application, "files"), {"samples": SimpleUploadedFile("x", A_PDF)})
    first = Attachment.objects.get()
    assert first.name == "x"
    client.post(
        at(application, "files"),
        data=multipart("samples", name, A_PDF),
        content_type="multipart/form-data; boundary=b",
    )
    attachment = Attachment.objects.get(name=name)
    assert attachment.sha256 == hashlib.sha256(A_PDF).hexdigest()
    response = client.get(at(application, "files", str(attachment.key)))
    assert content_of(response) == A_PDF
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "application/pdf"
    assert name in client.get(at(application, "files")).content.decode()


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


def multipart(field: str, name: str, content: bytes) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: text/html\r\n\r\n" + content + b"\r\n--b--\r\n"


def test_the_bad_file_is_named_and_the_good_ones_are_kept():
    application = a_draft()
    files = [SimpleUploadedFile("Хорошее.pdf", A_PDF), SimpleUploadedFile("Плохое.pdf", b"MZ")]
    response = holder(application).post(at(application, "files"), {"samples": files})
    page = response.content.decode()
    assert response.status_code == 422
    words = "“Плохое.pdf” is not a PDF, DOCX, ODT, JPG or PNG, or it is damaged"
    assert page.count(words) == 2
    assert [one.name for one in application.attachments.all()] == ["Хорошее.pdf"]


def test_empty_and_too_large_files_are_told_apart():
    application = a_draft()
    client = holder(application)
    empty = client.post(at(application, "files"), {"cv": SimpleUploadedFile("a.pdf", b"")})
    large = A_PDF + b"\0" * attaching.MOST_BYTES
    heavy = client.post(at(application, "files"), {"cv": SimpleUploadedFile("b.pdf", large)})
    assert "“a.pdf” is empty" in empty.content.decode()
    assert "“b.pdf” is larger than 10.0" in heavy.content.decode().replace("\xa0", " ")
    assert not Attachment.objects.exists()


def test_a_file_sent_again_is_kept_once():
    application = a_draft()
    client = holder(application)
    for _time in range(2):
        response = client.post(
            at(application, "files"),
            {"cv": SimpleUploadedFile("CV.pdf", A_PDF)},
            headers={"accept": "application/json"},
        )
        assert "CV.pdf" in json.loads(response.content)["items"][0]
    assert application.attachments.count() == 1


def test_there_is_room_for_so_many_files_and_no_more(monkeypatch):
    monkeypatch.setattr(attaching, "MOST_FILES", 2)
    application = a_draft()
    for n in range(2):
        take(application, f"{n}.pdf", A_PDF + bytes([n]))
    with pytest.raises(Unfit) as refused:
        take(application, "2.pdf", A_PDF + b"2")
    assert refused.value.code == "too_many"
    monkeypatch.setattr(attaching, "MOST_FILES", 20)
    monkeypatch.setattr(attaching, "MOST_BYTES_IN_ALL", len(A_PDF) * 3)
    with pytest.raises(Unfit) as refused:
        take(application, "3.pdf", A_PDF + b"3")
    assert refused.value.code == "no_room"


def take(application, name, content=A_PDF, kind="sample"):
    upload = SimpleUploadedFile(name, content)
    return attaching.attach(application, upload, kind=kind, name=name, at=IN_TIME)


def test_a_removed_file_goes_from_disk_unless_a_version_names_it(
    django_capture_on_commit_callbacks,
):
    application = a_complete_draft()
    kept, gone = take(application, "kept.pdf"), take(application, "gone.pdf", A_PDF + b" ")
    client = holder(application)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(application, "files"), {"drop": str(gone.key)})
    assert not gone.file.storage.exists(gone.file.name)
    client.post(at(application, "submit"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(application, "files"), {"drop": str(kept.key)})
    assert kept.file.storage.exists(kept.file.name)
    assert "kept.pdf" not in client.get(at(application, "files")).content.decode()
    assert "kept.pdf" in client.get(at(application, "versions", "1")).content.decode()
    assert content_of(client.get(at(application, "files", str(kept.key)))) == A_PDF
    application.refresh_from_db()
    assert application.has_unsent_changes()


def test_anothers_file_is_as_if_it_did_not_exist():
    theirs = an_application()
    file = take(theirs, "secret.pdf")
    mine = a_draft()
    client = holder(mine)
    assert client.get(at(theirs, "files", str(file.key))).status_code == 404
    assert client.get(at(mine, "files", str(file.key))).status_code == 404
    assert Client().get(at(theirs, "files", str(file.key))).status_code == 404
    client.post(at(mine, "files"), {"drop": str(file.key)})
    assert Attachment.objects.filter(pk=file.pk, removed_at=None).exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Мои документы\\Резюме.doc", "Резюме.doc"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("и\u0306.pdf", "й.pdf"),
        ("", "file"),
        ("a" * 900, "a" * 500),
    ],
)
def test_a_name_loses_only_what_nobody_can_see(sent, kept):
    assert attaching.tidy_name(sent) == kept


def test_a_call_may_require_a_cv():
    application = a_complete_draft(a_call(made_required=["cv"]))
    client = holder(application)
    assert "Fill in the section: Files" in client.get(at(application, "check")).content.decode()
    take(application, "CV.pdf", kind="cv")
    assert "Submit the application" in client.get(at(application, "check")).content.decode()


def test_the_check_page_and_a_version_link_to_the_files_they_name():
    application = a_complete_draft()
    file = take(application, "Резюме.pdf", kind="cv")
    client = holder(application)
    link = f'<a href="{at(application, "files", str(file.key))}" download>Резюме.pdf</a>'
    assert link in client.get(at(application, "check")).content.decode()
    client.post(at(application, "submit"))
    version = at(application, "versions", "1")
    assert link in client.get(version).content.decode()
    client.post(at(application, "files"), {"drop": str(file.key)})
    assert link in client.get(version).content.decode()
    assert link not in client.get(at(application, "check")).content.decode()


def test_the_page_says_how_much_room_is_taken_up_of_what(monkeypatch):
    monkeypatch.setattr(attaching, "MOST_BYTES_IN_ALL", 3 * 1024 * 1024)
    application = a_draft()
    client = holder(application)
    large = A_PDF + b"\0" * (2 * 1024 * 1024)
    files = {"samples": SimpleUploadedFile("large.pdf", large)}
    sent = client.post(at(application, "files"), files, headers={"accept": "application/json"})
    room = "Attached: 1 of 20 files, 2.0\xa0MB of 3.0\xa0MB"
    assert json.loads(sent.content)["room"] == room
    files = {"samples": SimpleUploadedFile("other.pdf", large + b" ")}
    page = client.post(at(application, "files"), files).content.decode()
    assert room in page
    assert page.count("“other.pdf” doesn’t fit: 2.0\xa0MB of 3.0\xa0MB are taken up") == 2


def test_so_many_files_a_day_from_an_application_and_from_a_network(monkeypatch, arrive):
    monkeypatch.setitem(knocking.PER_EMAIL, knocking.UPLOAD, 2)
    monkeypatch.setitem(knocking.PER_NETWORK, knocking.UPLOAD, 2)

    def send(application, name):
        files = {"samples": SimpleUploadedFile(name, A_PDF + name.encode())}
        return holder(application).post(at(application, "files"), files)

    mine, theirs = a_draft(), a_draft()
    for name in ("1.pdf", "2.pdf"):
        assert send(mine, name).status_code == 302
    page = send(mine, "3.pdf")
    assert page.status_code == 422
    assert "“3.pdf” was not taken: too many files came from here" in page.content.decode()
    assert send(theirs, "4.pdf").status_code == 422  # the network's two are used up
    assert [one.name for one in mine.attachments.all()] == ["1.pdf", "2.pdf"]
    arrive(IN_TIME + timedelta(days=1))
    assert send(mine, "3.pdf").status_code == 302
    assert send(theirs, "4.pdf").status_code == 302


def test_a_file_lies_under_a_random_name_where_no_address_leads():
    application = a_draft()
    file = take(application, "../../static/page.html.pdf")
    assert file.file.name == f"attachments/{application.pk}/{file.key}"
    assert file.key.version == 4
    path = Path(file.file.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.is_relative_to(settings.STATIC_ROOT)
    for address in (f"/files/{file.file.name}", f"/static/{file.file.name}", f"/{file.file.name}"):
        assert holder(application).get(address).status_code in (302, 404)
        assert holder(application).get(f"/en{address}").status_code == 404
