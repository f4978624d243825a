"""`make test`: the suite on SQLite and on a real PostgreSQL, side by side.

What starts programs of its own, or a browser, and waits for them, is a round by itself: its
waiting is the others' working time. Each round has a database and files of its own, and a server
of its own where it needs one.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from launching import processes, servers

# The first draws no window of its own for each visitor: a third of the work, the same pages.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NOTHING_SELECTED = 5  # pytest's exit code
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
PROGRAMS = "PostgreSQL, with programs and journeys"
WAITS = "(launch or redis or postgresql or browser and not either)"
# What is the same on both engines runs once, divided so that all rounds end about together:
# journeys that are of either engine on SQLite, the rest of such tests on PostgreSQL.
ONLY_HERE = {
    PROGRAMS: WAITS,
    SQLITE: f"not {WAITS} and (browser or not either)",
    POSTGRESQL: f"not {WAITS} and not browser",
}


class Round:
    """One pytest process and what it prints, kept until the other is done."""

    def __init__(self, engine: str, command: list, environment: dict, folder: Path):
        self.engine, self.output = engine, folder / "output"
        environment = {**environment, "VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        with open(self.output, "wb") as output:
            command = [*command, "-o", f"cache_dir={folder / 'cache'}"]
            self.process = processes.start(
                command, env=environment, cwd=servers.ROOT, stdout=output, stderr=output
            )

    def lines(self) -> list[str]:
        return self.output.read_text(errors="replace").rstrip().splitlines()


def test(python: Path, arguments: list[str]) -> int:
    """Run the suite's rounds; print each, a closing line of pytest last. Return the exit code."""
    if not os.environ.get("CHROMIUM") and not any(map(shutil.which, CHROMIUM_NAMES)):
        print(
            "No Chromium: browser journeys will "
            + ("fail" if os.environ.get("CI") else "be skipped")
            + ". Install it (Debian: apt-get install chromium-headless-shell), or name it in "
            + "CHROMIUM.",
            flush=True,
        )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            return run_rounds(stack, [python, "-m", "pytest"], arguments)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130


def run_rounds(stack: ExitStack, pytest: list, arguments: list[str]) -> int:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-")))
    plain = {name: value for name, value in os.environ.items() if name not in OF_A_DEPLOYMENT}
    rounds = []
    for engine, only in ONLY_HERE.items():
        environment = dict(plain)
        if engine != SQLITE:
            url = stack.enter_context(servers.postgresql())
            environment |= {"DATABASE_URL": url, "BESIDE_SQLITE": "1"}
        own = folder / str(len(rounds))
        own.mkdir()
        rounds.append(Round(engine, [*pytest, "-m", only, *arguments], environment, own))
        stack.callback(processes.stop, rounds[-1].process, signal.SIGINT)
    while any(each.process.poll() is None for each in rounds):
        time.sleep(0.1)
    return report(rounds)


# What a developer's shell may say about another database or mail server is not for tests.
OF_A_DEPLOYMENT = {
    "ALLOWED_HOSTS",
    "ANYMAIL_WEBHOOK_SECRET",
    "ARRIVAL_WAIT_BELIEVED",
    "BIND",
    "CELERY_BROKER_URL",
    "CLAMAV",
    "CONN_MAX_AGE",
    "DATABASE_URL",
    "DEBUG",
    "DEPLOYMENT",
    "EMAIL_URL",
    "FILES_URL",
    "FROM_EMAIL",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MAIL_PROVIDER",
    "MAIL_REDIRECT_TO",
    "METRICS_TOKEN",
    "PORT",
    "RATE_LIMITS",
    "REDIS_URL",
    "REHEARSAL",
    "RELEASE",
    "REQUIRE_SECOND_FACTOR",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SENTRY_DSN",
    "SITE_URL",
    "STATEMENT_TIMEOUT",
    "STATIC_ROOT",
    "TRUSTED_ARRIVAL_HEADER",
    "TRUSTED_PROXY_HOPS",
    "VAR_DIR",
    "WEB_THREADS",
    "WEB_WORKERS",
}


def report(rounds: list[Round]) -> int:
    """Print what each round said, one that failed last, then their closing lines."""
    rounds.sort(key=lambda each: each.process.returncode != 0)
    for each in rounds:
        print(f"\n──── {each.engine} ────")
        print("\n".join(each.lines()[:-1]))
    print()
    for each in rounds:
        print(f"On {each.engine}:")
        print((each.lines() or ["pytest said nothing"])[-1], flush=True)
    codes = {each.process.returncode for each in rounds}
    if codes == {0, NOTHING_SELECTED}:  # a part of the suite that is of one round alone
        return 0
    return max(map(abs, codes))
