"""A real Chromium on the real site, watched: every request, every complaint of the console."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000


@dataclass
class Watched:
    """A page, what it asked for and what it complained about."""

    page: Page
    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path, wait_until="load")
        return self.page

    def foreign(self) -> list[str]:
        """Requests that left the site."""
        here = urlsplit(self.origin).netloc
        return [url for url in self.requests if urlsplit(url).netloc not in ("", here)]

    def assert_clean(self) -> None:
        assert self.foreign() == []
        assert self.complaints == []


@pytest.fixture(scope="session")
def origin(app: Flask) -> Iterator[str]:
    with serving(app) as origin:
        yield origin


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Where the site is served, by threads of this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts and closes them."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def watch(contexts: Callable[..., BrowserContext], origin: str) -> Callable[..., Watched]:
    """Opens a watched page in a context of its own."""

    def opened(**options: object) -> Watched:
        return watched(contexts(**options).new_page(), origin)

    return opened


def watched(page: Page, origin: str) -> Watched:
    found = Watched(page, origin)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("console", lambda message: _complain(found, message.type, message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    return found


def _complain(found: Watched, kind: str, text: str) -> None:
    # The browser's own line for a page that is answered with an error status is no complaint about the page.
    if kind in ("error", "warning") and "the server responded with a status of" not in text:
        found.complaints.append(text)
