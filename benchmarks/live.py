"""From paste to verdict on the screen, in Chromium."""

import itertools
from collections.abc import Callable

from playwright.sync_api import Page

from benchmarks import programs, provider, walking
from benchmarks.chromium import let_in, run_chromium
from benchmarks.common import Part, Place, Row, Series

TARGET_MS = 150.0
PASTES = 5  # for each run
HOW = """\
In headless Chromium, Latchkey as its user has it. A value that was not there before is put on the
clipboard and pasted over the field with the keyboard; `performance.now()` is read in the page when
the paste event is dispatched, and again in the first frame that is drawn after the last row of the
check has come and nothing is being asked any more. The shape alone is judged where no metadata URL
is known yet (a redirect URI in plain http, which is wrong); the live check asks a provider on
loopback about a client ID it knows, with both redirect URIs and the secret."""

_WATCH = """(codes) => {
  window.verdict = new Promise((done) => {
    let since = 0;
    const begin = () => { since = performance.now(); };
    document.addEventListener("paste", begin, {capture: true, once: true});
    const place = document.getElementById("judged") ?? document.body;
    const look = () => {
      const checks = document.getElementById("checks");
      const over = codes.some((code) => checks.querySelector(`[data-code="${code}"]`))
        && !checks.querySelector("[data-more], .busy");
      if (!since || !over) return;
      watcher.disconnect();
      requestAnimationFrame(() => done(performance.now() - since));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(place, {subtree: true, childList: true, attributes: true});
  });
}"""


def measure(runs: int, place: Place) -> Part:
    """The rows of the live check."""
    python = place.latchkey_python()
    data = place.fresh("live")
    with (
        provider.running() as issuer,
        programs.latchkey(python, data) as it,
        run_chromium() as browser,
        let_in(browser, it.url) as context,
    ):
        base = it.url.partition("/launch")[0]
        visitor = programs.visitor(it.url, provider.SECRET)
        first = walking.answer(visitor, walking.new(visitor), issuer, "redirect-uri")
        whole = walking.setup_id(walking.answer(visitor, walking.new(visitor), issuer))
        numbers = itertools.count(1)
        pages = {
            "shape": _opened(context.new_page(), f"{base}{first.path}"),
            "live": _opened(context.new_page(), f"{base}/setups/{whole}/client-id"),
        }
        sides: dict[str, Callable[[], float]] = {
            "shape": lambda: _paste(
                pages["shape"],
                "redirect_uri",
                f"http://syncro{next(numbers)}.example/callback",
                ["redirect_uri_not_https"],
            ),
            "live": lambda: _paste(
                pages["live"],
                "client_id",
                f"{provider.CLIENT_ID}-{next(numbers)}",
                ["client_id_known"],
            ),
        }
        seen: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(-2, runs * PASTES):
            for name, paste in sides.items():
                took = paste()
                if turn >= 0:
                    seen[name].append(took)
    words = {"shape": "paste to verdict, shape only", "live": "paste to verdict, live check"}
    rows = []
    for name, values in seen.items():
        series = Series(tuple(values))
        figure = f"{words[name]}, provider 0 ms away"
        rows.append(Row(f"{figure}, p50", "–", str(series), series.median, TARGET_MS, "ms"))
        rows.append(Row(f"{figure}, p95", "–", str(series), series.p95, TARGET_MS, "ms"))
    return Part("Paste to verdict", rows, HOW)


def _opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page


def _paste(page: Page, field: str, text: str, codes: list[str]) -> float:
    page.bring_to_front()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator(f'form#answer [name="{field}"]').focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.evaluate(_WATCH, codes)
    page.keyboard.press("ControlOrMeta+v")
    return page.evaluate("verdict")
