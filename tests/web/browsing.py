"""A real browser for the page tests, where there is one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP loftesbot.test 127.0.0.1",
)
PATIENCE_MILLISECONDS = 15_000
REFUSED = "the server responded with a status of 422"


def installed_browser() -> str:
    """Return the path of a Chromium, or skip the test and say why."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed, so no page was tried in a browser")
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    path = installed_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def a_page(browser: Browser, *, width: int = 1000, scripts: bool = True) -> Iterator[Page]:
    """Open a page; whatever it complains about in the console fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="sv-SE"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda each: complaints.append(each.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    unexpected = [each for each in complaints if REFUSED not in each]
    assert unexpected == [], unexpected
