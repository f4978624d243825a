import io

import pytest
import xlsxwriter
from django.urls import reverse
from django.utils import translation

from applications import workbooks
from applications.models import AuditEntry
from applications.tests.builders import a_call, an_application
from reviews import scoring, sheetbook, sheets
from reviews.models import Review
from reviews.tests.builders import (
    REVIEWING,
    a_chair,
    a_juror,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
)

pytestmark = pytest.mark.django_db
SHEET, KEEP = reverse("admin:reviews_sheet"), reverse("admin:reviews_sheet_apply")
FIRST = 6  # the row of the first criterion
STRENGTH, IMPROVEMENT = FIRST + 3, FIRST + 4


@pytest.fixture(autouse=True)
def _in_russian():
    with translation.override("ru"):
        yield


@pytest.fixture
def juror():
    return a_juror()


@pytest.fixture
def call():
    call = a_call()
    a_rubric(call, weights=(50, 30, 20))
    return call


def cells_of(juror, call, *, with_drafts=True) -> dict[str, str]:
    rows = sheets.waiting(juror, call)
    with sheetbook.workbook(rows, call, with_drafts=with_drafts) as file:
        return {address: cell.text for address, cell in workbooks.read(file)[0].items()}


def filled(cells: dict[str, str], **changes) -> io.BytesIO:
    """Return the sheet as it comes back, with cells written in."""
    file = io.BytesIO()
    file.name = "scores.xlsx"
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for address, value in {**cells, **changes}.items():
            sheet.write(address, value)
    file.seek(0)
    return file


def compared(juror, call, cells, **changes):
    return sheets.compare(filled(cells, **changes), user=juror, call=call)


def wrong_in(proposals) -> dict[str, str]:
    return {wrong.cell: wrong.text for one in proposals for wrong in one.wrong}


def test_the_sheet_has_a_row_for_each_criterion_and_note_with_what_was_written(juror, call):
    review = a_started_review(an_application(call, name="=Степь"), juror, [4, None, 3], why="План")
    cells = cells_of(juror, call)
    assert cells[f"A{FIRST}"] == review.assignment.application.number
    assert cells[f"B{FIRST}"] == "=Степь"
    assert "1 — " in cells[f"D{FIRST}"]
    assert [cells[f"E{FIRST + n}"] for n in range(3)] == ["4", "н/о", "3"]
    assert cells[f"F{FIRST}"] == "План"
    assert cells[f"F{STRENGTH}"] == review.strength
    assert f"A{FIRST + 6}" not in cells


def test_what_is_handed_in_undeclared_or_anothers_is_not_in_the_sheet(juror, call):
    a_review(an_application(call), juror)
    an_assignment(an_application(call), juror, declared=False)
    a_started_review(an_application(call), a_juror())
    assert sheets.waiting(juror, call) == []


def test_a_sheet_that_comes_back_unchanged_changes_nothing(juror, call):
    a_started_review(an_application(call), juror, [4, None, 3], why="План\nи смета")
    assert compared(juror, call, cells_of(juror, call)) == []


def test_the_preview_tells_cell_by_cell_what_changes(juror, call):
    a_started_review(an_application(call), juror, [4, None, 3])
    cells = cells_of(juror, call)
    proposal = compared(juror, call, cells, E6=5, E7="2", E8="Н/О", F9="Ясно, зачем.")[0]
    found = [(one.cell, one.before, one.after) for one in proposal.differences]
    assert found == [
        ("E6", "4", "5"),
        ("E7", "н/о", "2"),
        ("E8", "3", "н/о"),
        ("F9", "Понятно, кого сейчас не слышно.", "Ясно, зачем."),
    ]
    assert Review.objects.get().scores.get(criterion__position=1).points == 4


@pytest.mark.parametrize("value", ["6", "-1", "3.5", "пять", "1e3", "nan", "inf"])
def test_what_is_no_score_is_told_by_its_cell(juror, call, value):
    an_assignment(an_application(call), juror)
    wrong = wrong_in(compared(juror, call, cells_of(juror, call), E7=value))
    assert list(wrong) == ["E7"]
    assert value in wrong["E7"]


@pytest.mark.parametrize("value", [3, "3", "3.0", "3,0", " 3 "])
def test_a_score_may_be_typed_as_text_or_number(juror, call, value):
    an_assignment(an_application(call), juror)
    proposal = compared(juror, call, cells_of(juror, call), E7=value)[0]
    assert [one.after for one in proposal.differences] == ["3"]


def test_words_too_long_points_in_a_note_and_lost_rows_are_told_by_their_cells(juror, call):
    an_assignment(an_application(call), juror)
    cells = cells_of(juror, call)
    wrong = wrong_in(compared(juror, call, cells, F6="я" * 5001, E9="3", G8="c999999"))
    assert sorted(wrong) == ["C8", "E9", "F6"]
    wrong = wrong_in(compared(juror, call, cells, G8=cells["G7"]))
    assert sorted(wrong) == ["C8"]


def test_rows_of_what_is_not_the_jurors_to_change_are_refused(juror, call):
    an_assignment(an_application(call), juror)
    cells = cells_of(juror, call)
    handed_in = a_review(an_application(call), juror).assignment.application.number
    undeclared = an_assignment(an_application(call), juror, declared=False).application.number
    anothers = a_started_review(an_application(call), a_juror()).assignment.application.number
    for number in (handed_in, undeclared, anothers, "999-999"):
        forged = {**cells, **{f"A{row}": number for row in range(FIRST, FIRST + 6)}}
        proposals = compared(juror, call, forged, E6="1")
        assert list(wrong_in(proposals)) == ["A6"]
        assert number in wrong_in(proposals)["A6"]
        assert proposals[0].differences == []


def test_anothers_application_is_answered_like_one_that_does_not_exist(juror, call):
    an_assignment(an_application(call), juror)
    cells = cells_of(juror, call)
    anothers = a_started_review(an_application(call), a_juror()).assignment.application.number
    told = [
        wrong_in(compared(juror, call, cells, A6=number, E6="1"))["A6"].replace(number, "")
        for number in (anothers, "999-999")
    ]
    assert told[0] == told[1]


def uploaded(client, juror, cells, **changes):
    client.force_login(juror)
    return client.post(SHEET, {"sheet": filled(cells, **changes)})


def kept(client, page, **more):
    return client.post(KEEP, {"sealed": page.context["sealed"], **more})


def test_applying_keeps_drafts_and_never_hands_in(client, juror, call):
    application = an_application(call)
    an_assignment(application, juror)
    cells = cells_of(juror, call)
    page = uploaded(
        client, juror, cells, E6=5, E7="н/о", E8=1, F8="Мало", F9="Ясно", F10="Смета", F11="Да"
    )
    assert Review.objects.count() == 0
    assert kept(client, page)["Location"] == reverse("admin:reviews_queue")
    review = Review.objects.get()
    scores = [(one.points, one.cant_judge) for one in review.scores.all()]
    assert scores == [(5, False), (None, True), (1, False)]
    assert (review.strength, review.improvement, review.comment) == ("Ясно", "Смета", "Да")
    assert review.submitted_at is None
    entry = AuditEntry.objects.get(event="sheet.applied")
    assert entry.details == {"applications": [application.number]}
    assert entry.actor == juror.get_username()


def test_an_application_with_an_error_is_left_out_and_the_others_are_kept(client, juror, call):
    for _each in range(2):
        an_assignment(an_application(call), juror)
    cells = cells_of(juror, call)
    page = uploaded(client, juror, cells, E6=9, E7=3, E12=4)
    assert [one.number for one in page.context["wrong"]] == [cells["A6"]]
    kept(client, page)
    assert Review.objects.get().assignment.application.number == cells["A12"]


def test_a_review_changed_here_since_is_replaced_only_when_the_juror_says_so(client, juror, call):
    review = a_started_review(an_application(call), juror, 3)
    cells = cells_of(juror, call)
    a_started_review(assignment=review.assignment, points=4)
    page = uploaded(client, juror, cells, E6=1)
    assert page.context["changing"][0].is_stale
    kept(client, page)
    assert review.scores.first().points == 4
    kept(client, page, over=cells["A6"])
    assert review.scores.first().points == 1


def test_what_happens_between_preview_and_keeping_wins(client, juror, call):
    review = a_started_review(an_application(call), juror, 3)
    cells = cells_of(juror, call)
    page = uploaded(client, juror, cells, E6=1)
    scoring.submit_review(review, at=REVIEWING)
    kept(client, page)
    assert review.scores.first().points == 3
    assert not AuditEntry.objects.filter(event="sheet.applied").exists()


def test_a_preview_is_of_use_to_its_own_reader_alone_and_can_not_be_changed(client, juror, call):
    an_assignment(application := an_application(call), juror)
    an_assignment(application, other := a_juror())
    page = uploaded(client, juror, cells_of(juror, call), E6=1)
    sealed = page.context["sealed"]
    assert sheets.unseal(sealed, user=other, call=call) == []
    assert sheets.unseal(sealed + "x", user=juror, call=call) == []
    client.force_login(other)
    assert kept(client, page)["Location"] == SHEET
    assert Review.objects.count() == 0


def test_an_officers_sheet_for_a_juror_shows_no_draft_and_its_empty_cells_erase_nothing(
    client, juror, call
):
    review = a_started_review(an_application(call), juror, 3, why="Мой черновик")
    client.force_login(a_chair())
    path = reverse("admin:reviews_sheet_for", args=[call.slug, juror.pk])
    content = b"".join(client.post(path).streaming_content)
    cells = {a: one.text for a, one in workbooks.read(io.BytesIO(content))[0].items()}
    assert "Мой черновик" not in str(cells)
    assert f"E{FIRST}" not in cells
    assert compared(juror, call, cells) == []
    proposal = compared(juror, call, cells, E6=5)[0]
    assert proposal.is_stale
    assert proposal.entries[review.scores.first().criterion_id].comment == "Мой черновик"
    entry = AuditEntry.objects.get(event="export.made")
    assert entry.details["juror"] == juror.get_username()


def test_a_sheet_of_another_call_or_of_no_call_is_refused_with_a_reason(client, juror, call):
    an_assignment(an_application(call), juror)
    cells = cells_of(juror, call)
    for changes in ({"G5": "scores:another"}, {"G5": "что-то"}):
        page = uploaded(client, juror, cells, **changes)
        assert page.status_code == 422
        assert page.context["error"]


def test_somebody_with_nothing_on_a_desk_has_no_sheet(client):
    client.force_login(a_juror())
    assert client.get(SHEET).status_code == 404
