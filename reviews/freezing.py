"""Triggers that freeze a call's rubric from its first handed-in review, whoever writes.

A review that was reopened still counts here: scores were given against those words.
A migration that alters a table these triggers read has to thaw first and freeze again: SQLite
makes the table anew, and its triggers must not look at it meanwhile.
"""

FROZEN = """EXISTS (
    SELECT 1 FROM reviews_review r
    JOIN reviews_assignment a ON a.id = r.assignment_id
    JOIN applications_application p ON p.id = a.application_id
    WHERE r.first_submitted_at IS NOT NULL AND p.call_id = {call}
)"""
CALL_OF = {
    "reviews_criterion": "{row}.call_id",
    "reviews_criteriontext": "(SELECT c.call_id FROM reviews_criterion c"
    " WHERE c.id = {row}.criterion_id)",
}
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
REFUSAL = "the rubric is frozen from the first handed-in review"


def frozen(table: str, operation: str) -> str:
    """Return the SQL condition under which `operation` touches a frozen rubric."""
    calls = [CALL_OF[table].format(row=row) for row in ROWS[operation]]
    return " OR ".join(FROZEN.format(call=call) for call in calls)


def freeze_rubrics(schema_editor) -> None:
    """Refuse every change of a rubric that was scored against, from now on."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in CALL_OF:
        for operation in ROWS:
            name = f"{table}_frozen_{operation.lower()}"
            if on_postgresql:
                result = "OLD" if operation == "DELETE" else "NEW"
                schema_editor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
                    f"IF {frozen(table, operation)} THEN RAISE EXCEPTION '{REFUSAL}' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                    f"RETURN {result}; END; $$ LANGUAGE plpgsql",
                    params=None,
                )
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION {name}()",
                    params=None,
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
                    f"WHEN {frozen(table, operation)} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
                    params=None,
                )


def thaw_rubrics(schema_editor) -> None:
    """Undo `freeze_rubrics`: for migrating back, and for emptying a test's database."""
    for table in CALL_OF:
        for operation in ROWS:
            name = f"{table}_frozen_{operation.lower()}"
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
