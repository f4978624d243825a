"""The demo: complete, repeatable, and kept away from production."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from applications import questions
from applications.models import (
    Application,
    Call,
    Country,
    Language,
    Message,
    Outlet,
    Status,
    Version,
)
from citizenjournalists.demo import calls, people
from reviews.models import Assignment, Criterion, Outcome, Review, Screening

pytestmark = pytest.mark.django_db
ASTANA = ZoneInfo("Asia/Almaty")


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, loaded once for all tests here: each works in a savepoint over it."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def test_a_second_run_changes_nothing(demo, capsys):
    before = (Call.objects.count(), User.objects.count(), Criterion.objects.count())
    capsys.readouterr()

    call_command("demo")

    assert (Call.objects.count(), User.objects.count(), Criterion.objects.count()) == before
    assert "here already" in capsys.readouterr().out


def test_it_refuses_a_production_database(settings):
    before = Call.objects.count()
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="production"):
        call_command("demo")

    assert Call.objects.count() == before


def test_the_real_call_closes_at_24_hours_of_14_december_2021_in_nur_sultan(demo):
    call = Call.objects.get(slug="2021-2022")

    assert call.closes_at == datetime(2021, 12, 14, 18, 0, tzinfo=UTC)
    assert call.is_open(call.closes_at - timedelta(milliseconds=1))
    assert not call.is_open(call.closes_at)
    assert (call.decision_date, call.notification_date) == (date(2021, 12, 21), date(2021, 12, 25))
    assert (call.places, call.places_per_country) == (12, 6)
    assert call.texts.get(language="ru").zone_label == "по времени Нур-Султана"


def test_one_call_is_open_now_and_closes_at_the_end_of_a_day_in_astana(demo):
    call = Call.objects.open_at(timezone.now()).get()
    closes = call.closes_at.astimezone(ASTANA)

    assert (closes.hour, closes.minute, closes.second) == (0, 0, 0)
    assert timedelta(days=20) < call.closes_at - timezone.now() < timedelta(days=23)
    assert call.texts.get(language="kk").zone_label == "Астана уақыты бойынша"


def test_every_call_speaks_four_languages_and_its_rubric_sums_to_a_hundred(demo):
    for call in Call.objects.all():
        assert {text.language for text in call.texts.all()} == set(Language)
        items = [
            set(call.items.filter(language=one).values_list("kind", "position")) for one in Language
        ]
        assert items[0]
        assert all(each == items[0] for each in items)
        assert sum(criterion.weight for criterion in call.criteria.all()) == 100
        for criterion in call.criteria.all():
            assert {text.language for text in criterion.texts.all()} == set(Language)
            assert all(all(text.anchors()) for text in criterion.texts.all())


@pytest.mark.parametrize("today", [date(2026, 1, 5), date(2026, 8, 1), date(2027, 12, 31)])
def test_the_open_and_the_judged_call_are_of_different_seasons_on_any_day(today):
    dates = calls.open_on(today)

    assert calls.slug_of(dates.season()) != calls.slug_of(dates.season(before=1))
    assert dates.last_day > today > calls.judged_on(today).last_day


def test_everybody_can_sign_in_with_the_password_that_is_printed(demo, capsys, client):
    call_command("demo")
    told = capsys.readouterr().out

    for person in people.STAFF:
        assert person.username in told
        assert client.login(username=person.username, password=people.PASSWORD)


def test_forty_outlets_of_both_countries_stand_in_every_state(demo):
    outlets = list(Outlet.objects.all())
    names = [outlet.name for outlet in outlets]

    assert len(outlets) == 40
    assert {outlet.country for outlet in outlets} == set(Country)
    assert set(Application.objects.values_list("status", flat=True)) == set(Status)
    assert set(Application.objects.values_list("language", flat=True)) == set(Language)
    assert max(len(name) for name in names) > 200
    assert [name for name in names if "«" in name]


def test_a_name_with_a_latin_letter_folds_to_its_namesake(demo):
    latin = Outlet.objects.get(name__startswith="Тo")  # a Latin o

    assert Outlet.objects.matching("точка на карте").count() == 2
    assert latin in Outlet.objects.matching("точка на карте")


def test_what_was_handed_in_is_whole_and_long_enough(demo):
    for application in Application.objects.submitted():
        assert questions.problems(application) == []


def test_no_two_outlets_tell_the_same(demo):
    letters = [version.answers["letter"]["letter"] for version in Version.objects.filter(number=1)]

    assert len(set(letters)) == len(letters)


def test_every_letter_is_dated_and_two_wait_for_a_person(demo):
    assert Message.objects.needing_a_person().count() == 2
    assert not Message.objects.unfinished().exists()
    assert not Message.objects.filter(sent_at__lt=F("queued_at")).exists()
    assert not Message.objects.filter(sent_at__gt=timezone.now() + timedelta(minutes=1)).exists()


def test_one_application_is_not_eligible_and_one_waits_for_a_second_opinion(demo):
    current = Screening.objects.current()

    assert current.count() == 24
    assert current.get(outcome=Outcome.INELIGIBLE).application.outlet.name == "Тoчка на карте"
    assert current.get(outcome=Outcome.UNSURE).reason


def test_the_jury_is_nearly_done_one_conflict_and_a_few_reviews_are_left(demo):
    judged = Call.objects.exclude(slug="2021-2022").exclude(closed_at=None).get()
    assignments = Assignment.objects.of_call(judged)

    assert assignments.filter(conflict=True).count() == 1
    assert assignments.unfinished().count() == 5
    assert Review.objects.handed_in().count() == assignments.count() - 6
    assert Review.objects.filter(submitted_at=None).count() == 2


def test_every_rule_of_the_database_holds(demo, capsys):
    call_command("verify")

    assert "Every rule holds" in capsys.readouterr().out
