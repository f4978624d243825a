"""The demo: complete, repeatable, and kept away from production."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from applications.models import Call, Language
from citizenjournalists.demo import calls, people
from reviews.models import Criterion

pytestmark = pytest.mark.django_db
ASTANA = ZoneInfo("Asia/Almaty")


@pytest.fixture
def demo():
    call_command("demo", verbosity=0)


def test_a_second_run_changes_nothing(demo, capsys):
    before = (Call.objects.count(), User.objects.count(), Criterion.objects.count())
    capsys.readouterr()

    call_command("demo")

    assert (Call.objects.count(), User.objects.count(), Criterion.objects.count()) == before
    assert "here already" in capsys.readouterr().out


def test_it_refuses_a_production_database(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="production"):
        call_command("demo")

    assert not Call.objects.exists()


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
    assert calls.the_open_call(today).slug != calls.the_judged_call(today).slug


def test_everybody_can_sign_in_with_the_password_that_is_printed(demo, capsys, client):
    call_command("demo")
    told = capsys.readouterr().out

    for person in people.STAFF:
        assert person.username in told
        assert client.login(username=person.username, password=people.PASSWORD)
