"""Triggers that keep an announced deadline from moving earlier, on both engines, whoever writes."""

CALL = "applications_call"
APPLICATION = "applications_application"

POSTGRESQL = """
CREATE OR REPLACE FUNCTION a_deadline_never_moves_earlier() RETURNS trigger AS $$
BEGIN
    IF TG_TABLE_NAME = 'applications_call' THEN
        IF NOT (OLD.is_public
                OR EXISTS (SELECT 1 FROM applications_application WHERE call_id = OLD.id)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an announced deadline never moves earlier' USING ERRCODE = 'check_violation';
END; $$ LANGUAGE plpgsql;
CREATE TRIGGER applications_call_never_earlier BEFORE UPDATE OF closes_at ON applications_call
FOR EACH ROW WHEN (NEW.closes_at < OLD.closes_at)
EXECUTE FUNCTION a_deadline_never_moves_earlier();
CREATE TRIGGER applications_application_never_earlier
BEFORE UPDATE OF closes_at ON applications_application
FOR EACH ROW WHEN (NEW.closes_at < OLD.closes_at)
EXECUTE FUNCTION a_deadline_never_moves_earlier();
"""
SQLITE = [
    """CREATE TRIGGER applications_call_never_earlier BEFORE UPDATE OF closes_at
    ON applications_call WHEN NEW.closes_at < OLD.closes_at AND (OLD.is_public
        OR EXISTS (SELECT 1 FROM applications_application WHERE call_id = OLD.id))
    BEGIN SELECT RAISE(ABORT, 'an announced deadline never moves earlier'); END""",
    """CREATE TRIGGER applications_application_never_earlier BEFORE UPDATE OF closes_at
    ON applications_application WHEN NEW.closes_at < OLD.closes_at
    BEGIN SELECT RAISE(ABORT, 'an announced deadline never moves earlier'); END""",
]


def keep_deadlines(schema_editor) -> None:
    """Refuse a `closes_at` earlier than the one that lies there, once people may rely on it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


def let_deadlines_go(schema_editor) -> None:
    """Undo `keep_deadlines`."""
    of_table = schema_editor.connection.vendor == "postgresql"
    for table in (CALL, APPLICATION):
        name = f"{table}_never_earlier"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + of_table * f" ON {table}")
