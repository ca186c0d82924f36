"""What a first visit of a page brings over the wire, in Chromium."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from benchmarks import programs, provider, walking
from benchmarks.chromium import let_in, run_chromium
from benchmarks.common import Part, Place, Row

KB = 1000
HOW = """\
Each page is opened in a profile that has the cookie of the launch address and has seen nothing
yet, so nothing comes out of a cache. Bytes are those the browser counted on the wire
(`Network.loadingFinished`, `encodedDataLength`: heads and bodies as they were sent), requests are
all it made until nothing was under way, with the page's icon where the browser asks for it. Counts
do not vary from run to run, so they are taken once."""

_SLUGS = (
    *("before", "redirect-uri", "client-id", "client-secret", "metadata", "test", "handover"),
    *("turn-on", "record", "delete", "renew"),
)


@dataclass(frozen=True)
class Visit:
    """A first visit: octets on the wire, the addresses asked, hosts that are not ours."""

    path: str
    octets: int
    asked: tuple[str, ...]
    elsewhere: int


def measure(_runs: int, place: Place) -> Part:
    """The rows of the page weight."""
    python = place.latchkey_python()
    with (
        provider.running() as issuer,
        programs.latchkey(python, place.fresh("weight")) as it,
        run_chromium() as browser,
    ):
        empty = _visit(browser, it.url, "/")
        setup = walking.whole(programs.visitor(it.url, provider.SECRET), issuer)
        paths = {slug: f"/setups/{setup}/{slug}" for slug in _SLUGS}
        seen = {name: _visit(browser, it.url, path) for name, path in paths.items()}
        seen = {"home": empty, "new setup": _visit(browser, it.url, "/setups/new"), **seen}
    heaviest = max(seen, key=lambda name: seen[name].octets)
    busiest = max(seen, key=lambda name: len(seen[name].asked))
    rows: list[Row] = []
    for words, name in (
        ("home", "home"),
        ("a question (client-id)", "client-id"),
        (f"the heaviest ({heaviest})", heaviest),
    ):
        weight = seen[name].octets / KB
        figure = f"weight of {words}, first visit"
        rows.append(Row(figure, "–", f"{weight:.1f} kB", weight, 50.0, "kB"))
    for words, name in (("home", "home"), (f"the page with most ({busiest})", busiest)):
        number = len(seen[name].asked)
        rows.append(
            Row(f"requests of {words}, first visit", "–", str(number), number, 8, "requests")
        )
    elsewhere = sum(each.elsewhere for each in seen.values())
    rows.append(Row("requests elsewhere, all pages", "–", str(elsewhere), elsewhere, 0, "requests"))
    return Part("Page weight", rows, HOW, _table(seen))


def _visit(browser: Browser, launch: str, path: str) -> Visit:
    base = launch.partition("/launch")[0]
    asked: dict[str, str] = {}
    octets: dict[str, float] = {}
    with let_in(browser, launch) as context:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.on(
            "Network.requestWillBeSent",
            lambda e: asked.update({e["requestId"]: e["request"]["url"]}),
        )
        network.on(
            "Network.loadingFinished",
            lambda e: octets.update({e["requestId"]: e["encodedDataLength"]}),
        )
        network.send("Network.enable")
        page.goto(f"{base}{path}")
        page.wait_for_load_state("networkidle")
    urls = [url for url in asked.values() if not url.startswith("data:")]
    elsewhere = sum(not url.startswith(f"{base}/") for url in urls)
    return Visit(path, round(sum(octets.values())), tuple(urls), elsewhere)


def _table(seen: dict[str, Visit]) -> str:
    lines = ["| page | kB | requests |", "|---|---|---|"]
    for name, visit in sorted(seen.items(), key=lambda item: -item[1].octets):
        lines.append(f"| {name} | {visit.octets / KB:.1f} | {len(visit.asked)} |")
    heaviest = max(seen.values(), key=lambda visit: len(visit.asked))
    names = ", ".join(
        f"`{urlsplit(url).path.rpartition('/static/')[2] or '/'}`" for url in heaviest.asked
    )
    return "\n".join([*lines, "", f"The page with most requests asks for: {names}."])
