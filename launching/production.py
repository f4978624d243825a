"""docs/operations.md, command by command, in a clean Debian: does it lead to a portal that lives?

Installed, looked at and applied to from outside, updated under load, backed up, destroyed,
restored, started anew with its machine. Nothing here is simulated but the name, the mail server
(a sink) and the editor in which a person fills the settings in.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from launching import environment, guide, machine
from launching.environment import Unable

NAME = "portal.example"
MAIL = "127.0.0.1:1025"
REPOSITORY = "/root/portal.git"
ADDRESS_IN_GUIDE = "<address of this repository>"
EDITOR = rf"""#!/bin/sh
# What a person fills in; everything else stands in the file already.
sed -i 's|^EMAIL_URL=.*|EMAIL_URL=smtp://{MAIL}|' "$1"
"""
INSTALL, PERSON, UPDATE, BACKUP, RESTORE = PARTS = (  # of the guide, by their headings
    "On plain Debian 12",
    "The first person, and everybody after",
    "Updating",
    "Backup",
    "Restore",
)
DESTROY = """
systemctl stop portal-web portal-worker portal-beat
runuser -u postgres -- dropdb portal
find /var/lib/portal -mindepth 1 -delete
"""
# A private link, an applicant's address: in no log of the machine.
LOGS = "cat /var/log/nginx/*.log; journalctl --no-pager"
A_CHANGE = ("citizenjournalists/headers.py", "usb=()", "usb=(), midi=()")  # to be seen outside
PAUSE_OF_LOAD = 0.02  # seconds


class Trial:
    """One run: a machine, a folder for what is found, and how long each stage took."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.machine = machine.Machine(folder)
        self.letters, self.kept = folder / "letters", folder / "kept.json"
        self.took: list[tuple[str, float]] = []

    @contextmanager
    def stage(self, name: str):
        print(f"── {name}", flush=True)
        began = time.monotonic()
        yield
        self.took.append((name, time.monotonic() - began))

    def follow(self, heading: str) -> None:
        """Type what the guide shows under a heading."""
        script = guide.commands(heading).replace(ADDRESS_IN_GUIDE, REPOSITORY)
        self.machine.run(script, self.folder / f"{heading}.log")

    def travel(self, *more: str) -> None:
        """Go through the portal from outside; Unable where something is wrong."""
        certificate = self.machine.root / "etc/nginx/certificates/fullchain.pem"
        command = [environment.PYTHON, environment.ROOT / "launch.py", "journey"]
        command += [f"https://{NAME}", "--connect", "127.0.0.1", "--trust", certificate, *more]
        if subprocess.run(self.machine.in_its_network(*map(str, command))).returncode:
            raise Unable("The journey found something wrong: see above.")

    def hand_over(self) -> None:
        """Lay out what the guide takes for given: the repository's address, an editor, mail."""
        root = self.machine.root
        repository = root / REPOSITORY.lstrip("/")
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", repository], check=True)
        push = ["git", "-C", environment.ROOT, "push", "-q", repository, "HEAD:refs/heads/main"]
        subprocess.run(push, check=True)
        editor = root / "usr/local/bin/nano"
        editor.write_text(EDITOR)
        editor.chmod(0o755)
        self.take_letters()

    def take_letters(self) -> None:
        sink = [environment.PYTHON, "-m", "aiosmtpd", "-n", "-l", MAIL]
        sink += ["-c", "aiosmtpd.handlers.Mailbox", self.letters]
        self.machine.keep_beside(sink, self.folder / "mail.log")

    def keep_secrets(self) -> None:
        """Find no private link and no address of an applicant in any log."""
        told = self.machine.said("sh", "-c", LOGS)
        link = json.loads(self.kept.read_text())["link"].rsplit("/", 1)[1]
        found = [secret for secret in (link, "@outlet.example") if secret in told]
        if found or "/z/..." not in told:
            raise Unable(f"The logs tell secrets, or nothing: {found}")

    def change_the_code(self) -> None:
        """Put a commit into the repository that shows from outside once it runs."""
        path, old, new = A_CHANGE
        folder = self.folder / "change"
        git = [
            "git",
            "-C",
            folder,
            "-c",
            "user.name=Trial",
            "-c",
            "user.email=trial@portal.example",
        ]
        repository = self.machine.root / REPOSITORY.lstrip("/")
        subprocess.run(["git", "clone", "-q", repository, folder], check=True)
        (folder / path).write_text((folder / path).read_text().replace(old, new))
        subprocess.run([*git, "commit", "-qam", "A change to be seen"], check=True)
        subprocess.run([*git, "push", "-q"], check=True)

    def update(self) -> None:
        """Update while people read: nobody meets an error, and the new code is what runs."""
        self.change_the_code()
        ended, statuses = threading.Event(), []
        readers = [threading.Thread(target=self.read, args=(ended, statuses)) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            self.follow(UPDATE)
            time.sleep(3)
        finally:
            ended.set()
            for reader in readers:
                reader.join()
        wrong = [status for status in statuses if not status.startswith("200")]
        print(f"{len(statuses)} pages were read meanwhile, {len(wrong)} failed.")
        if wrong or "midi" not in statuses[-1]:
            raise Unable(f"The update was felt, or did nothing: {wrong[:5]} {statuses[-1:]}")

    def read(self, ended: threading.Event, statuses: list[str]) -> None:
        """Read a page over and over until `ended`; note each status and policy."""
        certificate = self.machine.root / "etc/nginx/certificates/fullchain.pem"
        said = "%{http_code} %header{permissions-policy}"
        command = ["curl", "-s", "-o", "/dev/null", "-w", said, "--cacert", str(certificate)]
        command += ["--resolve", f"{NAME}:443:127.0.0.1", f"https://{NAME}/ru/"]
        command = self.machine.in_its_network(*command)
        while not ended.is_set():
            statuses.append(subprocess.run(command, capture_output=True, text=True).stdout)
            time.sleep(PAUSE_OF_LOAD)

    def go(self) -> None:
        log = self.folder / "trial.log"
        with self.stage("A clean Debian"):
            self.machine.make()
            self.machine.boot()
            self.hand_over()
        with self.stage("Installed as the guide says"):
            self.follow(INSTALL)
            self.follow(PERSON)
        with self.stage("A journey, with an application"):
            self.machine.run(f"portal trial portal@{NAME}", log)
            self.travel("--apply", "trial", "--letters", self.letters, "--keep", self.kept)
            self.keep_secrets()
        with self.stage("Updated while people read"):
            self.update()
        with self.stage("Backed up and destroyed"):
            self.follow(BACKUP)
            self.machine.run(DESTROY, log)
        with self.stage("Restored as the guide says"):
            self.follow(RESTORE)
        with self.stage("The journey again, and what was handed in before"):
            self.travel("--apply", "trial", "--letters", self.letters, "--find", self.kept)
        with self.stage("The machine started anew"):
            self.machine.halt()
            self.machine.boot()
            self.take_letters()
            self.travel("--find", self.kept)


def try_out() -> int:
    """Run the trial in a folder of its own, which is kept when something fails."""
    machine.require()
    environment.install(environment.DEVELOPMENT)
    folder = Path(tempfile.mkdtemp(prefix="portal-production-", dir="/var/tmp"))
    trial = Trial(folder)
    try:
        trial.go()
    except (Unable, subprocess.CalledProcessError) as why:
        raise Unable(f"{why}\nWhat was left is in {folder}.") from why
    finally:
        trial.machine.end()
    for name, seconds in trial.took:
        print(f"{seconds / 60:5.1f} minutes  {name}")
    subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True)
    print("docs/operations.md leads to a portal that works.")
    return 0
