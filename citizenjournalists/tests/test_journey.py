"""The journey by address, on a portal without a proxy: every form it fills in is still there."""

import ssl
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications.models import Application, Call, Status
from launching import applying, guide
from launching.browsing import Browser, Stopped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trial(live_server, settings):
    """Make a call on trial in an empty portal; give a function that sends a new visitor."""
    settings.SITE_URL = live_server.url
    call_command("trial", "portal@portal.example", stdout=StringIO())
    return lambda: Browser(live_server.url, ssl.create_default_context())


def test_an_outlet_applies_and_finds_its_application_again(trial):
    kept = {}
    found = list(applying.apply(trial(), "trial", "a@outlet.example", None, kept))
    found += list(applying.find_again(trial(), kept))
    assert [what for what, trouble in found if trouble] == []
    application = Application.objects.get()
    assert (application.status, application.number) == (Status.SUBMITTED, kept["number"])


def test_it_says_where_it_had_to_stop(trial):
    with pytest.raises(Stopped, match="/ru/apply/elsewhere/ answers 404"):
        list(applying.apply(trial(), "elsewhere", "a@outlet.example", None, {}))
    assert not Application.objects.exists()


def test_a_trial_needs_a_portal_that_holds_nothing(trial):
    with pytest.raises(CommandError, match="holds a call already"):
        call_command("trial", "portal@portal.example")
    assert Call.objects.get().slug == "trial"


def test_of_the_guide_only_what_everybody_types_is_run():
    commands = guide.commands("Certificate and proxy")
    assert "nginx -t" in commands
    assert "certbot" not in commands
    assert "Certificate and proxy" not in guide.part("The machine around it")
