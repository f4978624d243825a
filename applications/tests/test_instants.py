import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from applications import instants
from applications.calendars import CALENDARS
from applications.models import CallText
from applications.tests.builders import a_call
from applications.tests.visiting import words

YEARS = {
    2021: datetime(2021, 12, 14, 18, tzinfo=UTC),
    2026: datetime(2026, 12, 14, 19, tzinfo=UTC),
}
LABELS = {
    2021: {
        "ru": "по времени Нур-Султана",
        "kk": "Нұр-Сұлтан уақыты бойынша",
        "tg": "бо вақти Нур-Султон",
        "en": "Nur-Sultan time",
    },
    2026: {
        "ru": "по времени Астаны",
        "kk": "Астана уақыты бойынша",
        "tg": "бо вақти Остона",
        "en": "Astana time",
    },
}


def the_call(year, **changes):
    """Return the call of `year`, whose zone bears the name the capital had then."""
    closes_at = changes.pop("closes_at", YEARS[year])
    call = a_call(opens_at=closes_at - timedelta(days=30), closes_at=closes_at, **changes)
    for language, label in LABELS[year].items():
        CallText.objects.filter(call=call, language=language).update(zone_label=label)
    return call


def plain(text):
    """Return the text as people type it, so that the tests below can be read."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")


@pytest.mark.parametrize(
    ("year", "language", "first", "second"),
    [
        (2021, "ru", "до 24:00 14 декабря 2021 г. по времени Нур-Султана", "в Душанбе до 23:00"),
        (
            2021,
            "kk",
            "2021 жылғы 14 желтоқсан, сағат 24:00-ге дейін, Нұр-Сұлтан уақыты бойынша",
            "Душанбеде 23:00-ге дейін",
        ),
        (
            2021,
            "tg",
            "то соати 24:00-и 14 декабри соли 2021 бо вақти Нур-Султон",
            "дар Душанбе то соати 23:00",
        ),
        (2021, "en", "until 24:00 on 14 December 2021, Nur-Sultan time", "until 23:00 in Dushanbe"),
        (2026, "ru", "до 24:00 14 декабря 2026 г. по времени Астаны", "в Душанбе тоже до 24:00"),
        (
            2026,
            "kk",
            "2026 жылғы 14 желтоқсан, сағат 24:00-ге дейін, Астана уақыты бойынша",
            "Душанбеде де 24:00-ге дейін",
        ),
        (
            2026,
            "tg",
            "то соати 24:00-и 14 декабри соли 2026 бо вақти Остона",
            "дар Душанбе низ то соати 24:00",
        ),
        (2026, "en", "until 24:00 on 14 December 2026, Astana time", "until 24:00 in Dushanbe too"),
    ],
)
@pytest.mark.django_db
def test_a_deadline_at_midnight_is_24_00_of_its_day_in_both_capitals(year, language, first, second):
    call = the_call(year)
    with translation.override(language):
        due = instants.deadline(call)
    assert plain(due.first) == first
    assert plain(due.second) == second
    assert plain(due.whole) == f"{first}, {second}"
    assert due.day == date(year, 12, 14)
    assert due.instant == YEARS[year]
    assert instants.deadline(call, language) == due


@pytest.mark.parametrize(
    ("language", "short"),
    [
        ("ru", "до 24:00 14 декабря по времени Нур-Султана"),
        ("kk", "14 желтоқсан, сағат 24:00-ге дейін, Нұр-Сұлтан уақыты бойынша"),
        ("tg", "то соати 24:00-и 14 декабр бо вақти Нур-Султон"),
        ("en", "until 24:00 on 14 December, Nur-Sultan time"),
    ],
)
@pytest.mark.django_db
def test_a_deadline_can_leave_the_year_out(language, short):
    assert plain(instants.deadline(the_call(2021), language).short) == short


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("ru", "до 24:00 31 декабря 2026 г. по времени Астаны"),
        ("kk", "2026 жылғы 31 желтоқсан, сағат 24:00-ге дейін, Астана уақыты бойынша"),
        ("tg", "то соати 24:00-и 31 декабри соли 2026 бо вақти Остона"),
        ("en", "until 24:00 on 31 December 2026, Astana time"),
    ],
)
@pytest.mark.django_db
def test_the_last_midnight_of_a_year_belongs_to_that_year(language, first):
    call = the_call(2026, closes_at=datetime(2026, 12, 31, 19, tzinfo=UTC))
    assert plain(instants.deadline(call, language).first) == first


@pytest.mark.django_db
def test_a_deadline_within_a_day_is_told_by_its_clock_and_by_the_other_capitals_day():
    half_past_midnight = datetime(2021, 12, 14, 18, 30, tzinfo=UTC)
    call = the_call(2021, closes_at=half_past_midnight)
    assert plain(instants.deadline(call, "ru").when) == "до 00:30 15 декабря"
    assert plain(instants.deadline(call, "ru").second) == "в Душанбе до 23:30 14 декабря"
    assert plain(instants.deadline(call, "kk").second) == "Душанбеде 14 желтоқсан, 23:30-ға дейін"
    assert plain(instants.deadline(call, "tg").second) == "дар Душанбе то соати 23:30-и 14 декабр"
    assert plain(instants.deadline(call, "en").second) == "until 23:30 on 14 December in Dushanbe"


@pytest.mark.django_db
def test_a_call_told_by_dushanbe_names_the_other_capital_as_it_was_called_that_year():
    past = the_call(2021, zone="Asia/Dushanbe", closes_at=datetime(2021, 12, 14, 19, tzinfo=UTC))
    assert plain(instants.deadline(past, "ru").second) == "в Нур-Султане до 01:00 15 декабря"
    present = the_call(2026, zone="Asia/Dushanbe")
    assert plain(instants.deadline(present, "kk").second) == "Астанада да 24:00-ге дейін"


@pytest.mark.django_db
def test_a_call_of_one_country_has_no_second_clock():
    call = the_call(2021)
    call.countries.filter(country="TJ").delete()
    due = instants.deadline(call, "ru")
    assert due.second == ""
    assert due.whole == due.first


@pytest.mark.django_db
def test_an_applications_own_deadline_is_told_in_place_of_the_calls():
    due = instants.deadline(the_call(2021), "ru", closes_at=YEARS[2021] + timedelta(hours=36))
    assert plain(due.when) == "до 12:00 16 декабря"


@pytest.mark.django_db
def test_telling_a_calls_deadline_again_asks_the_database_nothing(django_assert_num_queries):
    call = the_call(2021)
    with django_assert_num_queries(2):  # texts and countries
        instants.deadline(call, "ru")
        instants.deadline(call, "kk")
        instants.labelled(call.opens_at, call, language="tg")


@pytest.mark.django_db
def test_a_language_without_a_text_falls_back_to_the_default_languages_label():
    call = the_call(2021)
    call.texts.filter(language="tg").delete()
    assert plain(instants.zone_label(call, "tg")) == "по времени Нур-Султана"


@pytest.mark.parametrize(
    ("language", "full", "short", "by", "by_full"),
    [
        (
            "ru",
            "14 декабря 2021 г.",
            "14 декабря",
            "до 14 декабря",
            "до 14 декабря 2021 г.",
        ),
        (
            "kk",
            "2021 жылғы 14 желтоқсан",
            "14 желтоқсан",
            "14 желтоқсанға дейін",
            "2021 жылғы 14 желтоқсанға дейін",
        ),
        (
            "tg",
            "14 декабри соли 2021",
            "14 декабр",
            "то 14 декабр",
            "то 14 декабри соли 2021",
        ),
        ("en", "14 December 2021", "14 December", "by 14 December", "by 14 December 2021"),
    ],
)
def test_a_day_has_its_languages_form(language, full, short, by, by_full):
    that = date(2021, 12, 14)
    assert plain(instants.day(that, language=language)) == full
    assert plain(instants.day(that, year=False, language=language)) == short
    assert plain(instants.by_day(that, language=language)) == by
    assert plain(instants.by_day(that, year=True, language=language)) == by_full


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_every_month_has_its_own_name(language):
    days = [date(2026, month, 1) for month in range(1, 13)]
    for tell in (instants.day, instants.by_day):
        assert len({tell(that, language=language) for that in days}) == 12


@pytest.mark.parametrize("month", range(12))
def test_a_kazakh_month_takes_the_dative_its_sounds_ask_and_a_tajik_one_the_izofat(month):
    kazakh, tajik = CALENDARS["kk"], CALENDARS["tg"]
    name = kazakh.months[month]
    vowel = [letter for letter in name if letter in "аоұыуәөүіеиэ"][-1]
    voiceless = name[-1] in "пфкқтсшщчцхһбвгд"
    ending = {True: "қа" if voiceless else "ға", False: "ке" if voiceless else "ге"}
    assert kazakh.by_months[month] == name + ending[vowel in "аоұыу"]
    assert tajik.bound[month] == tajik.months[month] + "и"


@pytest.mark.parametrize(
    ("minute", "ending"),
    [(0, "ге"), (5, "ке"), (10, "ға"), (15, "ке"), (30, "ға"), (40, "қа"), (50, "ге"), (59, "ға")],
)
@pytest.mark.django_db
def test_a_kazakh_clock_time_ends_as_its_last_word_asks(minute, ending):
    call = the_call(2026, closes_at=datetime(2026, 12, 14, 7, minute, tzinfo=UTC))
    assert plain(instants.deadline(call, "kk").when) == (
        f"14 желтоқсан, сағат 12:{minute:02}-{ending} дейін"
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "14 декабря 2021 г. в 23:59:59 по времени Нур-Султана"),
        ("kk", "2021 жылғы 14 желтоқсан, 23:59:59, Нұр-Сұлтан уақыты бойынша"),
        ("tg", "14 декабри соли 2021, соати 23:59:59 бо вақти Нур-Султон"),
        ("en", "14 December 2021 at 23:59:59 Nur-Sultan time"),
    ],
)
@pytest.mark.django_db
def test_the_last_millisecond_is_shown_as_23_59_59_and_never_rounded_up(language, told):
    last = YEARS[2021] - timedelta(milliseconds=1)
    assert plain(instants.labelled(last, the_call(2021), seconds=True, language=language)) == told


@pytest.mark.django_db
def test_a_moment_is_told_in_the_zone_of_its_call():
    at = datetime(2021, 12, 14, 17, 59, 59, tzinfo=UTC)
    assert plain(instants.moment(at, the_call(2021), language="ru")) == "14 декабря 2021 г., 23:59"
    assert plain(instants.moment(at, "Asia/Dushanbe", language="en", seconds=True)) == (
        "14 December 2021, 22:59:59"
    )


@pytest.mark.django_db
def test_numbers_stay_with_their_words_and_a_hyphened_name_stays_whole():
    due = instants.deadline(the_call(2021), "ru")
    assert due.first == "до\xa024:00 14\xa0декабря 2021\xa0г. по\xa0времени Нур\u2011Султана"
    assert instants.time_left(timedelta(days=2), "ru") == "2\xa0дня"
    assert "~" not in "".join(
        instants.deadline(the_call(year), language).whole
        for year in YEARS
        for language in ("ru", "kk", "tg", "en")
    )


def test_a_time_is_marked_for_machines_in_utc():
    assert instants.timed(YEARS[2021], "до <24:00>") == (
        '<time datetime="2021-12-14T18:00:00Z">до &lt;24:00&gt;</time>'
    )
    assert instants.iso(date(2021, 12, 21)) == "2021-12-21"
    assert instants.iso(YEARS[2021] - timedelta(milliseconds=1)) == "2021-12-14T17:59:59.999Z"


@pytest.mark.django_db
def test_a_page_marks_every_instant_for_machines_and_a_letter_has_the_words_alone():
    call = the_call(2021)
    template = Template(
        "{% load i18n instants %}{% deadline call as due %}{{ due.when }}|{{ due.whole }}|"
        "{% blocktranslate with at=call.opens_at|in_both_capitals:call %}{{ at }}{% endblocktranslate %}|"  # noqa: E501
        "{{ call.decision_date|by_day }}|{{ call.opens_at|day:call }}|"
        "{{ call.opens_at|short_day:call }}|{{ call.opens_at|in_words:call }}|"
        "{{ call.opens_at|clock:call }}|{{ call.closes_at|to_the_second:call }}|"
        "{{ nothing|in_words:call }}|{{ span|time_left }}|{{ span|remaining }}|"
        "{{ call.opens_at|iso }}"
    )
    call.opens_at = datetime(2021, 11, 15, 3, 5, tzinfo=UTC)
    context = {"call": call, "nothing": None, "span": timedelta(minutes=2)}
    with translation.override("ru"):
        letter = plain(template.render(Context(context, autoescape=False)))
        page = plain(template.render(Context(context)))
    assert letter == (
        "до 24:00 14 декабря|"
        "до 24:00 14 декабря 2021 г. по времени Нур-Султана, в Душанбе до 23:00|"
        "15 ноября 2021 г. в 09:05:00 по времени Нур-Султана, в Душанбе 08:05:00|до 21 декабря|"
        "15 ноября 2021 г.|15 ноября|15 ноября 2021 г., 09:05|09:05|"
        "15 декабря 2021 г. в 00:00:00 по времени Нур-Султана||2 минуты|осталось 2 минуты|"
        "2021-11-15T03:05:00Z"
    )
    assert words(page) == letter
    opens, closes = "2021-11-15T03:05:00Z", "2021-12-14T18:00:00Z"
    assert re.findall('<time datetime="([^"]+)">[^<]+</time>', page) == [
        *(closes, closes, opens, "2026-12-21", opens, opens, opens, opens, closes)
    ]


@pytest.mark.django_db
def test_a_template_can_tell_one_applications_own_deadline():
    call = the_call(2021)
    template = Template("{% load instants %}{% deadline call own as due %}{{ due.when }}")
    with translation.override("en"):
        own = {"call": call, "own": YEARS[2021] + timedelta(hours=1)}
        assert plain(template.render(Context(own))) == (
            '<time datetime="2021-12-14T19:00:00Z">until 01:00 on 15 December</time>'
        )


def test_an_unknown_language_is_told_in_the_default_one():
    with translation.override("de"):
        assert plain(instants.day(date(2021, 5, 1))) == "1 мая 2021 г."
