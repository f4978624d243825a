"""Roles and time-outs on a real PostgreSQL: the portal lives by its role, and undoes no rule."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg2
import pytest
from psycopg2 import errors

from launching import servers

pytestmark = pytest.mark.launch
ROLES_SQL = servers.ROOT / "deploy" / "roles.sql"
PASSWORDS = {"PORTAL_PASSWORD": "of the portal's", "PORTAL_OWNER_PASSWORD": "of the owner"}


class Database:
    """A database of its own on a server of its own, set up as docs/operations.md says."""

    def __init__(self, url: str, folder):
        self.url, self.folder = url, folder
        self.settle_roles()
        self.manage("portal_owner", "migrate", "--verbosity", "0")
        self.settle_roles(**PASSWORDS)
        self.ask("postgres", "CREATE DATABASE second TEMPLATE postgres", autocommit=True)

    def of(self, role: str) -> str:
        return self.url.replace("postgres://postgres@", f"postgres://{role}@")

    def settle_roles(self, **environment) -> None:
        psql = servers.postgresql_programs() / "psql"
        host = self.url.split("host=")[1]
        command = [psql, "-X", "-h", host, "-U", "postgres", "-d", "postgres", "-f", ROLES_SQL]
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")

    def environment(self, role: str) -> dict[str, str]:
        own = {"DATABASE_URL": self.of(role), "VAR_DIR": str(self.folder), "LOG_LEVEL": "ERROR"}
        return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "citizenjournalists.settings"}

    def manage(self, role: str, *command: str) -> str:
        return self.python(role, "manage.py", *command)

    def python(self, role: str, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=servers.ROOT,
            env=self.environment(role),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def ask(self, role: str, statement: str, *, autocommit: bool = False) -> list[tuple]:
        connection = psycopg2.connect(self.of(role))
        connection.autocommit = autocommit
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                found = cursor.fetchall() if cursor.description else []
            connection.commit()
            return found
        finally:
            connection.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Give a database on which the portal's role has played a whole call."""
    with servers.postgresql(superuser="postgres") as url:
        database = Database(url, tmp_path_factory.mktemp("var"))
        database.manage("portal", "rehearse", "--here")
        yield database


def test_the_portals_role_plays_a_call_from_its_opening_to_the_last_erasure(database):
    assert database.ask("portal", "SELECT count(*) FROM applications_auditentry") >= [(200,)]
    database.manage("portal", "verify")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE applications_auditentry",
        "DROP TRIGGER applications_auditentry_append_only ON applications_auditentry",
        "ALTER TABLE applications_auditentry DISABLE TRIGGER ALL",
        "ALTER TABLE applications_application DROP CONSTRAINT submitted_before_its_deadline",
        "CREATE OR REPLACE FUNCTION a_deadline_never_moves_earlier() RETURNS trigger AS "
        "$$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql",
        "DROP TABLE applications_attempt",
        "CREATE TABLE elsewhere (id int)",
        "SET session_replication_role = replica",
        "SET ROLE portal_owner",
        "DELETE FROM django_migrations",
    ],
)
def test_the_portals_role_cannot_undo_what_guards_it(database, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        database.ask("portal", statement)


@pytest.mark.parametrize("role", ["portal", "portal_owner"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET actor = 'nobody'"])
def test_the_trail_refuses_every_change_whoever_asks(database, role, change):
    with pytest.raises(errors.RaiseException, match="append-only"):
        database.ask(role, change.format("applications_auditentry"))


def test_the_portals_role_backs_up_and_restores_into_an_empty_database(database, tmp_path):
    archive = str(tmp_path / "archive.tar.gz")
    database.manage("portal", "backup", archive)
    whole, database.url = database.url, database.url.replace("/postgres?", "/second?")
    database.folder, folder = tmp_path / "var", database.folder
    try:
        assert "rows and all files are back" in database.manage("portal", "restore", archive)
        database.manage("portal", "verify")
    finally:
        database.url, database.folder = whole, folder


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications_call SET season = 'x'",
        "SELECT text FROM applications_message",
        "SELECT nonce FROM applications_privatelink",
        "SELECT session_data FROM django_session",
        "SELECT password FROM auth_user",
    ],
)
def test_the_readers_role_changes_nothing_and_sees_no_secret(database, statement):
    refused = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
    with pytest.raises(refused):
        database.ask("portal_reader", statement)


def test_the_readers_role_can_count_for_a_report(database):
    counted = database.ask(
        "portal_reader", "SELECT status, count(*) FROM applications_application GROUP BY 1"
    )
    assert dict(counted)["submitted"] == 8
    assert database.ask("portal_reader", "SELECT count(sent_at) FROM applications_message")


def test_a_table_of_a_later_migration_is_the_portals_to_fill_at_once(database):
    database.ask("portal_owner", "CREATE TABLE later (id serial PRIMARY KEY, word text)")
    database.ask("portal", "INSERT INTO later (word) VALUES ('here')")
    database.ask("portal_owner", "DROP TABLE later")


def test_passwords_come_from_the_environment_and_connections_are_limited(database):
    known = "SELECT rolname, rolpassword IS NOT NULL, rolconnlimit FROM pg_authid"
    known += " WHERE rolname ~ '^portal'"
    assert sorted(database.ask("postgres", known)) == [
        ("portal", True, 80),
        ("portal_owner", True, 5),
        ("portal_reader", False, 5),
    ]


LIMITS = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"
SHOW = "; ".join(f"c.execute('SHOW {name}'); print(c.fetchone()[0])" for name in LIMITS)
LOOK = f"from django.db import connection; c = connection.cursor(); {SHOW}"


def test_the_web_is_given_little_time_and_commands_much(database):
    web = database.python("portal", "-c", f"import citizenjournalists.wsgi; {LOOK}")
    assert web.split() == ["15s", "10s", "1min"]
    command = database.manage("portal", "shell", "--no-imports", "-c", LOOK)
    assert command.split() == ["10min", "10s", "40min"]
