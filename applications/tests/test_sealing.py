"""Seals: what is done to the trail past the portal shows, on both engines, by raw SQL."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from applications import audit, proving, sealing
from applications.models import AuditEntry, Seal
from applications.tests.builders import IN_TIME, a_call
from citizenjournalists.tests.emptying import set_triggers_aside

ENTRIES, SEALS = "applications_auditentry", "applications_seal"
AT = IN_TIME


@pytest.fixture
def entries(db):
    """Six sealed entries with odd details, in two chains; the last is given first."""
    call, other = a_call(), a_call()
    odd = {"б": "Ёлка 𝄞", "a": [2.0, 0.1, None], "z": {"y": 1e16, "x": True}}
    for n in range(3):
        for subject in (call, other):
            with transaction.atomic():
                audit.record("call.changed", subject, at=AT, actor=f"officer{n}", **odd)
    sealing.seal_entries(at=AT)
    return list(AuditEntry.objects.order_by("pk"))


def past_the_triggers(*statements):
    with transaction.atomic(), connection.cursor() as cursor:
        triggers = set_triggers_aside(cursor)
        for statement in statements:
            cursor.execute(statement)
        for trigger in triggers:
            cursor.execute(trigger)


def faults():
    return list(proving.Walk().faults())


def test_an_untouched_trail_is_whole_and_says_so(entries):
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert "The trail is whole: 6 entries." in told.getvalue()
    assert Seal.objects.head().hash in told.getvalue()


def test_an_empty_trail_is_whole(db):
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert "0 entries" in told.getvalue()


def test_the_digest_of_an_entry_is_the_same_everywhere_and_for_good():
    entry = AuditEntry(
        pk=7,
        chain="call/1",
        number=2,
        at=AT.astimezone(timezone.get_fixed_timezone(300)) + timedelta(microseconds=5),
        event="call.changed",
        actor="дина",
        details={"b": 2.0, "a": {"d": "ә", "c": [1e16]}},
    )
    as_other_engine = AuditEntry(
        pk=7,
        chain="call/1",
        number=2,
        at=AT + timedelta(microseconds=5),
        event="call.changed",
        actor="дина",
        details={"a": {"c": [10**16], "d": "ә"}, "b": 2},
    )
    assert sealing.digest_of(entry) == sealing.digest_of(as_other_engine)
    assert sealing.canonical(entry, 7) == (
        '[7,"call/1",2,"2026-12-11T19:00:00.000005Z","call.changed",'
        '"\\u0434\\u0438\\u043d\\u0430",null,{"a":{"c":[10000000000000000],"d":"\\u04d9"},"b":2}]'
    )


def test_an_entry_read_back_from_the_engine_has_the_digest_it_was_written_with(entries):
    read = {field.attname: getattr(entries[0], field.attname) for field in AuditEntry._meta.fields}
    written = AuditEntry(**read)
    written.details = {"z": {"x": True, "y": 1e16}, "a": [2.0, 0.1, None], "б": "Ёлка 𝄞"}
    assert sealing.digest_of(written) == Seal.objects.get(entry=entries[0]).digest


def changed_payload(e):
    told = json.dumps({**e[2].details, "a": [3]})
    return [f"UPDATE {ENTRIES} SET details = '{told}' WHERE id = {e[2].pk}"]


def changed_actor(e):
    return [f"UPDATE {ENTRIES} SET actor = 'nobody' WHERE id = {e[2].pk}"]


def changed_time(e):
    later = (e[2].at + timedelta(microseconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    later += "+00" if connection.vendor == "postgresql" else ""
    return [f"UPDATE {ENTRIES} SET at = '{later}' WHERE id = {e[2].pk}"]


def removed(e):
    return [f"DELETE FROM {ENTRIES} WHERE id = {e[2].pk}"]


def removed_last(e):
    return [f"DELETE FROM {ENTRIES} WHERE id = {e[-1].pk}"]


def moved(e):
    return [f"UPDATE {ENTRIES} SET id = {e[-1].pk + 50} WHERE id = {e[2].pk}"]


def seal_rewritten(e):
    return [f"UPDATE {SEALS} SET digest = '{'0' * 64}' WHERE position = 3"]


def seal_removed(e):
    return [f"DELETE FROM {SEALS} WHERE position = 3"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (changed_payload, ["Entry {2} (call.changed, {chain} no. 2) was changed after"]),
        (changed_actor, ["Entry {2} (call.changed, {chain} no. 2) was changed after"]),
        (changed_time, ["Entry {2} (call.changed, {chain} no. 2) was changed after"]),
        (removed, ["Entry {2} was removed (seal 3)."]),
        (removed_last, ["Entry {5} was removed (seal 6)."]),
        (moved, ["Entry {2} was removed", "holds what was sealed as entry {2}: it was moved."]),
        (seal_rewritten, ["Seal 3 does not follow", "Entry {2} (call.changed"]),
        (seal_removed, ["Seals were removed: 3 to 3."]),
    ],
)
def test_what_was_done_to_the_trail_is_named(entries, harm, words, caplog):
    past_the_triggers(*harm(entries))
    found = faults()
    assert len(found) == len(words), found
    for one, wanted in zip(found, words, strict=True):
        assert wanted.format(*[e.pk for e in entries], chain=entries[2].chain) in one
    with pytest.raises(CommandError, match="tampered") as refused:
        call_command("verify_audit", stdout=StringIO())
    assert refused.value.returncode == 1
    assert f"tampered with: {len(words)} findings" in caplog.text


def test_swapped_entries_are_named_with_what_they_hold(entries):
    a, b = entries[0].pk, entries[2].pk
    past_the_triggers(
        f"UPDATE {ENTRIES} SET id = -1 WHERE id = {a}",
        f"UPDATE {ENTRIES} SET id = {a} WHERE id = {b}",
        f"UPDATE {ENTRIES} SET id = {b} WHERE id = -1",
    )
    found = faults()
    assert [line.endswith("was changed after it was sealed.") for line in found[:2]] == [True] * 2
    assert f"Entry {a} holds what was sealed as entry {b}: it was moved." in found
    assert f"Entry {b} holds what was sealed as entry {a}: it was moved." in found


@pytest.mark.parametrize("sealed", [False, True])
def test_an_entry_written_in_afterwards_is_named_even_once_it_is_sealed(entries, sealed):
    later = AT + timedelta(days=1)
    with transaction.atomic():
        audit.record("call.changed", a_call(), at=later, actor="officer")
    sealing.seal_entries(at=later)
    assert faults() == []
    AuditEntry.objects.create(chain="call/0", number=1, at=AT, event="call.opened", actor="system")
    if sealed:
        sealing.seal_entries(at=later + timedelta(days=1))
    [told] = faults()
    assert "(call.opened, call/0 no. 1) was inserted afterwards" in told


def test_a_cut_end_shows_against_a_head_written_down_before(entries):
    head = sealing.head()["hash"]
    call_command("verify_audit", "--head", head, stdout=StringIO())
    past_the_triggers(
        f"DELETE FROM {ENTRIES} WHERE id = {entries[-1].pk}",
        f"DELETE FROM {SEALS} WHERE position = 6",
    )
    assert faults() == []
    told = StringIO()
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_audit", "--head", head, stdout=told)
    assert "its end was cut, or it was rewritten" in told.getvalue()


def test_a_chain_rewritten_whole_shows_against_an_earlier_head(entries):
    head = sealing.head()["hash"]
    past_the_triggers(*changed_actor(entries), f"DELETE FROM {SEALS}")
    sealing.seal_entries(at=AT)
    assert faults() == []
    assert proving.lacks(head)


def test_seals_are_append_only(entries):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Seal.objects.filter(position=1).update(digest="")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Seal.objects.all().delete()


def test_entries_that_wait_too_long_are_named_with_a_code_of_their_own(db):
    with transaction.atomic():
        audit.record("call.opened", a_call(), at=AT, actor="system")
    assert sealing.waiting(AT + sealing.WAITS_TOO_LONG) == (0, None)
    late = AT + sealing.WAITS_TOO_LONG + timedelta(seconds=1)
    assert sealing.waiting(late) == (1, AT)
    told = list(proving.waiting_too_long(late))
    assert "waits for its seal since 2026-12-11T19:00:00.000000Z" in told[0]
    assert list(proving.waiting_too_long(AT)) == []
    sealing.seal_entries(at=late)
    assert sealing.waiting(late) == (0, None)


def test_verify_audit_says_two_where_entries_only_wait(db):
    long_ago = timezone.now() - timedelta(hours=1)
    with transaction.atomic():
        audit.record("call.opened", a_call(), at=long_ago, actor="system")
    with pytest.raises(CommandError, match="1 entries wait") as waits:
        call_command("verify_audit", stdout=StringIO())
    assert waits.value.returncode == 2


def test_a_second_sweep_seals_nothing_twice_and_batches_make_one_chain(db, monkeypatch, caplog):
    monkeypatch.setattr(sealing, "BATCH", 4)
    AuditEntry.objects.bulk_create(
        AuditEntry(chain="call/0", number=n, at=AT, event="call.changed", actor="x")
        for n in range(1, 11)
    )
    caplog.set_level("INFO", "applications.sealing")
    assert sealing.seal_entries(at=AT) == 10
    assert sealing.seal_entries(at=AT) == 0
    assert set(Seal.objects.values_list("position", flat=True)) == set(range(1, 11))
    assert faults() == []
    assert f"position 10, head {sealing.head()['hash']}" in caplog.text


def elsewhere(work):
    """Run `work` in a thread with a connection of its own; return the thread, started."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_under_a_lower_id_is_sealed_by_the_next_sweep():
    slow, quick = a_call(), a_call()
    written, commit = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            audit.record("call.changed", slow, at=AT, actor="slow")
            written.set()
            assert commit.wait(20)

    thread = elsewhere(write_slowly)
    assert written.wait(20)
    with transaction.atomic():
        audit.record("call.changed", quick, at=AT, actor="quick")
    assert sealing.seal_entries(at=AT) == 1
    commit.set()
    thread.join()
    assert sealing.seal_entries(at=AT) == 1
    ids = list(Seal.objects.order_by("position").values_list("entry_id", flat=True))
    assert ids == sorted(ids, reverse=True)
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_leave_one_chain(monkeypatch):
    AuditEntry.objects.bulk_create(
        AuditEntry(chain="call/0", number=n, at=AT, event="call.changed", actor="x")
        for n in range(1, 41)
    )
    monkeypatch.setattr(sealing, "BATCH", 5)
    start = threading.Barrier(3)
    sealed = []

    def seal():
        start.wait(20)
        sealed.append(sealing.seal_entries(at=AT))

    for thread in [elsewhere(seal) for _ in range(3)]:
        thread.join()
    sealed.append(sealing.seal_entries(at=AT))
    assert sum(sealed) == Seal.objects.count() == 40
    assert faults() == []
