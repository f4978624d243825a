"""A migration leaves the release before it at work: the rule, and old code on the new schema."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations import operations as of
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q

from applications.tests.builders import CLOSES, OPENS
from citizenjournalists.tests.releases import RELEASES
from citizenjournalists.tests.worker import database_url
from launching import servers

NOW = OPENS + timedelta(days=1)
TAKES_AWAY = (of.RemoveField, of.RenameField, of.DeleteModel, of.RenameModel, of.AlterModelTable)
TIGHTENS = (of.AlterUniqueTogether, of.AlterOrderWithRespectTo, of.RunSQL)


def nodes(release) -> list[tuple[str, str]]:
    return list(release.ended.items())


def problems_with(loader, release) -> list[str]:
    """Return what migrations after a release do that its code would not survive."""
    then = {node for last in nodes(release) for node in loader.graph.forwards_plan(last)}
    state = loader.project_state(nodes(release))
    before = {key: set(model.fields) for key, model in state.models.items()}
    found = []
    for node in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if node in then or node[0] not in release.ended:
            continue
        migration = loader.graph.nodes[node]
        for operation in migration.operations:
            why = harm(operation, node[0], state, before)
            if why and not is_contract_step(migration, loader):
                found.append(f"{node[0]}.{node[1]}: {why}")
        state = migration.mutate_state(state)
    return found


def is_contract_step(migration, loader) -> bool:
    """Whether it says since which earlier release nothing reads what it takes away."""
    named = [one for one in RELEASES if one.name == getattr(migration, "contracts", None)]
    return any(
        (migration.app_label, migration.name) not in loader.graph.forwards_plan(last)
        for release in named
        for last in nodes(release)
    )


def harm(operation, app: str, state, before: dict[tuple, set]) -> str:
    """Return in a few words what old code would not survive, "" for what it would."""
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    known = before.get((app, name.lower()))
    if isinstance(operation, TIGHTENS):
        return f"{type(operation).__name__} can't be judged"
    if known is None:
        return ""  # a table the old code doesn't know
    if isinstance(operation, TAKES_AWAY):
        return f"{operation.describe()}"
    field = getattr(operation, "field", None)
    if isinstance(operation, of.AddField) and not (field.null or field.has_db_default()):
        return f"{name}.{operation.name} is new and has neither null nor db_default"
    if isinstance(operation, of.AlterField):
        return tightened(state.models[app, name.lower()].fields[operation.name], field, operation)
    if isinstance(operation, of.AddConstraint) and fields_of(operation.constraint) & known:
        return f"the constraint “{operation.constraint.name}” binds what old code writes"
    return ""


def tightened(old: models.Field, new: models.Field, operation) -> str:
    """Return how a field takes less than it did."""
    for field in (old, new):
        field.set_attributes_from_name(operation.name)
    where = f"{operation.model_name}.{operation.name}"
    if old.null and not (new.null or new.has_db_default()):
        return f"{where} may no longer be null"
    if new.unique and not old.unique:
        return f"{where} becomes unique"
    if type(old) is not type(new):
        return f"{where} becomes another type"
    if (new.max_length or 10**9) < (old.max_length or 10**9):
        return f"{where} becomes shorter"
    return ""


def fields_of(constraint) -> set[str]:
    named = set(getattr(constraint, "fields", ()))
    asked = [getattr(constraint, "condition", None)]
    while asked:
        part = asked.pop()
        if isinstance(part, Q):
            asked += part.children
        elif isinstance(part, tuple):
            named.add(part[0].split("__")[0])
    return named


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


@pytest.mark.parametrize("release", RELEASES[-1:], ids=lambda one: one.name)
def test_what_came_after_the_last_release_keeps_the_rule(loader, release):
    assert problems_with(loader, release) == []


LAST = RELEASES[-1]
BREAKING = {
    "Remove field": of.RemoveField("application", "number"),
    "Rename field": of.RenameField("application", "number", "code"),
    "Delete model": of.DeleteModel("Attempt"),
    "Rename model": of.RenameModel("Attempt", "Trial"),
    "neither null nor db_default": of.AddField("outlet", "size", models.IntegerField(default=1)),
    "may no longer be null": of.AlterField("application", "submitted_at", models.DateTimeField()),
    "becomes shorter": of.AlterField("outlet", "city", models.CharField(max_length=9)),
    "becomes unique": of.AlterField(
        "outlet", "name", models.CharField(max_length=255, unique=True)
    ),
    "becomes another type": of.AlterField("outlet", "city", models.IntegerField()),
    "binds what old code writes": of.AddConstraint(
        "outlet", models.CheckConstraint(condition=~Q(name=""), name="outlets_are_named")
    ),
    "can't be judged": of.RunSQL("SELECT 1"),
}
HARMLESS = [
    of.AddField("outlet", "size", models.IntegerField(null=True)),
    of.AddField("outlet", "size", models.IntegerField(db_default=1)),
    of.AlterField("outlet", "city", models.CharField(max_length=500, null=True)),
    of.CreateModel("Visit", [("id", models.BigAutoField(primary_key=True))]),
    of.RemoveConstraint("call", "call_closes_after_it_opens"),
]


def judged(loader, operation) -> str:
    state = loader.project_state(nodes(LAST))
    before = {key: set(model.fields) for key, model in state.models.items()}
    return harm(operation, "applications", state, before)


@pytest.mark.parametrize(("why", "operation"), BREAKING.items(), ids=BREAKING.keys())
def test_the_rule_sees_what_would_break_the_release_before(loader, why, operation):
    assert why.lower() in judged(loader, operation).lower()


@pytest.mark.parametrize("operation", HARMLESS, ids=lambda one: one.describe())
def test_the_rule_lets_pass_what_only_adds(loader, operation):
    assert judged(loader, operation) == ""


# Rows as the last release wrote them: what its constraints ask beyond a field's type ---------

GIVEN = {
    "Call": {"opens_at": OPENS, "closes_at": CLOSES},
    "Application": {"closes_at": CLOSES, "number": "417-208"},
    "Version": {"submitted_at": NOW, "closes_at": CLOSES},
    "Message": {"status": "queued"},
    "Decision": {"result": "not_selected"},
    "PlaceMove": {"to_country": "TJ"},
    "Extension": {"new_closes_at": CLOSES + timedelta(days=1)},
}
PLAIN = {
    models.BooleanField: True,
    models.DateField: NOW.date(),
    models.DateTimeField: NOW,
    models.DecimalField: 1,
    models.DurationField: timedelta(days=1),
    models.JSONField: {},
    models.EmailField: "editor@outlet.example",
    models.UUIDField: "417208ab-0000-4000-8000-000000000001",
}


def plain_value(field: models.Field):
    if field.choices:
        return field.choices[0][0]
    for kind, value in PLAIN.items():
        if type(field) is kind:
            return value
    return 1 if isinstance(field, models.IntegerField) else "word"


class OldCode:
    """The last release's models on today's tables: they know the columns of their time alone."""

    def __init__(self, loader):
        state = loader.project_state(nodes(LAST))
        ours = [model for app, model in state.models if app in LAST.ended]
        self.apps = state.apps
        self.models = [self.apps.get_model(app, m) for app, m in state.models if m in ours]
        self.models = [model for model in self.models if model._meta.app_label in LAST.ended]
        self.made: dict = {}

    def row_of(self, model):
        """Insert a row, with those it needs; the same one each time."""
        if model not in self.made:
            given = dict(GIVEN.get(model.__name__, {}))
            for field in model._meta.local_concrete_fields:
                needed = not (field.null or field.has_default() or field.name in given)
                if field.is_relation and needed:
                    given[field.name] = self.row_of(field.related_model)
                elif needed and not isinstance(field, models.AutoField):
                    given[field.name] = plain_value(field)
            self.made[model] = model(**given)
            self.made[model].save(force_insert=True)
        return self.made[model]


def updated(row) -> bool:
    """Write a row anew; False where its table only grows."""
    try:
        with transaction.atomic():
            row.save(force_update=True)
    except DatabaseError as error:
        if "append-only" not in str(error):
            raise
        return False
    return True


@pytest.mark.django_db
def test_models_of_the_last_release_insert_read_and_update_on_todays_schema(loader):
    old, grows = OldCode(loader), []
    assert len(old.models) > 30
    for model in old.models:
        row = old.row_of(model)
        row.refresh_from_db()
        if not updated(row):
            grows.append(model._meta.db_table)
    assert sorted(grows) == [
        "applications_auditentry",
        "reviews_decisionchange",
        "reviews_placemove",
    ]
    connection.check_constraints()


@pytest.fixture
def new_database(transactional_db):
    """Give the URL of an empty database beside the test's own."""
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS of_old_code")
        cursor.execute("CREATE DATABASE of_old_code")
        yield database_url().replace(f"/{connection.settings_dict['NAME']}?", "/of_old_code?")
        cursor.execute("DROP DATABASE of_old_code")


def code_of(release, folder):
    """Put a release's code into a folder; skip where git's history doesn't reach back to it."""
    command = ["git", "archive", release.commit]
    found = subprocess.run(command, cwd=servers.ROOT, capture_output=True)
    if found.returncode:
        pytest.skip(f"git doesn't know {release.commit[:7]}: a shallow clone, or none")
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def manage(code, url: str, folder, *command: str) -> str:
    own = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "VAR_DIR": str(folder / "var")}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=code,
        env={**own, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.postgresql
def test_the_last_release_plays_a_whole_call_on_todays_schema(new_database, tmp_path):
    old_code = code_of(LAST, tmp_path / "code")
    manage(servers.ROOT, new_database, tmp_path, "migrate", "--verbosity", "0")
    played = manage(old_code, new_database, tmp_path, "rehearse", "--here")
    assert "rules of the whole database hold" in played
    assert "Every rule holds" in manage(servers.ROOT, new_database, tmp_path, "verify")
