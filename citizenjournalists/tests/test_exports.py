import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.urls import reverse

from applications import exports, roles
from applications.models import AuditEntry
from applications.tests.builders import CLOSES, a_call, a_person, an_application
from reviews import exports as jury
from reviews import scoring
from reviews.tests.builders import a_juror, a_review, an_assignment

pytestmark = pytest.mark.django_db
DOOR = reverse("admin:exports")


def rows_of(table) -> list[list[str]]:
    text = "".join(exports.as_csv(table))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("cell", ["=1+1", "+7 701", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(cell):
    assert exports.safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Степь", "1=1", 5, -5])
def test_other_cells_stay_as_they_are(cell):
    assert exports.safe(cell) == cell


def test_applications_in_csv_read_back_as_they_are_in_the_database():
    call = a_call()
    application = an_application(call, name='=HYPERLINK("x") «Степь»', country="KZ")
    _head, row = rows_of(exports.applications_table(a_person(roles.OFFICER), call))
    assert row[0] == application.number
    assert row[2] == '\'=HYPERLINK("x") «Степь»'
    assert row[11] == "2026-12-12 00:00:00"
    assert row[-1] == application.contact_email


def test_a_coordinator_takes_the_own_country_without_addresses():
    call = a_call()
    ours = an_application(call, country="TJ")
    an_application(call, country="KZ")
    rows = rows_of(exports.applications_table(a_person(roles.COORDINATOR, country="TJ"), call))
    assert [row[0] for row in rows[1:]] == [ours.number]
    assert ours.contact_email not in str(rows)


def test_answers_come_from_the_latest_version_alone():
    call = a_call()
    application = an_application(call, name="Степь")
    rows = rows_of(exports.answers_table(a_person(roles.OFFICER), call))
    assert {row[0] for row in rows[1:]} == {application.number}
    assert "Степь" in [row[3] for row in rows]


def test_scores_and_comments_leave_out_what_the_reader_may_not_see_yet():
    call = a_call()
    application = an_application(call)
    a_review(application, a_juror(), 5, why="Сильная редакция", comment="Секрет")
    both = a_person(roles.OFFICER, roles.JUROR)
    an_assignment(application, both)
    officer = a_person(roles.OFFICER)
    assert len(rows_of(jury.scores_table(officer, call))) == 7
    assert "Секрет" in str(rows_of(jury.comments_table(officer, call)))
    assert len(rows_of(jury.scores_table(both, call))) == 1
    assert len(rows_of(jury.comments_table(both, call))) == 1
    assert rows_of(jury.ranking_table(both, call))[1][5] == ""


def test_the_ranking_tells_ties_as_ties_and_leaves_conflicts_out():
    call = a_call()
    for points in (5, 4, 4):
        a_review(an_application(call, country="KZ"), a_juror(), points)
    mine = an_application(call, country="KZ")
    a_review(mine, a_juror(), 1)
    both = a_person(roles.OFFICER, roles.JUROR)
    scoring.declare(an_assignment(mine, both, declared=False), conflict=True, at=CLOSES)
    rows = rows_of(jury.ranking_table(both, call))[1:]
    assert [(row[1], row[2], float(row[5])) for row in rows] == [
        ("1", "1", 100.0),
        ("2", "3", 80.0),
        ("2", "3", 80.0),
    ]
    assert mine.number not in str(rows)


def test_a_workbook_opens_and_holds_numbers_as_numbers():
    call = a_call()
    a_review(an_application(call, name="=1+1"), a_juror(), 5)
    book = exports.as_xlsx(jury.ranking_table(a_person(roles.OFFICER), call))
    with book, ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>100</v>" in sheet
    assert "<f>" not in sheet
    assert "&#39;=1+1" in sheet or "'=1+1" in sheet


def test_taking_away_is_a_post_and_leaves_an_entry(client):
    call = a_call()
    an_application(call)
    officer = a_person(roles.OFFICER)
    client.force_login(officer)
    client.get(DOOR)
    assert not AuditEntry.objects.filter(event="export.made").exists()
    for kind in ("csv", "xlsx"):
        answer = client.post(f"{DOOR}?call={call.pk}", {"what": "trail", "kind": kind})
        assert b"".join(answer.streaming_content)
        assert f'filename="trail-{call.slug}.{kind}"' in answer["Content-Disposition"]
    entries = AuditEntry.objects.filter(event="export.made")
    assert [(e.actor, e.details["what"]) for e in entries] == [(officer.username, "trail")] * 2


@pytest.mark.parametrize("what", ["answers", "trail", "scores", "comments", "ranking", "users"])
def test_a_coordinator_is_refused_what_is_not_offered(client, what):
    call = a_call()
    client.force_login(a_person(roles.COORDINATOR, country="KZ"))
    answer = client.post(f"{DOOR}?call={call.pk}", {"what": what, "kind": "csv"})
    assert answer.status_code == 403
    assert not AuditEntry.objects.filter(event="export.made").exists()


def test_a_juror_takes_nothing_away(client):
    a_review(an_application(at=CLOSES - timedelta(days=1)), juror := a_juror())
    client.force_login(juror)
    assert client.get(DOOR).status_code == 403
