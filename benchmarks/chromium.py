"""Chromium, and pages of Latchkey in it for somebody who was let in."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext

from benchmarks.running import get
from tests.support.browser import run_chromium

__all__ = ["let_in", "run_chromium"]


@contextlib.contextmanager
def let_in(browser: Browser, launch: str) -> Iterator[BrowserContext]:
    """A fresh profile with the cookie of the launch address and nothing else, no file kept.

    Nothing stands between browser and network, as it does in the tests' contexts.
    """
    name, _, value = get(launch).cookie.partition("=")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    with contextlib.closing(context):
        context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context
