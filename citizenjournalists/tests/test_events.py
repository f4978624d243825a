import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from applications import events, particulars

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


def sources_of(app: str) -> list[Path]:
    found = (settings.BASE_DIR / app).rglob("*.py")
    return [path for path in found if not {"tests", "migrations"} & set(path.parts)]


def test_every_event_that_is_recorded_has_a_name_in_words():
    apps = ("applications", "reviews", "citizenjournalists")
    sources = [path for app in apps for path in sources_of(app)]
    recorded = set().union(*(recorded_in(path) for path in sources))
    assert "application.submitted" in recorded
    assert sorted(recorded - events.NAMES.keys()) == []


def details_in(path: Path) -> set[str]:
    """Return every detail that a call to a recorder in this file names with its event."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        is_event = isinstance(first, ast.Constant) and EVENT.fullmatch(str(first.value))
        if is_event and first.value in events.NAMES:
            named = {one.arg for one in node.keywords if one.arg}
            found |= {name for name in named if not name.startswith("paused_")}  # the switch's own
    return found


def test_every_detail_that_is_recorded_has_a_name_in_words():
    sources = [path for app in ("applications", "reviews") for path in sources_of(app)]
    recorded = set().union(*(details_in(path) for path in sources))
    assert {"outcome", "fingerprint", "pairs"} <= recorded
    assert sorted(recorded - particulars.KEYS.keys() - {"at", "actor", "by"}) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"old": "2026-11-09T19:00:00+00:00"}, "было: до 24:00 9 ноября 2026 г."),
        ({"told": 1, "unheard_of": True}, "сколько человек извещено: 1; unheard_of: да"),
        ({"outcome": "eligible", "reason": ""}, "ответ: допущена"),
        ({"is_complete": True, "is_only_one": None}, "полная: да; единственная заявка редакции: —"),
        ({"section": "reach", "revision": 2}, "раздел: Аудитория; сохранён раз: 2"),
        ({"before": "reserve/2", "after": "tied"},
         "было: резервный список, № 2; стало: равенство на черте"),
        ({"before": "selected/-", "after": None}, "было: место возвращено; стало: —"),
        ({"after": 4, "criterion": 71, "position": 2}, "стало: 4; критерий №: 2"),
        ({"scores": {"10": 4, "9": 3, "11": None}}, "баллы по критериям: 3, 4, —"),
        ({"by": ["password", "totp"]}, "чем: пароль, приложение с кодами"),
        ({"what": "trail", "kind": "csv"}, "что: журнал событий; как: CSV"),
        ({"key": "submitted/417-208/1"}, "письмо: квитанция, 417-208"),
        ({"key": "call-closed/2026/20261209"}, "письмо: call-closed/2026/20261209"),
        ({"from_country": "KZ", "to_country": "TJ"}, "из страны: Казахстан; в страну: Таджикистан"),
        ({"fingerprint": "0123456789abcdef" * 4}, "отпечаток: 0123456789abcdef…"),
        ({"pairs": [["417-208", "juror1"]] * 14}, "кто что читает: "
         + ", ".join(["417-208: juror1"] * 12) + ", ещё 2"),
        ({"changes": [{"changed": {"fields": ["places"]}}]}, "правки: Изменено places"),
    ],
)  # fmt: skip
def test_the_details_of_an_event_read_in_words(told, words):
    with translation.override("ru"):
        said = particulars.in_words(told)
    assert said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-") == words
