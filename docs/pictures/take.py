"""Take the pictures of the documents anew: a demo of its own, a real browser, small PNGs.

    .venv/bin/python docs/pictures/take.py               every picture, in both languages
    .venv/bin/python docs/pictures/take.py desk ranking  these alone

The demo lies in a temporary folder and is gone afterwards. Scenes are in the order of a call, and
what a person does between two of them (a review, a proposal) is done in the browser too, so that
pictures of a later scene need the acts before it: they are always played.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PASSWORD = "citizen-journalists"  # noqa: S105 (of the demo)
WIDE = {"width": 1280, "height": 860}
TALL = {"width": 1280, "height": 1250}
PHONE = {"width": 390, "height": 844}
COLOURS = 48
LANGUAGES = ("ru", "en")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
DECISIONS = "/admin/reviews/decisionlist/{judged}/"
READING = "/admin/reviews/review/desk/"
BEGUN = ".cj-act a:not([href$='/conflict/'], [href$='/discussion/'])"
# name, who looks, where, how large; an arrow leads on to the first link that matches
SCENES = (
    ("call", "", "/{language}/calls/{open}/", WIDE),
    ("help", "", "/{language}/help/", WIDE),
    ("play", "", "apply", PHONE),
    ("sign-in", "", "/admin/", WIDE),
    ("second-step", "officer", "/admin/account/factor/", WIDE),
    ("desk", "officer", "/admin/", TALL),
    ("calls", "officer", "/admin/applications/call/", WIDE),
    (
        "copy",
        "officer",
        "/admin/applications/call/ > a[href*='/change/'] > a[href$='/copy/']",
        WIDE,
    ),
    ("season", "officer", "/admin/applications/call/ > a[href*='/change/']", TALL),
    ("rubric", "officer", "/admin/reviews/criterion/of/{open}/", WIDE),
    ("letter-text", "officer", "/admin/applications/lettertemplate/add/", TALL),
    (
        "extension",
        "officer",
        "/admin/applications/call/ > a[href*='/change/'] > a[href*='/extension/call/']",
        WIDE,
    ),
    ("applications", "officer", "/admin/applications/application/", WIDE),
    (
        "application",
        "officer",
        "/admin/applications/application/ > #result_list a[href*='/change/']",
        WIDE,
    ),
    ("eligibility", "officer", "/admin/reviews/assignment/eligibility/{judged}/?only=all", WIDE),
    ("invite", "officer", "/admin/reviews/juror/invite/", WIDE),
    ("assign", "officer", "/admin/reviews/assignment/plan/{judged}/", WIDE),
    ("queue", "juror1", READING, WIDE),
    ("conflict", "juror1", READING + " > .cj-desk a[href$='/conflict/']", WIDE),
    ("review", "juror2", READING + f" > {BEGUN}", TALL),
    ("sheet", "juror1", READING + "sheet/", WIDE),
    ("how", "juror1", READING + "how/", TALL),
    ("progress", "officer", "/admin/reviews/assignment/progress/{judged}/", TALL),
    ("outbox", "officer", "/admin/applications/message/", TALL),
    (
        "letter",
        "officer",
        "/admin/applications/message/ > #content a[href*='/message/'][href*='/change/']",
        WIDE,
    ),
    ("ranking", "officer", "/admin/reviews/review/ranking/{judged}/", TALL),
    ("take-away", "officer", "/admin/reviews/review/takeaway/{judged}/", WIDE),
    ("exports", "officer", "/admin/exports/", WIDE),
    ("play", "juror1", "review", WIDE),
    ("play", "officer", "draft", WIDE),
    ("decisions", "officer", DECISIONS, TALL),
    ("feedback", "officer", DECISIONS + "feedback/", TALL),
    ("play", "officer", "settle", WIDE),
    ("play", "officer", "write_feedback", WIDE),
    ("play", "officer", "mend_address", WIDE),
    ("play", "officer", "propose", WIDE),
    ("publish", "chair", DECISIONS + "publish/", TALL),
    ("report", "chair", DECISIONS + "report/", WIDE),
)


@contextmanager
def a_demo():
    """Run the portal with its demo in a folder of its own; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="pictures-")
    environment = {**os.environ, "PORT": str(port), "VAR_DIR": folder, "RATE_LIMITS": "off"}
    program = [sys.executable, "launch.py", "run"]
    running = subprocess.Popen(program, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        address = f"http://localhost:{port}"
        wait_for(f"{address}/healthz", running)
        yield address
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
        shutil.rmtree(folder)


def wait_for(address: str, running: subprocess.Popen, within: float = 180) -> None:
    until = time.monotonic() + within
    while running.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(address)  # noqa: S310
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The demo did not start.")


def sign_in(browser: Browser, site: str, who: str, size: dict) -> Page:
    """Open a browser of one person's own; nobody is signed in where `who` is empty."""
    page = browser.new_context(base_url=site, viewport=size).new_page()
    if who:
        page.goto("/admin/")
        page.locator("[name=username], [name=login]").first.fill(who)
        page.locator("[name=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    return page


def speak(page: Page, site: str, language: str) -> None:
    cookie = {"name": "staff_language", "value": language, "url": f"{site}/admin/"}
    page.context.add_cookies([cookie])


def visit(page: Page, way: str, facts: dict) -> None:
    """Go to the first address of a way, then from link to link."""
    start, *links = way.format(**facts).split(" > ")
    page.goto(start)
    for link in links:
        page.goto(page.locator(link).first.get_attribute("href"))


def keep(page: Page, name: str, language: str) -> None:
    """Write what the page shows as a PNG with a small palette."""
    page.wait_for_load_state("networkidle")
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = shown.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = HERE / f"{name}.{language}.png"
    small.save(path, optimize=True)
    print(f"{path.stat().st_size // 1024:>5} KB  {path.name}")


def seasons(browser: Browser, site: str) -> dict:
    """Return the slugs of the demo's open call and of the one that is judged."""
    page = sign_in(browser, site, "officer", WIDE)
    links = page.locator(".cj-pagehead .cj-tools > *").all_inner_texts()
    open_one, judged = (one.strip().replace("–", "-") for one in links[:2])
    return {"open": open_one, "judged": judged}


# What people do between the scenes ----------------------------------------------------------------


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def apply(page: Page, facts: dict) -> None:
    """Begin an application on a phone, in each language, and show the sections and one of them."""
    for language in LANGUAGES:
        page.goto(f"/{language}/apply/{facts['open']}/")
        page.locator("[name=country]").first.check()
        page.locator("[name=name]").fill("Алатау FM" if language == "ru" else "Alatau FM")
        page.locator("[name=email]").fill("editor@alatau.example")
        press(page, "form[method=post] [type=submit].btn-primary")
        if wanted("form"):
            keep(page, "form", language)


def review(page: Page, facts: dict) -> None:
    """Judge the applications on the desk that nobody has judged, and hand them in."""
    page.goto(READING)
    for address in page.locator(".cj-desk .cj-act a").evaluate_all("all => all.map(a => a.href)"):
        if "/discussion/" not in address:
            page.goto(address)
            judge(page)


def judge(page: Page) -> None:
    """Fill in the score form of the page and hand it in, as a browser without script does."""
    if page.locator("[name=conflict][value=no]").count():
        page.locator("[name=conflict][value=no]").check()
        press(page, ".cj-coi__open")
    page.evaluate(
        """() => {
          const form = document.querySelector("[name=hand_in]").form;
          for (const one of form.querySelectorAll("[type=radio][value='4']")) one.checked = true;
          form.elements.strength.value = "Ясный план набора авторов.";
          form.elements.improvement.value = "Назовите источники гонораров после гранта.";
          form.requestSubmit(form.elements.hand_in);
        }"""
    )
    page.wait_for_url("**/hand-in/**")
    press(page, "form [name=stay]")


def draft(page: Page, facts: dict) -> None:
    page.goto(DECISIONS.format(**facts))
    press(page, "form[action$='/draft/'] [type=submit]")


def settle(page: Page, facts: dict) -> None:
    """Choose the first of each tie, with a reason."""
    page.goto(DECISIONS.format(**facts))
    ties = "form[action$='/settle/']"
    while page.locator(ties).count():
        tie = page.locator(ties).first
        tie.locator("[type=radio], [type=checkbox]").first.check()
        tie.locator("textarea").fill("Критерий 3: у этой редакции сеть продумана подробнее.")
        with page.expect_navigation():
            tie.locator("[type=submit]").click()


def write_feedback(page: Page, facts: dict) -> None:
    page.goto(DECISIONS.format(**facts) + "feedback/")
    press(page, "#content [type=submit]")


def mend_address(page: Page, facts: dict) -> None:
    """Correct the address of each outlet whose letters come back."""
    page.goto("/admin/applications/message/?status=failed")
    links = page.locator("#content a[href*='/change/']").evaluate_all("all => all.map(a => a.href)")
    for address in links:
        page.goto(address)
        if page.locator("#content [type=email]").count():
            page.locator("#content [type=email]").fill("editor@new-address.example")
            page.locator("#content form:has([type=email]) :is(textarea, [type=text])").last.fill(
                "По телефону"
            )
            press(page, "#content form:has([type=email]) :is(button, [type=submit])")


def propose(page: Page, facts: dict) -> None:
    """Propose, with the reason that is asked for where some were read by too few."""
    page.goto(DECISIONS.format(**facts))
    if (why := page.locator("#propose textarea")).count():
        why.fill("Письма обещаны к сроку, а двое экспертов больны.")
    press(page, "[form=propose], form[action$='/propose/'] [type=submit]")


PLAYED = (apply, review, draft, settle, write_feedback, mend_address, propose)
ACTS = {act.__name__: act for act in PLAYED}


def wanted(name: str) -> bool:
    return not sys.argv[1:] or name in sys.argv[1:]


def main() -> None:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with a_demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        facts = seasons(browser, site)
        for name, who, way, size in SCENES:
            if name != "play" and not wanted(name):
                continue
            page = sign_in(browser, site, who, size)
            if name == "play":
                ACTS[way](page, facts)
            for language in LANGUAGES if name != "play" else ():
                speak(page, site, language)
                visit(page, way, {**facts, "language": language})
                keep(page, name, language)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
