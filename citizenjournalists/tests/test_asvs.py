"""The checklist of ASVS is whole and names what is there; and what no other test shows of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import gunicorn.config
import gunicorn.http
import pytest
from django.conf import global_settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from applications import access, linking, reminding, roles
from applications.tests.builders import a_draft, a_person

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "asvs.md"
LEVEL_2 = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6
3.5.1-5 3.7.1-2 4.1.1-3 4.2.1 4.3.1-2 4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12
6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2
8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2
10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1
13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1 16.2.1-5
16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
ROW = re.compile(r"^\| (\d[\d., –]*) \|", re.MULTILINE)
OUR_APPS = ("applications", "reviews", "citizenjournalists")
BESIDE = {
    "tests",
    "bench",
    "migrations",
    "management",
    "rehearsal",
}  # no request runs what lies there
RUNS = {"eval", "exec", "compile", "__import__", "system", "popen", "Popen", "check_output"}
PROGRAMS = {"subprocess", "pickle", "marshal", "shelve", "ctypes", "importlib"}
ASKS = {"requests", "urllib.request", "http.client", "httpx", "socket", "boto3", "smtplib"}
OUTWARD = {"posting.py", "refusals.py", "outbox.py", "smtp.py", "clamd.py"}  # see Connections


def every(points: str) -> list[str]:
    """Return the points that “1.2.3-5” or “1.2.3–1.2.5” stand for."""
    first, _, last = points.replace("–", "-").partition("-")
    section, number = first.rsplit(".", 1)
    until = int(last.rsplit(".", 1)[-1]) if last else int(number)
    return [f"{section}.{n}" for n in range(int(number), until + 1)]


def sources():
    """Yield each module of ours that a request may run, with its tree."""
    for path in chain.from_iterable((ROOT / app).rglob("*.py") for app in OUR_APPS):
        if not BESIDE & set(path.relative_to(ROOT).parts):
            yield path, ast.parse(path.read_text())


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_every_point_of_level_2_stands_on_the_page_once():
    wanted = [one for points in LEVEL_2.split() for one in every(points)]
    told = [points for row in ROW.findall(PAGE.read_text()) for points in row.split(",")]
    found = Counter(one for points in told for one in every(points.strip()))
    assert len(wanted) == 253
    assert sorted(set(wanted) - set(found)) == []
    assert sorted(set(found) - set(wanted)) == []
    assert [one for one, times in found.items() if times > 1] == []


def test_every_test_and_every_page_that_is_named_is_there():
    text = PAGE.read_text()
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", text)
    assert len(named) > 110
    for path, test in named:
        assert f"def {test}(" in (ROOT / path).read_text(), test
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (PAGE.parent / target).exists(), target
    headings = {one.lower().replace(" ", "-") for one in re.findall(r"^## (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_no_request_starts_a_program_or_runs_a_text():
    for path, tree in sources():
        assert not imported(tree) & PROGRAMS, path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                is_pattern = getattr(getattr(node.func, "value", None), "id", "") == "re"
                assert name not in RUNS or is_pattern, (path, name)


def test_only_configured_services_are_ever_asked():
    asking = {path.name for path, tree in sources() if imported(tree) & ASKS}
    assert asking <= OUTWARD


def test_no_broken_hash_is_used():
    for path, _ in sources():
        assert not re.search(r"\b(md5|sha1|random\.(random|choice))\b", path.read_text()), path


def test_scripts_put_no_text_of_people_in_as_markup():
    """What scripts insert as markup was drawn by our own templates: an answer to their request."""
    for path in (ROOT / "static").glob("*.js"):
        script = path.read_text()
        assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML", script)
        for value in re.findall(r"\.(?:inner|outer)HTML = (.+);", script):
            assert re.match(r"answer\.|html\b|status\.", value), (path.name, value)


def test_passwords_are_kept_by_a_slow_hash():
    source = (ROOT / "citizenjournalists" / "settings.py").read_text()
    assert "PASSWORD_HASHERS" not in source
    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_a_message_whose_end_is_told_in_two_ways_is_refused():
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    parser = gunicorn.http.RequestParser(
        gunicorn.config.Config(), iter([head + b"0\r\n\r\n"]), ("127.0.0.1", 1)
    )
    with pytest.raises(gunicorn.http.errors.InvalidHeader):
        next(parser)


@pytest.mark.django_db
def test_a_token_of_one_kind_never_passes_for_another():
    draft = a_draft()
    facts = [draft.number, draft.contact_email, "a@elsewhere.example"]
    assert linking.change_asked_for(signing.dumps(facts, salt=linking.SALT))[0] == draft
    for forged in (signing.dumps(facts, salt=reminding.SALT), signing.dumps(facts)):
        with pytest.raises(Http404):
            linking.change_asked_for(forged)
    with pytest.raises(Http404):
        reminding.application_of(signing.dumps(draft.number, salt=linking.SALT))
    with pytest.raises(Http404):
        access.link_from(signing.dumps(draft.number, salt=reminding.SALT))


@pytest.mark.django_db
def test_a_link_signed_with_an_earlier_key_opens_until_the_key_is_gone(settings):
    link = a_draft().links.get()
    token = access.token_of(link)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert access.link_from(token) == link
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Http404):
        access.link_from(token)


@pytest.mark.django_db
def test_nothing_of_the_checkout_is_served(client):
    ours = ["/.git/config", "/.env", "/manage.py", "/files/", "/media/", "/var/portal.sqlite3"]
    around = ["/static/", "/static/../manage.py", "/static/..%2F.env", "/static/%2e%2e/manage.py"]
    for path in (*ours, *around, "/backup.tar.gz"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"DEBUG": "on"}, "DEBUG must be off"),
        ({"RATE_LIMITS": "off"}, "production keeps its limits"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is weak"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"MAIL_REDIRECT_TO": "a@b.example"}, "production mails applicants"),
    ],
)
def test_production_starts_neither_debugging_nor_without_limits(wrong, words, tmp_path):
    whole = {
        "DEPLOYMENT": "production",
        "SITE_URL": "https://portal.example",
        "ALLOWED_HOSTS": "portal.example",
        "SECRET_KEY": "a-key-of-this-test-alone-0123456789-abcdefghijklmnop",
        "DATABASE_URL": "postgres://portal@db/portal",
        "REDIS_URL": "redis://redis:6379/0",
        "EMAIL_URL": "smtp://mail.example",
        "FROM_EMAIL": "portal@portal.example",
        "VAR_DIR": str(tmp_path),
    }
    start = [sys.executable, "-c", "import citizenjournalists.settings"]
    answer = subprocess.run(start, cwd=ROOT, env=whole | wrong, capture_output=True, text=True)
    assert answer.returncode == 1
    assert words in answer.stderr.splitlines()[-1]


@pytest.mark.django_db
def test_passwords_are_long_uncommon_and_of_any_signs():
    person = a_person(username="gulnara", last_name="Abdikyzy")
    for refused in ("eleven-char", "abdikyzy1234", "q1w2e3r4t5y6"):
        with pytest.raises(ValidationError):
            password_validation.validate_password(refused, person)
    for taken in ("ұзын сөз тіркесі", " two spaces at the ends ", "x9 " * 500):
        password_validation.validate_password(taken, person)
        person.set_password(taken)
        assert person.check_password(taken)
        assert not person.check_password(f"{taken} ")


@pytest.mark.django_db
def test_the_sign_in_works_with_password_managers(client):
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


@pytest.mark.django_db
def test_signing_out_ends_the_session(client):
    client.force_login(a_person(roles.OFFICER))
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert f'action="{reverse("account_logout")}"' in page
    key = client.session.session_key
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get(reverse("admin:index")).status_code == 302
