"""Files in a bucket: the same walk as on the disk, through our own door, and nothing public."""

import hashlib
import json
import secrets
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from applications import discarding, receipts, storing
from applications.models import Application, Attachment
from applications.tests.builders import a_call, a_complete_draft
from applications.tests.visiting import at, holder
from citizenjournalists import verifying
from citizenjournalists.tests.emptying import empty_database
from launching.servers import ROOT
from reviews import erasing
from reviews.tests.builders import a_juror, an_assignment

pytest_plugins = ["citizenjournalists.tests.bucketserver"]
NEEDED = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL")
PDF = b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 100_000 + b"%%EOF\n"  # does not fit in memory


def an_open_draft() -> Application:
    now, month = timezone.now(), timedelta(days=30)
    return a_complete_draft(a_call(opens_at=now - month, closes_at=now + month), at=now)


def content_of(response) -> bytes:
    content = b"".join(response.streaming_content)
    response.close()
    return content


@pytest.mark.django_db(transaction=True)
def test_a_file_walks_from_the_upload_to_its_erasing_through_the_bucket(bucket, tmp_path):
    draft = an_open_draft()
    mine = holder(draft)
    mine.post(at(draft, "files"), {"cv": SimpleUploadedFile("Резюме.pdf", PDF)})
    file = Attachment.objects.get()
    assert list(bucket.every_file()) == [(f"attachments/{draft.pk}/{file.key}", len(PDF))]
    assert mine.post(at(draft, "submit")).status_code == 302

    assignment = an_assignment(Application.objects.get(pk=draft.pk), a_juror())
    jury = Client()
    jury.force_login(assignment.juror)
    address = reverse("admin:reviews_file", args=[draft.number, file.key])
    assert content_of(jury.get(address)) == PDF
    digest = hashlib.sha256(PDF).hexdigest()
    version = assignment.application.versions.get()
    assert version.files[0]["sha256"] == digest
    assert receipts.receipt(assignment.application, version).startswith(b"%PDF")

    archive = tmp_path / "backup.tar.gz"
    call_command("backup", archive, stdout=StringIO())
    empty_database()
    bucket.delete(file.file.name)
    assert list(bucket.every_file()) == []
    call_command("restore", archive, stdout=StringIO())
    with Attachment.objects.get().file.open() as restored:
        assert hashlib.file_digest(restored, "sha256").hexdigest() == digest
    assert [one.broken for one in verifying.verify() if one.broken] == []

    Application.objects.update(status="withdrawn")
    late = timezone.now() + timedelta(days=4000)
    assert erasing.erase_overdue(at=late) == 1
    assert list(bucket.every_file()) == []


@pytest.mark.django_db
def test_a_bucket_that_is_away_refuses_the_file_in_words_and_loses_nothing(bucket, s3, settings):
    draft = an_open_draft()
    client = holder(draft, raise_request_exception=False)
    client.post(at(draft, "files"), {"cv": SimpleUploadedFile("Резюме.pdf", b"%PDF-1.7\n%%EOF")})
    kept = Attachment.objects.get()
    nowhere = storing.place("s3://a:b@127.0.0.1:1/files?tls=off")
    settings.STORAGES = {**settings.STORAGES, "default": nowhere}
    page = client.post(at(draft, "files"), {"samples": SimpleUploadedFile("x.pdf", b"%PDF-1.7")})
    assert page.status_code == 422
    assert "“x.pdf” could not be stored" in page.content.decode()
    opened = client.get(at(draft, "files", str(kept.key)))
    assert (opened.status_code, opened.headers["Retry-After"]) == (503, "120")
    told = json.loads(client.get("/readyz").content)
    assert told["files"] == "does not answer: EndpointConnectionError"
    assert told["ready"]
    client.post(at(draft, "files"), {"drop": str(kept.key)})
    assert client.post(at(draft, "submit")).status_code == 302
    settings.STORAGES = {**settings.STORAGES, "default": storing.place(s3)}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_could_not_be_deleted_goes_with_a_later_sweep(bucket, s3, settings):
    draft = an_open_draft()
    holder(draft).post(at(draft, "files"), {"cv": SimpleUploadedFile("Резюме.pdf", PDF)})
    nowhere = storing.place("s3://a:b@127.0.0.1:1/files?tls=off")
    there, settings.STORAGES = settings.STORAGES, {**settings.STORAGES, "default": nowhere}
    assert erasing.erase(draft.pk, at=timezone.now())
    assert discarding.delete_discarded(at=timezone.now()) == 0
    settings.STORAGES = there
    assert len(list(bucket.every_file())) == 1
    assert discarding.delete_discarded(at=timezone.now()) == 1
    assert list(bucket.every_file()) == []
    assert discarding.delete_discarded(at=timezone.now()) == 0


def test_no_address_in_the_bucket_is_ever_given_out(bucket):
    bucket.save("a", ContentFile(b"x"))
    with pytest.raises(NotImplementedError):
        bucket.url("a")
    assert bucket.default_acl is None
    assert bucket.trouble() == ""


def test_a_bucket_that_is_not_there_is_told_and_not_taken_for_an_empty_one(s3):
    other = storing.place(s3.replace("/files?", "/others?"))
    elsewhere = import_string(other["BACKEND"])(**other["OPTIONS"])
    assert elsewhere.trouble() == "does not answer: ClientError"
    with pytest.raises(storing.Away):
        list(elsewhere.every_file())


def test_files_move_from_the_disk_to_the_bucket_by_one_command(bucket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    disk = storing.Disk(location=tmp_path)
    for name in ("attachments/1/a", "attachments/1/b"):
        disk.save(name, ContentFile(name.encode()))
    out = StringIO()
    call_command("copyfiles", stdout=out)
    call_command("copyfiles", stdout=out)
    assert out.getvalue().split(" files")[0] == "Copied 2"
    assert "Copied 0 files" in out.getvalue()
    assert dict(bucket.every_file()) == dict(disk.every_file())
    with bucket.open("attachments/1/b") as content:
        assert content.read() == b"attachments/1/b"


def test_without_a_bucket_there_is_nowhere_to_copy_to():
    with pytest.raises(CommandError, match="FILES_URL is not set"):
        call_command("copyfiles")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://key:hidden@host/bucket", "not an s3:// address"),
        ("s3://host/bucket", "lacks: key, secret"),
        ("s3://key:hidden@host", "lacks: bucket"),
        ("s3://key:hidden@/bucket", "lacks: host"),
        ("s3://key:hid/den@host/bucket", "a port that is no number"),
        ("s3://key:hidden@host/bucket/folder", "more than a bucket"),
        ("s3://key:hidden@host/bucket?tls=no", "neither on nor off"),
        ("s3://key:hidden@host/bucket?acl=public-read", "nobody knows: acl"),
        ("s3://key:hidden@host/bucket?region=", "an empty region"),
    ],
)
def test_an_address_that_is_not_whole_stops_the_start_and_keeps_its_secret(url, why):
    with pytest.raises(ImproperlyConfigured, match=why) as refused:
        storing.place(url)
    assert "hid" not in str(refused.value)


@pytest.mark.parametrize("host", ["minio", "10.0.0.7:9000", "localhost.example", "[::2]:9000"])
def test_production_sends_no_file_unenciphered_to_another_machine(host):
    address = f"s3://key:hidden@{host}/bucket"
    with pytest.raises(ImproperlyConfigured, match="tls=off to another machine") as refused:
        storing.place(f"{address}?tls=off", in_production=True)
    assert "hid" not in str(refused.value)
    assert storing.place(f"{address}?tls=off")
    assert storing.place(address, in_production=True)


@pytest.mark.parametrize("host", ["localhost:9000", "127.0.0.1:9000", "[::1]:9000"])
def test_to_this_machine_itself_files_may_go_as_they_are(host):
    url = f"s3://key:hidden@{host}/bucket?tls=off"
    options = storing.place(url, in_production=True)["OPTIONS"]
    assert options["endpoint_url"] == f"http://{host}"


@pytest.mark.parametrize(("tls", "refused"), [("off", True), ("on", False)])
def test_the_settings_ask_for_that_at_the_start_of_production(tls, refused, tmp_path):
    environment = {name: secrets.token_urlsafe(60) for name in NEEDED}
    environment |= {"DEPLOYMENT": "production", "VAR_DIR": str(tmp_path)}
    environment["DATABASE_URL"] = "sqlite://:memory:"
    environment |= {"FILES_URL": f"s3://key:hidden@minio/bucket?tls={tls}"}
    command = [sys.executable, "-c", "import citizenjournalists.settings"]
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert ("tls=off to another machine" in ran.stderr) is refused, ran.stderr


def test_an_address_is_read_with_its_secret_unescaped():
    options = storing.place("s3://k:a%2Fb@s3.example/files?region=kz-1")["OPTIONS"]
    assert options == {
        "access_key": "k",
        "secret_key": "a/b",
        "endpoint_url": "https://s3.example",
        "bucket_name": "files",
        "region_name": "kz-1",
    }


def test_on_the_disk_nothing_heavy_is_loaded():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import citizenjournalists.wsgi, sys; from django.core.files.storage import "
            "default_storage as s; s.exists('x'); print('boto3' in sys.modules)",
        ],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.stdout == "False\n", told.stderr
