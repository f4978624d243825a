"""What a rehearsal says while it plays: the call's own clock at the left, what happened beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo


class Failed(Exception):
    """Something did not happen as it must; the message says what."""


class Timeline:
    """Writes one line per event. `settle` waits until what workers do has become true."""

    def __init__(self, write: Callable[[str], None], settle: Callable, zone: str):
        self.write, self.settle, self.zone = write, settle, ZoneInfo(zone)

    def act(self, title: str) -> None:
        self.write(f"\n{title}")

    def tell(self, at: datetime, happened: str) -> None:
        local = at.astimezone(self.zone)
        self.write(f"  {local:%d %b %Y %H:%M:%S}.{local.microsecond // 1000:03}  {happened}")

    def expect(self, at: datetime, happened: str, holds: Callable[[], bool]) -> None:
        """Tell an event once it is true; Failed when it doesn't become so."""
        if not self.settle(holds, at):
            raise Failed(happened)
        self.tell(at, happened)
