"""Empty the database after a test that committed, as fast as the engine allows.

Django's own way truncates every table and makes permissions anew, a good part of a second each
time, and the append-only triggers refuse it. Here rows are deleted instead, with the triggers
aside for that one transaction; what the migrations put in stays.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

KEPT = {"django_content_type", "auth_permission", "django_migrations"}
baseline: dict[str, tuple[str, int]] = {}  # table: its key's column, the last one migrations made


def remember_baseline() -> None:
    """Note what the migrations left in each table; called once, when the database is new."""
    for model in apps.get_models(include_auto_created=True):
        if (last := model.objects.aggregate(last=Max("pk"))["last"]) is not None:
            baseline[model._meta.db_table] = (model._meta.pk.column, last)


def empty_database(test_case=None) -> None:
    """Delete every row that tests committed; stands in for TransactionTestCase's flush."""
    with transaction.atomic(), connection.cursor() as cursor:
        triggers = set_triggers_aside(cursor)
        for table in connection.introspection.django_table_names(only_existing=True):
            if table in baseline and table not in KEPT:
                column, last = baseline[table]
                cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" > %s', [last])
            elif table not in KEPT:
                cursor.execute(f'DELETE FROM "{table}"')
        for statement in triggers:
            cursor.execute(statement)


def set_triggers_aside(cursor) -> list[str]:
    """Switch triggers off for this transaction; return the statements that bring them back."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        return []
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    return [statement for _, statement in triggers]
