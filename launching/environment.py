"""What must be there before anything starts: a disk to write to, a free port, the packages."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"


class Unable(Exception):
    """Why it can't go on, in one sentence that says what to do."""


def require_writable_disk() -> None:
    probe = VAR / ".writable"
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"\0" * 65536)
        probe.unlink()
    except OSError as error:
        raise Unable(f"Can't write to {VAR}: {error.strerror or error}.") from error


def port_wanted() -> int:
    """Return the port PORT names, 8000 when it names none."""
    said = os.environ.get("PORT") or "8000"
    if not said.isdecimal() or not 0 < int(said) < 65536:
        raise Unable(f"PORT is “{said}”; it must be a number from 1 to 65535.")
    return int(said)


def require_free_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise Unable(
                f"Port {port} can't be used ({error.strerror}). "
                f"Choose another, for example: PORT={port % 65000 + 1000} make run"
            ) from error


def digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()


def stamp(requirements: Path) -> Path:
    return VENV / f".installed-{requirements.stem}"


def is_installed(requirements: Path) -> bool:
    """Whether .venv works and holds just what the file pins."""
    try:
        return os.access(PYTHON, os.X_OK) and stamp(requirements).read_text() == digest(
            requirements
        )
    except OSError:
        return False


def install(requirements: Path) -> None:
    """Make .venv hold what `requirements` pins by hash; does nothing when it does already."""
    if is_installed(requirements):
        return
    if not works():
        make_venv()
    print(f"Installing what {requirements.name} pins …", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--require-hashes", "-r", requirements]).returncode:
        raise Unable(f"The packages of {requirements.name} could not be installed: see above.")
    stamp(requirements).write_text(digest(requirements))
    if requirements == DEVELOPMENT:  # it holds all of the other
        stamp(RUNTIME).write_text(digest(RUNTIME))


def works() -> bool:
    """Whether .venv has a Python of this version that starts."""
    question = [PYTHON, "-c", "import pip, sys; print(sys.version)"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


def make_venv() -> None:
    print(f"Making a virtual environment in {VENV.name} …", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Unable(
            "This Python can't make virtual environments. "
            f"Install what it lacks (Debian: apt-get install python{version}-venv)."
        ) from error
    except OSError as error:
        raise Unable(f"Can't write to {VENV}: {error.strerror or error}.") from error


def manage(*arguments: str, environment: dict | None = None) -> str:
    """Run a command of manage.py to its end and return what it said; Unable when it fails."""
    command = [PYTHON, ROOT / "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Unable(f"{done.stdout}{done.stderr}\n“manage.py {arguments[0]}” failed: see above.")
    return done.stdout
