"""What every answer tells the browser: pages, errors, files, static files, the staff's side."""

import re

import pytest
from django.middleware.security import SecurityMiddleware

from applications.tests.builders import a_draft, a_person
from applications.tests.staffing import a_file_of
from applications.tests.visiting import at, holder
from citizenjournalists import headers

pytestmark = [pytest.mark.django_db, pytest.mark.either]
STATIC = "/static/portal.css"


@pytest.fixture
def answers():
    """Return an answer of each kind: public, private, an error, a file, static, the staff's."""
    draft = a_draft()
    client = holder(draft)
    file = a_file_of(draft)
    pages = ["/en/", "/en/nowhere/", at(draft), at(draft, "files", str(file.key)), STATIC]
    pages += [at(draft, "draft.pdf").rstrip("/"), "/admin/login/", "/robots.txt", "/healthz"]
    found = {page: client.get(page) for page in pages}
    found["foreign"] = client.get("/en/application/000-000/")
    staff = holder(draft)
    staff.force_login(a_person(is_superuser=True))
    found["/admin/"] = staff.get("/admin/", follow=True)
    for answer in found.values():
        if answer.streaming:
            list(answer.streaming_content)
    return found


def test_every_answer_is_held_to_our_own_scripts_and_frames(answers):
    for page, answer in answers.items():
        if page != "/healthz":
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, page
            assert "unsafe-eval" not in policy, page
    policy = headers.CONTENT_SECURITY_POLICY
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy


def test_every_answer_names_its_type_and_its_alphabet_and_is_not_guessed_at(answers):
    for page, answer in answers.items():
        kind = answer.headers["Content-Type"]
        if kind.startswith("text/"):
            assert re.search('charset="?utf-8', kind), page
        if page != "/healthz":
            assert answer.headers["X-Content-Type-Options"] == "nosniff", page
            assert answer.headers["Referrer-Policy"] == "same-origin", page
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", page
        assert "Access-Control-Allow-Origin" not in answer.headers, page


def test_what_is_private_is_kept_nowhere(answers):
    for page, answer in answers.items():
        if page not in ("/en/", STATIC, "/robots.txt"):
            assert "no-store" in answer.headers["Cache-Control"], page


def test_in_production_a_browser_comes_back_over_https_alone(settings, rf, client):
    settings.SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_SSL_REDIRECT = True
    middleware = SecurityMiddleware(lambda request: client.get("/en/"))
    told = middleware(rf.get("/en/", secure=True)).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"
    assert middleware(rf.get("/en/")).headers["Location"] == "https://testserver/en/"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "CONNECT"])
def test_methods_nobody_needs_do_nothing(client, method):
    for page in ("/en/", "/en/status/", "/language/en/", "/en/calls/"):
        assert client.generic(method, page, b"secret=1").status_code == 405


def test_every_cookie_is_out_of_the_reach_of_scripts_and_other_sites():
    draft = a_draft()
    client = holder(draft)
    client.get(at(draft, "letter"))
    client.get("/language/kk/")
    client.post("/admin/language/", {"language": "en"})
    assert len(client.cookies) == 4
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
