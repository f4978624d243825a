import ast
import re
from pathlib import Path

from django.conf import settings
from django.utils import translation

from applications import events

EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDERS = {"record", "turn", "entered"}


def recorded_in(path: Path) -> set[str]:
    """Return every event name that a call to a recorder in this file spells out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in RECORDERS:
            constants = [c.value for c in ast.walk(node.args[0]) if isinstance(c, ast.Constant)]
            found |= {v for v in constants if isinstance(v, str) and EVENT.fullmatch(v)}
    return found


def test_every_event_that_is_recorded_has_a_name_in_words():
    sources = [
        path
        for app in ("applications", "reviews", "citizenjournalists")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    ]
    recorded = set().union(*(recorded_in(path) for path in sources))
    assert "application.submitted" in recorded
    assert sorted(recorded - events.NAMES.keys()) == []


def test_the_details_of_an_event_read_in_words():
    told = {"old": "2026-11-09T19:00:00+00:00", "new": "2026-11-25T13:00:00+00:00", "told": 1}
    with translation.override("ru"):
        words = events.details_in_words({**told, "unheard_of": True})
    plain = words.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")
    assert plain == (
        "было: до 24:00 9 ноября 2026 г.; новый: до 18:00 25 ноября 2026 г.; "
        "сколько человек извещено: 1; unheard_of: да"
    )
