"""The winners' page names those who hold a place, confirmed it and agreed; nobody else, ever."""

from datetime import timedelta

import pytest
import time_machine

from applications import answering
from applications.models import Call, Version
from reviews.models import Decision
from reviews.tests import builders
from reviews.tests.builders import AFTER

pytestmark = pytest.mark.django_db
PUBLIC_AT = AFTER + timedelta(days=2)


@pytest.fixture
def call():
    """Return a published call: three selected, one on the reserve, all of whom agreed."""
    call = builders.a_judged_call(
        kz=(90, 80, 70, 60), places_per_country=3, winners_public_at=PUBLIC_AT
    )
    builders.a_published_list(call)
    for version in Version.objects.filter(application__call=call):
        version.answers["consents"] = {**version.answers.get("consents", {}), "publication": "yes"}
        version.save()
    return call


def outlet(call, total: int):
    return Decision.objects.get(call=call, total=total).application


def page(client, call, at=PUBLIC_AT):
    with time_machine.travel(at, tick=False):
        return client.get(f"/ru/calls/{call.slug}/winners/")


def test_before_its_date_there_is_no_such_page(client, call):
    answering.confirm(outlet(call, 90), at=AFTER)
    assert page(client, call, PUBLIC_AT - timedelta(milliseconds=1)).status_code == 404
    assert page(client, call).status_code == 200
    Call.objects.filter(pk=call.pk).update(winners_public_at=None)
    assert page(client, call).status_code == 404


def test_only_who_confirmed_and_agreed_is_named(client, call):
    confirmed, silent, unwilling = (outlet(call, total) for total in (90, 80, 70))
    answering.confirm(confirmed, at=AFTER)
    answering.confirm(unwilling, at=AFTER)
    version = unwilling.versions.get()
    version.answers["consents"]["publication"] = ""
    version.save()
    told = page(client, call).content.decode()
    assert str(confirmed.outlet) in told
    for other in (silent, unwilling, outlet(call, 60)):
        assert str(other.outlet) not in told


def test_who_gives_the_place_up_is_named_no_more(client, call):
    answering.confirm(outlet(call, 90), at=AFTER)
    assert str(outlet(call, 90).outlet) in page(client, call).content.decode()
    answering.decline(outlet(call, 90), at=AFTER)
    assert str(outlet(call, 90).outlet) not in page(client, call).content.decode()
