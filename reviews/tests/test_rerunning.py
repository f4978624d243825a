import io
import json
import subprocess
import sys
from zipfile import ZipFile

import pytest
from django.urls import reverse

from applications.models import AuditEntry
from applications.tests.builders import an_application
from reviews import deciding, rerunning, scoring
from reviews.models import Decision, Review
from reviews.tests.builders import (
    AFTER,
    a_chair,
    a_draft_list,
    a_judged_call,
    a_juror,
    a_published_list,
    a_review,
    an_assignment,
    an_ineligible,
    an_officer,
)

pytestmark = pytest.mark.django_db


def unpacked(call, folder):
    """Unpack what an officer takes away; return the folder the files lie in."""
    content = rerunning.packed(call, rerunning.selection(call), at=AFTER)
    with ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder / f"selection-{call.slug}"


def run(folder):
    """Run the script on bare Python: no site packages, no environment, no portal."""
    command = [sys.executable, "-I", "-S", str(folder / "rerun.py")]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, timeout=60)


def a_full_call():
    """Return a drafted call: a tie settled, a row by hand, an ineligible one, a moved place."""
    call = a_judged_call(
        kz=(90, 80, 80, 70, 60, 50), tj=(64, 62, 40), places=4, places_per_country=2
    )
    a_review(call.applications.first(), a_juror(), [5, None, 3])
    an_ineligible(an_application(call, country="TJ"))
    an_application(call, country="KZ")  # nobody has judged it
    draft = a_draft_list(call)
    officer = an_officer()
    tie = deciding.ties_in(draft)[0]
    winners = [tie.decisions[0].application_id]
    draft = deciding.settle(draft, first=winners, reason="Охват", by=officer, at=AFTER)
    row = Decision.objects.of_call(call).get(country="KZ", total=50)
    deciding.change(row, "reserve", reason="Комиссия", by=officer, at=AFTER)
    return call


def test_bare_python_gives_the_portals_totals_ranks_and_places_byte_for_byte(tmp_path):
    folder = unpacked(a_full_call(), tmp_path)
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "result.json").read_bytes() == (folder / "expected.json").read_bytes()
    results = {one["result"] for one in json.loads((folder / "result.json").read_text()).values()}
    assert {"selected", "not_selected", "ineligible"} <= results
    assert any(one.startswith("reserve/") for one in results)


def test_changing_one_point_changes_the_result_and_names_the_application(tmp_path):
    folder = unpacked(a_full_call(), tmp_path)
    inputs = json.loads((folder / "selection.json").read_text())
    changed = next(one for one in inputs["applications"] if one["points"])
    points = next(iter(changed["points"].values()))
    points["1"] = 0 if points["1"] else 5
    (folder / "selection.json").write_text(json.dumps(inputs))
    done = run(folder)
    assert done.returncode == 1
    assert changed["application"] in done.stdout
    assert (folder / "result.json").read_bytes() != (folder / "expected.json").read_bytes()


def test_a_promotion_after_the_results_is_run_again_too(tmp_path):
    call = a_judged_call(kz=(90, 80, 70), places=2, places_per_country=1)
    a_published_list(call)
    vacated = Decision.objects.of_call(call).selected().get()
    application = vacated.application
    application.declined_at = application.announced_at
    application.save(update_fields=["declined_at"])
    promoted = deciding.vacancies(call, at=AFTER)[0].next[0]
    deciding.promote(vacated, promoted=promoted, reason="Отказ", by=an_officer(), at=AFTER)
    assert rerunning.selection(call).expected[application.number]["result"] == "selected/-"
    assert run(unpacked(call, tmp_path)).returncode == 0


def test_the_same_selection_packs_to_the_same_bytes():
    call = a_full_call()
    first, second = (
        rerunning.packed(call, rerunning.selection(call), at=AFTER) for _time in range(2)
    )
    assert first == second


def test_what_is_shipped_names_no_person_and_no_outlet(tmp_path):
    call = a_full_call()
    folder = unpacked(call, tmp_path)
    told = (folder / "selection.json").read_text() + (folder / "expected.json").read_text()
    juror = Review.objects.of_call(call).first().assignment.juror
    assert juror.last_name not in told
    assert juror.get_username() not in told
    assert call.applications.first().outlet.name not in told


def test_a_draft_older_than_the_scores_is_told_on_the_page(client):
    call = a_full_call()
    review = Review.objects.of_call(call).filter(scores__points=5).first()
    score = review.scores.filter(points=5).first()
    scoring.revise(score, points=0, reason="Опечатка", at=AFTER)
    client.force_login(a_chair())
    page = client.get(reverse("admin:reviews_takeaway_of", args=[call.slug]))
    assert review.assignment.application.number in page.context["differences"]


def test_taking_the_selection_is_in_the_trail(client):
    call = a_full_call()
    client.force_login(chair := a_chair())
    answer = client.post(reverse("admin:reviews_selection", args=[call.slug]))
    assert answer["Content-Type"] == "application/zip"
    entry = AuditEntry.objects.get(event="export.made", actor=chair.get_username())
    assert entry.details["what"] == "selection"


def test_nobody_takes_a_selection_that_holds_scores_closed_to_them(client):
    call = a_full_call()
    officer = an_officer()
    assignment = an_assignment(call.applications.first(), officer, declared=False)
    scoring.declare(assignment, conflict=True, reason="Родня", at=AFTER)
    client.force_login(officer)
    assert client.post(reverse("admin:reviews_selection", args=[call.slug])).status_code == 403


def test_without_a_draft_there_is_no_selection_yet(client):
    call = a_judged_call(kz=(90,))
    assert rerunning.selection(call) is None
    client.force_login(a_chair())
    answer = client.post(reverse("admin:reviews_selection", args=[call.slug]))
    assert answer["Location"] == reverse("admin:reviews_takeaway_of", args=[call.slug])
