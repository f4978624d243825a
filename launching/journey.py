"""A journey against a running portal, by its address, with the standard library alone.

It looks only, and may be run at any time. With `--apply` it writes an application as well: for a
call made on trial, before the portal holds anything real.
"""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
from collections.abc import Iterable
from pathlib import Path

from launching import applying, looking
from launching.browsing import Browser, Stopped
from launching.looking import Finding


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch.py journey", description=__doc__)
    parser.add_argument("site", help="https://portal.example")
    parser.add_argument("--connect", default="", help="an address to go to, whatever the name says")
    parser.add_argument("--trust", help="a file with the certificate to believe")
    parser.add_argument("--apply", metavar="CALL", help="apply at this call, made on trial")
    parser.add_argument("--email", default="journey@outlet.example", help="where letters go to")
    parser.add_argument("--letters", type=Path, help="a Maildir in which they arrive")
    parser.add_argument("--keep", type=Path, help="where to note what must still be there later")
    parser.add_argument("--find", type=Path, help="such notes: look whether it is still there")
    return parser.parse_args(given)


def travel(given: list[str]) -> int:
    """Print every finding; return 1 where something is wrong."""
    said = arguments(given)
    trust = ssl.create_default_context(cafile=said.trust)
    wrong = 0
    try:
        for what, trouble in findings(said, trust):
            print(
                f"{'BROKEN' if trouble else 'holds '} {what}{trouble and ': '}{trouble}", flush=True
            )
            wrong += bool(trouble)
    except (Stopped, OSError, http.client.HTTPException) as why:
        print(f"BROKEN The journey can't go on: {why}")
        wrong += 1
    print(f"{wrong} things are wrong." if wrong else "Everything holds.")
    return int(bool(wrong))


def findings(said: argparse.Namespace, trust: ssl.SSLContext) -> Iterable[Finding]:
    def browser() -> Browser:
        return Browser(said.site.rstrip("/"), trust, said.connect)

    yield from looking.look(browser())
    if said.find:
        yield from applying.find_again(browser(), json.loads(said.find.read_text()))
    if said.apply:
        kept: dict = {}
        yield from applying.apply(browser(), said.apply, said.email, said.letters, kept)
        yield from applying.find_again(browser(), kept)
        if said.keep:
            said.keep.write_text(json.dumps(kept))
