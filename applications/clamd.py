"""Ask clamd (ClamAV) whether a stream carries a virus: its INSTREAM command over a socket.

The protocol: https://docs.clamav.net/manual/Usage/ClamdProtocol.html. Its few lines are our own:
the client libraries there are have long been left alone.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

CONNECTING = 2.0  # seconds
CHUNK = 64 * 1024  # bytes
LONGEST_ANSWER = 4096  # bytes
CLEAN, FOUND, FAILED = "stream: OK", " FOUND", " ERROR"
NAMELESS = "?"  # what is found is never taken for nothing
Address = str | tuple[str, int]  # a path, or a host and port


class Away(Exception):
    """No scanner answers at its address: no other file needs to be tried now."""


class Unanswered(Exception):
    """The scanner gave no verdict on this file: too slow, too large for it, or no sense."""


def address(url: str) -> Address | None:
    """Return where clamd listens: unix:/path or tcp://host:port; None for no scanner at all."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
            return parts.path
        if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise ImproperlyConfigured(
        f"CLAMAV is “{url}”; it must be like unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310."
    )


def scan(where: Address, file: BinaryIO, *, patience: float) -> str:
    """Return the name of what clamd found in `file`, or "" where it found nothing.

    Takes at most `patience` seconds, and a piece of the file at a time. Raises Away and Unanswered.
    """
    until = time.monotonic() + patience
    with connected(where, until) as line:
        return verdict(answer_to_file(line, file, until))


def ping(where: Address, *, patience: float) -> bool:
    """Whether clamd is there and answers in time."""
    until = time.monotonic() + patience
    try:
        with connected(where, until) as line:
            line.sendall(b"zPING\0")
            return heard(line, until) == "PONG"
    except (Away, OSError):
        return False


@contextmanager
def connected(where: Address, until: float) -> Iterator[socket.socket]:
    family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
    try:
        if family == socket.AF_INET:
            line = socket.create_connection(where, timeout=min(CONNECTING, left(until)))
        else:
            line = socket.socket(family)
            line.settimeout(CONNECTING)
            line.connect(where)
    except OSError as error:
        if family == socket.AF_UNIX:
            line.close()
        raise Away(f"{type(error).__name__}: {error}") from error
    with line:
        yield line


def left(until: float) -> float:
    """Return the seconds that are left; TimeoutError where there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("out of patience")
    return seconds


def answer_to_file(line: socket.socket, file: BinaryIO, until: float) -> str:
    """Send the file and return clamd's answer.

    Over StreamMaxLength clamd answers and hangs up while we are still sending: what it said then
    counts, where the system still hands it to us.
    """
    try:
        try:
            send(line, file, until)
        except (BrokenPipeError, ConnectionResetError):
            return heard(line, until) or "hung up before the file was through ERROR"
        return heard(line, until)
    except OSError as error:
        raise Unanswered(f"{type(error).__name__}: {error}") from error


def send(line: socket.socket, file: BinaryIO, until: float) -> None:
    file.seek(0)
    line.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        line.settimeout(left(until))
        line.sendall(struct.pack("!L", len(chunk)) + chunk)
    line.sendall(struct.pack("!L", 0))


def heard(line: socket.socket, until: float) -> str:
    """Return what clamd says, up to the zero byte that ends it or the end of the connection."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        line.settimeout(left(until))
        if not (more := line.recv(1024)):
            break
        said += more
    return said.partition(b"\0")[0].decode(errors="replace").strip()


def verdict(answer: str) -> str:
    """Return the name in “stream: NAME FOUND”, or "" for a clean file; Unanswered for the rest."""
    if answer == CLEAN:
        return ""
    if answer.startswith("stream: ") and answer.endswith(FOUND):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip() or NAMELESS
    raise Unanswered(answer.removesuffix(FAILED)[:200] or "no answer")
