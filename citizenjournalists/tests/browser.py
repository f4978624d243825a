"""A real Chromium for journeys: `page` on a live server, as a phone or a desktop sees it."""

from __future__ import annotations

import os
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from launching.testing import CHROMIUM_NAMES

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--in-process-gpu",
]
HOW_TO_GET_ONE = (
    "No Chromium: install it (Debian: apt-get install chromium-headless-shell) or name it in "
    "CHROMIUM; browser journeys were not run."
)
AXE = """options => axe.run({preload: false, resultTypes: ["violations"], ...options}).then(
    found => found.violations.map(
        one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`
    )
)"""
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def chromium() -> str | None:
    """Return the Chromium to drive: the one CHROMIUM names, else what is on the PATH."""
    found = filter(None, map(shutil.which, CHROMIUM_NAMES))
    return os.environ.get("CHROMIUM") or next(found, None)


@pytest.fixture(scope="session")
def browser():
    """Run one Chromium for all journeys."""
    if not (program := chromium()):
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_ONE)
        pytest.skip(HOW_TO_GET_ONE)
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def new_page(live_server, browser, settings):
    """Give a function that opens a browser of its own: `new_page(viewport=PHONE, locale="ru")`.

    Whatever the browser calls an error (a script that fails, a file that is missing, a breach
    of the content policy) fails the test, unless it clears `page.errors` as expected.
    """
    settings.SITE_URL = live_server.url
    contexts, pages = [], []

    def open_page(**options):
        context = browser.new_context(
            **{"base_url": live_server.url, "viewport": DESKTOP, "locale": "ru", **options}
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: note_complaint(page, said))
        pages.append(page)
        return page

    yield open_page
    errors = [error for page in pages for error in page.errors]
    for context in contexts:
        context.close()
    assert errors == []


def note_complaint(page, said) -> None:
    if said.type == "error":
        page.errors.append(f"{said.text} {said.location.get('url', '')}")


def faults(page, **options) -> list[str]:
    """Return what axe finds on a page as it is now, each with where it is found.

    Only that leaves the browser: all that axe finds in order weighs more than the search.
    `preload=True` lets axe read the style sheets too, which the staff's pages don't allow.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AXE, options)


@pytest.fixture
def page(new_page):
    """Give a desktop window on the live server."""
    return new_page()


@pytest.fixture
def phone(new_page):
    """Give a phone-sized window on the live server."""
    return new_page(viewport=PHONE, has_touch=True, is_mobile=True)
