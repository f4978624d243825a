"""The house as drawn in architecture.md: this test draws its imports anew and compares."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("applications", "reviews", "citizenjournalists")  # each may import those before it
ENTRANCES = ("views", "admin", "tasks", "management", "urls", "templatetags", "apps", "bench")
PAPERS = ("forms", "exports", "plots", "scoresheet")
FORBIDDEN_NAMES = {"utils", "helpers", "services", "common", "misc", "signals", "receivers"}
LONGEST_FILE, LONGEST_FILE_OF_TESTS, LONGEST_FUNCTION = 400, 500, 40  # lines
LONGEST_VIEW, LONGEST_TASK = 15, 6  # statements


@cache
def modules() -> dict[str, Path]:
    """Return every module of the portal but tests and migrations, by its dotted name."""
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" not in parts and "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(name: str) -> frozenset[str]:
    """Return the modules of the portal that a module names in its imports."""
    named = set()
    for node in ast.walk(tree(modules()[name])):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            wholes = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {whole if whole in modules() else node.module for whole in wholes}
    return frozenset(named & modules().keys())


def room(name: str) -> str:
    """Return the second part of a module's name: applications.views.call is in `views`."""
    return name.split(".")[1] if "." in name else ""


def floor(name: str) -> int:
    """Return how high a module stands inside its app: models, verbs, papers, entrances."""
    if room(name) in ENTRANCES:
        return 4
    if room(name).startswith(PAPERS):
        return 3
    return 1 if room(name) == "models" else 2


@cache
def leans_on_models(name: str, seen: frozenset = frozenset()) -> bool:
    """Whether a module needs models, by itself or by what it imports."""
    if room(name) == "models":
        return True
    return any(
        leans_on_models(other, seen | {name}) for other in imports(name) if other not in seen
    )


def test_nothing_imports_upwards_between_the_apps():
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        for other in imports(name)
        if APPS.index(other.split(".")[0]) > APPS.index(name.split(".")[0])
    ]
    assert wrong == []


def test_inside_an_app_entrances_use_papers_use_verbs_use_models():
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        for other in imports(name)
        if name.split(".")[0] == other.split(".")[0] and 1 < floor(name) < floor(other)
    ]
    assert wrong == []


def test_models_import_nothing_that_needs_models_itself():
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        if floor(name) == 1
        for other in imports(name)
        if floor(other) > 1 and leans_on_models(other)
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    def circle(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name in clear:
            return ()
        for other in imports(name):
            if found := circle(other, (*path, name)):
                return found
        clear.add(name)
        return ()

    clear: set[str] = set()
    assert [found for name in modules() if (found := circle(name, ()))] == []


def test_the_arithmetic_of_ranking_knows_no_django():
    named = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree(modules()["reviews.ranking"]))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not {one for one in named if one.startswith(("django", "applications", "reviews"))}


def test_nothing_is_imported_inside_a_function():
    wrong = [
        f"{name}:{inner.lineno}"
        for name, path in modules().items()
        for function in functions(path)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_nothing_travels_by_signals():
    sent_or_heard = {"receiver", "Signal"}
    wrong = [
        f"{name} uses {alias.name}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in sent_or_heard or (node.module or "").endswith("db.models.signals")
    ]
    assert wrong == []


def test_modules_are_named_by_what_they_do():
    parts = {part for name in modules() for part in name.split(".")}
    assert parts & FORBIDDEN_NAMES == set()


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]


def every_file() -> list[Path]:
    tops = [*APPS, "launching"]
    files = [path for top in tops for path in (ROOT / top).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts] + list(ROOT.glob("*.py"))


def test_files_stay_short_enough_to_read():
    too_long = {}
    for path in every_file():
        limit = LONGEST_FILE_OF_TESTS if "tests" in path.parts else LONGEST_FILE
        if (length := len(path.read_text().splitlines())) > limit:
            too_long[str(path.relative_to(ROOT))] = length
    assert too_long == {}


def lines_of(function: ast.FunctionDef) -> int:
    """Return the lines of a function's body, its docstring not counted."""
    documented = ast.get_docstring(function) is not None
    begins = function.body[0].end_lineno + 1 if documented else function.body[0].lineno
    return function.end_lineno - begins + 1


def statements_of(function: ast.FunctionDef) -> int:
    documented = ast.get_docstring(function) is not None
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1 - documented


def is_view(function: ast.FunctionDef) -> bool:
    return [argument.arg for argument in function.args.args][:1] == ["request"]


def longer_than(limit: int, measure, rooms=(), only=lambda function: True) -> dict[str, int]:
    found = {}
    for name, path in modules().items():
        for function in functions(path) if not rooms or room(name) in rooms else ():
            where = f"{path.relative_to(ROOT)}:{function.name}"
            if only(function) and measure(function) > limit:
                found[where] = measure(function)
    return found


def test_functions_stay_short_enough_to_read():
    assert longer_than(LONGEST_FUNCTION, lines_of) == {}


def test_views_get_check_call_a_verb_and_answer():
    assert longer_than(LONGEST_VIEW, statements_of, ("views",), is_view) == {}


def test_tasks_call_a_verb():
    assert longer_than(LONGEST_TASK, statements_of, ("tasks",)) == {}


def test_the_clock_is_read_at_the_edges_alone():
    """Views take the request's instant, tasks and commands read it once, verbs are given it."""
    edges = {"tasks", "management", "arrival", "beat", "bench"}
    # What concerns the moment itself, not an event: when a letter left, when a claim was made.
    of_the_moment = {"applications.outbox", "applications.smtp", "applications.sweeping"}
    of_the_moment |= {"applications.views.errors"}  # a request that failed before its stamp
    readers = {
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("timezone.now", "datetime.now")
    }
    assert {n for n in readers if room(n) not in edges} <= of_the_moment


def test_the_document_tells_of_every_room_in_its_own_words():
    """architecture.md has a row for each module and package, with its docstring's first line."""
    document = (ROOT / "citizenjournalists" / "architecture.md").read_text()
    missing = []
    for name, path in modules().items():
        words = (ast.get_docstring(tree(path)) or "").split("\n")[0]
        if words and name.count(".") == 1:
            file = "/" if path.name == "__init__.py" else ".py"
            missing += [
                row for row in [f"| `{room(name)}{file}` | {words} |"] if row not in document
            ]
    assert missing == [], "Add these rows to architecture.md:\n" + "\n".join(missing)
