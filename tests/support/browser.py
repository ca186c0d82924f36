"""A headless Chromium, and contexts in it that notice what a page should not do."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

from tests.support.tools import need

REASON = "browser tests need Chromium or Chrome on this machine"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT_MS = 15_000

_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]

# The driver switches features off as well, and only the last list of them counts: so what it means
# for loopback stands here again. The last three prepare another process for each page to come,
# which takes a third of a navigation's time.
_OFF = (
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "OptimizationHints"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "PreconnectToSearch", "LensOverlay"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "ThirdPartyStoragePartitioning"),
    *("SpareRendererForSitePerProcess", "ProactivelySwapBrowsingInstance", "RenderDocument"),
)

# No name and no address but this machine's leads anywhere. (To route every request through the test
# would do that too, but it switches the browser's cache off and takes a third of the time.)
_HERE_ONLY = ["MAP * ~NOTFOUND", *(f"EXCLUDE {each}" for each in sorted(LOOPBACK))]

# htmx notes these when Continue overtakes a live check; what went wrong is noted by other names.
# The icon that nobody named is asked for at an identity provider's pages; ours name theirs.
_MEANT = ("htmx:sendAbort", "htmx:afterRequest", "/favicon.ico")


@contextlib.contextmanager
def run_chromium() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    with sync_playwright() as playwright, _launched(playwright.chromium) as browser:
        yield browser


@contextlib.contextmanager
def run_another(browser: Browser, hosts: Sequence[str]) -> Iterator[Browser]:
    """A second one beside `browser`, to which the names `hosts` lead to this machine."""
    with _launched(browser.browser_type, hosts) as other:
        yield other


@contextlib.contextmanager
def _launched(kind: BrowserType, hosts: Sequence[str] = ()) -> Iterator[Browser]:
    path = need("chromium", REASON)
    # Chromium's sandbox does not start as root, which is what containers run as.
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    rules = ",".join([*(f"MAP {each} 127.0.0.1" for each in hosts), *_HERE_ONLY])
    arguments = [*_ARGUMENTS, f"--disable-features={','.join(_OFF)}"]
    arguments.append(f"--host-resolver-rules={rules}")
    if as_root:
        arguments.append("--no-sandbox")
    browser = kind.launch(executable_path=path, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


@contextlib.contextmanager
def run_context(
    browser: Browser,
    *,
    javascript: bool = True,
    colour_scheme: str = "light",
    size: tuple[int, int] = (1280, 900),
    scale: float = 1,
    tolerated: Sequence[str] = (),
    hosts: Sequence[str] = (),
    proxy: str = "",
) -> Iterator[BrowserContext]:
    """A fresh profile; at its end nothing may have gone wrong in any of its pages.

    Wrong is: script that throws, anything written to the console as an error (a broken content
    security policy is), and any request that would leave this machine. A window of `size` pixels
    has `scale` pixels of the screen to each of them, as a magnified page has. `tolerated` are parts
    of console messages that are meant, such as the 4xx of a page under test; `hosts` are names that
    lead to this machine; `proxy` is asked for everything, loopback included.
    """
    wrong: list[str] = []
    context = browser.new_context(
        java_script_enabled=javascript,
        color_scheme=colour_scheme,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        service_workers="block",
        proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
    )
    context.set_default_timeout(TIMEOUT_MS)
    context.on("weberror", lambda error: wrong.append(f"script: {error.error}"))
    context.on("console", lambda message: _heard(message, wrong, tolerated))
    here = {*LOOPBACK, *hosts}
    context.on("request", lambda request: _asked(request.url, wrong, here))
    try:
        yield context
    finally:
        context.close()
    assert not wrong, "\n".join(wrong)


def _heard(message, wrong, tolerated) -> None:
    text = f"{message.text} ({message.location.get('url', '')})"
    if message.type == "error" and not any(part in text for part in (*_MEANT, *tolerated)):
        wrong.append(f"console: {text}")


def _asked(url, wrong, here) -> None:
    if urlsplit(url).hostname not in {None, *here}:  # a `data:` address has no host
        wrong.append(f"leaves this machine: {url}")


def screenshot(page: Page, path: Path) -> None:
    """The whole page, as high as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, animations="disabled")
