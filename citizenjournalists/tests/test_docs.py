"""The documents promise pages, commands, buttons and pictures: each promise is looked up."""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.utils.translation.trans_real import translation

ROOT = Path(settings.BASE_DIR)
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
MOST_OF_ONE, MOST_OF_ALL = 120 * 1024, 4 * 1024 * 1024  # bytes of pictures


def text_of(path: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    bare = [re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in bare}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_and_anchors_lead_somewhere_and_pictures_say_what_they_show(path):
    wrong = []
    for is_picture, words, target in LINK.findall(text_of(path)):
        if target.startswith("https://"):
            continue
        place, _, anchor = target.partition("#")
        other = (path.parent / place).resolve() if place else path
        if not other.is_file() or (anchor and anchor not in anchors(other)):
            wrong.append(target)
        if is_picture and len(words) < 8:
            wrong.append(f"{target} says too little")
    assert wrong == []


def test_each_picture_is_shown_and_is_small():
    shown = {
        (path.parent / target).resolve()
        for path in DOCS
        for is_picture, _words, target in LINK.findall(path.read_text())
        if is_picture
    }
    kept = set(PICTURES.glob("*.png"))
    assert kept == shown
    sizes = {path.name: path.stat().st_size for path in kept}
    assert {name for name, size in sizes.items() if size > MOST_OF_ONE} == set()
    assert sum(sizes.values()) <= MOST_OF_ALL


def commands_named() -> list[tuple[str, str]]:
    """Return (document, what follows `manage.py`) wherever a document names a command."""
    return [
        (path.name, line.strip())
        for path in DOCS
        for line in re.findall(r"manage\.py ([a-z_]+[^`\n|;&)]*)", path.read_text())
    ]


@pytest.mark.parametrize(("document", "line"), sorted(set(commands_named())))
def test_each_command_exists_with_the_options_it_is_shown_with(document, line):
    name, *rest = shlex.split(line.replace("…", ""), posix=False)
    name = name.rstrip(",.:")
    assert name in get_commands()
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    known = command.create_parser("manage.py", name)._option_string_actions
    named = {one.split("=")[0].rstrip(",.:") for one in rest if one.startswith("--")}
    assert named <= known.keys()


def squeezed(text: str) -> str:
    """Return words as a reader compares them: spaces of any kind are one, case is none."""
    return " ".join(text.split()).rstrip(".,:").lower()


def said_in(language: str) -> set[str]:
    """Return all that the interface says in Russian, or in English: the ids of the Russian."""
    said = translation("ru")._catalog
    whole = [one for catalogue in said._catalogs for one in catalogue.items()]
    if language == "ru":
        return {squeezed(words) for _key, words in whole}
    keys = [key[0] if isinstance(key, tuple) else key for key, _words in whole]
    return {squeezed(key.rpartition("\x04")[2]) for key in keys}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("document", ["handbook", "juror"])
def test_what_a_handbook_sets_in_bold_is_what_the_screen_says(document, language):
    path = ROOT / "docs" / f"{document}.{language}.md"
    named = BOLD.findall(text_of(path))
    said = said_in(language)
    assert named
    assert [words for words in named if squeezed(words) not in said] == []


@pytest.mark.parametrize("document", ["handbook", "juror"])
def test_both_languages_of_a_handbook_show_the_same_pictures_in_the_same_order(document):
    shown = {
        language: re.findall(
            rf"pictures/([\w-]+)\.{language}\.png",
            (ROOT / "docs" / f"{document}.{language}.md").read_text(),
        )
        for language in ("ru", "en")
    }
    assert shown["ru"]
    assert shown["ru"] == shown["en"]


def test_each_make_target_a_document_names_exists():
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    named = {
        target
        for path in DOCS
        for target in re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(), re.MULTILINE)
    }
    assert named - set(phony.split()) == set()


def test_each_file_the_developers_guide_names_exists():
    guide = (ROOT / "docs" / "developing.md").read_text()
    named = set(re.findall(r"`([a-z][\w/]*/[\w./]*)`", guide))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
