"""Walk a site as a browser without script would: pages, their forms, and what to put into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "9" * 400,
    "0x1F",
    "٣",
    "²",
    "1,5",
    "1.5",
    "true",
    "None",
    "__all__",
    "'; DROP TABLE applications_application; --",
    '"><script>alert(1)</script>',
    "{{ 7|add:7 }}{% load i18n %}",
    "%s%n%(name)s{0.__class__}",
    "../../../../etc/passwd",
    "a\0b",
    "\x01\x02\x7f\x1b[31m",
    "\ud800",
    "\u202etxt.exe",
    "\ufffe\uffff\ufeff",
    "👩‍👩‍👧‍👦🏳️‍🌈🇰🇿",
    "й" + "\u0306" * 300,
    "a\r\nBcc: everyone@portal.example",
    "=1+1",
    "http://[::1",
    "javascript:alert(1)",
    "(" * 500,
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "10000-01-01",
    "2026-02-30",
    "2026-12-31T24:00",
    "99:99",
    "KZ",
    "ru",
    "999999999",
    "9223372036854775808",
    "00000000-0000-0000-0000-000000000000",
    "[1, {}]",
    "x" * 70_000,
]
SEGMENTS = [
    "0",
    "-1",
    "9" * 30,
    "٣",
    "%00",
    "_5F",
    "'",
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "..%2F..",
    "x",
]
BODIES = [
    ("application/json", b'{"a": [1, null]}'),
    ("text/plain", b"\xff\xfe\x00"),
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a'),
    ("multipart/form-data; boundary=x", b"no boundary here"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=1&a=%00&=&&=;%"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
]
FILES = [("a.pdf", b""), ("../../a\0.pdf", b"%PDF-"), ("\u202e" + "x" * 300 + ".docx", b"PK\3\4")]


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    offered: list[str] = field(default_factory=list)


@dataclass
class Form:
    page: str
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> tuple:
        """Return what makes a form another form: where it goes and what it asks."""
        names = sorted({one.name for one in self.fields if not one.name[-1:].isdigit()})
        return route_of(self.action), self.method, tuple(names)

    def as_drawn(self) -> list[tuple[str, str]]:
        """Return what a browser would send at once."""
        return [(one.name, one.value) for one in self.fields if one.kind not in ("file", "choice")]


class Page(HTMLParser):
    """The links and forms of a page. A control outside its form names it, as the admin's do."""

    def __init__(self, address: str, html: str):
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self.by_id, self.open, self.select, self.text = {}, None, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append(urljoin(self.address, told["href"]))
        elif tag == "form":
            action = urljoin(self.address, told.get("action") or self.address)
            self.open = Form(self.address, action, told.get("method", "get").lower())
            self.by_id[told.get("id")] = self.open
            self.forms.append(self.open)
        elif tag == "option" and self.select:
            self.select.offered.append(told.get("value", ""))
            if "selected" in told:
                self.select.value = told.get("value", "")
        elif tag in ("input", "button", "select", "textarea") and told.get("name"):
            self.take(tag, told)

    def take(self, tag: str, told: dict) -> None:
        form = self.by_id.get(told.get("form")) if "form" in told else self.open
        if form is None:
            return
        kind = told.get("type", "text") if tag == "input" else tag
        ticked = kind not in ("checkbox", "radio", "submit", "button") or "checked" in told
        one = Field(told["name"], kind if ticked else "choice", told.get("value", ""))
        form.fields.append(one)
        self.select = one if tag == "select" else None
        self.text = one if tag == "textarea" else None

    def handle_data(self, data):
        if self.text:
            self.text.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None


def route_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return urlsplit(address).path


def pages_of(client: Client, start: list[str]) -> Iterator[tuple[str, object]]:
    """Yield address and answer of every page that links lead to: two of a kind, where one asks."""
    waiting, seen = list(start), Counter()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = (route_of(address), bool(parts.query))
        if parts.scheme not in ("", "http") or parts.netloc or seen[kind]:
            continue
        seen[kind] += 1
        answer = whole(client.get(address))
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
        yield address, answer
        if answer["Content-Type"].startswith("text/html"):
            waiting += Page(address, answer.content.decode()).links


def whole(answer):
    """Read a file to its end, so that it is closed."""
    if answer.streaming:
        list(answer.streaming_content)
    return answer


def spoiled(form: Form, random: Random) -> list[tuple[str, str]]:
    """Return what the form would send, spoiled in one of the ways that happen or are tried."""
    token = ("csrfmiddlewaretoken", "x")  # never missing where a page is shown again
    return [token, *pairs_of(form, random)]


def pairs_of(form: Form, random: Random) -> list[tuple[str, str]]:
    sent = form.as_drawn()
    names = sorted({one.name for one in form.fields} - {"csrfmiddlewaretoken"})
    way = random.randrange(6)
    if not names or way == 0:
        return []
    if way == 1:
        text = random.choice(TEXTS)
        return [(name, text) for name in names]
    if way == 2:
        return [(name, random.choice(TEXTS)) for name in names for _ in range(random.randrange(3))]
    if way == 3:
        wrong = random.choice(names)
        return [pair for pair in sent if pair[0] != wrong]
    if way == 4:
        return [*sent, *((name, random.choice(TEXTS)) for name in random.sample(names, 1) * 2)]
    wrong, text = random.choice(names), random.choice(TEXTS)
    return [*(pair for pair in sent if pair[0] != wrong), (wrong, text), ("is_superuser", "1")]


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """Return a body as forms send it; halves of pairs go as the bytes a broken program sends."""
    return urlencode(pairs, errors="surrogatepass", encoding="utf-8").encode()


def request_of(form: Form, random: Random) -> tuple[str, str, bytes, str]:
    """Return method, address, body and content type of the form spoiled once more."""
    pairs = spoiled(form, random)
    if form.method == "get":
        return "GET", f"{form.action.split('?')[0]}?{encoded(pairs).decode()}", b"", ""
    files = [one.name for one in form.fields if one.kind == "file"]
    if not files:
        return "POST", form.action, encoded(pairs), "application/x-www-form-urlencoded"
    parts = [(name, "", text.encode("utf-8", "replace")) for name, text in pairs]
    parts.append((random.choice(files), *random.choice(FILES)))
    return "POST", form.action, multipart(parts), "multipart/form-data; boundary=part"


def multipart(parts: list[tuple[str, str, bytes]]) -> bytes:
    """Return a body of (name, file name, content); a part without a file name is text."""
    body = b""
    for name, file, content in parts:
        named = f'; filename="{file}"' if file else ""
        body += f'--part\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode()
        body += content + b"\r\n"
    return body + b"--part--\r\n"


def beside(address: str, random: Random) -> str:
    """Return an address like this one with one of its parts replaced by what leads nowhere."""
    parts = urlsplit(address)
    steps = parts.path.split("/")
    changeable = [n for n, step in enumerate(steps) if step and n > 1]
    if changeable:
        steps[random.choice(changeable)] = random.choice(SEGMENTS)
    pairs = [pair.split("=")[0] for pair in parts.query.split("&") if pair]
    told = "&".join(f"{name}={quote(random.choice(TEXTS), errors='replace')}" for name in pairs)
    return "/".join(steps) + (f"?{told}" if told else "")
