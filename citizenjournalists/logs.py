"""What is logged of a request: an id, the route, the answer, how long. Nothing about a person."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest

logger = logging.getLogger("portal.requests")
request_id: ContextVar[str] = ContextVar("request_id", default="")
PRIVATE_LINK = re.compile(r"(/z|/reminders|/new-address|/password/\w+)/[^\s/'\"?]+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
# PostgreSQL quotes a row that it refuses; its texts may be many lines
ROW = re.compile(r"DETAIL:.*?(?=\n\n(?:The above exception|During handling)|\Z)", re.DOTALL)
GIVEN_ID = re.compile(r"[\w-]{8,64}")


def log_requests(get_response):
    """Give each request an id, which the answer and every line logged meanwhile carry.

    The id that a proxy of ours made (X-Request-ID) is kept, so that its log and ours meet.
    """

    def middleware(request: HttpRequest):
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            logger.info(
                "%s %s %s",
                request.method,
                route_of(request),
                response.status_code,
                extra={"ms": round((time.perf_counter() - began) * 1000)},
            )
            return response
        finally:
            request_id.reset(token)

    return middleware


def route_of(request: HttpRequest) -> str:
    """Return the pattern that matched, not the address: addresses hold private links."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else "no route"


def without_secrets(text: str) -> str:
    """Return a line of the log without private links, e-mail addresses and refused rows."""
    return EMAIL.sub("…@…", PRIVATE_LINK.sub(r"\1/…", ROW.sub("DETAIL: …", text)))


class Line(logging.Formatter):
    """For people: time, level, who, what."""

    default_msec_format = "%s.%03d"

    def __init__(self):
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        took = f" {record.ms} ms" if hasattr(record, "ms") else ""
        return without_secrets(super().format(record) + took)


class Json(logging.Formatter):
    """For machines: one object a line, in UTC, with the id of the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if request_id.get():
            told["request"] = request_id.get()
        if hasattr(record, "ms"):
            told["ms"] = record.ms
        if record.exc_info:
            told["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)
