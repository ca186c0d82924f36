"""Pictures of every page, to be looked at: python -m tests.browser.screens FOLDER

Each page is taken at 1280 and 360 pixels, light and dark. Not a test: it asserts nothing of the
look, but the walk it takes is linted like any other.
"""

import itertools
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.support.browser import run_chromium, run_context, screenshot
from tests.support.latchkey import Latchkey
from tests.support.oidc_provider import OpenIDProvider, client
from tests.support.practice_walk import Portal, at_practice_sign_in
from tests.support.walk import Walk, at_oidc_provider

WIDTHS = {1280: 900, 360: 780}
SCHEMES = ("light", "dark")
REDIRECT_URI = "https://syncro.example/openid_connect/callback"
SECRET = "not-a-real-secret"


class Album:
    """Takes a page in every width and scheme; files are in the order they were taken.

    A page that looks as one before it did is not taken again.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._number = itertools.count(1)
        self._seen: set[bytes] = set()

    def take(self, page: Page, name: str) -> None:
        seen = page.screenshot(full_page=True, animations="disabled")
        if seen in self._seen:
            return
        self._seen.add(seen)
        number = next(self._number)
        for (width, height), scheme in itertools.product(WIDTHS.items(), SCHEMES):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            screenshot(page, self._folder / f"{number:02}-{name}-{width}-{scheme}.png")
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})


def main(folder: Path) -> None:
    """Walk every page there is and fill `folder` with PNGs."""
    album = Album(folder)
    with (
        tempfile.TemporaryDirectory(prefix="latchkey-screens-") as data,
        Latchkey(Path(data), practice=True) as latchkey,
        run_chromium() as browser,
        # Pages that say no answer 4xx, which the browser notes in its console.
        run_context(browser, tolerated=["Failed to load resource"]) as context,
    ):
        registered = client("syncro", REDIRECT_URI, latchkey.callback, client_secret=SECRET)
        with OpenIDProvider([registered]) as op:
            walk_with_a_provider(context, latchkey, op, album)
        walk_practice(context, latchkey, album)
        take_errors(context, latchkey, album)


def walk_with_a_provider(
    context: BrowserContext, latchkey: Latchkey, op: OpenIDProvider, album: Album
) -> None:
    """Syncro against a real provider, with a wrong answer at every step first."""
    walk = Walk(context, latchkey, secrets=[SECRET], watch=album.take)
    walk.enter()
    walk.go("/setups/new")
    walk.press_continue()
    walk.look("new-nothing-chosen")
    walk.new_setup("syncro", "oidc", name="First customer")
    walk.answer("before")
    walk.try_answer("redirect-uri", redirect_uri="syncro.example/callback")
    walk.answer("redirect-uri", redirect_uri=REDIRECT_URI)
    walk.try_answer("client-id", client_id="")
    walk.answer("client-id", client_id="syncro-wrong")
    walk.try_answer("client-secret", client_secret="")
    walk.answer("client-secret", client_secret=SECRET, secret_expires="2099-12-31")
    walk.try_answer("metadata", metadata_url=f"{op.issuer}/nothing/here")
    walk.try_answer("metadata", metadata_url=op.metadata_url)
    walk.go(f"{walk.setup_path}/client-id")
    walk.try_answer("client-id", client_id="syncro")
    walk.go(walk.setup_path)
    walk.sign_in(at_oidc_provider(cancel=True))
    walk.sign_in(at_oidc_provider("admin@example.org"))
    walk.go(f"{walk.setup_path}/handover")
    walk.press(walk.page.get_by_role("button", name="Show"))
    album.take(walk.page, "handover-secret-shown")
    walk.go(f"{walk.setup_path}/handover")
    walk.hand_over(client_id="syncro")
    walk.turn_on()
    walk.go(f"{walk.setup_path}/record")
    walk.go("/")
    walk.page.close()


def walk_practice(context: BrowserContext, latchkey: Latchkey, album: Album) -> None:
    """The practice product with the practice provider, and the portal's pages."""
    walk = Walk(context, latchkey, watch=album.take)
    walk.enter()
    walk.new_setup("practice", "practice")
    walk.answer("before")
    portal = Portal(context, latchkey.practice, watch=album.take)
    product = context.new_page()
    product.goto(f"{latchkey.practice}product/settings")
    redirect_uri = product.locator('[data-copy="redirect_uri"]').inner_text().strip()
    album.take(product, "practice-product-settings")
    walk.answer("redirect-uri", redirect_uri=redirect_uri)
    registered = portal.register("Latchkey practice", [redirect_uri, latchkey.callback])
    walk.secrets.append(registered.secret_value)
    walk.answer("client-id", client_id=registered.client_id)
    walk.answer("client-secret", client_secret=registered.secret_value)
    walk.answer("metadata", metadata_url=registered.metadata_url)

    def sign_in(tab: Page) -> None:
        tab.locator("button[name=user]").first.wait_for()
        album.take(tab, "practice-sign-in")
        at_practice_sign_in("without-email")(tab)

    walk.sign_in(sign_in)
    walk.sign_in(at_practice_sign_in("with-email"))
    walk.page.close()


def take_errors(context: BrowserContext, latchkey: Latchkey, album: Album) -> None:
    """Pages that say no."""
    page = context.new_page()
    for name, path in {
        "no-such-page": "/nothing",
        "no-such-setup": "/setups/nothing/client-id",
        "wrong-launch-address": "/launch?t=wrong",
        "answer-nobody-waits-for": "/callback?code=x&state=unknown",
    }.items():
        page.goto(f"{latchkey.base}{path}")
        album.take(page, f"error-{name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.browser.screens FOLDER")
    main(Path(sys.argv[1]))
