"""What the form asks, what it forgives and what it finds wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from applications import drafting, questions
from applications.counting import as_typed, signs
from applications.questions import Setting, State
from applications.questions.figures import (
    Email,
    Number,
    Phone,
    Site,
    Year,
    bin_problem,
    figure,
    tin_problem,
)
from applications.regions import region_name, regions_of
from applications.tests.builders import IN_TIME, a_call, a_complete_draft, a_draft, good_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def ask(section, key, country="KZ"):
    return next(
        q
        for q in questions.BY_KEY[section].questions
        if q.key == key and (not q.countries or country in q.countries)
    )


def test_good_answers_leave_nothing_to_mend():
    for country in ("KZ", "TJ"):
        application = a_complete_draft(country=country)
        assert questions.problems(application) == []
        states = {m.section.key: m.state for m in questions.mark(application)}
        assert states.pop("files") == State.NOT_STARTED
        assert set(states.values()) == {State.COMPLETE}


def test_a_fresh_draft_misses_every_required_answer_but_what_it_started_with():
    application = a_draft()
    missing = {(p.section, p.key) for p in questions.problems(application)}
    assert ("outlet", "name") not in missing
    assert ("outlet", "country") not in missing
    assert ("letter", "letter") in missing
    assert ("consents", "publication") not in missing
    assert all(p.missing for p in questions.problems(application))


def test_states_of_a_section_follow_what_is_written():
    application = a_draft()

    def outlet_is():
        return next(m for m in questions.mark(application) if m.section.key == "outlet").state

    assert outlet_is() == State.IN_PROGRESS
    answers = good_answers(application)["outlet"]
    drafting.save_section(application, "outlet", answers, revision=None, at=IN_TIME)
    assert outlet_is() == State.COMPLETE
    answers = answers | {"founded": "давно"}
    drafting.save_section(application, "outlet", answers, revision=None, at=IN_TIME)
    assert outlet_is() == State.HAS_PROBLEMS


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("940140000385", ""),
        ("94014000038", "A BIN has 12 digits, and there are 11 here. Check it or leave it empty"),
        ("940140000386", "There is a slip in this BIN: its last digit doesn’t match the others"),
        (
            "940110000385",
            "This looks like a person’s number, not an organisation’s BIN. Leave it empty",
        ),
        ("94014000038a", "A BIN has 12 digits and nothing else. Check it or leave it empty"),
        ("٩٤٠١٤٠٠٠٠٣٨٥", "A BIN has 12 digits and nothing else. Check it or leave it empty"),
    ],
)
def test_a_bin_is_checked_to_its_last_digit(number, message):
    assert bin_problem(number) == message


def test_a_tin_has_nine_digits():
    assert tin_problem("020025789") == ""
    assert tin_problem("02002578") == "A TIN has 9 digits. Check it or leave it empty"


def test_an_entrepreneurs_number_is_not_asked_for():
    question = ask("outlet", "registration_number")
    setting = Setting(a_call(), "KZ", {"legal_form": "entrepreneur"})
    assert question.problem("940140000385", setting).startswith("We don’t ask")
    assert not question.is_required(setting)


@pytest.mark.parametrize(
    ("typed", "country", "read"),
    [
        ("8 701 555 01 42", "KZ", "+7 701 555 01 42"),
        ("+7 (701) 555-01-42", "KZ", "+7 701 555 01 42"),
        ("7015550142", "KZ", "+7 701 555 01 42"),
        ("93 555 01 42", "TJ", "+992 93 555 01 42"),
        ("00992 935550142", "TJ", "+992 93 555 01 42"),
        ("+7 912 345 67 89", "KZ", "+7 912 345 67 89"),
        ("+44 20 7946 0958", "KZ", "+442079460958"),
    ],
)
def test_phones_are_read_as_people_write_them(typed, country, read):
    question = Phone(key="phone", label="Phone")
    setting = Setting(a_call(), country)
    assert question.problem(typed, setting) == ""
    assert question.in_words(typed, setting) == read


@pytest.mark.parametrize("typed", ["8 912 345 67 89", "позвоните", "+7 701", "+992 1", "12345"])
def test_what_cannot_be_a_phone_is_told_with_an_example(typed):
    message = Phone(key="phone", label="Phone").problem(typed, Setting(a_call(), "KZ"))
    assert message == "Write a phone number with the country’s code, like +7 701 555 01 42"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("41 000", 41000),
        ("41\u00a0000", 41000),
        ("41.000", 41000),
        ("1,250,000", 1250000),
        ("150 000,50", Decimal("150000.50")),
        ("семеро", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 400, None),
        ("NaN", None),
        ("٧", None),
        ("", None),
    ],
)
def test_figures_are_read_as_people_write_them(typed, value):
    assert figure(typed) == value


def test_numbers_and_years_have_limits_told_in_words():
    setting = Setting(a_call(), "KZ")
    number = Number(key="n", label="n", lowest=1, highest=500)
    assert number.problem("0", setting) == "Write a number from 1 to 500"
    assert number.problem("7,5", setting) == "Write a whole number in figures, for example 7"
    year = Year(key="y", label="y")
    assert year.problem("2026", setting) == ""
    assert year.problem("2027", setting).endswith("from 1900 to 2026")


@pytest.mark.parametrize(
    "typed",
    ["example.com", "https://example.com/a?b", "www.example.com", "степь.қаз", "HTTP://A.KZ"],
)
def test_a_site_needs_no_scheme_and_may_have_any_alphabet(typed):
    assert Site(key="s", label="s").problem(typed, Setting(a_call())) == ""


@pytest.mark.parametrize(
    "typed", ["нет", "http://", "a b.kz", "javascript:alert(1)", "http://[x", "a..kz"]
)
def test_what_is_no_site_is_told_with_an_example(typed):
    assert Site(key="s", label="s").problem(typed, Setting(a_call())) != ""


def test_an_email_needs_its_shape_only():
    question = Email(key="e", label="e")
    assert question.problem("a@outlet.example ", Setting(a_call())) == ""
    assert question.problem("a@outlet", Setting(a_call())) != ""


def test_regions_are_those_of_the_calls_own_date():
    before = {r.code for r in regions_of("KZ", date(2022, 6, 7))}
    after = {r.code for r in regions_of("KZ", date(2022, 6, 8))}
    assert len(before) == 17
    assert after - before == {"KZ-10", "KZ-33", "KZ-62"}
    assert before <= after
    assert region_name("KZ-71", date(2021, 12, 14), "ru") == "Нур-Султан"
    assert region_name("KZ-71", date(2022, 9, 17), "kk") == "Астана"
    assert len(regions_of("TJ", date(2021, 12, 14))) == 5


def test_a_region_of_the_other_country_is_a_problem():
    application = a_complete_draft(country="TJ")
    answers = good_answers(application)["outlet"] | {"region": "KZ-35"}
    drafting.save_section(application, "outlet", answers, revision=None, at=IN_TIME)
    assert [str(p) for p in questions.problems(application)] == ["Choose the region"]


def test_a_season_can_switch_a_question_off_and_change_what_is_required():
    call = a_call(switched_off=["donors", "name"], made_optional=["owners"], made_required=["cv"])
    application = a_draft(call)
    keys = {p.key for p in questions.problems(application)}
    assert "donors" not in keys
    assert "owners" not in keys
    assert "cv" in keys
    asked = {q.key for q in questions.BY_KEY["outlet"].asked(call)}
    assert "name" in asked
    assert "donors" in dict(questions.can_be_switched_off())
    assert "name" not in dict(questions.can_be_switched_off())


def test_the_letters_limits_are_the_calls():
    question = ask("letter", "letter")
    setting = Setting(a_call(letter_least=10, letter_most=20))
    assert question.problem("x" * 9, setting).startswith("Write at least 10 characters")
    assert question.problem("x" * 20, setting) == ""
    assert question.problem("x" * 21, setting).startswith("This is 1 character too long")


def test_followers_are_asked_once_a_page_is_named():
    application = a_complete_draft()
    answers = good_answers(application)["reach"] | {"tiktok": "@outlet"}
    drafting.save_section(application, "reach", answers, revision=None, at=IN_TIME)
    assert [p.key for p in questions.problems(application)] == ["tiktok_followers"]


def test_answers_read_in_words_with_the_total_worked_out():
    application = a_complete_draft()
    answers = good_answers(application)
    told = {s.key: s for s in questions.answers_in_words(application.call, answers)}
    outlet = {a.key: a for a in told["outlet"].answers}
    assert outlet["region"].answer == "Karaganda Region"
    assert outlet["media"].answer == "Site, Social networks and messengers"
    assert outlet["registration_number"].answer == "940 140 000 385"
    assert outlet["registration_number"].label == "BIN"
    assert outlet["known_as"].given is False
    assert ("Asked of the grant", "1,380,000 ₸") in [a[:2] for a in told["budget"].answers]
    assert told["budget"].answers[-1].answer == "1,500,000 ₸"
    reach = {a.label: a.answer for a in told["reach"].answers}
    assert reach["Telegram: Followers"] == "12,400"


def test_answers_in_words_take_any_mess_without_falling():
    mess = [None, 5, {}, ["a"], "x", "1e5", True, [], "\ud800"]
    messy = {
        section.key: {question.key: value for question in section.questions}
        for section, value in zip(questions.SECTIONS, mess, strict=True)
    }
    assert len(questions.answers_in_words(a_call(), messy)) == 9


def test_a_2021_call_speaks_of_its_own_regions():
    call = a_call(
        opens_at=datetime(2021, 11, 15, tzinfo=UTC),
        closes_at=datetime(2021, 12, 14, 18, tzinfo=UTC),
    )
    offered = dict(ask("outlet", "region").offered(Setting(call, "KZ")))
    assert offered["KZ-71"] == "Nur-Sultan"
    assert "KZ-62" not in offered


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Степь", 5),
        ("  Степь \n", 5),
        ("а\r\nб", 3),
        ("а\rб\nв", 5),
        ("Қазақ тілі", 10),
        ("тоҷикӣ", 6),
        ("и\u0306", 1),
        ("тоҷикӣ".replace("ӣ", "и\u0304"), 6),
        ("👩‍👩‍👧", 1),
        ("❤️‍🔥", 1),
        ("👩🏽‍🚀", 1),
        ("🇰🇿🇹🇯", 2),
        ("a\u200bb\u00adc", 3),
        ("\u0000а", 1),
        ("e\u0301\u0323", 1),
    ],
)
def test_signs_are_what_the_reader_sees(text, count):
    assert signs(text) == count


def test_what_is_typed_is_kept_composed_and_clean():
    assert as_typed("и\u0306\r\nа\x00\ud800") == "й\nа"


def test_staff_search_by_a_number_however_it_was_spaced():
    application = a_draft()
    answers = good_answers(application)["outlet"] | {"registration_number": "940 140-000 385"}
    drafting.save_section(application, "outlet", answers, revision=None, at=IN_TIME)
    application.outlet.refresh_from_db()
    assert application.outlet.registration_number == "940140000385"
