"""The operator's guide as a script: what it shows as commands is what is run, so it stays true."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def part(heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or higher."""
    text = GUIDE.read_text()
    found = next(one for one in HEADING.finditer(text) if one[2] == heading)
    ends = (
        one.start() for one in HEADING.finditer(text, found.end()) if len(one[1]) <= len(found[1])
    )
    return text[found.end() : next(ends, len(text))]


def commands(heading: str) -> str:
    """Return what a person types who follows the part of that heading, block after block.

    ```console is for everybody; alternatives and what only a real server can do are ```sh.
    """
    return "".join(BLOCK.findall(part(heading)))
