"""Apply as an outlet does, from the first question to the receipt, and see what it leaves."""

from __future__ import annotations

import hashlib
import json
import mailbox
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from launching.browsing import Browser, Stopped
from launching.looking import Finding, lacking

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = json.loads((ROOT / "citizenjournalists/rehearsal/answers.json").read_text())
COUNTRY = "KZ"
A_PDF = b"%PDF-1.7\n% " + b"journey " * 2000 + b"\n%%EOF\n"
LETTER_WITHIN = 150  # seconds: the sweep delivers each minute, should the broker be away
CLAIMED = timedelta(seconds=45)  # how much earlier a dishonest client says that it came
MOST_LINKS = 40  # in an hour from one address, whatever it claims


def apply(browser: Browser, slug: str, email: str, letters: Path | None, keep: dict):
    """Go the whole way at the call `slug`; what must still be there later is written to `keep`."""
    name = f"Проба {datetime.now(UTC):%H:%M:%S}"
    start = browser.get(f"/ru/apply/{slug}/")
    who = {"country": COUNTRY, "name": name, "email": email}
    tasks = browser.go(start, "email", who)
    path = urlsplit(tasks.address).path
    keep |= {"path": path, "link": tasks.page.marked.get("link", "")}
    yield "an application begins", lacking("/z/" in keep["link"], keep["link"])
    yield from fill(browser, path, name)
    links = browser.get(f"{path}files/").page.links
    keep["file"] = next(
        one for one in links if one.startswith(f"{path}files/") and len(one) > len(path) + 7
    )
    keep["sha256"] = digest(browser, keep)
    wanted = hashlib.sha256(A_PDF).hexdigest()
    yield "the file comes back as it went", lacking(keep["sha256"] == wanted)
    yield from submit(browser, path, keep)
    if letters:
        yield "the receipt arrives by mail", lacking(arrives(letters, email, keep["number"]))
    yield from stay_honest(browser)


def fill(browser: Browser, path: str, name: str) -> Iterator[Finding]:
    for section, answers in ANSWERS["every"].items():
        if section == "consents":  # the last; files come before it
            page = browser.get(f"{path}files/")
            file = {"cv": ("Резюме.pdf", A_PDF)}
            browser.go(page, "cv", {"onward": "1"}, file)
        filled = {**answers, **ANSWERS["of_country"][COUNTRY].get(section, {})}
        if section == "outlet":
            filled |= {"name": name, "country": COUNTRY}
        page = browser.get(f"{path}{section}/")
        went_on = browser.go(page, next(iter(answers)), filled)
        clear = f"/{section}/" not in urlsplit(went_on.address).path
        yield f"the section “{section}” is taken", lacking(clear)


def digest(browser: Browser, keep: dict) -> str:
    return hashlib.sha256(browser.get(keep["file"]).content).hexdigest()


def submit(browser: Browser, path: str, keep: dict) -> Iterator[Finding]:
    """Hand in, claiming to have come earlier: what counts is when the proxy says it came."""
    check = browser.get(f"{path}check/")
    claimed = datetime.now(UTC) - CLAIMED
    received = browser.go(check, "seen", {}, **{"X-Request-Start": f"t={claimed.timestamp():.3f}"})
    keep["number"] = received.page.marked.get("number", "")
    yield "it is received, under a number", lacking("/received/" in received.address)
    told = [one for one in status_of(browser, path).page.times if "T" in one]
    at = min(map(datetime.fromisoformat, told))  # all else is of this minute, or to come
    server = parsedate_to_datetime(received.headers["Date"])
    late = abs(server - at)
    yield "the proxy's clock counts, not the client's", lacking(late < CLAIMED / 2, late)
    receipt = browser.get(f"{path}versions/1/receipt.pdf")
    yield "the receipt is a PDF", lacking(receipt.content.startswith(b"%PDF-"))


def status_of(browser: Browser, path: str):
    return browser.get(f"{path}status/")


def arrives(letters: Path, to: str, number: str) -> bool:
    """Whether the letter with the receipt gets to the mailbox (a Maildir) in time."""
    until = time.monotonic() + LETTER_WITHIN
    while time.monotonic() < until:
        for one in mailbox.Maildir(letters, create=False):
            letter = message_from_bytes(one.as_bytes(), policy=policy.default)
            if (
                letter["To"] == to
                and number in letter["Subject"]
                and "/z/" in str(letter.get_body(["plain"]).get_content())
            ):
                return True
        time.sleep(1)
    return False


def stay_honest(browser: Browser) -> Iterator[Finding]:
    """Ask for lost links under ever new claimed addresses: the limit holds nevertheless."""
    statuses = []
    for n in range(MOST_LINKS + 2):
        form = browser.get("/ru/status/")
        asked = {"email": f"nobody{n}@outlet.example"}
        answer = browser.send(form, "email", asked, **{"X-Forwarded-For": f"203.0.113.{n}"})
        statuses.append(answer.status)
        if answer.status == 429:
            break
    yield "a claimed address lifts no limit", lacking(statuses[-1] == 429, statuses)


def find_again(browser: Browser, keep: dict) -> Iterator[Finding]:
    """Open an earlier application by its private link alone, in a browser that knows nothing."""
    page = browser.get(urlsplit(keep["link"]).path)
    opened = browser.go(page, "csrfmiddlewaretoken", {})
    shown = keep["number"] in opened.text and "/status/" in opened.address
    yield "the private link opens the earlier application", lacking(shown, opened.address)
    yield "its file is the same to the last byte", lacking(digest(browser, keep) == keep["sha256"])
    for file in ("check", "versions/1"):
        said = browser.ask("GET", f"{keep['path']}{file}/").status
        yield f"its page “{file}” opens", lacking(said == 200, said)
    if not keep["number"]:
        raise Stopped("The earlier journey kept no number.")
