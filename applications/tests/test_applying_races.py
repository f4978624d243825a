"""Several presses at the very same moment: real threads, on whichever database is under test."""

import threading
from copy import copy
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from applications import attaching, drafting, extending, pressing, roles, submitting
from applications.models import (
    Application,
    Extension,
    Message,
    MessageKind,
    SectionAnswers,
    Version,
)
from applications.models.application import Refused
from applications.tests.builders import CLOSES, IN_TIME, a_call, a_complete_draft, a_draft, a_person

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(act) -> list:
    """Run `act(n)` in threads that set off together; return what each gave back or raised."""
    gate, found = threading.Barrier(AT_ONCE), [None] * AT_ONCE

    def run(n):
        gate.wait()
        try:
            found[n] = act(n)
        except Exception as error:
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_form_sent_many_times_at_once_begins_one_application():
    call = a_call()
    who = {"country": "KZ", "name": "Степь", "email": "a@outlet.example", "language": "ru"}
    links = at_once(lambda _n: drafting.start(call, **who, at=IN_TIME, key="k" * 32))
    assert len({link.pk for link in links}) == 1
    assert Application.objects.count() == 1
    assert Message.objects.count() == 1


def test_one_application_submitted_many_times_at_once_is_one_version_and_one_receipt():
    application = a_complete_draft()
    at_once(lambda n: submitting.submit(application, at=IN_TIME + timedelta(microseconds=n)))
    application.refresh_from_db()
    assert application.version == 1
    assert application.versions.count() == 1
    assert Message.objects.filter(kind=MessageKind.SUBMITTED).count() == 1


def test_a_kept_press_that_many_sweeps_meet_is_handed_in_or_refused_once(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call = a_call()
    in_time, changed, late = (a_complete_draft(call) for _ in range(3))
    last = CLOSES - timedelta(milliseconds=1)
    for application, at in ((in_time, last), (changed, last), (late, CLOSES)):
        pressing.keep(application.number, [application.links.get().nonce], seen="", at=at)
    drafting.save_section(changed, "network", {"plan": "Позже"}, revision=None, at=CLOSES)
    at_once(lambda _n: pressing.hand_in_kept(at=CLOSES + timedelta(seconds=30)))
    assert list(pressing.folder().iterdir()) == []
    assert in_time.versions.get().submitted_at == last
    assert in_time.messages.filter(kind=MessageKind.SUBMITTED).count() == 1
    kept = [sorted(one.attempts.values_list("why", flat=True)) for one in (in_time, changed, late)]
    assert kept == [["away"], ["away", "changed"], ["away", "closed"]]
    assert not Version.objects.exclude(application=in_time).exists()


def test_a_later_deadline_that_many_ask_for_and_settle_at_once_waits_once_and_ends_one_way():
    call, people = a_call(), [a_person(roles.OFFICER) for _ in range(AT_ONCE)]
    a_draft(call)
    wanted = {"to": CLOSES + timedelta(days=2), "reason": "Сбой связи.", "at": CLOSES}
    asked = at_once(lambda n: extending.extend_call(call, by=people[n], **wanted))
    assert codes(asked) == ["waiting"] * (AT_ONCE - 1)
    extension = Extension.objects.get()
    others = [person for person in people if person != extension.asked_by] * 2

    def settle(n):
        verb = (extending.approve, extending.turn_down)[n % 2]
        return verb(Extension.objects.get(), by=others[n], at=CLOSES)

    assert codes(at_once(settle)) == ["settled"] * (AT_ONCE - 1)
    extension.refresh_from_db()
    call.refresh_from_db()
    is_in_force = extension.applied_at is not None
    assert is_in_force == (extension.turned_down_at is None) == (call.closes_at == wanted["to"])
    assert Message.objects.filter(kind=MessageKind.EXTENDED).count() == is_in_force


def codes(found: list) -> list[str]:
    return [one.code for one in found if isinstance(one, Refused)]


def test_of_many_pages_that_save_at_once_one_is_first_and_the_others_are_told():
    application = a_draft()

    def save(n):
        page = drafting.Page(f"page-{n}", 1)
        answers = {"plan": f"План {n}"}
        return drafting.save_section(
            application, "network", answers, revision=0, at=IN_TIME, page=page
        )

    found = at_once(save)
    told = [one for one in found if isinstance(one, drafting.OlderRevision)]
    assert len(told) == AT_ONCE - 1
    saved = application.sections.get(section="network")
    assert saved.revision == 1
    assert all(one.current.answers == saved.answers for one in told)


def test_sections_saved_at_once_over_the_same_state_are_all_kept():
    """Each page read the application before any of them wrote: all but one weigh it anew."""
    application = a_draft()
    sections = ["outlet", "independence", "reach", "coordinator", "network", "letter"]
    as_read = Application.objects.get(pk=application.pk)
    rows = {one.section: one for one in as_read.sections.all()}

    def save(n):
        key = sections[n]
        told = {
            "revision": rows[key].revision if key in rows else 0,
            "saved": rows.get(key) or SectionAnswers(application=as_read, section=key),
        }
        return drafting.save_section(copy(as_read), key, {"words": key}, at=IN_TIME, **told)

    found = at_once(save)
    assert [one.answers for one in found] == [{"words": key} for key in sections]
    lies = {one.section: one.answers for one in application.sections.filter(section__in=sections)}
    assert lies == {key: {"words": key} for key in sections}
    saves = application.trail.filter(event="section.saved").order_by("number")
    assert [entry.number for entry in saves][-AT_ONCE:] == [*range(2, AT_ONCE + 2)]


def test_a_save_that_read_its_section_before_another_page_wrote_is_told_of_it():
    application = a_draft()
    as_read = Application.objects.get(pk=application.pk)
    before = SectionAnswers(application=as_read, section="letter")
    drafting.save_section(application, "letter", {"letter": "А"}, revision=0, at=IN_TIME)
    told = {"revision": 0, "saved": before}
    with pytest.raises(drafting.OlderRevision) as older:
        drafting.save_section(as_read, "letter", {"letter": "Б"}, at=IN_TIME, **told)
    assert older.value.current.answers == {"letter": "А"}


def test_a_save_under_way_while_the_application_is_erased_leaves_nothing_behind():
    application = a_draft()
    as_read = Application.objects.get(pk=application.pk)
    before = SectionAnswers(application=as_read, section="letter")
    Application.objects.filter(pk=application.pk).update(erased_at=IN_TIME)
    told = {"revision": 0, "saved": before}
    with pytest.raises(Refused, match="erased"):
        drafting.save_section(as_read, "letter", {"letter": "Б"}, at=IN_TIME, **told)
    upload = SimpleUploadedFile("CV.pdf", b"%PDF-1.7")
    with pytest.raises(Refused, match="erased"):
        attaching.attach(as_read, upload, kind="cv", name="CV.pdf", at=IN_TIME)
    assert not application.sections.filter(section="letter").exists()
    assert not application.attachments.exists()


def test_one_file_sent_many_times_at_once_is_kept_once():
    application = a_draft()

    def send(_n):
        upload = SimpleUploadedFile("CV.pdf", b"%PDF-1.7")
        return attaching.attach(application, upload, kind="cv", name="CV.pdf", at=IN_TIME)

    keys = {attachment.key for attachment in at_once(send)}
    assert len(keys) == 1
    assert application.attachments.count() == 1
