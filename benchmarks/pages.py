"""The server's time for every page and for a check of a value's shape, 10 and 100 setups stored."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder

from benchmarks import provider, stores
from benchmarks.common import Part, Place, Row, Series, interleaved
from tests.support.app import BASE, PORT, App, wizard
from tests.support.html import parse
from tests.support.visitor import NAVIGATION

TARGET_MS = 10.0
GROWTH = 1.3
HOW = """\
Each request is a WSGI call in this process, timed from the call to the answer's last byte; the two
stores take turns. The setups were made through the app itself with a provider on loopback, in
every state in turn: new, half way, refused by the provider, signed in, handed over, done and
checked again, renewed. p95 is of all calls of one page. The table above has the slowest pages; all
of them are here."""

_AT = {
    "redirect URI next": ("before", "redirect-uri"),
    "client ID next": ("client-id",),
    "refused": ("metadata", "client-id"),
    "test next": ("test",),
    "done": (
        *("before", "redirect-uri", "client-id", "client-secret", "metadata", "test"),
        *("handover", "turn-on", "record", "record.md", "reminder.ics", "export", "delete"),
        *("renew", "check-again"),
    ),
    "renewed": ("test", "record"),
}
_SHAPES = (
    ("client-id", "client_id", "of-a-good-shape"),
    ("redirect-uri", "redirect_uri", "https://syncro.example/another/callback"),
)


@dataclass(frozen=True)
class Request:
    """What is asked for, under which name; `form` where something is posted."""

    name: str
    path: str
    form: bytes | None = None


def measure(runs: int, place: Place) -> Part:
    """The rows of the pages."""
    with (
        provider.running() as issuer,
        wizard(place.fresh("ten")) as ten,
        wizard(place.fresh("hundred")) as hundred,
    ):
        few = _calls(ten, stores.fill(ten, issuer, 10))
        many = _calls(hundred, stores.fill(hundred, issuer, 100))
        seen = _times(runs * 5, {10: few, 100: many})
    return Part("Server time", list(_rows(seen)), HOW, _table(seen))


def _calls(app: App, ids: dict[str, str]) -> dict[str, Callable[[], float]]:
    """By its name, each request, ready to be made and timed again and again."""
    client = app.app.test_client()
    client.get("/launch?t=launch-token-of-the-test", base_url=BASE)
    found = [Request("home", "/"), Request("new setup", "/setups/new")]
    for state, slugs in _AT.items():
        for slug in slugs:
            found.append(Request(f"{slug} ({state})", f"/setups/{ids[state]}/{slug}"))
    run = app.store.runs(ids["done"])[0].id
    found.append(Request("one test sign-in (done)", f"/setups/{ids['done']}/test/{run}"))
    found.append(Request("no such page", "/nothing"))
    for slug, field, value in _SHAPES:
        step = f"/setups/{ids['client ID next']}/{slug}"
        page = parse(client.get(step, base_url=BASE).get_data(as_text=True))
        token = page.one("form", id="answer").one("input", name="csrf_token").get("value")
        form = urlencode({field: value, "csrf_token": token}).encode()
        found.append(Request(f"check of the shape: {slug}", f"{step}/check", form))
    cookie = client.get_cookie(f"latchkey_{PORT}").value
    return {each.name: _call(app.app, each, f"latchkey_{PORT}={cookie}") for each in found}


def _times(
    rounds: int, sides: dict[int, dict[str, Callable[[], float]]]
) -> dict[str, dict[int, Series]]:
    """Each page by name: its times with each number of setups, which take turns."""
    (first, *_) = sides.values()
    return {
        name: interleaved(rounds, {number: calls[name] for number, calls in sides.items()}, warm=3)
        for name in first
    }


def _call(app: Flask, request: Request, cookie: str) -> Callable[[], float]:
    body = request.form or b""
    environ = EnvironBuilder(
        request.path,
        BASE,
        method="GET" if request.form is None else "POST",
        headers={
            **NAVIGATION,
            "Origin": BASE,
            "Cookie": cookie,
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
        },
    ).get_environ()
    if request.form is not None:
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        environ["CONTENT_LENGTH"] = str(len(body))
    wanted = "404" if request.path == "/nothing" else "200"

    def call() -> float:
        said: list[str] = []
        given = {**environ, "wsgi.input": io.BytesIO(body)}
        since = time.perf_counter()
        answer = app(given, lambda status, _headers, _info=None: said.append(status))
        text = b"".join(answer)
        took = (time.perf_counter() - since) * 1000
        answer.close()
        if not said[0].startswith(wanted) or not text:
            raise RuntimeError(f"{request.name}: {said[0]}")
        return took

    return call


def _rows(seen: dict[str, dict[int, Series]]) -> list[Row]:
    checks = {name: by for name, by in seen.items() if name.startswith("check of")}
    shown = {name: by for name, by in seen.items() if name not in checks}
    rows = []
    for what, some in (("page", shown), ("check of a value's shape", checks)):
        for number in (10, 100):
            name, by = max(some.items(), key=lambda item: item[1][number].p95)
            figure = f"server time of the slowest {what}, {number} setups, p95: {name}"
            value = by[number].p95
            rows.append(Row(figure, "–", str(by[number]), value, TARGET_MS, "ms"))
        growth = {name: by[100].median / by[10].median for name, by in some.items()}
        name = max(growth, key=growth.get)
        figure = f"growth of the {what} that grows most: {name}"
        rows.append(
            Row(
                figure,
                "the same with 10 setups",
                str(some[name][100]),
                growth[name],
                GROWTH,
                "×",
                str(some[name][10]),
            )
        )
    return rows


def _table(seen: dict[str, dict[int, Series]]) -> str:
    head = "| page | p50, 10 setups | p95 | p50, 100 setups | p95 | growth |"
    lines = [
        f"| {name} | {by[10].median:.1f} ms | {by[10].p95:.1f} ms | {by[100].median:.1f} ms "
        f"| {by[100].p95:.1f} ms | {by[100].median / by[10].median:.2f} × |"
        for name, by in sorted(seen.items(), key=lambda item: -item[1][100].p95)
    ]
    return "\n".join([head, "|---|---|---|---|---|---|", *lines])
