"""The arithmetic, by hand on small numbers and against brute force on many."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.ranking import Entry, Rank, Reserve, allocate, mean, ranks, spread, total

WEIGHTS = {1: 25, 2: 20, 3: 20, 4: 15, 5: 10, 6: 10}


def test_full_points_are_a_hundred_and_none_are_zero():
    assert total(dict.fromkeys(WEIGHTS, 5), WEIGHTS) == 100
    assert total(dict.fromkeys(WEIGHTS, 0), WEIGHTS) == 0


def test_a_criterion_that_cannot_be_judged_is_left_out_and_never_counts_as_zero():
    points = {1: 4, 2: None, 3: None, 4: None, 5: None, 6: None}
    assert total(points, WEIGHTS) == 80
    assert total({1: 5, 2: 0}, WEIGHTS).quantize(Decimal("0.01")) == Decimal("55.56")


def test_nothing_judged_is_no_total():
    assert total(dict.fromkeys(WEIGHTS), WEIGHTS) is None
    assert total({}, WEIGHTS) is None


def test_the_mean_leaves_out_jurors_who_gave_no_total():
    assert mean([Decimal(80), None, Decimal(60)]) == 70
    assert mean([None]) is None


def test_the_mean_of_thirds_is_the_same_whoever_gave_them():
    thirds = [total({1: 1, 2: 1, 3: 2}, {1: 1, 2: 1, 3: 1}), Decimal("33.3333333333")]
    assert mean(thirds) == mean(reversed(thirds))
    assert mean([total({1: 5, 2: 5, 3: 0}, {1: 1, 2: 1, 3: 1})] * 3) == Decimal("66.6667")


def test_spread_is_highest_less_lowest():
    assert spread([Decimal("61.5"), None, Decimal(88)]) == Decimal("26.5")
    assert spread([Decimal(50)]) == 0
    assert spread([]) is None


def test_equals_share_a_range_of_ranks_and_the_unscored_have_none():
    found = ranks(
        {"a": Decimal(90), "b": Decimal(73), "c": Decimal(73), "d": Decimal(60), "e": None}
    )
    assert found == {"a": Rank(1, 1), "b": Rank(2, 3), "c": Rank(2, 3), "d": Rank(4, 4)}
    assert found["b"].tied
    assert not found["a"].tied


def kz(*totals, **precedence):
    return [
        Entry(
            f"kz{n}", "KZ", None if value is None else Decimal(value), precedence.get(f"kz{n}", 0)
        )
        for n, value in enumerate(totals, 1)
    ]


def tj(*totals):
    return [Entry(f"tj{n}", "TJ", Decimal(value)) for n, value in enumerate(totals, 1)]


def give(entries, *, places=12, each=6, **more):
    return allocate(entries, places=places, country_places={"KZ": each, "TJ": each}, **more)


def test_places_are_ceilings_and_an_empty_one_does_not_move_to_another_country():
    allocation = give(kz(90, 80, 70, 60, 50, 40, 30, 20) + tj(55, 45))
    assert allocation.countries["KZ"].selected == ["kz1", "kz2", "kz3", "kz4", "kz5", "kz6"]
    assert allocation.countries["KZ"].reserve == [Reserve(1, "kz7"), Reserve(2, "kz8")]
    assert allocation.countries["TJ"].selected == ["tj1", "tj2"]


def test_below_the_minimum_there_is_neither_a_place_nor_the_reserve():
    allocation = give(kz(90, 60, 59), minimum=Decimal(60))
    assert allocation.countries["KZ"].selected == ["kz1", "kz2"]
    assert allocation.countries["KZ"].reserve == []
    assert allocation.countries["KZ"].not_selected == ["kz3"]


def test_a_tie_at_the_line_is_returned_and_not_broken():
    allocation = give(kz(90, 73, 73, 72), each=2)
    country = allocation.countries["KZ"]
    assert country.selected == ["kz1"]
    assert country.tied == ["kz2", "kz3"]
    assert [(tie.keys, tie.places) for tie in allocation.ties] == [(("kz2", "kz3"), 1)]
    assert country.reserve == [Reserve(2, "kz4")]


def test_a_tie_above_the_line_needs_nobody():
    allocation = give(kz(90, 73, 73, 72), each=3)
    assert allocation.ties == []
    assert allocation.countries["KZ"].selected == ["kz1", "kz2", "kz3"]


def test_a_settled_tie_follows_the_people_and_its_loser_leads_the_reserve():
    allocation = give(kz(90, 73, 73, 72, kz3=1, kz2=2), each=2)
    assert allocation.ties == []
    assert allocation.countries["KZ"].selected == ["kz1", "kz3"]
    assert allocation.countries["KZ"].reserve == [Reserve(1, "kz2"), Reserve(2, "kz4")]


def test_a_tie_for_the_last_place_of_the_whole_call_crosses_countries():
    allocation = give(kz(90, 70) + tj(80, 70), places=3)
    assert [(set(tie.keys), tie.places) for tie in allocation.ties] == [({"kz2", "tj2"}, 1)]


def test_the_reserve_is_cut_to_its_size_but_not_between_equals():
    allocation = give(kz(90, 80, 70, 70, 60), each=1, reserve=2)
    country = allocation.countries["KZ"]
    assert country.reserve == [Reserve(1, "kz2"), Reserve(2, "kz3"), Reserve(2, "kz4")]
    assert country.not_selected == ["kz5"]


def test_an_application_nobody_scored_is_named_and_gets_nothing():
    allocation = give(kz(90, None))
    assert allocation.countries["KZ"].unscored == ["kz2"]
    assert allocation.selected == ["kz1"]


entries = st.lists(
    st.tuples(
        st.sampled_from(["KZ", "TJ"]),
        st.one_of(st.none(), st.sampled_from([Decimal(n) for n in (50, 60, 70, 80)])),
        st.sampled_from([0, 0, 1]),
    ),
    max_size=6,
).map(lambda rows: [Entry(n, *row) for n, row in enumerate(rows)])


def picked(order, places, caps, minimum):
    """Give the places to entries one by one: what a clerk with a list would do."""
    left, taken = {"all": places, **caps}, set()
    for entry in order:
        if entry.total < (minimum or 0) or not left["all"] or not left[entry.country]:
            continue
        left["all"] -= 1
        left[entry.country] -= 1
        taken.add(entry.key)
    return taken


@settings(max_examples=300, deadline=None)
@given(
    entries=entries,
    places=st.integers(0, 5),
    kz_cap=st.integers(0, 4),
    tj_cap=st.integers(0, 4),
    minimum=st.sampled_from([None, Decimal(60)]),
    reserve=st.sampled_from([None, 0, 1, 2]),
)
def test_allocation_agrees_with_every_way_of_ordering_the_equals(
    entries, places, kz_cap, tj_cap, minimum, reserve
):
    caps = {"KZ": kz_cap, "TJ": tj_cap}
    got = allocate(entries, places=places, country_places=caps, minimum=minimum, reserve=reserve)
    scored = [e for e in entries if e.total is not None]
    orders = {
        tuple(sorted(order, key=lambda e: (-e.total, e.precedence)))
        for order in permutations(scored)
    }
    outcomes = [picked(order, places, caps, minimum) for order in orders]
    always, ever = set.intersection(*outcomes), set.union(*outcomes)
    tied = {key for country in got.countries.values() for key in country.tied}
    assert set(got.selected) == always
    assert tied == ever - always
    assert {key for tie in got.ties for key in tie.keys} == tied
    assert {len(outcome) for outcome in outcomes} == {
        len(always) + sum(tie.places for tie in got.ties)
    }
    everyone = []
    for country in got.countries.values():
        everyone += country.selected + country.tied + [key for _, key in country.reserve]
        everyone += country.not_selected + country.unscored
    assert sorted(everyone) == [e.key for e in entries]


@settings(max_examples=100, deadline=None)
@given(entries=entries, kz_cap=st.integers(0, 3), reserve=st.integers(0, 3))
def test_the_reserve_runs_from_the_best_down_and_is_above_everyone_refused(
    entries, kz_cap, reserve
):
    got = allocate(entries, places=12, country_places={"KZ": kz_cap, "TJ": 2}, reserve=reserve)
    standing = {e.key: e.standing for e in entries if e.total is not None}
    for country in got.countries.values():
        in_reserve = [standing[key] for _, key in country.reserve]
        assert in_reserve == sorted(in_reserve)
        if country.reserve and country.not_selected:
            assert max(in_reserve) < min(standing[key] for key in country.not_selected)


@given(points=st.dictionaries(st.sampled_from(list(WEIGHTS)), st.none() | st.integers(0, 5)))
def test_a_total_lies_between_its_lowest_and_highest_points(points):
    judged = [p for p in points.values() if p is not None]
    value = total(points, WEIGHTS)
    if not judged:
        assert value is None
    else:
        slack = Decimal("1e-9")
        assert min(judged) * 20 - slack <= value <= max(judged) * 20 + slack


@pytest.mark.parametrize("places", [0, 1, 11, 12])
def test_no_more_are_selected_than_there_are_places(places):
    allocation = give(kz(*range(90, 80, -1)) + tj(*range(79, 69, -1)), places=places)
    assert len(allocation.selected) == places
