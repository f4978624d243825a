"""Look at a running portal from outside: what any visitor may see and nothing is changed by."""

from __future__ import annotations

import re
import socket
import ssl
import time
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

from launching.browsing import Browser

LANGUAGES = ("ru", "kk", "tg", "en")
YEAR = 31_536_000  # seconds
LEAST_DAYS = 14  # of a certificate
TOO_MUCH = 90 * 1024 * 1024  # bytes: more than the proxy lets through
WALLS = {  # header: what must be in it
    "Strict-Transport-Security": f"max-age={YEAR}",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}
Finding = tuple[str, str]  # what must hold, and what is wrong with it: "" for nothing


def look(browser: Browser) -> Iterator[Finding]:
    yield from at_the_door(browser)
    yield from at_the_walls(browser)
    yield from at_what_is_kept(browser)
    yield from at_the_rooms(browser)
    yield "a form that is too large gets a calm page of the proxy", too_large(browser)


def lacking(holds: bool, told: object = "") -> str:
    return "" if holds else str(told) or "no"


def at_the_door(browser: Browser) -> Iterator[Finding]:
    """HTTPS and nothing else, for our name and no other, with a certificate that lasts."""
    plain = browser.ask("GET", browser.site.replace("https:", "http:") + "/ru/?a=b")
    led = plain.headers.get("Location")
    wanted = (plain.status in (301, 308), led == f"{browser.site}/ru/?a=b")
    yield (
        "HTTP leads to the same address under HTTPS",
        lacking(all(wanted), f"{plain.status} {led}"),
    )
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        yield f"{version.name} is spoken", lacking(speaks(browser, version))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = speaks(browser, ssl.TLSVersion.TLSv1_1)
    yield "TLSv1.1 is refused", lacking(not old)
    days = days_left(browser)
    yield f"the certificate is ours and lasts {LEAST_DAYS} days", lacking(days >= LEAST_DAYS, days)
    yield "an unknown name is not served", lacking(not serves(browser, "elsewhere.invalid"))


def handshake(browser: Browser, context: ssl.SSLContext, name: str) -> ssl.SSLSocket:
    to = urlsplit(browser.site)
    address = (browser.connect or to.hostname, to.port or 443)
    return context.wrap_socket(socket.create_connection(address, timeout=20), server_hostname=name)


def careless() -> ssl.SSLContext:
    """Return a context that believes anybody, to see what a server would say to anybody."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def speaks(browser: Browser, version: ssl.TLSVersion) -> bool:
    context = careless()
    context.minimum_version = context.maximum_version = version
    try:
        handshake(browser, context, urlsplit(browser.site).hostname).close()
    except (ssl.SSLError, ConnectionError):
        return False
    return True


def days_left(browser: Browser) -> int:
    with handshake(browser, browser.trust, urlsplit(browser.site).hostname) as line:
        return int((ssl.cert_time_to_seconds(line.getpeercert()["notAfter"]) - time.time()) / 86400)


def serves(browser: Browser, name: str) -> bool:
    """Whether a request for another name gets a page."""
    try:
        with handshake(browser, careless(), name) as line:
            line.sendall(f"GET /ru/ HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            return b" 200 " in line.recv(100)
    except (ssl.SSLError, ConnectionError):
        return False


def at_the_walls(browser: Browser) -> Iterator[Finding]:
    """Headers of a page, and what it tells of the programs behind it."""
    page = browser.get("/ru/")
    for name, wanted in WALLS.items():
        said = page.headers.get(name, "")
        yield f"{name} is set", lacking(wanted in said, said)
    policy = page.headers.get("Content-Security-Policy", "")
    yield "no inline script or style may run", lacking("unsafe" not in policy, policy)
    told = page.headers.get("Server", "") + page.headers.get("X-Powered-By", "")
    yield "no version of a program is told", lacking(not re.search(r"\d", told), told)


def at_what_is_kept(browser: Browser) -> Iterator[Finding]:
    """Cookies, caches: what a browser keeps of us."""
    form = browser.get("/ru/status/")
    for line in form.headers.get_all("Set-Cookie") or ():
        name = line.split("=", 1)[0]
        wanted = {"Secure", "SameSite"} | ({"HttpOnly"} if "csrf" in name else set())
        missing = [one for one in wanted if one.lower() not in line.lower()]
        yield f"the cookie {name} is guarded", lacking(not missing, missing)
    kept = form.headers.get("Cache-Control", "")
    yield "a private page is kept by no cache", lacking("no-store" in kept, kept)
    asset = browser.get(form.page.assets[0])
    kept = asset.headers.get("Cache-Control", "")
    forever = "immutable" in kept and f"max-age={YEAR}" in kept
    yield "a static file is kept for a year", lacking(forever, kept)
    packed = asset.headers.get("Content-Encoding")
    yield "a static file travels packed", lacking(packed in ("gzip", "br"), packed)


def at_the_rooms(browser: Browser) -> Iterator[Finding]:
    """Pages in all languages, the staff's sign-in, what monitors ask."""
    for language in LANGUAGES:
        said = browser.ask("GET", f"/{language}/").status
        yield f"the first page in “{language}”", lacking(said == 200, said)
    staff = browser.ask("GET", "/admin/")
    for _ in range(3):
        if staff.status in (301, 302):
            staff = browser.ask("GET", staff.headers["Location"])
    kept = staff.headers.get("Cache-Control", "")
    yield "staff are asked to sign in", lacking(staff.status == 200 and "password" in staff.text)
    yield "the sign-in is kept by no cache", lacking("no-store" in kept, kept)
    well = browser.ask("GET", "/readyz")
    closed = well.status == 403
    yield (
        "it says it is ready, or says it here to nobody",
        lacking(closed or (well.status == 200 and '"ready": true' in well.text), well.text),
    )
    yield "its pulse", lacking(browser.ask("GET", "/healthz").status == 200)
    yield "what isn't there is not there", lacking(browser.ask("GET", "/.env").status == 404)


def too_large(browser: Browser) -> str:
    """Announce more than the proxy takes: it answers before anything is sent."""
    path = urlsplit(browser.site).path + "/ru/status/"
    connection = browser.connection("https", urlsplit(browser.site).port)
    try:
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(TOO_MUCH))
        connection.endheaders(b"a=b")
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    whole = all(f'lang="{language}"' in text for language in LANGUAGES)
    return lacking(answer.status == 413 and whole, f"{answer.status} {text[:200]}")
