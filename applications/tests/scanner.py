"""A stand-in for clamd that speaks its protocol: its signatures can't be had here.

PING, and INSTREAM with chunks as clamd takes them; it finds nothing but EICAR's harmless string
and answers otherwise when told to.
"""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

# In two parts: a scanner on a developer's machine must not take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR"


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        command = self.until_zero()
        if command == b"zPING":
            self.say(b"PONG")
        elif command == b"zINSTREAM":
            self.server.asked += 1
            self.say(self.verdict())

    def until_zero(self) -> bytes:
        said = b""
        while (one := self.rfile.read(1)) not in (b"\0", b""):
            said += one
        return said

    def verdict(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            self.server.chunks.append(size)
            content += self.rfile.read(size)
            if self.server.most and len(content) > self.server.most:
                return TOO_LARGE
        time.sleep(self.server.pause)
        if self.server.answers:
            return self.server.answers.pop(0)
        found = EICAR in content
        return b"stream: Eicar-Test-Signature FOUND" if found else b"stream: OK"

    def say(self, words: bytes) -> None:
        with suppress(BrokenPipeError):  # the other side ran out of patience
            self.wfile.write(words + b"\0")


class Scanner(socketserver.ThreadingUnixStreamServer):
    """`answers` are said in place of verdicts, after `pause`; `most` bytes are its limit."""

    daemon_threads = True

    def __init__(self, path: str):
        self.path = path
        self.answers: list[bytes] = []
        self.pause, self.most, self.asked = 0.0, 0, 0
        self.chunks: list[int] = []
        super().__init__(path, Conversation)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()
        Path(self.path).unlink(missing_ok=True)
