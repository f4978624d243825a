"""A browser without script: cookies, forms, redirects, and an eye on what came over the wire."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT = 60  # seconds


class Stopped(Exception):
    """Why the journey can't go on, in a sentence."""


@dataclass
class Answer:
    address: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def content(self) -> bytes:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(self.body) if packed else self.body

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def page(self) -> Page:
        page = Page()
        page.feed(self.text)
        return page


class Page(HTMLParser):
    """What a journey needs of a page: its forms, links, files, times and the texts of marks."""

    def __init__(self):
        super().__init__()
        self.forms: list[dict] = []
        self.links: list[str] = []
        self.assets: list[str] = []
        self.times: list[str] = []
        self.marked: dict[str, str] = {}  # the first text in an element, by its class
        self.waiting: str | None = None

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "form":
            self.forms.append({"action": said.get("action") or "", "hidden": {}, "names": set()})
        elif tag == "input" and self.forms:
            self.forms[-1]["names"].add(said.get("name"))
            if said.get("type") == "hidden":
                self.forms[-1]["hidden"][said["name"]] = said.get("value", "")
        elif tag in ("select", "textarea") and self.forms:
            self.forms[-1]["names"].add(said.get("name"))
        elif tag == "a":
            self.links.append(said.get("href") or "")
        elif tag == "time":
            self.times.append(said.get("datetime") or "")
        elif tag == "link" and said.get("rel") == "stylesheet":
            self.assets.append(said["href"])
        self.waiting = said.get("class")

    def handle_data(self, text):
        if self.waiting and text.strip():
            self.marked.setdefault(self.waiting, text.strip())
            self.waiting = None

    def form_with(self, name: str) -> dict:
        """Return the form that has a field of that name."""
        for form in self.forms:
            if name in form["names"]:
                return form
        raise Stopped(f"The page has no form with “{name}”.")


@dataclass
class Browser:
    """One visitor of a site. `connect` goes to another address than the name's: before the name
    leads there, or past a proxy."""

    site: str
    trust: ssl.SSLContext
    connect: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, Morsel] = field(default_factory=dict)

    def connection(self, scheme: str, port: int | None) -> http.client.HTTPConnection:
        name, port = urlsplit(self.site).hostname, port or (443 if scheme == "https" else 80)
        line = socket.create_connection((self.connect or name, port), timeout=TIMEOUT)
        if scheme == "https":
            line = self.trust.wrap_socket(line, server_hostname=name)
        connection = http.client.HTTPConnection(name, port, timeout=TIMEOUT)
        connection.sock = line
        return connection

    def ask(self, method: str, path: str, body: bytes | None = None, **headers) -> Answer:
        """Send one request and take the answer as it is; cookies come along and are kept."""
        address = urljoin(self.site + "/", path)
        to = urlsplit(address)
        sent = {"Host": to.netloc, "Accept-Encoding": "gzip", "Accept-Language": "ru"}
        sent |= {"Connection": "close", **self.headers, **headers}
        if self.cookies and to.scheme == urlsplit(self.site).scheme:
            sent["Cookie"] = "; ".join(f"{m.key}={m.coded_value}" for m in self.cookies.values())
        if method == "POST":
            sent.setdefault("Origin", self.site)
            sent.setdefault("Referer", self.site + "/")
        connection = self.connection(to.scheme, to.port)
        try:
            whole = to.path + (f"?{to.query}" if to.query else "")
            connection.request(method, whole, body, sent)
            response = connection.getresponse()
            answer = Answer(address, response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= dict(SimpleCookie(line).items())
        return answer

    def get(self, path: str, status: int = 200, **headers) -> Answer:
        """Return the page at `path`; Stopped when it answers with another status."""
        answer = self.ask("GET", path, **headers)
        if answer.status != status:
            raise Stopped(f"{path} answers {answer.status} in place of {status}.")
        return answer

    def send(self, page: Answer, name: str, filled: dict, files: dict | None = None, **headers):
        """Fill in the form of a page that has a field `name`, and send it; return the answer."""
        form = page.page.form_with(name)
        values = {**form["hidden"], **filled}
        kind, body = multipart(values, files) if files else as_form(values)
        target = urljoin(page.address, form["action"]) if form["action"] else page.address
        return self.ask("POST", target, body, **{"Content-Type": kind, **headers})

    def go(self, page: Answer, name: str, filled: dict, files=None, **headers) -> Answer:
        """Send a form and go where it leads; Stopped when it leads nowhere."""
        answer = self.send(page, name, filled, files, **headers)
        if answer.status not in (302, 303):
            raise Stopped(f"The form of {urlsplit(page.address).path} answers {answer.status}.")
        return self.get(answer.headers["Location"])


def as_form(values: dict) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(values, doseq=True).encode()


def multipart(values: dict, files: dict[str, tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return a form with files, as browsers write it (RFC 7578)."""
    line = uuid.uuid4().hex
    parts = []
    for name, value in values.items():
        head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(head.encode() + str(value).encode())
    for name, (filename, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content)
    body = b"".join(b"--" + line.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return f"multipart/form-data; boundary={line}", body + f"--{line}--\r\n".encode()
