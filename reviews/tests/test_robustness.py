from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews import ranking, robustness
from reviews.robustness import Line, close_calls, severities, sides


def totals(**rows):
    """totals(a={"x": 80, "y": 70}): application a, jurors x and y."""
    return {key: {j: Decimal(v) for j, v in of.items()} for key, of in rows.items()}


def a_line(keys, places=1, country="KZ", **more):
    return Line(dict.fromkeys(keys, country), places, {country: places}, **more)


def test_a_clear_lead_is_no_close_call():
    given_ = totals(a={"x": 90, "y": 88}, b={"x": 50, "y": 52})
    assert close_calls(given_, a_line(given_)) == {}


def test_one_juror_less_moves_both_sides_of_the_line():
    given_ = totals(a={"x": 90, "y": 60}, b={"x": 70, "y": 72}, c={"x": 30, "z": 31})
    found = close_calls(given_, a_line(given_))
    assert found["a"].without == ["x"]
    assert found["b"].without == ["x"]
    assert "c" not in found


def test_an_application_is_marked_for_its_own_jurors_only():
    given_ = totals(a={"x": 90, "y": 60}, b={"z": 71, "w": 71})
    found = close_calls(given_, a_line(given_))
    assert found["a"].without == ["x"]
    assert found.get("b") is None or found["b"].without == []


def test_a_strict_juror_is_seen_through():
    given_ = totals(
        a={"strict": 60, "mild": 82},
        b={"mild": 84, "other": 62},
        c={"strict": 40, "other": 44},
        d={"strict": 30, "mild": 54},
        e={"other": 40, "mild": 62},
    )
    offsets = severities(given_)
    assert offsets["strict"] < offsets["other"] < offsets["mild"]


def test_equal_severity_moves_what_a_strict_juror_kept_below():
    given_ = totals(
        a={"strict": 70, "fair": 80},
        b={"fair": 77, "fair2": 77},
        c={"strict": 30, "fair2": 50},
        d={"strict": 20, "fair": 40},
    )
    assert close_calls(given_, a_line(given_))["a"].by_severity


def test_what_is_tied_at_the_line_is_not_marked_besides():
    given_ = totals(a={"x": 70, "y": 80}, b={"x": 80, "y": 70})
    assert sides({"a": Decimal(75), "b": Decimal(75)}, a_line(given_)) == {"a": "tied", "b": "tied"}
    assert close_calls(given_, a_line(given_)) == {}


def test_a_single_review_is_kept_when_its_juror_is_left_out():
    given_ = totals(a={"x": 80}, b={"x": 70, "y": 70})
    assert close_calls(given_, a_line(given_)) == {}


def test_nothing_to_judge_is_no_error():
    assert close_calls({}, a_line({})) == {}
    assert severities({}) == {}


def test_below_the_minimum_there_is_no_line_to_cross():
    given_ = totals(a={"x": 40, "y": 30}, b={"x": 35, "y": 34})
    assert close_calls(given_, a_line(given_, minimum=Decimal(50))) == {}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["KZ", "TJ"]), st.integers(0, 8)), max_size=14),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 6),
)
def test_sides_are_those_of_the_allocation(entries, kz, tj, places):
    means = {n: Decimal(value) for n, (_, value) in enumerate(entries)}
    countries = {n: country for n, (country, _) in enumerate(entries)}
    caps = {"KZ": kz, "TJ": tj}
    found = sides(means, Line(countries, places, caps))
    full = ranking.allocate(
        [ranking.Entry(n, countries[n], value) for n, value in means.items()],
        places=places,
        country_places=caps,
    )
    assert {k for k, side in found.items() if side == "in"} == set(full.selected)
    assert {k for k, side in found.items() if side == "tied"} == {
        key for tie in full.ties for key in tie.keys
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=7))
def test_means_agree_with_those_of_the_ranking(values):
    values = [Decimal(v) / 7 for v in values]
    rounded = [v.quantize(ranking.OF_ONE_JUROR) for v in values]
    assert robustness.mean(rounded) == ranking.mean(rounded)


def test_marks_do_not_depend_on_the_order_of_the_input():
    random = Random(4)
    given_ = {
        n: {j: Decimal(random.randint(300, 900)) / 10 for j in random.sample("abcdef", 2)}
        for n in range(40)
    }
    line = a_line(given_, places=6)
    first = close_calls(given_, line)
    keys = list(given_)
    random.shuffle(keys)
    again = close_calls({key: given_[key] for key in keys}, line)
    assert {k: (sorted(v.without), v.by_severity) for k, v in first.items()} == {
        k: (sorted(v.without), v.by_severity) for k, v in again.items()
    }


judged_by = st.dictionaries(
    st.sampled_from("abcd"), st.integers(0, 50).map(lambda n: Decimal(2 * n)), min_size=1
)
juries = st.lists(st.tuples(st.sampled_from(["KZ", "TJ"]), judged_by), max_size=12)
limits = st.tuples(st.integers(0, 8), st.integers(0, 5), st.integers(0, 5), st.booleans())


def a_field(rows, limit):
    places, kz, tj, has_minimum = limit
    countries = {n: country for n, (country, _) in enumerate(rows)}
    minimum = Decimal(50) if has_minimum else None
    return dict(enumerate(given_ for _, given_ in rows)), Line(
        countries, places, {"KZ": kz, "TJ": tj}, minimum
    )


@settings(deadline=None)
@given(juries, limits)
def test_asking_what_if_gives_what_allocating_everything_anew_gives(rows, limit):
    given_, line = a_field(rows, limit)
    means = {key: robustness.mean(of.values()) for key, of in given_.items()}
    standing = robustness.Field(means, line)
    without = robustness.without_each_juror(given_)
    for changed in ({}, robustness.of_equal_severity(given_), *without.values()):
        assert standing.sides(changed) == sides({**means, **changed}, line)


@settings(deadline=None)
@given(juries, limits)
def test_no_tie_is_marked_and_every_mark_has_a_reason(rows, limit):
    given_, line = a_field(rows, limit)
    before = sides({key: robustness.mean(of.values()) for key, of in given_.items()}, line)
    for key, close in close_calls(given_, line).items():
        assert before.get(key) != "tied"
        assert close.without or close.by_severity
        assert set(close.without) <= set(given_[key])


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), max_size=12), limits)
def test_a_jury_of_one_mind_leaves_no_close_call(values, limit):
    of_one_mind = [dict.fromkeys("abc", Decimal(value)) for value in values]
    rows = [("TJ" if n % 2 else "KZ", given_) for n, given_ in enumerate(of_one_mind)]
    given_, line = a_field(rows, limit)
    assert close_calls(given_, line) == {}
