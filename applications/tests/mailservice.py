"""A mail service's API on this machine: a real HTTP server that keeps what is posted to it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

KEYS = {
    "mailgun": {"MAILGUN_API_KEY": "key", "MAILGUN_WEBHOOK_SIGNING_KEY": "signing"},
    "postmark": {"POSTMARK_SERVER_TOKEN": "key"},
    "sparkpost": {"SPARKPOST_API_KEY": "key"},
}
YES = {
    "mailgun": {"id": "<its-own@mailgun.example>", "message": "Queued. Thank you."},
    "postmark": {"ErrorCode": 0, "Message": "OK", "MessageID": "its-own"},
    "sparkpost": {
        "results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "own"}
    },
}
HANG_UP, HANG = "hang up", "hang"


class Service:
    """`posted` in order of arrival; `answers` (status, body) are said instead of yes, or
    HANG_UP and HANG: take the letter and never answer."""

    def __init__(self, provider: str):
        self.provider = provider
        self.posted: list[dict] = []
        self.answers: list = []
        self.done = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.take(self.headers["Content-Type"], body)
                answer = service.answers.pop(0) if service.answers else (200, service.yes())
                if answer == HANG:
                    service.done.wait(10)
                if answer in (HANG, HANG_UP):
                    self.close_connection = True
                    return
                status, told = answer
                said = told.encode() if isinstance(told, str) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def yes(self) -> dict:
        said = dict(YES[self.provider])
        if self.provider == "postmark":
            said["To"] = self.posted[-1]["To"]
        return said

    def take(self, kind: str, body: str) -> None:
        if kind.startswith("application/json"):
            self.posted.append(json.loads(body))
        else:
            self.posted.append({name: values[0] for name, values in parse_qs(body).items()})

    def stop(self) -> None:
        self.done.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def configure(settings, provider: str, url: str, **changes) -> None:
    """Set up mail by `provider` as the environment would, its API at `url`."""
    settings.MAIL_PROVIDER = provider
    settings.EMAIL_BACKEND = f"anymail.backends.{provider}.EmailBackend"
    settings.ANYMAIL = {
        **KEYS[provider],
        f"{provider.upper()}_API_URL": url,
        "WEBHOOK_SECRET": "hooks:a-password-of-tests",
        "REQUESTS_TIMEOUT": 5,
        **changes,
    }
