"""Lengths of time in words: what is left until a deadline, in four languages."""

from datetime import timedelta

import pytest

from applications import instants
from applications.tests.test_instants import plain


@pytest.mark.parametrize(
    ("span", "ru", "kk", "tg", "en"),
    [
        (
            {"days": 3, "hours": 4, "minutes": 9},
            "3 дня 4 часа",
            "3 күн 4 сағат",
            "3 рӯз 4 соат",
            "3 days 4 hours",
        ),
        ({"days": 1}, "1 день", "1 күн", "1 рӯз", "1 day"),
        ({"days": 21, "minutes": 5}, "21 день", "21 күн", "21 рӯз", "21 days"),
        (
            {"days": 11, "hours": 1},
            "11 дней 1 час",
            "11 күн 1 сағат",
            "11 рӯз 1 соат",
            "11 days 1 hour",
        ),
        (
            {"hours": 22, "minutes": 2},
            "22 часа 2 минуты",
            "22 сағат 2 минут",
            "22 соат 2 дақиқа",
            "22 hours 2 minutes",
        ),
        ({"minutes": 1, "seconds": 59}, "1 минута", "1 минут", "1 дақиқа", "1 minute"),
        ({"minutes": 14}, "14 минут", "14 минут", "14 дақиқа", "14 minutes"),
        *(
            (
                {"seconds": seconds},
                "меньше минуты",
                "бір минуттан аз уақыт",
                "камтар аз як дақиқа",
                "less than a minute",
            )
            for seconds in (59, -30)
        ),
    ],
)
def test_a_length_of_time_has_its_languages_plurals(span, ru, kk, tg, en):
    delta = timedelta(**span)
    told = [plain(instants.time_left(delta, language)) for language in ("ru", "kk", "tg", "en")]
    assert told == [ru, kk, tg, en]


@pytest.mark.parametrize(
    ("span", "ru", "kk", "tg", "en"),
    [
        (
            {"days": 1, "hours": 4},
            "остался 1 день 4 часа",
            "1 күн 4 сағат қалды",
            "1 рӯз 4 соат монд",
            "1 day 4 hours left",
        ),
        ({"days": 5}, "осталось 5 дней", "5 күн қалды", "5 рӯз монд", "5 days left"),
        (
            {"minutes": 21},
            "осталась 21 минута",
            "21 минут қалды",
            "21 дақиқа монд",
            "21 minutes left",
        ),
        (
            {"seconds": 1},
            "осталось меньше минуты",
            "бір минуттан аз уақыт қалды",
            "камтар аз як дақиқа монд",
            "less than a minute left",
        ),
        ({}, "срок прошёл", "мерзімі өтті", "муҳлат гузашт", "the deadline has passed"),
        ({"days": -3}, "срок прошёл", "мерзімі өтті", "муҳлат гузашт", "the deadline has passed"),
    ],
)
def test_what_is_left_is_a_whole_phrase_that_agrees_with_its_number(span, ru, kk, tg, en):
    delta = timedelta(**span)
    told = [plain(instants.remaining(delta, language)) for language in ("ru", "kk", "tg", "en")]
    assert told == [ru, kk, tg, en]
