"""Erasing on request: nothing left points to a person; what a selection needs is kept."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import serializers
from django.core.management import call_command
from django.test import Client

from applications import (
    access,
    answering,
    closing,
    erasures,
    extending,
    proving,
    roles,
    sealing,
    submitting,
    telling,
)
from applications.models import (
    Application,
    AuditEntry,
    Message,
    MessageKind,
    MessageStatus,
    Status,
)
from applications.models.application import Refused
from applications.tests.builders import CLOSES, IN_TIME, a_call, a_complete_draft, an_application
from applications.tests.visiting import at, holder
from citizenjournalists import archiving, verifying
from citizenjournalists.signin import telling as signin
from citizenjournalists.tests.emptying import empty_database
from reviews import deciding, dossiers, erasing, reporting
from reviews.admin.decidingwords import exception
from reviews.models import Decision, DecisionListStatus, Review
from reviews.tests.builders import (
    AFTER,
    a_judged_call,
    a_proposed_list,
    a_published_list,
    an_officer,
)
from reviews.tests.marking import ADDRESS, MARK, WHY, a_marked_application, judged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_disk_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT, settings.ERASURES = tmp_path / "files", tmp_path / "erasures.jsonl"
    settings.MEDIA_ROOT.mkdir()


def everything():
    """Return every row of every table as text."""
    return "".join(
        serializers.serialize("jsonl", model._base_manager.order_by("pk"), ensure_ascii=False)
        for model in archiving.kept_models()
    )


def broken():
    return {finding.rule: finding.broken for finding in verifying.verify() if finding.broken}


def test_after_an_erasure_nothing_in_the_database_or_on_the_disk_names_the_outlet(
    django_capture_on_commit_callbacks, tmp_path
):
    application = a_marked_application()
    judged(application)
    sealing.seal_entries(at=AFTER)
    assert everything().count(MARK) > 15
    assert list((tmp_path / "files").rglob("*/*/*"))
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_on_request(application, by=an_officer(), reason=WHY, at=AFTER, take_out=True)
    sealing.seal_entries(at=AFTER)
    left = everything()
    assert (MARK in left, "karakesek" in left) == (False, False)
    assert not [one for one in (tmp_path / "files").rglob("*") if one.is_file()]
    assert list(proving.Walk().faults()) == []
    assert broken() == {}
    application.refresh_from_db()
    assert (application.status, application.outlet.country) == (Status.WITHDRAWN, "KZ")
    assert Review.objects.get().scores.count() == 6
    entry = AuditEntry.objects.get(event="application.erased")
    assert entry.told["reason"] == WHY


def test_what_the_trail_says_in_words_is_read_beside_it_and_gone_with_it(
    django_capture_on_commit_callbacks,
):
    application = a_marked_application()
    entry = AuditEntry.objects.get(event="address.corrected")
    assert set(entry.details["reason"]) == {"sha256"}
    assert entry.told["new_address"] == f"right.{ADDRESS}"
    erasing.erase(application.pk, at=AFTER)
    entry = AuditEntry.objects.get(event="address.corrected")
    assert (entry.told["reason"], entry.told["new_address"]) == (None, None)


def test_words_changed_or_removed_past_the_portal_are_named():
    a_marked_application()
    sealing.seal_entries(at=AFTER)
    words = AuditEntry.objects.get(event="address.corrected").words
    kept = words.words
    words.words = {**kept, "reason": "Другое."}
    words.save()
    assert ["were changed" in one for one in proving.Walk().faults()] == [True]
    words.words = {}
    words.save()
    assert ["without an erasure" in one for one in proving.Walk().faults()] == [True]
    words.delete()
    assert ["were removed." in one for one in proving.Walk().faults()] == [True]


def test_letters_that_wait_are_not_sent_to_an_erased_outlet():
    application = an_application()
    waiting = application.messages.filter(status=MessageStatus.QUEUED).count()
    erasing.erase_on_request(application, by=an_officer(), reason=WHY, at=AFTER, take_out=True)
    assert waiting > 0
    assert not Message.objects.due(AFTER).filter(application=application).exists()


def test_staff_get_no_emptied_letter_and_what_names_themselves_stays():
    application, officer = an_application(name="Дина"), an_officer(first_name="Дина")
    telling.tell(
        roles.OFFICER,
        kind=MessageKind.FILE_REFUSED,
        key="one",
        at=IN_TIME,
        number=application.number,
        signature="Дина",
        link="/",
    )
    signin.note_and_write("password.changed", officer, at=IN_TIME)
    erasing.erase_on_request(application, by=officer, reason=WHY, at=AFTER, take_out=True)
    [letter] = Message.objects.filter(application=None, status=MessageStatus.QUEUED)
    assert (letter.kind, "Дина" in letter.text) == (MessageKind.ACCOUNT_CHANGED, True)


def test_a_letter_that_failed_is_nobodys_task_once_its_outlet_is_erased():
    application, other = (an_application() for _one in range(2))
    failed = Message.objects.filter(kind="submitted")
    assert failed.update(status=MessageStatus.FAILED) == 2
    assert Message.objects.needing_a_person().count() == 2
    erasing.erase_on_request(application, by=an_officer(), reason=WHY, at=AFTER, take_out=True)
    assert Message.objects.needing_a_person().get().application == other


def test_a_draft_erased_while_the_call_is_open_is_left_alone_by_every_sweep():
    draft = a_complete_draft()
    erasing.erase_on_request(draft, by=an_officer(), reason=WHY, at=IN_TIME)
    letters = Message.objects.count()
    extending.extend_call(
        draft.call, to=CLOSES + timedelta(days=1), reason="Сбой связи.", by=an_officer(), at=IN_TIME
    )
    closing.lapse_overdue_drafts(at=CLOSES + timedelta(days=2))
    draft.refresh_from_db()
    assert (draft.status, draft.closes_at) == (Status.LAPSED, CLOSES)
    assert Message.objects.count() == letters


def test_what_a_selection_needs_is_erased_only_once_it_has_left_it():
    application, officer = an_application(), an_officer()
    with pytest.raises(Refused, match="reason_needed"):
        erasing.erase_on_request(application, by=officer, reason=" ", at=AFTER, take_out=True)
    with pytest.raises(Refused, match="in_selection"):
        erasing.erase_on_request(application, by=officer, reason=WHY, at=AFTER)
    erasing.erase_on_request(application, by=officer, reason=WHY, at=AFTER, take_out=True)
    with pytest.raises(Refused, match="erased"):
        erasing.erase_on_request(application, by=officer, reason=WHY, at=AFTER, take_out=True)


def test_the_report_tells_which_application_staff_took_out_of_the_selection_and_no_other():
    call = a_call()
    taken, own = (an_application(call) for _one in range(2))
    erasing.erase_on_request(taken, by=an_officer(), reason=WHY, at=IN_TIME, take_out=True)
    submitting.withdraw(own, at=IN_TIME)
    [told] = reporting.report(call, at=IN_TIME)["exceptions"]
    assert (told["application"], told["event"]) == (taken.number, "application.withdrawn")
    assert exception(told).startswith(f"{taken.number}, ")


def test_a_proposed_list_loses_its_force_and_its_frozen_address_when_one_of_it_is_erased():
    proposed = a_proposed_list(kz=(90, 80), tj=(70,))
    one = Application.objects.of_call(proposed.call).order_by("pk").first()
    assert one.contact_email in json.dumps(proposed.frozen)
    erasing.erase_on_request(one, by=an_officer(), reason=WHY, at=AFTER, take_out=True)
    assert deciding.watch(proposed, at=AFTER)
    proposed.refresh_from_db()
    assert proposed.status == DecisionListStatus.VOID
    assert one.contact_email not in json.dumps(proposed.frozen)
    assert broken() == {}


def test_why_a_decision_was_changed_is_erased_with_its_application_and_the_ledger_stays():
    proposed = a_proposed_list(kz=(90, 80, 70), tj=(60,))
    decision, other = Decision.objects.of_call(proposed.call).order_by("-total")[:2]
    officer, written = an_officer(), f"Родня {MARK} в жюри."
    given = {"by": officer, "at": AFTER}
    deciding.change(decision, "not_selected", reason=written, **given)
    words = {"strength": "Близко к людям.", "improvement": "Бюджет без цен."}
    draft = deciding.write_feedback(decision, **words, **given).decision_list
    deciding.propose(draft, **given)
    other.refresh_from_db()
    deciding.change(other, "reserve", reason="Отказались сами.", **given)
    sealing.seal_entries(at=AFTER)
    [told] = [one for one in reporting.changes(proposed.call) if one["reason"] == written]
    assert everything().count(MARK) >= 6  # ledger, decision, void list, frozen rows, trail
    assert written in str(dossiers.dossier(decision.application)["reasons_of_changes"])

    assert erasing.erase(decision.application_id, at=AFTER)
    assert MARK not in everything()
    assert {**told, "reason": "—"} in reporting.changes(proposed.call)
    others = [one["reason"] for one in reporting.changes(proposed.call)]
    assert "Отказались сами." in others
    decision.refresh_from_db()
    assert (decision.result, decision.by_hand) == ("not_selected", True)
    sealing.seal_entries(at=AFTER)
    assert list(proving.Walk().faults()) == []
    assert broken() == {}


def test_who_holds_a_place_gives_it_up_first_and_who_waits_in_reserve_leaves_it():
    call = a_judged_call(kz=(90, 80, 70), places=2, places_per_country=1)
    a_published_list(call)
    results = {a.result: a for a in Application.objects.of_call(call)}
    selected, reserve, officer = results["selected"], results["reserve"], an_officer()
    for take_out in (False, True):
        with pytest.raises(Refused, match="holds_a_place"):
            erasing.erase_on_request(selected, by=officer, reason=WHY, at=AFTER, take_out=take_out)
    with pytest.raises(Refused, match="on_reserve"):
        erasing.erase_on_request(reserve, by=officer, reason=WHY, at=AFTER)
    erasing.erase_on_request(reserve, by=officer, reason=WHY, at=AFTER, take_out=True)
    answering.decline(selected, at=AFTER)
    erasing.erase_on_request(selected, by=officer, reason=WHY, at=AFTER)
    assert Decision.objects.of_call(call).holding_a_place().count() == 1
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_forgets_again_what_was_erased_since(settings, tmp_path):
    asks, stays = a_marked_application(), an_application()
    folder = tmp_path / "backups"
    folder.mkdir()
    call_command("backup", folder / "old.tar.gz", stdout=StringIO())
    erasing.erase_on_request(asks, by=an_officer(), reason=WHY, at=AFTER, take_out=True)
    [line] = erasures.lines_of(settings.ERASURES)
    assert (MARK in line, json.loads(line)["number"]) == (False, asks.number)
    call_command("backup", folder / "new.tar.gz", stdout=StringIO())

    empty_database()
    settings.MEDIA_ROOT = tmp_path / "again"
    settings.ERASURES.unlink()
    told = StringIO()
    call_command("restore", folder / "old.tar.gz", stdout=told)
    assert "1 applications were erased again" in told.getvalue()
    assert MARK not in everything()
    assert not [one for one in settings.MEDIA_ROOT.rglob("*") if one.is_file()]
    stays.refresh_from_db()
    assert stays.erased_at is None
    told = StringIO()
    call_command("erase_again", folder / settings.ERASURES.name, stdout=told)
    assert told.getvalue().startswith("0 applications")


def test_a_ledger_that_cannot_be_written_leaves_its_line_in_the_log(settings, tmp_path, caplog):
    settings.ERASURES = tmp_path / "nowhere" / "erasures.jsonl"
    erasures.append('{"number": "417-208"}')
    assert '{"number": "417-208"}' in caplog.text


PAGES = ("status", "received", "versions/1", "versions/1/receipt.pdf", "draft.pdf", "files")
PRESSED = ("submit", "withdraw", "copy", "letter", "files", "answer", "address", "new-link")


def test_whoever_held_a_key_reads_that_the_application_is_erased_and_nothing_else(arrive):
    application = a_marked_application()
    key = application.attachments.first().key
    owner, own = holder(application), application.links.valid().get(is_owner=True)
    colleague = access.give_link(application, at=IN_TIME, email=ADDRESS)
    before = access.give_link(application, at=IN_TIME, email=ADDRESS)
    access.revoke(before, at=IN_TIME)
    erasing.erase(application.pk, at=AFTER)
    arrive(AFTER)
    pages = [at(application, page) for page in (*PAGES, f"files/{key}")] + [at(application)]
    told = [owner.get(page.removesuffix("/") if "pdf" in page else page) for page in pages]
    told += [owner.post(at(application, page)) for page in PRESSED]
    told += [Client().get(f"/z/{access.token_of(link)}") for link in (own, colleague)]
    told += [Client().post(f"/z/{access.token_of(own)}")]
    assert {answer.status_code for answer in told} == {410}
    for answer in told:
        shown = answer.content.decode()
        assert application.number in shown
        assert (MARK in shown, "karakesek" in shown, "set-cookie" in answer) == (False,) * 3
    assert Client().get(f"/z/{access.token_of(before)}").status_code == 404
    assert Client().get(at(application, "status")).status_code == 404
    listed = owner.get("/en/status/")
    assert (listed.status_code, application.number in listed.content.decode()) == (200, False)
