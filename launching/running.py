"""`make run` and `make dev`: the web, a worker and beat, and the end of all three."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager

from launching import processes
from launching.environment import (
    PYTHON,
    ROOT,
    RUNTIME,
    VAR,
    Unable,
    install,
    manage,
    port_wanted,
    require_free_port,
    require_writable_disk,
)

STARTS_WITHIN = 30  # seconds
GRACE = 15  # seconds to finish a request or a letter in hand
CELERY = [PYTHON, "-m", "celery", "-A", "citizenjournalists"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
WORKER = [
    *CELERY,
    "worker",
    "--loglevel",
    "INFO",
    "--pool",
    "threads",
    "--concurrency",
    "2",
    *QUIET,
]
BEAT = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile="]


class Stop(Exception):
    """Somebody asked for the end: Ctrl-C, or SIGTERM."""


def run() -> None:
    """Serve the portal as production does, on this machine alone, until told to stop."""
    web = [PYTHON, "-m", "gunicorn", "citizenjournalists.wsgi"]
    serve(web, prepare_static=True)


def develop() -> None:
    """Serve the portal with reloading and Django's debugging pages."""
    web = [PYTHON, "manage.py", "runserver", "--skip-checks"]
    serve([*web, f"127.0.0.1:{port_wanted()}"], debug=True)


def serve(web: list, *, debug: bool = False, prepare_static: bool = False) -> None:
    require_writable_disk()
    address, port = os.environ.get("BIND") or "127.0.0.1", port_wanted()
    site = os.environ.get("SITE_URL") or f"http://localhost:{port}"
    environment = {**os.environ, "PORT": str(port), "SITE_URL": site, "PYTHONUNBUFFERED": "1"}
    if debug:
        environment["DEBUG"] = "true"
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, ask_to_stop)
    try:
        with alone_here(), ExitStack() as stack:
            require_free_port(address, port)
            install(RUNTIME)
            prepare(environment, static=prepare_static)
            commands = {"web": web, "worker": WORKER, "beat": BEAT}
            running = start_all(stack, commands, environment, shown=debug)
            wait_until_answers(f"http://{address}:{port}/healthz", running)
            print(greeting(site), flush=True)
            watch(running)
    except Stop:
        print("\nStopped.")


def ask_to_stop(*_) -> None:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # the end is under way; let it finish
    raise Stop


@contextmanager
def alone_here():
    """Hold this folder: two portals on one var/ would send each other's mail."""
    with open(VAR / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unable(f"The portal already runs with {VAR}. Stop it first.") from error
        yield


def prepare(environment: dict, *, static: bool) -> None:
    """Bring database and static files up to date; load the demo into a new database."""
    manage("migrate", "--no-input", "--verbosity=0", environment=environment)
    if static:
        command = ["collectstatic", "--no-input", "--verbosity=0", "--clear"]
        once("static-collected", static_fingerprint(), command, environment)
    if environment.get("DEPLOYMENT", "local") == "local":
        database = environment.get("DATABASE_URL", "")
        state = hashlib.sha256(database.encode()).hexdigest()
        once("demo-loaded", state, ["demo"], environment, saying="Loading the demo …")


def once(name: str, state: str, command: list, environment: dict, saying: str = "") -> None:
    """Run a command of manage.py unless it ran in this very state; keep what it said."""
    stamp = VAR / name
    if stamp.exists() and stamp.read_text().splitlines()[:1] == [state]:
        return
    if saying:
        print(saying, flush=True)
    said = manage(*command, environment=environment)
    stamp.write_text(f"{state}\n{said}")


def static_fingerprint() -> str:
    """Return what changes whenever a static file of ours or a package that brings some does."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    told = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join([*told, RUNTIME.read_text()]).encode()).hexdigest()


def start_all(stack: ExitStack, commands: dict, environment: dict, *, shown: bool) -> dict:
    """Start each process, its words in var/log/ or on the screen; all stop with `stack`."""
    running = {}
    logs = VAR / "log"
    logs.mkdir(exist_ok=True)
    stack.callback(stop_all, running)
    for name, command in commands.items():
        output = None
        if not shown:
            output = stack.enter_context((logs / f"{name}.log").open("ab"))
        running[name] = processes.start(
            command, env=environment, cwd=ROOT, stdout=output, stderr=output
        )
    return running


def stop_all(running: dict) -> None:
    """Ask all to finish what they do, at once; end by force whoever takes too long."""
    for process in running.values():
        process.send_signal(signal.SIGTERM)
    for process in running.values():
        processes.end(process, within=GRACE)


def wait_until_answers(url: str, running: dict) -> None:
    give_up = time.monotonic() + STARTS_WITHIN
    while True:
        require_alive(running)
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  our own address
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            if time.monotonic() > give_up:
                raise Unable(
                    f"The web did not answer in {STARTS_WITHIN} s: see {VAR}/log."
                ) from None
            time.sleep(0.1)
            continue
        return


def require_alive(running: dict) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Unable(f"The {name} ended by itself; everything was stopped.{last_words(name)}")


def last_words(name: str) -> str:
    log = VAR / "log" / f"{name}.log"
    if not log.exists():
        return ""
    return f" {log} ends so:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def watch(running: dict) -> None:
    """Wait until somebody asks for the end, or a process ends by itself."""
    while True:
        require_alive(running)
        time.sleep(0.5)


def greeting(site: str) -> str:
    """Return the block a newcomer reads: where to look, who to be, where the mail is."""
    lines = [f"The portal is at     {site}/", f"Staff sign in at     {site}/admin/"]
    demo = VAR / "demo-loaded"
    if demo.exists():  # the logins are the indented lines of what the demo said
        lines += [line for line in demo.read_text().splitlines() if line.startswith("  ")]
    lines += [f"Mails are written to {VAR / 'mail'}/", "Ctrl-C stops it all."]
    width = max(map(len, lines))
    return "\n".join(["─" * width, *lines, "─" * width])
