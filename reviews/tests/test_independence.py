"""Nobody sees others' scores, comments or totals before handing in their own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.tests.builders import a_call, an_application
from reviews import scoring
from reviews.models import Remark, Review
from reviews.tests.builders import (
    REVIEWING,
    a_chair,
    a_juror,
    a_review,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db
LATER = REVIEWING + timedelta(hours=1)
SECRET = "ТАЙНА-ОДНОГО-ЭКСПЕРТА"


def visible(user) -> set[int]:
    return set(Review.objects.visible_to(user).values_list("pk", flat=True))


@pytest.fixture
def application():
    return an_application(a_call())


@pytest.fixture
def others(application):
    """Return a handed-in and a started review of the application, full of what could leak."""
    handed_in = a_review(application, points=5, comment=SECRET, strength=SECRET, why=SECRET)
    started = a_started_review(application, points=1, comment=SECRET, why=SECRET)
    scoring.discuss(application, by=handed_in.assignment.juror, text=SECRET, at=LATER)
    return handed_in, started


def pages_of(client, user, application) -> str:
    """Return all that the juror's pages say, of every address about this application."""
    client.force_login(user)
    names = ("reading", "conflict", "hand_in", "discussion")
    urls = [reverse(f"admin:reviews_{name}", args=[application.number]) for name in names]
    urls += [
        reverse("admin:reviews_queue"),
        reverse("admin:reviews_review_changelist"),
        reverse("admin:exports"),
        reverse("admin:index"),
    ]
    answers = [client.get(url) for url in urls]
    return " ".join(answer.content.decode() for answer in answers if answer.status_code == 200)


def test_before_handing_in_a_juror_sees_only_their_own(application, others, client):
    juror = a_juror()
    own = a_started_review(application, juror, points=2)
    assert visible(juror) == {own.pk}
    assert not Remark.objects.visible_to(juror).exists()
    assert SECRET not in pages_of(client, juror, application)


def test_after_handing_in_a_juror_sees_the_handed_in_ones_and_no_started_one(
    application, others, client
):
    juror = a_juror()
    own = a_review(application, juror, points=2)
    assert visible(juror) == {own.pk, others[0].pk}
    assert SECRET in pages_of(client, juror, application)


def test_a_reopened_review_shuts_the_others_to_its_author_again(application, others):
    juror = a_juror()
    own = a_review(application, juror, points=2)
    scoring.reopen(own, by=an_officer(), reason="Опечатка.", at=LATER)
    assert visible(juror) == {own.pk}


def test_handing_in_one_application_opens_no_other(application, others):
    juror = a_juror()
    own = a_review(an_application(application.call), juror)
    assert visible(juror) == {own.pk}


def test_a_started_review_is_its_authors_alone(application, others):
    assert visible(an_officer()) == visible(a_chair()) == {others[0].pk}
    assert visible(others[1].assignment.juror) == {others[1].pk}


def test_an_officer_on_the_jury_waits_like_any_juror(application, others):
    officer = an_officer()
    an_assignment(application, officer)
    assert visible(officer) == set()


def test_who_declared_a_conflict_sees_nothing_ever(application, others, client):
    juror = a_juror()
    own = a_review(application, juror, points=2, comment=SECRET)
    scoring.declare(own.assignment, conflict=True, reason="Узнала автора.", at=LATER)
    assert visible(juror) == set()
    assert not Remark.objects.visible_to(juror).exists()
    assert SECRET not in pages_of(client, juror, application)
    assert application.outlet.display_name not in pages_of(client, juror, application)


def test_a_conflict_stands_for_an_officer_too(application, others):
    officer = an_officer()
    assignment = an_assignment(application, officer, declared=False)
    scoring.declare(assignment, conflict=True, reason="Родня.", at=LATER)
    assert visible(officer) == set()
    assert not Remark.objects.visible_to(officer).exists()


def test_a_withdrawn_review_is_seen_by_no_juror(application, others):
    dropped = a_review(application, points=0)
    dropped.assignment.withdrawn_at = LATER
    dropped.assignment.save()
    juror = a_juror()
    own = a_review(application, juror)
    assert visible(juror) == {own.pk, others[0].pk}
    assert visible(dropped.assignment.juror) == set()


def test_a_person_without_a_desk_sees_nothing(application, others):
    assert visible(a_juror()) == set()
