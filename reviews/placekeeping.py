"""Triggers that hold the copied figures of a place to what they were copied from.

The constraints on a decision keep its numbers within the caps written beside them; these keep
the caps, the country and the call true, on both engines, whoever writes. SQLite drops a table's
triggers when a migration rebuilds it, and refuses to rename a table they name: such a migration
calls `lift_places` first and `keep_places` after.
"""

ALLOWED_IN = """(SELECT c.places_per_country
  + (SELECT COUNT(*) FROM reviews_placemove m WHERE m.call_id = c.id AND m.to_country = {country})
  - (SELECT COUNT(*) FROM reviews_placemove m WHERE m.call_id = c.id AND m.from_country = {country})
  FROM applications_call c WHERE c.id = NEW.call_id)"""

NOT_OF_ITS_APPLICATION = """NEW.place IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM applications_application a
  JOIN applications_outlet o ON o.id = a.outlet_id JOIN applications_call c ON c.id = a.call_id
  WHERE a.id = NEW.application_id AND a.call_id = NEW.call_id AND o.country = NEW.country
  AND NEW.cap <= c.places AND NEW.country_cap <= {allowed})""".format(  # noqa: S608
    allowed=ALLOWED_IN.format(country="NEW.country")
)

TAKES_HELD_PLACES = """(
  NEW.places < OLD.places OR NEW.places_per_country < OLD.places_per_country
) AND EXISTS (SELECT 1 FROM reviews_decision d WHERE d.call_id = NEW.id AND d.place IS NOT NULL)"""

LEAVES_THE_COUNTRY_OF_ITS_PLACE = """NEW.country <> OLD.country AND EXISTS (
  SELECT 1 FROM reviews_decision d JOIN applications_application a ON a.id = d.application_id
  WHERE a.outlet_id = NEW.id AND d.place IS NOT NULL)"""

MOVES_A_HELD_PLACE = """{allowed} < 1 OR EXISTS (
  SELECT 1 FROM reviews_decision d WHERE d.call_id = NEW.call_id AND d.country = NEW.from_country
  AND d.place_in_country >= {allowed})""".format(  # noqa: S608
    allowed=ALLOWED_IN.format(country="NEW.from_country")
)

TRUE_PLACE = "a place belongs to its application, call and country, within their caps"
RULES = [  # name, table, when, what must not be, the sentence that refuses it
    ("true_place_insert", "reviews_decision", "INSERT", NOT_OF_ITS_APPLICATION, TRUE_PLACE),
    ("true_place_update", "reviews_decision", "UPDATE", NOT_OF_ITS_APPLICATION, TRUE_PLACE),
    (
        "call_keeps_places",
        "applications_call",
        "UPDATE",
        TAKES_HELD_PLACES,
        "places cannot be taken away while decisions hold them",
    ),
    (
        "outlet_keeps_country",
        "applications_outlet",
        "UPDATE",
        LEAVES_THE_COUNTRY_OF_ITS_PLACE,
        "the country cannot change while a decision holds its place",
    ),
    (
        "moved_place_is_free",
        "reviews_placemove",
        "INSERT",
        MOVES_A_HELD_PLACE,
        "only a free place can move to another country",
    ),
]

POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
BEGIN
  IF {wrong} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END; $$ LANGUAGE plpgsql;
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
SQLITE = """CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {wrong}
BEGIN SELECT RAISE(ABORT, '{sentence}'); END"""


def keep_places(schema_editor) -> None:
    """Install the triggers."""
    statement = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for name, table, event, wrong, sentence in RULES:
        schema_editor.execute(
            statement.format(name=name, table=table, event=event, wrong=wrong, sentence=sentence),
            params=None,
        )


def lift_places(schema_editor) -> None:
    """Remove the triggers."""
    for name, table, *_ in RULES:
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}", params=None)
