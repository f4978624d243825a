"""Ask a server and take notes: how long, how many bytes over the wire, how many queries."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import brotli

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Failed(Exception):
    """A page answered with something a benchmark must not count as an answer."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def size(self) -> int:
        """Bytes of the body as it travelled, compressed."""
        return len(self.body)

    @property
    def text(self) -> str:
        coding = self.headers.get("content-encoding", "")
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(coding, bytes)
        return unpack(self.body).decode()

    @property
    def hidden(self) -> dict[str, str]:
        """What the page's forms carry unseen: the CSRF token, revisions, fingerprints."""
        return dict(HIDDEN.findall(self.text))


@dataclass
class Browser:
    """One keep-alive connection with a cookie jar, as a visitor has."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self):
        self.connection = http.client.HTTPConnection(self.address, timeout=60)

    @property
    def requests(self) -> int:
        return len(self.seconds)

    def ask(self, method: str, path: str, data: dict | None = None, **headers) -> Answer:
        sent = {"Accept-Encoding": "br, gzip", "Accept-Language": "ru", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        self.seconds.append(seconds)
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                for morsel in SimpleCookie(value).values():
                    self.cookies[morsel.key] = morsel.coded_value
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, content, seconds)

    def get(self, path: str, **headers) -> Answer:
        """Return the page at `path`; Failed unless it is a 200."""
        answer = self.ask("GET", path, **headers)
        if answer.status != 200:
            raise Failed(f"GET {path}: {answer.status} {answer.headers.get('location', '')}")
        return answer

    def post(self, path: str, data: dict, *, form: Answer) -> str:
        """Send a form found on `form`; return where it leads; Failed unless it is accepted."""
        answer = self.ask("POST", path, {**form.hidden, **data})
        if answer.status not in (302, 303):
            raise Failed(f"POST {path}: {answer.status} {answer.text[:2000]}")
        return urlsplit(answer.headers["location"]).path


def at_once(address: str, path: str, cookies: dict, *, requests: int, clients: int) -> list[float]:
    """Ask for `path` over `clients` connections side by side; return each answer's seconds."""
    seconds: list[float] = []
    failures: list[Exception] = []

    def ask_some(share: int) -> None:
        browser = Browser(address, dict(cookies))
        try:
            for _ in range(share):
                seconds.append(browser.get(path).seconds)
        except (Failed, OSError, http.client.HTTPException) as error:
            failures.append(error)

    threads = [
        threading.Thread(target=ask_some, args=(requests // clients,)) for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return seconds
