"""Report errors to a Sentry, where one is configured: what broke and where, nothing about whom.

Of an event only what is listed here leaves the machine. Words that may hold what a person typed
(the message of an exception) are cut to their first line and cleaned; a log line goes as it is
written in the code, without what was put into it.
"""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.scrubber import EventScrubber

from citizenjournalists import logs

Event = dict[str, Any]
KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk", "logger")
KEPT_TOO = ("transaction_info", "modules")
OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app")
SOURCE = ("pre_context", "context_line", "post_context")
QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"|'[^']*'")
A_NAME_IN_CODE = re.compile(r".[A-Za-z_][A-Za-z0-9_.]*.")
DIGITS = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")  # telephones, tax numbers
LONGEST = 300  # characters


def report_to(dsn: str, *, release: str, environment: str) -> None:
    """Send errors of the web, the worker and commands to `dsn` from now on."""
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        server_name="",
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        event_scrubber=EventScrubber(recursive=True),
        before_send=cleaned,
        trace_propagation_targets=[],
        integrations=[DjangoIntegration(), CeleryIntegration(propagate_traces=False)],
    )


def cleaned(event: Event, hint: dict[str, Any]) -> Event:
    """Return a new event with what may be told, and nothing else of the old one."""
    kept = {name: event[name] for name in (*KEPT, *KEPT_TOO) if name in event}
    kept["tags"] = {"request": logs.request_id.get()}
    if event.get("transaction_info", {}).get("source") != "url":  # then it is a whole address
        kept["transaction"] = event.get("transaction", "")
    if method := event.get("request", {}).get("method"):
        kept["request"] = {"method": method}
    if runtime := event.get("contexts", {}).get("runtime"):
        kept["contexts"] = {"runtime": runtime}
    if entry := event.get("logentry"):
        kept["logentry"] = {"message": without_values(entry.get("message") or "")}
    if raised := event.get("exception"):
        kept["exception"] = {"values": [as_told(one) for one in raised.get("values", [])]}
    return kept


def as_told(raised: Event) -> Event:
    """Return one exception of the chain: its type, cleaned words, and where it was raised."""
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    told = {name: raised.get(name) for name in ("type", "module")}
    told["value"] = without_values(raised.get("value") or "")
    told["mechanism"] = {
        name: value
        for name, value in (raised.get("mechanism") or {}).items()
        if name in ("type", "handled")
    }
    told["stacktrace"] = {
        "frames": [
            {name: frame[name] for name in (*OF_A_FRAME, *SOURCE) if name in frame}
            for frame in frames
        ]
    }
    return told


def without_values(words: str) -> str:
    """Return the first line without links, addresses, long numbers and quoted texts.

    PostgreSQL tells the row that offends in its second line; names of fields and constraints
    are quoted too, and stay.
    """
    first = logs.without_secrets(words.strip().split("\n")[0])
    return QUOTED.sub(blotted, DIGITS.sub("…", first))[:LONGEST]


def blotted(quoted: re.Match[str]) -> str:
    words = quoted[0]
    return words if A_NAME_IN_CODE.fullmatch(words) else f"{words[0]}…{words[-1]}"
