"""Pictures of every page, to be looked at: python -m tests.browser.screens FOLDER [TOUR ...]

Each page is taken at 1280 and 360 pixels, light and dark. Not a test: it asserts nothing of the
look, but the walk it takes is linted like any other.
"""

import itertools
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.tours import TOURS
from tests.support.browser import run_chromium, run_context, screenshot
from tests.support.latchkey import Latchkey

WIDTHS = {1280: 900, 360: 780}
SCHEMES = ("light", "dark")


class Album:
    """Takes a page in every width and scheme; files are in the order they were taken.

    A page that looks as one before it did is not taken again.
    """

    def __init__(self, folder: Path, tour: str):
        self._folder = folder
        self._tour = tour
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
            screenshot(page, self._folder / f"{self._tour}-{number:02}-{name}-{width}-{scheme}.png")
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})


def main(folder: Path, *tours: str) -> None:
    """Walk every page there is, or those of `tours`, and fill `folder` with PNGs."""
    with run_chromium() as browser:
        for name in tours or TOURS:
            with (
                tempfile.TemporaryDirectory(prefix="latchkey-screens-") as data,
                Latchkey(Path(data), practice=True) as latchkey,
                # Pages that say no answer 4xx, which the browser notes in its console.
                run_context(browser, tolerated=["Failed to load resource"]) as context,
            ):
                TOURS[name](context, latchkey, Album(folder, name).take)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(TOURS):
        sys.exit(f"Usage: python -m tests.browser.screens FOLDER [{' | '.join(TOURS)}] ...")
    main(Path(sys.argv[1]), *sys.argv[2:])
