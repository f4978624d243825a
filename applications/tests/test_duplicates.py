"""Hints that an outlet applied twice."""

import pytest

from applications.duplicates import Sign, duplicates, host_of, name_key
from applications.tests.builders import a_call, a_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Степь сегодня", "Step segodnya"),
        ("Cтепь сегодня", "Степь сегодня"),  # the first letter is Latin
        ("ТОО «Степь сегодня»", "Степь Сегодня медиа"),
        ("Дала үні", "Dala uni"),
        ("Өңір жаңалықтары", "Onir zhanalyktary"),
        ("Ҷавонон", "Javonon"),
        ("Хабар", "Khabar"),
    ],
)
def test_a_name_is_known_in_either_alphabet(one, other):
    assert name_key(one) == name_key(other)


def test_different_names_stay_different():
    names = ["Степь сегодня", "Степь завтра", "Голос Сарани", "Овози Хатлон", "Дала үні"]
    assert len({name_key(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://www.Step.example/news?a", "step.example"),
        ("step.example", "step.example"),
        ("m.step.example", "step.example"),
        ("https://t.me/step_today", "t.me/step_today"),
        ("t.me", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_site_is_known_by_its_host_and_a_shared_host_by_its_page(site, host):
    assert host_of(site) == host


def test_likely_duplicates_are_found_with_their_signs(django_assert_num_queries):
    call = a_call()
    first = a_draft(call, name="Степь сегодня", email="a@step.example")
    second = a_draft(call, name="Step Segodnya", email="b@step.example")
    third = a_draft(call, name="Голос Сарани", email="A@step.example")
    a_draft(call, name="Овози Хатлон", country="TJ")
    a_draft(a_call(), name="Степь сегодня")
    third.outlet.registration_number = "940140000385"
    third.outlet.save()
    first.outlet.registration_number = "940140000385"
    first.outlet.save()
    with django_assert_num_queries(1):
        found = duplicates(first)
    assert [(one.application, set(one.signs)) for one in found] == [
        (second, {Sign.NAME}),
        (third, {Sign.NUMBER, Sign.EMAIL}),
    ]
