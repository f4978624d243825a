"""Error pages: the reader's language, the right status, no database where it may be away."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from applications.tests import builders
from applications.views import errors, public

TITLES = {404: "There is nothing here", 413: "That is too much at once"}


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_an_unknown_page_is_told_in_the_language_of_its_address(client, language):
    answer = client.get(f"/{language}/nothing/")
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.content.decode()


def test_an_unknown_page_without_a_language_follows_the_reader(client):
    answer = client.get("/nothing", headers={"accept-language": "tg"})
    assert '<html lang="tg">' in answer.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_every_error_page_stands_without_the_database(status):
    answer = errors.page(RequestFactory().get("/en/calls/"), status)
    assert answer.status_code == status
    assert f"Error {status}" in answer.content.decode()


def test_a_database_that_is_away_is_a_passing_trouble(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(public.showing, "with_texts", away)
    client.raise_request_exception = False
    answer = client.get("/en/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "120"
    assert "we will be right back" in answer.content.decode()


def test_a_fault_of_ours_says_so(client, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(public.showing, "with_texts", broken)
    client.raise_request_exception = False
    answer = client.get("/en/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def a_checking_client() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    return client


def test_a_text_too_long_to_take_in_is_refused_in_the_readers_language(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    text = {"text": "ё" * 2000, "csrfmiddlewaretoken": "a" * 32}
    answer = a_checking_client().post("/tg/contacts/", text)
    assert answer.status_code == 413
    assert '<html lang="tg">' in answer.content.decode()
    answer = a_checking_client().post("/en/contacts/", {f"f{n}": "1" for n in range(1200)})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.content.decode()


OURS = {"origin": "http://testserver"}
THEIRS = {"origin": "https://evil.example"}
TYPED = {"letter": "Здравствуйте <b>", "media": ["site", "radio"], "password": "hunter2"}


def test_a_form_of_ours_whose_protection_has_gone_is_offered_again():
    client = a_checking_client()
    answer = client.post("/en/contacts/?a=1", TYPED, headers=OURS)
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert 'name="letter" value="Здравствуйте &lt;b&gt;"' in shown
    assert shown.count('name="media"') == 2
    assert "hunter2" not in shown
    assert 'action="/en/contacts/?a=1"' in shown
    token = answer.context["csrf_token"] if answer.context else shown.split('token" value="')[1]
    again = {**TYPED, "csrfmiddlewaretoken": token[:64]}
    assert client.post("/en/contacts/", again, headers=OURS).status_code == 405


@pytest.mark.parametrize("headers", [THEIRS, {"origin": "null"}, {}])
def test_what_another_site_sends_is_never_offered_again(headers):
    answer = a_checking_client().post("/en/contacts/", TYPED, headers=headers)
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "Здравствуйте" not in shown
    assert "We could not accept this form" in shown


@pytest.mark.django_db
def test_a_naughty_address_is_a_plain_answer(client):
    builders.a_call()
    for url in ("/en/?x=%00", "/en/calls/%00/", "/en/calls/%F0%9F%92%A9/", "/en/%2e%2e/", "/%ff"):
        assert client.get(url).status_code in (200, 404)
    assert client.get("/language/kk/?to=/ru/%0d%0aSet-Cookie:a=b").status_code == 302
