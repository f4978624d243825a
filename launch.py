#!/usr/bin/env python3
"""Run, test and tend the portal with nothing but Python: what the Makefile calls."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  said in words, not by a syntax error
    sys.exit("The portal needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from launching import testing

ROOT = Path(__file__).resolve().parent
PYTHON = ROOT / ".venv" / "bin" / "python"

if __name__ == "__main__":
    sys.exit(testing.test(PYTHON, sys.argv[2:]))
