"""Places are kept by the database: whoever writes, in whatever order, on both engines."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from applications.models import Call, Outlet
from applications.models.application import Refused
from applications.tests.builders import an_application
from reviews import deciding
from reviews.deciding import places
from reviews.models import Decision, PlaceMove
from reviews.tests import builders
from reviews.tests.builders import AFTER

TWELVE = {"places": 12, "places_per_country": 6}


def a_full_call(kz: int = 6, tj: int = 6, *, left_kz: int = 1, left_tj: int = 1, **caps) -> Call:
    """Return a call with `kz` and `tj` places held, and a few on the reserve of each country."""
    call = builders.a_call(**{**TWELVE, **caps})
    decision_list = a_list(call)
    rows = [("KZ", n) for n in range(1, kz + 1)] + [("TJ", n) for n in range(1, tj + 1)]
    for place, (country, n) in enumerate(rows, 1):
        Decision.objects.create(
            **of(call, decision_list, country),
            result="selected",
            place=place,
            cap=call.places,
            place_in_country=n,
            country_cap=call.places_per_country,
        )
    for country, left in (("KZ", left_kz), ("TJ", left_tj)):
        for n in range(1, left + 1):
            Decision.objects.create(
                **of(call, decision_list, country), result="reserve", reserve_order=n
            )
    return call


def a_list(call: Call):
    later = AFTER + timedelta(days=9)
    return call.decision_lists.create(
        number=1, drafted_at=AFTER, confirm_by=later, holds_until=later, review_until=later
    )


def of(call, decision_list, country) -> dict:
    return {
        "call": call,
        "decision_list": decision_list,
        "country": country,
        "application": an_application(call, country=country),
    }


def in_reserve(call, country) -> Decision:
    return Decision.objects.filter(call=call, country=country, result="reserve").first()


def raw(sql: str, *values) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


SELECT = (
    "UPDATE reviews_decision SET result = 'selected', reserve_order = NULL, place = %s, cap = %s, "
    "place_in_country = %s, country_cap = %s WHERE id = %s"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "cap", "in_country", "country_cap"),
    [
        (12, 12, 7, 6),  # the country's seventh, told as such
        (12, 12, 7, 7),  # with a cap made up for it
        (12, 12, 6, 6),  # under a number another holds
        (1, 12, 7, 6),  # on a place another holds
        (12, 12, None, None),  # without saying which of the country's
    ],
)
def test_raw_sql_makes_no_seventh_place_of_a_country(place, cap, in_country, country_cap):
    call = a_full_call(kz=6, tj=5)
    with pytest.raises(IntegrityError):
        raw(SELECT, place, cap, in_country, country_cap, in_reserve(call, "KZ").pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "cap", "in_country", "country_cap"),
    [(13, 12, 5, 6), (13, 13, 5, 6), (12, 12, 5, 6), (None, 12, 5, 6), (None, None, None, None)],
)
def test_raw_sql_makes_no_thirteenth_place(place, cap, in_country, country_cap):
    call = a_full_call(kz=8, tj=4, places_per_country=8)
    with pytest.raises(IntegrityError):
        raw(SELECT, place, cap, in_country, country_cap, in_reserve(call, "TJ").pk)


@pytest.mark.django_db
def test_raw_sql_selects_nobody_under_another_country_s_name():
    call = a_full_call(kz=6, tj=5)
    row = in_reserve(call, "KZ")
    with pytest.raises(IntegrityError):
        raw(
            "UPDATE reviews_decision SET country = 'TJ', result = 'selected', reserve_order = NULL,"
            " place = 12, cap = 12, place_in_country = 6, country_cap = 6 WHERE id = %s",
            row.pk,
        )


@pytest.mark.django_db
def test_raw_sql_selects_nobody_under_another_call_s_places():
    call, other = a_full_call(), builders.a_call()
    with pytest.raises(IntegrityError):
        raw(
            "UPDATE reviews_decision SET call_id = %s, result = 'selected', reserve_order = NULL,"
            " place = 1, cap = 12, place_in_country = 1, country_cap = 6 WHERE id = %s",
            other.pk,
            in_reserve(call, "KZ").pk,
        )


@pytest.mark.django_db
def test_the_last_free_place_may_be_taken_by_raw_sql_too():
    call = a_full_call(kz=5, tj=6)
    assert raw(SELECT, 12, 12, 6, 6, in_reserve(call, "KZ").pk) == 1


@pytest.mark.django_db
def test_a_call_keeps_its_places_while_decisions_hold_them():
    call = a_full_call(kz=2, tj=2)
    for change in ({"places": 6}, {"places_per_country": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**change)
    Call.objects.filter(pk=call.pk).update(places=14, places_per_country=7)


@pytest.mark.django_db
def test_an_outlet_keeps_its_country_while_it_holds_a_place():
    call = a_full_call(kz=1, tj=0)
    held = Decision.objects.of_call(call).selected().get().application.outlet
    with pytest.raises(IntegrityError), transaction.atomic():
        Outlet.objects.filter(pk=held.pk).update(country="TJ")
    waiting = in_reserve(call, "KZ").application.outlet
    Outlet.objects.filter(pk=waiting.pk).update(country="TJ")


@pytest.mark.django_db
def test_only_a_free_place_moves_to_another_country():
    call, officer = a_full_call(kz=6, tj=5), builders.an_officer()
    move = {"call": call, "by": officer, "at": AFTER, "reason": "Одна заявка."}
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceMove.objects.create(from_country="KZ", to_country="TJ", **move)
    PlaceMove.objects.create(from_country="TJ", to_country="KZ", **move)
    assert raw(SELECT, 12, 12, 7, 7, in_reserve(call, "KZ").pk) == 1
    with pytest.raises(IntegrityError):
        raw(SELECT, 12, 12, 6, 6, in_reserve(call, "TJ").pk)


@pytest.mark.django_db
def test_a_moved_place_and_the_ledger_are_never_rewritten():
    call = a_full_call(kz=0, tj=0)
    PlaceMove.objects.create(
        call=call,
        from_country="TJ",
        to_country="KZ",
        reason="Одна заявка.",
        by=builders.an_officer(),
        at=AFTER,
    )
    with pytest.raises(DatabaseError, match="append-only"):
        raw("DELETE FROM reviews_placemove")


@pytest.mark.django_db
def test_one_list_is_never_published_by_the_person_who_proposed_it():
    officer, decision_list = builders.an_officer(), a_list(builders.a_call())
    with pytest.raises(IntegrityError):
        raw(
            "UPDATE reviews_decisionlist SET status = 'published', proposed_by_id = %s,"
            " published_by_id = %s, published_at = drafted_at, checked_at = drafted_at"
            " WHERE id = %s",
            officer.pk,
            officer.pk,
            decision_list.pk,
        )


@pytest.mark.django_db
def test_the_triggers_are_there_after_all_migrations():
    catalogue = (
        "SELECT tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        there = {name for (name,) in cursor.fetchall()}
    assert {
        "true_place_insert",
        "true_place_update",
        "call_keeps_places",
        "outlet_keeps_country",
        "moved_place_is_free",
        "reviews_placemove_no_update"
        if connection.vendor == "sqlite"
        else "reviews_placemove_append_only",
    } <= there


def at_once(*jobs):
    """Run the jobs in threads of their own, starting together; return what each ended with."""
    together, ends = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n, job):
        try:
            together.wait()
            job()
            ends[n] = "done"
        except (DatabaseError, Refused) as refused:
            ends[n] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.django_db(transaction=True)
def test_two_people_who_select_for_the_last_place_at_once_select_one():
    call = builders.a_judged_call(
        kz=(90, 80, 70), places=2, places_per_country=2, reserve_per_country=5
    )
    draft = deciding.draft_decisions(call, at=AFTER)
    officer = builders.an_officer()
    last = Decision.objects.get(decision_list=draft, total=80)
    deciding.change(last, "not_selected", reason="Отказались.", by=officer, at=AFTER)
    deciding.change(
        Decision.objects.get(call=call, total=70), "reserve", reason="Позже.", by=officer, at=AFTER
    )
    rivals = list(Decision.objects.of_call(call).exclude(result="selected"))
    assert len(rivals) == 2

    ends = at_once(
        *(
            lambda d=d: deciding.change(d, "selected", reason="За место.", by=officer, at=AFTER)
            for d in rivals
        )
    )
    assert sorted(str(end) for end in ends) == ["done", "no_place"]
    assert Decision.objects.of_call(call).selected().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_writers_who_hold_no_lock_are_parted_by_the_database():
    """The verbs hold the call's row; here nobody does, as a script at a prompt would not."""
    call = a_full_call(kz=5, tj=6, left_kz=2)
    rivals = list(Decision.objects.filter(call=call, country="KZ", result="reserve"))
    reading = threading.Barrier(2)

    def grab(decision):
        if connection.vendor == "postgresql":
            with transaction.atomic():
                places.take(decision, call, {"KZ": 6, "TJ": 6})
                reading.wait(timeout=10)  # both have seen place 12 free
                save(decision)
        else:
            places.take(decision, call, {"KZ": 6, "TJ": 6})
            reading.wait(timeout=10)
            save(decision)

    def save(decision):
        decision.result, decision.reserve_order = "selected", None
        decision.save()

    ends = at_once(*(lambda d=d: grab(d) for d in rivals))
    assert [type(end) for end in ends if end != "done"] == [IntegrityError]
    assert Decision.objects.of_call(call).holding_a_place().count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_list_that_twenty_publish_at_once_tells_everybody_once():
    proposed = builders.a_proposed_list(kz=(90, 80), tj=(70,))
    chair = builders.a_chair()

    def publish():
        deciding.publish(
            proposed,
            by=chair,
            counts=proposed.frozen["counts"],
            fingerprint=proposed.fingerprint,
            at=AFTER,
        )

    ends = at_once(*([publish] * 20))
    assert ends.count("done") == 1
    told = proposed.call.applications.values_list("messages__kind", flat=True)
    assert sorted(kind for kind in told if kind == "selected") == ["selected"] * 3
