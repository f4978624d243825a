"""What every test stands on.

Fixtures: arrive, mail_sink, broker, worker, until, page, phone, new_page.
"""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import current_app
from django.conf import settings as portal
from django.db import connection
from django.test import Client, TransactionTestCase

from citizenjournalists.tests import signing_in
from citizenjournalists.tests.emptying import empty_database, remember_baseline

pytest_plugins = [
    "citizenjournalists.tests.browser",
    "citizenjournalists.tests.mailserver",
    "citizenjournalists.tests.worker",
]
NO_CACHE = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_addoption(parser):
    parser.addoption("--hostile", type=int, default=0, help="seconds of hostile forms a role")


def pytest_configure(config):
    """Make tests fast and at home: nothing is mailed, no broker is needed, files go nowhere."""
    folder = tempfile.TemporaryDirectory(prefix="portal-tests-")
    config.add_cleanup(folder.cleanup)
    private = Path(folder.name)
    portal.MEDIA_ROOT = private / "files"
    portal.MAIL_DIR = private / "mail"
    portal.ERASURES = private / "erasures.jsonl"
    portal.STATIC_ROOT = private / "static"
    portal.STORAGES = {**portal.STORAGES, "staticfiles": PLAIN_STATIC}
    portal.CACHES = {**portal.CACHES, "pages": NO_CACHE}
    portal.WHITENOISE_AUTOREFRESH = portal.WHITENOISE_USE_FINDERS = True
    portal.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    current_app.conf.broker_url = "memory://"
    current_app.conf.broker_transport_options = {}
    TransactionTestCase._fixture_teardown = empty_database
    portal.DATABASES["default"]["TEST"]["NAME"] = (
        str(private / "test.sqlite3") if connection.vendor == "sqlite" else None
    )


def pytest_collection_modifyitems(config, items):
    """Leave to each round what it alone can tell, when two run side by side (see make test)."""
    if connection.vendor != "postgresql":
        elsewhere = [item for item in items if item.get_closest_marker("postgresql")]
    elif os.environ.get("BESIDE_SQLITE"):
        elsewhere = [item for item in items if not needs_this_round(item)]
    else:
        elsewhere = []
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def needs_this_round(item) -> bool:
    """Whether a test touches the database, or is left out of the round on SQLite."""
    left_out = any(map(item.get_closest_marker, ("either", "launch", "redis", "postgresql")))
    return left_out or touches_the_database(item)


def touches_the_database(item) -> bool:
    asked = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked or item.get_closest_marker("django_db"))


def pytest_collection_finish(session):
    """Spare the collector what stays until the end: a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session", autouse=True)
def sign_in_wholly():
    """Let `client.force_login` leave what a sign-in with both steps leaves."""
    plainly, Client.force_login = Client.force_login, signing_in.wholly
    yield
    Client.force_login = plainly


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Note what the migrations left in the new database, so that tests leave just that."""
    with django_db_blocker.unblock():
        remember_baseline()


@pytest.fixture
def arrive(monkeypatch):
    """Return a function that fixes the instant at which requests arrive from now on."""

    def fix(at):
        clock = SimpleNamespace(now=lambda: at)
        monkeypatch.setattr("applications.arrival.timezone", clock)

    return fix
