"""What developers do besides: pin dependencies and list their licences, lint, translate."""

from __future__ import annotations

import shutil
import subprocess
import venv

from launching.environment import DEVELOPMENT, PYTHON, ROOT, RUNTIME, VAR, Unable, install


def lock() -> None:
    """Pin what requirements*.in name, with all they need, by version and hash."""
    uv = shutil.which("uv") or VAR / "tools" / "bin" / "uv"
    if uv == VAR / "tools" / "bin" / "uv" and not uv.exists():
        venv.create(VAR / "tools", with_pip=True)
        require([VAR / "tools" / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"])
    for pinned in (RUNTIME, DEVELOPMENT):
        command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url"]
        command += ["--custom-compile-command", "make lock"]
        require([*command, pinned.with_suffix(".in").name, "-o", pinned.name])


def lint() -> None:
    install(DEVELOPMENT)
    require([PYTHON, "-m", "ruff", "check", "."])
    require([PYTHON, "-m", "ruff", "format", "--check", "."])


def licences() -> None:
    install(DEVELOPMENT)
    require([PYTHON, "-m", "launching.licences"])


def messages(arguments: list[str]) -> None:
    install(DEVELOPMENT)
    require([PYTHON, "manage.py", "messages", *arguments])


def require(command: list) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        raise Unable(f"“{' '.join(str(part) for part in command[:5])} …” failed: see above.")
