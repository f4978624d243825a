"""How four languages write a date, a clock and a length of time.

Grammar, not translation: Kazakh declines the hour, Tajik ties the month to the year, Russian
agrees the verb with the number. A catalogue of phrases can't say that, so it lies here as data.
Spaces within a phrase that must not break are written "~".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Forms = tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """One language. Places to fill: {day} {month} {year} {clock} {end} {date} {label} {city}.

    `months` stand alone, `bound` with a year; `by_months` and `by_bound` the same after "by".
    {end} is a case ending that depends on the minutes it follows. `units` and `left` have one form
    per plural, in the order of `plural`.
    """

    months: Forms
    bound: Forms
    by_months: Forms
    by_bound: Forms
    date: str  # with the year
    short: str  # without
    by_date: str
    by_short: str
    moment: str
    labelled: str
    until: str
    with_label: str
    second: str
    second_other_day: str
    cities: dict[str, tuple[str, str]]  # in the city; in the city too
    units: dict[str, Forms]
    under_a_minute: str
    left: dict[str, Forms]
    past: str
    plural: Callable[[int], int]
    end: Callable[[int], str] = lambda minute: ""


def russian_plural(n: int) -> int:
    """Return 0 for 1, 21, 101 …; 1 for 2–4, 22–24 …; 2 for the rest, 11–14 among them."""
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2


def one_and_many(n: int) -> int:
    return 0 if n == 1 else 1


def one_for_all(n: int) -> int:
    return 0


KAZAKH_ENDINGS = {  # the dative of the number's last word: бір → бірге, үш → үшке, алты → алтыға
    **dict.fromkeys((1, 2, 7, 8, 50), "ге"),
    **dict.fromkeys((3, 4, 5), "ке"),
    **dict.fromkeys((6, 9, 10, 20, 30), "ға"),
    40: "қа",
    0: "ге",  # «нөл-нөл»: 24:00-ге
}


def kazakh_end(minute: int) -> str:
    """Return the ending "until" asks of a clock time: it follows how the minutes are read."""
    return KAZAKH_ENDINGS[minute % 10 or minute]


RUSSIAN_MONTHS, KAZAKH_MONTHS, KAZAKH_BY_MONTHS, TAJIK_MONTHS, ENGLISH_MONTHS = zip(
    ("января", "қаңтар", "қаңтарға", "январ", "January"),
    ("февраля", "ақпан", "ақпанға", "феврал", "February"),
    ("марта", "наурыз", "наурызға", "март", "March"),
    ("апреля", "сәуір", "сәуірге", "апрел", "April"),
    ("мая", "мамыр", "мамырға", "май", "May"),
    ("июня", "маусым", "маусымға", "июн", "June"),
    ("июля", "шілде", "шілдеге", "июл", "July"),
    ("августа", "тамыз", "тамызға", "август", "August"),
    ("сентября", "қыркүйек", "қыркүйекке", "сентябр", "September"),
    ("октября", "қазан", "қазанға", "октябр", "October"),
    ("ноября", "қараша", "қарашаға", "ноябр", "November"),
    ("декабря", "желтоқсан", "желтоқсанға", "декабр", "December"),
    strict=True,
)
TAJIK_BOUND_MONTHS = tuple(f"{month}и" for month in TAJIK_MONTHS)  # «декабри соли 2021»

CALENDARS = {
    "ru": Calendar(
        months=RUSSIAN_MONTHS,
        bound=RUSSIAN_MONTHS,
        by_months=RUSSIAN_MONTHS,
        by_bound=RUSSIAN_MONTHS,
        date="{day}~{month} {year}~г.",
        short="{day}~{month}",
        by_date="до~{day}~{month} {year}~г.",
        by_short="до~{day}~{month}",
        moment="{date}, {clock}",
        labelled="{date} в~{clock} {label}",
        until="до~{clock} {date}",
        with_label="{when} {label}",
        second="{city} до~{clock}",
        second_other_day="{city} до~{clock} {date}",
        cities={
            "Nur-Sultan": ("в~Нур-Султане", "в~Нур-Султане тоже"),
            "Astana": ("в~Астане", "в~Астане тоже"),
            "Dushanbe": ("в~Душанбе", "в~Душанбе тоже"),
        },
        units={
            "day": ("день", "дня", "дней"),
            "hour": ("час", "часа", "часов"),
            "minute": ("минута", "минуты", "минут"),
        },
        under_a_minute="меньше минуты",
        left={
            "day": ("остался {span}", "осталось {span}", "осталось {span}"),
            "hour": ("остался {span}", "осталось {span}", "осталось {span}"),
            "minute": ("осталась {span}", "осталось {span}", "осталось {span}"),
            "under": ("осталось {span}",) * 3,
        },
        past="срок прошёл",
        plural=russian_plural,
    ),
    "kk": Calendar(
        months=KAZAKH_MONTHS,
        bound=KAZAKH_MONTHS,
        by_months=KAZAKH_BY_MONTHS,
        by_bound=KAZAKH_BY_MONTHS,
        date="{year}~жылғы {day}~{month}",
        short="{day}~{month}",
        by_date="{year}~жылғы {day}~{month} дейін",
        by_short="{day}~{month} дейін",
        moment="{date}, {clock}",
        labelled="{date}, {clock}, {label}",
        until="{date}, сағат~{clock}-{end}~дейін",
        with_label="{when}, {label}",
        second="{city} {clock}-{end}~дейін",
        second_other_day="{city} {date}, {clock}-{end}~дейін",
        cities={
            "Nur-Sultan": ("Нұр-Сұлтанда", "Нұр-Сұлтанда да"),
            "Astana": ("Астанада", "Астанада да"),
            "Dushanbe": ("Душанбеде", "Душанбеде де"),
        },
        units={"day": ("күн",), "hour": ("сағат",), "minute": ("минут",)},
        under_a_minute="бір минуттан аз уақыт",
        left=dict.fromkeys(("day", "hour", "minute", "under"), ("{span} қалды",)),
        past="мерзімі өтті",
        plural=one_for_all,
        end=kazakh_end,
    ),
    "tg": Calendar(
        months=TAJIK_MONTHS,
        bound=TAJIK_BOUND_MONTHS,
        by_months=TAJIK_MONTHS,
        by_bound=TAJIK_BOUND_MONTHS,
        date="{day}~{month} соли~{year}",
        short="{day}~{month}",
        by_date="то~{day}~{month} соли~{year}",
        by_short="то~{day}~{month}",
        moment="{date}, {clock}",
        labelled="{date}, соати~{clock} {label}",
        until="то соати~{clock}-и {date}",
        with_label="{when} {label}",
        second="{city} то соати~{clock}",
        second_other_day="{city} то соати~{clock}-и {date}",
        cities={
            "Nur-Sultan": ("дар Нур-Султон", "дар Нур-Султон низ"),
            "Astana": ("дар Остона", "дар Остона низ"),
            "Dushanbe": ("дар Душанбе", "дар Душанбе низ"),
        },
        units={"day": ("рӯз",), "hour": ("соат",), "minute": ("дақиқа",)},
        under_a_minute="камтар аз як дақиқа",
        left=dict.fromkeys(("day", "hour", "minute", "under"), ("{span} монд",)),
        past="муҳлат гузашт",
        plural=one_for_all,
    ),
    "en": Calendar(
        months=ENGLISH_MONTHS,
        bound=ENGLISH_MONTHS,
        by_months=ENGLISH_MONTHS,
        by_bound=ENGLISH_MONTHS,
        date="{day}~{month} {year}",
        short="{day}~{month}",
        by_date="by~{day}~{month} {year}",
        by_short="by~{day}~{month}",
        moment="{date}, {clock}",
        labelled="{date} at~{clock} {label}",
        until="until~{clock} on {date}",
        with_label="{when}, {label}",
        second="until~{clock} {city}",
        second_other_day="until~{clock} on {date} {city}",
        cities={
            "Nur-Sultan": ("in Nur-Sultan", "in Nur-Sultan too"),
            "Astana": ("in Astana", "in Astana too"),
            "Dushanbe": ("in Dushanbe", "in Dushanbe too"),
        },
        units={
            "day": ("day", "days"),
            "hour": ("hour", "hours"),
            "minute": ("minute", "minutes"),
        },
        under_a_minute="less than a minute",
        left=dict.fromkeys(("day", "hour", "minute", "under"), ("{span} left", "{span} left")),
        past="the deadline has passed",
        plural=one_and_many,
    ),
}
