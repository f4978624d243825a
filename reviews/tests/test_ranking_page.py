"""The ranking as people see it: the arithmetic's own numbers, ties as ties, no leaks."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.tests.builders import a_call, a_person, an_application
from reviews import dots, ranking, scoring, standing, tallying, totals
from reviews.models import Screening
from reviews.tests.builders import (
    REVIEWING,
    a_juror,
    a_review,
    a_rubric,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)


def page_of(call, **query):
    url = reverse("admin:reviews_ranking_of", args=[call.slug])
    return url + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def judged(call, *points, country="KZ", name=""):
    """Return an application with one review per given points."""
    application = an_application(call, country=country, name=name)
    for given in points:
        a_review(application, points=given)
    return application


def names(answer):
    return [one.row.name for one in answer.context["rows"]]


@pytest.mark.parametrize("weights", [(25, 20, 20, 15, 10, 10), (34, 33, 33), (99, 1), (100,)])
@pytest.mark.parametrize("judged_criteria", [1, 2, 6])
def test_the_databases_sums_give_the_very_totals_of_the_arithmetic(weights, judged_criteria):
    for seed in range(40):
        points = {n: (seed * 7 + n * 3) % 6 for n in range(min(judged_criteria, len(weights)))}
        weighed = sum(weights[n] * given for n, given in points.items())
        share = sum(weights[n] for n in points)
        expected = ranking.total(points, dict(enumerate(weights)))
        assert totals.total_of(weighed, share) == expected


def test_the_page_and_the_decisions_see_the_same_totals():
    call = a_call()
    judged(call, [5, 4, None, 2, 1, 0], [3, 3, 3, None, None, 5])
    judged(call, [1, 1, 2, 2, 3, None], 4, 0)
    judged(call)
    found = tallying.ranking_of(call, an_officer())
    expected = {one.application.number: one.total for one in standing.standings(call)}
    assert {row.number: row.total for row in found.rows} == expected


def test_equal_totals_share_their_ranks_and_a_tie_at_the_line_is_a_tie(client):
    call = a_call(places=4, places_per_country=2)
    for points in (5, 3, 3, 1):
        judged(call, points)
    client.force_login(an_officer())
    answer = client.get(page_of(call, country="KZ"))
    assert [one.rank for one in answer.context["rows"]] == ["1", "2–3", "2–3", "4"]
    assert [one.row.side for one in answer.context["rows"]] == ["in", "tied", "tied", "out"]
    assert [bool(one.cut) for one in answer.context["rows"]] == [False, True, False, True]


def test_each_country_has_its_own_ranks_and_all_have_one(client):
    call = a_call()
    judged(call, 4, name="Степь")
    judged(call, 5, country="TJ", name="Вахш")
    client.force_login(an_officer())
    assert names(client.get(page_of(call, country="KZ"))) == ["Степь"]
    assert names(client.get(page_of(call, country="TJ"))) == ["Вахш"]
    assert names(client.get(page_of(call, country="all"))) == ["Вахш", "Степь"]


def test_an_application_without_a_review_has_no_rank_and_is_no_zero(client):
    call = a_call()
    judged(call, 0, name="Ноль")
    judged(call, name="Пусто")
    client.force_login(an_officer())
    rows = list(client.get(page_of(call)).context["rows"])
    assert [(one.row.name, one.rank) for one in rows] == [("Ноль", "1"), ("Пусто", "—")]


def test_the_ineligible_are_out_of_the_ranking(client):
    call = a_call()
    judged(call, 4, name="Степь")
    out = judged(call, 5, name="Чужая")
    Screening.objects.create(
        application=out, by=an_officer(), at=LATER, outcome="ineligible", reason="Не из стран."
    )
    client.force_login(an_officer())
    assert names(client.get(page_of(call))) == ["Степь"]


def test_sorting_and_filtering_leave_the_ranks_alone(client):
    call = a_call()
    judged(call, 5, 5, name="Бета")
    judged(call, 5, 0, name="Альфа")
    client.force_login(an_officer())
    answer = client.get(page_of(call, o="name"))
    assert [(one.row.name, one.rank) for one in answer.context["rows"]] == [
        ("Альфа", "2"),
        ("Бета", "1"),
    ]
    assert names(client.get(page_of(call, only="apart"))) == ["Альфа"]
    assert names(client.get(page_of(call, q="бет"))) == ["Бета"]
    assert names(client.get(page_of(call, o="nonsense", only="nonsense"))) == ["Бета", "Альфа"]


def test_a_close_call_is_marked_and_reorders_nothing(client):
    call = a_call(places=1, places_per_country=1)
    strict, fair = a_juror(), a_juror()
    first, second = an_application(call, name="Первая"), an_application(call, name="Вторая")
    for juror, one, other in ((strict, 5, 3), (fair, 3, 4)):
        a_review(first, juror, points=one)
        a_review(second, juror, points=other)
    client.force_login(an_officer())
    rows = list(client.get(page_of(call)).context["rows"])
    assert [(one.row.name, one.rank) for one in rows] == [("Первая", "1"), ("Вторая", "2")]
    assert rows[0].row.close.without == [strict.pk]


def test_who_declared_a_conflict_sees_no_trace_of_the_application(client):
    call = a_call()
    judged(call, 3, name="Открытая")
    closed = judged(call, 5, name="Закрытая")
    officer = an_officer()
    scoring.declare(
        an_assignment(closed, officer, declared=False), conflict=True, reason="Родня", at=LATER
    )
    client.force_login(officer)
    answer = client.get(page_of(call, country="all"))
    assert [(one.row.name, one.rank) for one in answer.context["rows"]] == [("Открытая", "1")]
    assert answer.context["ranking"].hidden == 1
    page = answer.content.decode()
    assert "Закрытая" not in page
    assert closed.number not in page


def test_an_officer_with_a_review_to_finish_does_not_see_its_application_ranked(client):
    call = a_call()
    open_, waiting = judged(call, 3, name="Открытая"), judged(call, 5, name="Своя")
    officer = an_officer()
    a_started_review(waiting, officer)
    client.force_login(officer)
    assert names(client.get(page_of(call))) == ["Открытая"]
    scoring.submit_review(waiting.assignments.get(juror=officer).review, at=LATER)
    assert names(client.get(page_of(call))) == ["Своя", "Открытая"]
    assert open_.number


@pytest.mark.parametrize("role", ["juror", "coordinator"])
def test_the_ranking_is_closed_to_others(client, role):
    call = a_call()
    client.force_login(a_person(role, country="KZ"))
    assert client.get(page_of(call)).status_code == 403


def test_the_ranking_costs_the_same_for_one_row_and_for_three(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    call = a_call(places=1, places_per_country=1)
    judged(call, 4, 5)
    client.force_login(an_officer())
    client.get(page_of(call))
    with django_assert_max_num_queries(12) as one:
        client.get(page_of(call))
    judged(call, 5, 3)
    judged(call, 5, 5, country="TJ")
    with django_assert_num_queries(len(one)):
        answer = client.get(page_of(call))
    assert answer.context["names"]


def test_totals_that_are_not_equal_never_look_equal(client):
    call = a_call()
    a_rubric(call, weights=(34, 33, 33))
    judged(call, [4, 5, 5], [5, 4, 5], [5, 5, 5])
    judged(call, [4, 5, 5], [4, 5, 5], [5, 5, 5])
    judged(call, [1, 1, 1])
    client.force_login(an_officer())
    page = client.get(page_of(call)).content.decode()
    assert re.findall(r'cj-rank__t" role="cell">([^<]+)<', page) == ["95,53", "95,47", "20,0"]


def test_one_review_has_no_spread(client):
    call = a_call()
    judged(call, 4)
    client.force_login(an_officer())
    page = client.get(page_of(call)).content.decode()
    assert re.findall(r'data-label="разброс">([^<]+)<', page) == ["—"]


def test_an_officers_desk_and_the_decisions_lead_to_the_ranking_a_coordinators_does_not(client):
    call = a_call()
    judged(call, 4)
    client.force_login(an_officer())
    desk = reverse("admin:index") + f"?call={call.pk}"
    link = f'href="{reverse("admin:reviews_ranking_of", args=[call.slug])}"'
    assert link in client.get(desk).content.decode()
    assert link in client.get(reverse("admin:reviews_decisions", args=[call.slug])).content.decode()
    client.force_login(a_person("coordinator", country="KZ"))
    assert link not in client.get(desk).content.decode()


def test_equal_dots_are_stacked_and_the_drawing_says_its_numbers():
    drawn = dots.dots([Decimal(50), Decimal(50), Decimal("75.5")], Decimal("58.5"), Decimal(40))
    assert 'cx="172.0" cy="12"' in drawn
    assert 'cx="172.0" cy="5"' in drawn
    assert "style=" not in drawn
    assert "50, 50, 76" in drawn
