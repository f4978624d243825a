"""Write docs/licences.md: under which licence each dependency comes, from what packages say."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "licences.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
OTHERWISE = {  # where a package says nothing short, or isn't installed on this machine
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "fido2": "BSD-2-Clause; the list of public suffixes in it: MPL-2.0",
    "prompt-toolkit": "BSD-3-Clause",
    "psycopg2-binary": "LGPL-3.0-or-later with exceptions",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause; parts of it: MIT",
    "sqlparse": "BSD-3-Clause",
    "wcwidth": "MIT",
}
HEAD = """# Licences

The portal is under the MIT licence. It runs with these packages, pinned in `requirements.txt`;
`make licences` writes this list anew. None of them asks that the portal take another licence:
those under the LGPL and the MPL are used whole and unchanged, as packages of their own that
anybody can replace. The typeface in `applications/fonts/` is Noto Sans, under the SIL Open Font
License ([OFL.txt](../applications/fonts/OFL.txt)).

| Package | Version | Licence |
|---|---|---|
"""


def pinned() -> dict[str, str]:
    """Return name → version of everything the portal runs with."""
    return dict(PINNED.findall((ROOT / "requirements.txt").read_text()))


def licence_of(name: str) -> str:
    """Return what the package says of its licence, in its shortest form."""
    if name in OTHERWISE:
        return OTHERWISE[name]
    told = metadata.metadata(name)
    return told["License-Expression"] or told["License"]


def main() -> int:
    rows = [f"| {name} | {version} | {licence_of(name)} |" for name, version in pinned().items()]
    LIST.write_text(HEAD + "\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
