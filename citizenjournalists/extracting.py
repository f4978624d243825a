"""Find every string the portal shows, without GNU gettext: Python sources, templates, Django's own.

A string is the public's (needed in Russian, Kazakh and Tajik) or the staff's (Russian only),
by where it stands. One that stands in both places is the public's.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.utils.translation.template import templatize

FUNCTIONS = {  # name: the positions of context, msgid and plural among its arguments
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
CALL = re.compile(r"(?<![\w.])(_|n?p?gettext)\(")
FOLDERS = ("applications", "reviews", "citizenjournalists", "templates")
STAFFS = re.compile(
    r"^reviews/|^templates/(admin|reviews|registration|account|mfa|signin)/|/admin/|/management/|^citizenjournalists/"
    r"(?!settings)|^applications/(checks|exports|plots|roles|audit|apps|events|marks|particulars|wording)\.py"
    r"|^applications/models/(message|audit|coordinator|attempt|heartbeat|letter|extension)\.py"
)
MODELS = re.compile(r"/models/")
DJANGOS = (  # modules of Django whose words a visitor can meet
    "core/validators.py",
    "forms/fields.py",
    "forms/forms.py",
    "forms/formsets.py",
    "forms/widgets.py",
    "template/defaultfilters.py",
    "utils/dates.py",
    "utils/timesince.py",
)


@dataclass(frozen=True)
class Found:
    """One string where it stands; `context` and `plural` are "" when it has none."""

    msgid: str
    plural: str
    context: str
    path: str
    public: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


def ours() -> list[Found]:
    """Return every string of the portal's own, in the order of files and lines."""
    found = []
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            relative = path.relative_to(settings.BASE_DIR).as_posix()
            if "/tests/" in relative or "/migrations/" in relative:
                continue
            if path.suffix == ".py":
                found += in_python(path.read_text(), relative)
            elif folder == "templates" and path.suffix in (".html", ".txt", ".xml"):
                found += in_template(path.read_text(), relative)
    return found


def djangos(language: str) -> list[Found]:
    """Return what a visitor may read from Django itself and Django has not in `language`."""
    root = Path(django.__file__).parent
    with open(root / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo", "rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    found = []
    for name in DJANGOS:
        found += in_python((root / name).read_text(), f"django/{name}")
    return [
        one
        for one in found
        if not any(
            known.get(key)
            for whole in [f"{one.context}\x04{one.msgid}" if one.context else one.msgid]
            for key in (whole, (whole, 0))
        )
    ]


def is_public(path: str) -> bool:
    """Whether a visitor may read what this file says."""
    return not STAFFS.search(path)


def in_python(source: str, path: str) -> Iterator[Found]:
    """Yield what the calls of gettext and its kin in a module name, where they name it plainly."""
    yield from in_node(ast.parse(source), path, public=is_public(path))


def in_node(node: ast.AST, path: str, *, public: bool) -> Iterator[Found]:
    """Walk down a module. In models, only choices are read by the public: the rest is labels."""
    for child in ast.iter_child_nodes(node):
        inside = public
        if isinstance(child, ast.ClassDef) and MODELS.search(path):
            inside = is_public(path) and any("Choices" in ast.unparse(b) for b in child.bases)
        if isinstance(child, ast.Call) and (found := in_call(child, path, public=public)):
            yield found
        yield from in_node(child, path, public=inside)


def in_call(call: ast.Call, path: str, *, public: bool) -> Found | None:
    """Return the string a call translates, or None when it is another call or not a plain one."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    name = "gettext" if name == "_" else name.removesuffix("_lazy").removesuffix("_noop")
    if name not in FUNCTIONS:
        return None
    words = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args]
    context, msgid, plural = (
        "" if i is None else words[i] if i < len(words) else None for i in FUNCTIONS[name]
    )
    if not all(isinstance(word, str) for word in (context, msgid, plural)) or not msgid:
        return None
    return Found(msgid, plural, context, path, public)


def in_template(source: str, path: str) -> Iterator[Found]:
    """Yield what a template's translate and blocktranslate tags say."""
    public = is_public(path)
    code = templatize(source, origin=path)
    for match in CALL.finditer(code):
        end = closing_parenthesis(code, match.end())
        call = ast.parse(code[match.start() : end].strip(), mode="eval").body
        if found := in_call(call, path, public=public):
            yield found


def closing_parenthesis(code: str, start: int) -> int:
    """Return the end of the call whose arguments start at `start`, quotes and escapes heeded."""
    strings = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\)""", re.DOTALL)
    for match in strings.finditer(code, start):
        if match.group() == ")":
            return match.end()
    raise ValueError(f"A call without an end: {code[start : start + 60]!r}")
