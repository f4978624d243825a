"""A backup that can't be restored is none: each test restores, and compares."""

import gzip
import json
import re
import stat
import tarfile
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from applications import attaching, proving, sealing, submitting
from applications.models import Attachment, AuditEntry, Call
from applications.tests.builders import IN_TIME, a_call, a_complete_draft
from citizenjournalists import archiving, verifying
from citizenjournalists.tests.emptying import empty_database
from reviews.models import Decision
from reviews.tests.builders import a_published_list

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def elsewhere(settings, tmp_path):
    """Give a function that leads to an empty portal on another disk."""

    def move(name):
        settings.MEDIA_ROOT = tmp_path / name
        settings.MEDIA_ROOT.mkdir()

    move("first")
    return move


def a_season():
    """Fill the portal: a published decision, and an application with a file and odd letters."""
    a_published_list()
    draft = a_complete_draft(name="«Ҳақиқат» — Әділет 𝄞")
    upload = SimpleUploadedFile("cv.pdf", PDF)
    attaching.attach(draft, upload, kind="cv", name="Резюме.pdf", at=IN_TIME)
    submitting.submit(draft, at=IN_TIME + timedelta(microseconds=1))


def everything():
    return [list(model._base_manager.order_by("pk").values()) for model in archiving.kept_models()]


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_comes_back_whole_into_an_empty_portal(elsewhere, tmp_path):
    a_season()
    sealing.seal_entries(at=IN_TIME)
    before = everything()
    archive = tmp_path / "backup.tar.gz"
    call_command("backup", archive, stdout=StringIO())
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    empty_database()
    elsewhere("second")
    assert not Decision.objects.exists()
    call_command("restore", archive, stdout=StringIO())

    assert everything() == before
    with Attachment.objects.get().file.open() as file:
        assert file.read() == PDF
    assert [finding.broken for finding in verifying.verify() if finding.broken] == []
    with pytest.raises(Exception, match="append-only"):
        AuditEntry.objects.all().delete()
    assert manifest_of(archive)["trail"] == sealing.head()
    assert list(proving.Walk().faults()) == []
    assert a_call(slug="next").pk == max(Call.objects.values_list("pk", flat=True))


def manifest_of(archive):
    with tarfile.open(archive) as members:
        return json.load(members.extractfile(archiving.MANIFEST))


@pytest.mark.django_db
def test_a_portal_in_use_is_never_overwritten(elsewhere, tmp_path):
    a_season()
    archive = tmp_path / "backup.tar.gz"
    call_command("backup", archive, stdout=StringIO())
    before = everything()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", archive)
    assert everything() == before


def rewritten(archive, target, change):
    """Copy an archive, its members changed by `change(name, content)`."""
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            member.size = len(content)
            new.addfile(member, BytesIO(content))
    return target


def with_a_changed_row(name, content):
    return content.replace(b"2026", b"2027", 1) if name == archiving.DATA else content


def with_another_version(name, content):
    if name != archiving.MANIFEST:
        return content
    manifest = json.loads(content)
    manifest["migrations"].append("applications.9999_later")
    return json.dumps(manifest).encode()


def with_another_head(name, content):
    if name != archiving.MANIFEST:
        return content
    return json.dumps({**json.loads(content), "trail": {"position": 9, "hash": "0"}}).encode()


def of_a_later_format(name, content):
    if name != archiving.MANIFEST:
        return content
    return json.dumps({**json.loads(content), "format": 2}).encode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_a_changed_row, "damaged: data.jsonl"),
        (with_another_version, "another version"),
        (with_another_head, "does not end where"),
        (of_a_later_format, "has format 2"),
    ],
)
def test_an_archive_that_does_not_fit_changes_nothing(elsewhere, tmp_path, change, why):
    a_call()
    archive = tmp_path / "backup.tar.gz"
    call_command("backup", archive, stdout=StringIO())
    Call.objects.all().delete()
    bad = rewritten(archive, tmp_path / "bad.tar.gz", change)
    with pytest.raises(CommandError, match=why):
        call_command("restore", bad)
    assert not Call.objects.exists()


@pytest.mark.django_db
def test_what_is_no_archive_is_refused(elsewhere, tmp_path):
    other = tmp_path / "other.tar.gz"
    with tarfile.open(other, "w:gz"):
        pass
    with pytest.raises(CommandError, match="no manifest"):
        call_command("restore", other)
    other.write_bytes(gzip.compress(b"text"))
    with pytest.raises(CommandError, match="not a backup"):
        call_command("restore", other)
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", tmp_path / "nowhere")


def test_no_file_of_an_archive_can_leave_the_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    with pytest.raises(archiving.Unfit, match="elsewhere"):
        archiving.place(BytesIO(b"x"), "../../etc/passwd")


@pytest.mark.django_db
def test_an_interrupted_backup_leaves_the_last_one_as_it_was(elsewhere, tmp_path, monkeypatch):
    a_call()
    archive = tmp_path / "backup.tar.gz"
    call_command("backup", archive, stdout=StringIO())
    before = archive.read_bytes()

    def full_disk(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(archiving, "add", full_disk)
    with pytest.raises(OSError, match="No space"):
        call_command("backup", archive)
    assert archive.read_bytes() == before


@pytest.mark.django_db
def test_old_archives_of_ours_go_but_never_the_latest_nor_anything_else(settings, tmp_path):
    now, folder = timezone.now(), tmp_path / "backups"
    settings.ERASURES = tmp_path / "erasures.jsonl"
    folder.mkdir()
    for days in (200, 91, 89):
        archiving.backup(folder / f"before-{days}.tar.gz", at=now - timedelta(days=days))
    with tarfile.open(folder / "elses.tar.gz", "w:gz") as others:
        others.add(__file__)
    (folder / "damaged.tar.gz").write_bytes((folder / "before-200.tar.gz").read_bytes()[:40])
    settings.ERASURES.write_text("{}\n")
    kept = {"elses.tar.gz", "damaged.tar.gz", "before-89.tar.gz"}

    call_command("backup", folder, "--keep", "90", stdout=StringIO())
    names = {path.name for path in folder.iterdir()}
    [made] = names - kept - {settings.ERASURES.name}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d{6}\.tar\.gz", made)
    assert names == {*kept, made, settings.ERASURES.name}

    archiving.forget_old(folder, before=now + timedelta(days=900))
    assert {path.name for path in folder.iterdir()} == names - {"before-89.tar.gz"}
