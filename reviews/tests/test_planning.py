import random

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.planning import Reader, Text, make_plan

ALL = frozenset({"ru", "kk", "tg", "en"})


def readers(*loads, languages=ALL, country=""):
    return [Reader(key, languages, country, load) for key, load in enumerate(loads, 1)]


def texts(count, wanted=2, language="ru", country="KZ"):
    return [Text(f"{n:06}", country, language, wanted) for n in range(count)]


def test_each_text_gets_its_readers_and_desks_are_even():
    plan = make_plan(texts(31), readers(0, 0, 0, 0, 0), seed="2026")
    assert len(plan.pairs) == len(set(plan.pairs)) == 62
    assert sorted(plan.loads.values()) == [12, 12, 12, 13, 13]
    assert plan.short == {}


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_input():
    people, work = readers(0, 3, 1, 0), texts(20)
    first = make_plan(work, people, seed="весна")
    shuffled = random.Random(1)
    shuffled.shuffle(work)
    shuffled.shuffle(people)
    again = make_plan(work, people, seed="весна")
    assert (again.pairs, again.fingerprint) == (first.pairs, first.fingerprint)
    assert make_plan(work, people, seed="осень").pairs != first.pairs


def test_what_lies_on_a_desk_already_counts():
    plan = make_plan(texts(6, wanted=1), readers(4, 0, 2), seed="x")
    assert plan.loads == {1: 4, 2: 4, 3: 4}


def test_nobody_gets_a_text_in_a_language_they_do_not_read():
    people = [Reader(1, frozenset({"ru"})), Reader(2, frozenset({"ru", "tg"}))]
    plan = make_plan([Text("1", "TJ", "tg", 2)], people, seed="x")
    assert plan.pairs == [("1", 2)]
    assert plan.short == {"1": 1}


def test_barred_and_present_readers_are_not_chosen_again():
    work = [Text("1", "KZ", "ru", 1, readers=frozenset({1}), barred=frozenset({2}))]
    assert make_plan(work, readers(0, 0, 9), seed="x").pairs == [("1", 3)]


def test_one_of_two_readers_comes_from_outside_the_country_when_that_is_possible():
    people = [Reader(1, ALL, "KZ"), Reader(2, ALL, "KZ"), Reader(3, ALL), Reader(4, ALL, "TJ")]
    for seed in "abcdefgh":
        plan = make_plan(texts(6), people, seed=seed)
        assert plan.all_from_home == []
        assert sorted(plan.loads.values()) == [3, 3, 3, 3]


def test_a_text_read_by_compatriots_alone_is_pointed_out():
    people = [Reader(k, ALL, "KZ") for k in (1, 2)]
    assert make_plan(texts(1), people, seed="x").all_from_home == ["000000"]


def test_a_rare_language_does_not_leave_the_others_idle():
    people = [Reader(1, frozenset({"ru", "tg"})), Reader(2, frozenset({"ru"}))]
    work = texts(5, wanted=1) + [Text(f"tg{n}", "TJ", "tg", 1) for n in range(5)]
    assert make_plan(work, people, seed="x").loads == {1: 5, 2: 5}


@settings(max_examples=60, deadline=None)
@given(
    loads=st.lists(st.integers(0, 6), min_size=1, max_size=6),
    wanted=st.lists(st.integers(0, 3), max_size=14),
    tongues=st.lists(st.sampled_from(["ru", "kk", "tg"]), min_size=14, max_size=14),
    reads=st.lists(st.sets(st.sampled_from(["ru", "kk", "tg"])), min_size=6, max_size=6),
    seed=st.text(max_size=4),
)
def test_no_single_hand_over_could_make_desks_more_even(loads, wanted, tongues, reads, seed):
    people = [Reader(k, frozenset(reads[k]), "", load) for k, load in enumerate(loads)]
    work = [Text(str(n), "KZ", tongues[n], count) for n, count in enumerate(wanted)]
    plan = make_plan(work, people, seed=seed)
    held = {text.number: {k for n, k in plan.pairs if n == text.number} for text in work}
    for text in work:
        able = {p.key for p in people if text.language in p.languages}
        assert held[text.number] <= able
        assert len(held[text.number]) == min(text.wanted, len(able))
        assert plan.short.get(text.number, 0) == text.wanted - len(held[text.number])
        for giver in held[text.number]:
            for taker in able - held[text.number]:
                assert plan.loads[giver] - plan.loads[taker] < 2


def test_hundreds_of_texts_leave_the_desks_within_one_of_each_other():
    people = [Reader(k, frozenset({"ru", "kk"} if k % 3 else {"ru", "tg"}), "") for k in range(12)]
    work = [
        Text(f"{n:06}", "KZ" if n % 3 else "TJ", ("ru", "kk", "tg")[n % 3], 2) for n in range(500)
    ]
    plan = make_plan(work, people, seed="2026")
    assert not plan.short
    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1
