"""The log: every request has an id, and no line tells a secret or a person's address."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, transaction

from applications import access
from applications.models import Outlet
from applications.tests.builders import a_draft
from citizenjournalists import logs


@pytest.fixture
def lines(caplog):
    """Give what the machine's log says, as objects."""
    caplog.set_level(logging.INFO)

    def read(logger="portal.requests"):
        records = [one for one in caplog.records if one.name == logger]
        return [json.loads(logs.Json().format(one)) for one in records]

    return read


def test_an_answer_carries_the_id_of_its_request(client):
    first, second = client.get("/healthz"), client.get("/healthz")
    assert len(first.headers["X-Request-ID"]) == 32
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


def test_the_id_a_proxy_gave_is_kept_and_a_forged_one_is_not(client):
    given = client.get("/healthz", headers={"X-Request-ID": "front-0123456789"})
    assert given.headers["X-Request-ID"] == "front-0123456789"
    forged = client.get("/healthz", headers={"X-Request-ID": 'x" forged="yes'})
    assert len(forged.headers["X-Request-ID"]) == 32


def test_a_request_is_logged_by_its_route_and_never_by_its_address(client, lines, db):
    link = a_draft().links.get()
    client.get(f"/z/{access.token_of(link)}")
    [line] = lines()
    assert line["message"] == "GET z/<str:token> 200"
    assert line["ms"] >= 0


@pytest.mark.parametrize("formatter", [logs.Line(), logs.Json()])
def test_links_and_addresses_are_blotted_out_wherever_they_stand(formatter):
    args = ("/z/7Q4M-XK2P", "editor@outlet.example")
    record = logging.LogRecord("django", 30, "", 0, "Not Found: %s for %s", args, None)
    said = formatter.format(record)
    assert "7Q4M" not in said
    assert "editor@" not in said
    assert "Not Found: /z/… for …@…" in said


@pytest.mark.parametrize("formatter", [logs.Line(), logs.Json()])
def test_a_row_that_the_database_refuses_is_not_told(formatter, db):
    outlet = a_draft(name="Радуга Достык").outlet
    try:
        with transaction.atomic():
            Outlet.objects.filter(pk=outlet.pk).update(country=None)
    except IntegrityError:
        record = logging.LogRecord("django", 40, "", 0, "Error", (), sys.exc_info())
    said = formatter.format(record)
    assert "IntegrityError" in said
    assert "country" in said
    assert "Радуга" not in said


@pytest.mark.parametrize("where", ["z", "kk/reminders", "en/new-address", "admin/password/MQ"])
def test_whatever_opens_something_is_blotted_out_of_an_address(where):
    said = logs.without_secrets(f"Internal Server Error: /{where}/c3a-7Q4M:1/")
    assert said == f"Internal Server Error: /{where}/…/"


def test_a_line_forged_into_an_address_stays_within_its_own_line(client, caplog, db):
    client.get("/en/%0A2026-12-14%20INFO%20portal.requests%20forged/")
    said = [logs.Line().format(one) for one in caplog.records]
    assert any("forged" in one for one in said)
    assert not any("\n" in one for one in said)


def test_an_error_is_one_line_with_its_traceback():
    try:
        raise ValueError("no such /z/7Q4M-XK2P")
    except ValueError as error:
        told = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("django", 40, "", 0, "Failed", (), told)
    said = logs.Json().format(record)
    assert "\n" not in said
    assert "ValueError: no such /z/…" in json.loads(said)["error"]
