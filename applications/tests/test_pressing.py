"""Presses of “Submit” while the database is away: on the disk for good, and within bounds."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from applications import pressing, submitting
from applications.models import Status
from applications.tests.builders import CLOSES, IN_TIME, a_complete_draft
from applications.tests.visiting import at, hidden, holder
from applications.views import handing_in

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def database_away(monkeypatch):
    def away(_request, _number):
        raise OperationalError("the database is away")

    monkeypatch.setattr(handing_in, "hand_in", away)


def lying() -> list[str]:
    return sorted(one.name for one in pressing.folder().iterdir())


def test_a_press_is_on_the_disk_under_its_name_before_anybody_is_told(monkeypatch):
    synced, sync, replace = [], os.fsync, Path.replace

    def note(descriptor):
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).suffix)
        sync(descriptor)

    def rename(self, target):
        synced.append("renamed")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "replace", rename)
    assert pressing.keep("417-208", ["ABCDEFGH"], seen="1", at=IN_TIME) == IN_TIME
    assert synced == ["", ".partial", "renamed", ""]  # a folder has no suffix
    assert ["ABCDEFGH" in name for name in lying()] == [False]


def test_a_press_that_can_not_be_made_durable_is_not_told_of_as_kept(monkeypatch, caplog):
    def fail(*_args):
        raise OSError(28, "No space left on device")

    pressing.make_folder()
    monkeypatch.setattr(os, "fsync", fail)
    assert pressing.keep("417-208", ["ABCDEFGH"], seen="1", at=IN_TIME) is None
    assert lying() == []
    assert "could not be kept" in caplog.text


def test_the_same_press_again_keeps_the_earliest_instant_whatever_order_they_come_in():
    def press(after, seen="1", nonces=("ABCDEFGH",)):
        return pressing.keep("417-208", list(nonces), seen=seen, at=IN_TIME + after * SECOND)

    assert [press(1), press(2), press(0), press(3)] == [
        IN_TIME + SECOND,
        IN_TIME + SECOND,
        IN_TIME,
        IN_TIME,
    ]
    assert len(lying()) == 1
    press(4, seen="2")  # other words were seen
    press(5, nonces=("ABCDEFGH", "HGFEDCBA"))  # another browser, with one link the same
    assert len(lying()) == 3


def test_a_browser_fills_its_own_room_and_nobody_elses():
    for n in range(pressing.MOST_OF_A_BROWSER + 5):
        kept = pressing.keep(f"100-{n:03}", ["ABCDEFGH"], seen="1", at=IN_TIME)
    assert kept is None
    assert len(lying()) == pressing.MOST_OF_A_BROWSER
    assert pressing.keep("100-000", ["ABCDEFGH"], seen="1", at=IN_TIME + SECOND) == IN_TIME
    assert pressing.keep("100-000", ["HGFEDCBA"], seen="1", at=IN_TIME) == IN_TIME


def test_who_presses_twice_is_told_the_first_instant_and_is_in_with_it(
    database_away, monkeypatch, arrive
):
    draft = a_complete_draft()
    client = holder(draft)
    seen = hidden(client.get(at(draft, "check")).content.decode(), "seen")
    for pressed in (CLOSES - SECOND, CLOSES + SECOND):
        arrive(pressed)
        page = client.post(at(draft, "submit"), {"seen": seen})
        assert page.status_code == 503
        assert "23:59:59" in page.content.decode()
    assert pressing.hand_in_kept(at=CLOSES + 30 * SECOND) == 1
    draft.refresh_from_db()
    assert (draft.status, draft.submitted_at) == (Status.SUBMITTED, CLOSES - SECOND)
    assert lying() == []


def test_where_there_is_no_more_room_the_page_says_so_and_offers_the_press_again(
    database_away, monkeypatch, arrive
):
    arrive(IN_TIME)
    monkeypatch.setattr(pressing, "MOST", 0)
    draft = a_complete_draft()
    seen = submitting.fingerprint(draft)
    page = holder(draft).post(at(draft, "submit"), {"seen": seen}).content.decode()
    assert "could not be written down: the application is not submitted yet" in page
    assert "We have written that down" not in page
    assert hidden(page, "seen") == seen
    assert f'action="{at(draft, "submit")}"' in page
    assert lying() == []
