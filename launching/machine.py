"""A clean Debian machine in a container: its own systemd, its own network, thrown away afterwards.

systemd-nspawn boots it, so units run as they run on a server, with all their walls. Its network is
its own: ports are free whatever runs on the host, and nobody but the host reaches it. slirp4netns
lends it the host's way to package registries.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from launching import processes
from launching.environment import Unable

RELEASE = "bookworm"
MIRROR, SECURITY = "http://deb.debian.org/debian", "http://deb.debian.org/debian-security"
SOURCES = [
    f"deb {MIRROR} {RELEASE} main",
    f"deb {MIRROR} {RELEASE}-updates main",
    f"deb {SECURITY} {RELEASE}-security main",
]
NEEDED = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container"} | {
    "slirp4netns": "slirp4netns",
    "nsenter": "util-linux",
}
RESOLVER = "nameserver 10.0.2.3\n"  # slirp4netns answers there
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
HALT = signal.SIGTERM  # systemd-nspawn asks the system inside to power off
BOOTS_WITHIN, ENDS_WITHIN = 240, 120  # seconds
# Where this host says how packages are fetched, the machine's pip does the same.
HANDED_ON = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy")
PLAIN = {"HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def require() -> None:
    """Raise Unable unless this host can make such a machine."""
    if os.geteuid() != 0:
        raise Unable("A machine can be made by root alone.")
    missing = [package for program, package in NEEDED.items() if not shutil.which(program)]
    if missing:
        raise Unable(f"Install what is missing: apt-get install {' '.join(missing)}")


class Machine:
    """A machine whose disk and logs lie in `folder`: make it, boot it, end it."""

    def __init__(self, folder: Path):
        self.folder, self.root = folder, folder / "root"
        self.process: subprocess.Popen | None = None
        self.beside: list[subprocess.Popen] = []  # its network, and programs it takes for given

    def make(self) -> None:
        """Install a plain Debian, as its installer leaves a server with nothing chosen."""
        command = ["mmdebstrap", "--quiet", "--variant=important", "--components=main"]
        command += ["--include=ca-certificates,systemd-sysv,dbus", RELEASE, self.root, *SOURCES]
        with open(self.folder / "mmdebstrap.log", "wb") as log:
            if subprocess.run(command, stdout=log, stderr=log).returncode:
                raise Unable(f"Debian could not be installed: see {log.name}.")
        (self.root / "etc/resolv.conf").write_text(RESOLVER)
        if CERTIFICATES.exists():  # a host behind a company's proxy trusts more than Debian does
            shutil.copy(CERTIFICATES, self.root / str(CERTIFICATES).lstrip("/"))

    def boot(self) -> None:
        """Start it and wait until its systemd says that everything runs."""
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"]
        command += ["--console=pipe", "--private-network", "--resolv-conf=off"]
        command += ["-D", self.root, f"--machine=portal-{os.getpid()}"]
        with open(self.folder / "console.log", "ab") as log:
            self.process = processes.start(command, stdout=log, stderr=log)
        self.init = self.wait_for(self.child)
        network = ["slirp4netns", "--configure", "--disable-host-loopback", str(self.init), "tap0"]
        with open(self.folder / "network.log", "ab") as log:
            self.beside.append(processes.start(network, stdout=log, stderr=log))
        said = self.wait_for(lambda: self.said("systemctl", "is-system-running", "--wait"))
        if said not in ("running", "degraded"):
            raise Unable(f"The machine did not start: {said}. See {self.folder}/console.log.")

    def wait_for(self, finds):
        until = time.monotonic() + BOOTS_WITHIN
        while not (found := finds()):
            if self.process.poll() is not None or time.monotonic() > until:
                raise Unable(f"The machine did not start: see {self.folder}/console.log.")
            time.sleep(0.2)
        return found

    def child(self) -> int | None:
        """Return the process that is the machine's first, as the host numbers it."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        booted = found and Path(f"/proc/{found[0]}/comm").read_text().strip() == "systemd"
        return int(found[0]) if booted else None

    def halt(self) -> None:
        """Power it off, as `poweroff` would, and end what ran beside it."""
        self.process.send_signal(HALT)
        processes.end(self.process, within=ENDS_WITHIN)
        for process in self.beside:
            processes.stop(process, signal.SIGTERM)
        self.beside.clear()

    def end(self) -> None:
        """Power it off if it still runs."""
        if self.process and self.process.poll() is None:
            self.halt()

    def inside(self, *command: str) -> list[str]:
        """Return the command that runs one as root inside."""
        handed = {k: v for k, v in os.environ.items() if k.startswith(HANDED_ON)}
        handed.pop("PIP_FIND_LINKS", None)  # a folder of this host
        said = [f"{name}={value}" for name, value in (PLAIN | handed).items()]
        return ["nsenter", "-t", str(self.init), "-a", "env", "-i", "-C", "/root", *said, *command]

    def in_its_network(self, *command: str) -> list[str]:
        """Return the command that runs one of the host in the machine's network."""
        return ["nsenter", "-t", str(self.init), "-n", *command]

    def said(self, *command: str) -> str:
        done = subprocess.run(self.inside(*command), capture_output=True, text=True)
        return done.stdout.strip()

    def run(self, script: str, log: Path) -> None:
        """Type a script's lines at its terminal; Unable with the end of the log when one fails."""
        command = self.inside("/bin/bash", "-eux", "-o", "pipefail", "-c", script)
        with open(log, "ab") as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        if done.returncode:
            last = log.read_text(errors="replace").splitlines()[-25:]
            raise Unable("\n".join([*last, f"A documented command failed: see {log}."]))

    def keep_beside(self, command: list, log: Path) -> None:
        """Run a program of the host in the machine's network until it is powered off."""
        with open(log, "ab") as output:
            self.beside.append(
                processes.start(self.in_its_network(*command), stdout=output, stderr=output)
            )
