"""Each invariant is broken once, past the portal's own verbs, and `verify` names it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from applications import attaching, submitting
from applications.models import Application, AuditEntry
from applications.tests.builders import IN_TIME, a_complete_draft, an_application
from citizenjournalists import verifying
from citizenjournalists.tests.emptying import set_triggers_aside
from reviews.models import Criterion
from reviews.tests.builders import a_published_list, a_rubric

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def raw(statement: str, *parameters) -> None:
    """Write as somebody does who goes past the portal altogether."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def past_the_triggers(statement: str) -> None:
    with connection.cursor() as cursor:
        triggers = set_triggers_aside(cursor)
        cursor.execute(statement)
        for trigger in triggers:
            cursor.execute(trigger)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def broken() -> dict[str, list[str]]:
    return {one.rule: one.broken for one in verifying.verify() if one.broken}


def test_a_portal_used_by_its_own_verbs_breaks_no_rule():
    a_published_list()
    draft = a_complete_draft()
    upload = SimpleUploadedFile("cv.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    attaching.attach(draft, upload, kind="cv", name="cv.pdf", at=IN_TIME)
    submitting.submit(draft, at=IN_TIME)
    findings = list(verifying.verify())
    assert {one.rule: one.broken for one in findings if one.broken} == {}
    assert all(one.looked_at for one in findings)


def test_the_command_prints_each_rule_with_its_count():
    an_application()
    out = StringIO()
    call_command("verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(verifying.RULES) + 1
    assert lines[0] == (
        "holds      0 of 1      What was handed in has a number and arrived before its deadline"
    )
    assert lines[-1] == "Every rule holds."


def test_the_command_fails_and_says_what_broke():
    application = an_application()
    Application.objects.filter(pk=application.pk).update(number="x")
    out = StringIO()
    with pytest.raises(CommandError, match="rules are broken"):
        call_command("verify", stdout=out)
    assert "BROKEN     1 of 1" in out.getvalue()
    assert "x: is not a number like 417-208" in out.getvalue()


def number_lost(application):
    raw("UPDATE applications_application SET number = '0' WHERE id = %s", application.pk)


def version_lost(application):
    raw("DELETE FROM applications_version WHERE application_id = %s", application.pk)


def receipt_lost(application):
    raw("DELETE FROM applications_message WHERE kind = 'submitted'")


def receipt_written_twice(application):
    message = application.messages.get(kind="submitted")
    message.pk, message.key, message.message_id = None, "again", "<again@localhost>"
    message.save()


def answers_emptied(application):
    raw("UPDATE applications_version SET answers = '{}'")


def file_without_a_row(application):
    default_storage.save("attachments/1/stray", ContentFile(b"x"))


def row_without_a_file(application):
    attachment = attaching.attach(
        a_complete_draft(),
        SimpleUploadedFile("cv.pdf", b"%PDF-1.7\n%%EOF\n"),
        kind="cv",
        name="cv.pdf",
        at=IN_TIME,
    )
    Path(attachment.file.path).unlink()


def gap_in_the_trail(application):
    AuditEntry.objects.create(chain="call/0", number=2, at=IN_TIME, event="x", actor="system")


def cut_out(event):
    past_the_triggers(f"DELETE FROM applications_auditentry WHERE event = '{event}'")


def first_entry_cut_out(application):
    cut_out("application.started")


def last_entry_cut_out(application):
    cut_out("application.submitted")


def weights_off(application):
    a_rubric(application.call)
    Criterion.objects.filter(position=1).update(weight=26)


def result_from_nowhere(application):
    raw("UPDATE applications_application SET result = 'selected', announced_at = submitted_at")


@pytest.mark.parametrize(
    ("harm", "rules"),
    [
        (number_lost, ["numbered_and_in_time"]),
        (version_lost, ["versions_in_a_row", "complete_answers"]),
        (receipt_lost, ["one_receipt_each"]),
        (receipt_written_twice, ["one_receipt_each"]),
        (answers_emptied, ["complete_answers"]),
        (file_without_a_row, ["files_and_rows"]),
        (row_without_a_file, ["files_and_rows"]),
        (gap_in_the_trail, ["trail_without_gaps"]),
        (first_entry_cut_out, ["trail_without_gaps"]),
        (last_entry_cut_out, ["handed_in_is_in_the_trail"]),
        (weights_off, ["weights_add_up"]),
        (result_from_nowhere, ["announced_by_two", "one_result_letter"]),
    ],
)
def test_harm_done_past_the_portal_is_named(harm, rules):
    application = an_application()
    harm(application)
    sentences = {check.__name__: sentence for sentence, check in verifying.RULES}
    assert list(broken()) == [sentences[name] for name in rules]


def test_a_result_told_otherwise_than_decided_is_named():
    a_published_list()
    raw("UPDATE applications_application SET result = 'reserve' WHERE result = 'selected'")
    assert "An announced result is what the published list says" in broken()


def test_a_letter_of_a_result_too_few_is_named():
    a_published_list()
    raw("DELETE FROM applications_message WHERE kind = 'selected'")
    [letters] = broken().values()
    assert all("0 letters, not 1" in one for one in letters)


def test_more_selected_than_there_are_places_is_named():
    published = a_published_list()
    past_the_triggers("UPDATE applications_call SET places = 1, places_per_country = 1")
    rule = "No more are selected than the call has places, in all and per country"
    assert any(line.startswith(published.call.slug) for line in broken()[rule])


def test_a_letter_that_left_without_a_time_is_refused_by_the_database_itself():
    an_application()
    with pytest.raises(Exception, match="sent_means_an_instant"):
        raw("UPDATE applications_message SET status = 'sent'")


def test_a_late_hand_in_is_refused_by_the_database_itself():
    an_application()
    with pytest.raises(Exception, match="submitted_before_its_deadline"):
        raw("UPDATE applications_application SET submitted_at = closes_at")
