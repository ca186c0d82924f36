"""A setup in use, in this process: walked to any place, signed in, handed over, switched on."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from tests.faulty_op import CODE_QUERY, FaultyProvider
from tests.support.app import CALLBACK, App
from tests.support.odd_provider import (
    CLIENT_ID,
    PRODUCT_URI,
    SECRET,
    Asked,
    Said,
    back,
    oauth_error,
    page,
)
from tests.support.visitor import Page
from wizard import setups
from wizard.setups import Setup

FAR = "2099-12-31"


class StrictProvider(FaultyProvider):
    """Signs in, and tells right values from wrong ones before anybody does. All may be changed."""

    def __init__(self) -> None:
        super().__init__(CODE_QUERY, redirect_uri=CALLBACK)
        self.redirect_uris = (PRODUCT_URI, CALLBACK)
        self.hears_secrets = True
        self._made = self._settings()

    @property
    def as_made(self) -> bool:
        """Nothing has been changed since it was made."""
        return self._settings() == self._made

    def _settings(self) -> dict[str, Any]:
        heard = {"asked", "objections", "issuer", "date"}
        return {n: copy(v) for n, v in vars(self).items() if n[0] != "_" and n not in heard}

    _usual_port = 0

    def _listening(self, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
        """Where the one before it listened, as long as nobody else does: see InUse.to_done."""
        try:
            server = ThreadingHTTPServer(("127.0.0.1", StrictProvider._usual_port), handler)
        except OSError:
            return super()._listening(handler)
        StrictProvider._usual_port = server.server_address[1]
        return server

    def _authorize(self, asked: Asked) -> Said:
        if not asked.right_client:
            return page("There is no such client.", 400, "Unknown client")
        if not asked.right_uri:
            return page("The redirect URI is not registered.", 400, "Wrong redirect URI")
        if asked.params.get("prompt") == "none":
            return back(asked, error="login_required")
        return super()._authorize(asked)

    def right_token(self, asked: Asked) -> Said:
        if not self.hears_secrets:
            return oauth_error("temporarily_unavailable", 503)
        if not asked.right_secret:
            return oauth_error("invalid_client", 401)
        return super().right_token(asked)


# Each table and its column with the setup's id.
_TABLES = {"setups": "id"} | dict.fromkeys(("answers", "checks", "runs", "ticks"), "setup_id")


@dataclass(frozen=True)
class Kept:
    """A setup as a walk left it in the store: the rows of each table, and the secret's version.

    `path` is the page that the walk ended at.
    """

    setup_id: str
    path: str
    at: datetime
    rows: dict[str, list[dict[str, Any]]]
    version: str

    @classmethod
    def of(cls, used: "InUse", page: Page) -> "Kept":
        with closing(sqlite3.connect(used.app.store.path)) as db:
            db.row_factory = sqlite3.Row
            rows = {
                table: [
                    dict(row)
                    for row in db.execute(f"SELECT * FROM {table} WHERE {key} = ?", [used.id])
                ]
                for table, key in _TABLES.items()
            }
        version = used.app.store.answers(used.id).get("secret_version", "")
        return cls(used.id, page.path, datetime.now(UTC), rows, version)

    def put(self, used: "InUse") -> None:
        """Into another store, as if it had been walked just now."""
        later = datetime.now(UTC) - self.at
        with closing(sqlite3.connect(used.app.store.path)) as db, db:
            for table, rows in self.rows.items():
                for row in rows:
                    values = {name: _moved(name, value, later) for name, value in row.items()}
                    marks = ", ".join(f":{name}" for name in values)
                    db.execute(
                        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values
                    )
        used.app.vault.put(self.setup_id, self.version, used.op.secret)
        used.id = self.setup_id


def _moved(name: str, value: Any, later: timedelta) -> Any:
    if not name.endswith("_at"):
        return value
    return (datetime.fromisoformat(value) + later).isoformat(timespec="microseconds")


# By the place walked to and the provider.
_KEPT: dict[tuple[str, str], Kept] = {}


@dataclass
class InUse:
    """One setup of the app, and the provider it is for."""

    app: App
    op: StrictProvider
    id: str = ""

    @property
    def path(self) -> str:
        return f"/setups/{self.id}"

    @property
    def setup(self) -> Setup:
        """As it is saved now."""
        return setups.load(self.app.store, self.app.vault, self.id, 8765)

    def get(self, rest: str = "") -> Page:
        return self.app.visitor.get(f"{self.path}{rest}")

    def home(self) -> Page:
        return self.app.visitor.get("/")

    def to_test(self, product: str = "syncro", expires: str = FAR) -> Page:
        """A new setup, every question answered rightly."""
        path = self._walked_once(f"{product} {expires}", lambda: self._to_test(product, expires))
        return self.app.visitor.get(path)

    def _to_test(self, product: str, expires: str) -> Page:
        visitor = self.app.visitor
        visitor.secrets.append(self.op.secret)
        page = self.app.setup(product)
        self.id = page.path.split("/")[2]
        answers = {
            "redirect-uri": {"redirect_uri": PRODUCT_URI},
            "client-id": {"client_id": CLIENT_ID},
            "client-secret": {"client_secret": self.op.secret, "secret_expires": expires},
            "metadata": {"metadata_url": self.op.metadata_url},
        }
        while not page.path.endswith("/test"):
            here = page.path.rsplit("/", 1)[-1]
            page = visitor.submit(page, **answers.get(here, {}))
            assert not page.path.endswith(f"/{here}"), f"stuck at {here}: {page.words}"
        return page

    def sign_in(self, page: Page | None = None) -> Page:
        """The test sign-in, carried by hand; the page of its outcome."""
        leaving = self.app.visitor.submit(page or self.get("/test"), "go")
        refresh = leaving.root.one("meta", http_equiv="refresh").get("content")
        with requests.Session() as http:
            http.trust_env = False
            answer = http.get(refresh.partition("url=")[2], allow_redirects=False, timeout=10)
        visitor = self.app.visitor
        back = visitor.fetch(
            "GET", answer.headers["Location"], headers={"Sec-Fetch-Site": "cross-site"}
        )
        refresh = back.root.one("meta", http_equiv="refresh").get("content")
        return visitor.get(refresh.partition("url=")[2])

    def be_signed_in(self) -> None:
        """Right values and a test sign-in that passed."""
        self._walked_once("signed in", lambda: self.sign_in(self.to_test()))

    def be_done(self) -> None:
        """Signed in, handed over, everything ticked; Latchkey's redirect URI is gone."""
        self._walked_once("done", self._to_done)
        self.op.redirect_uris = (PRODUCT_URI,)

    def to_signed_in(self) -> Page:
        """The same, and the page of the verdict."""
        self.be_signed_in()
        return self.get("/test")

    def to_done(self) -> Page:
        """The same, and its last page."""
        self.be_done()
        return self.get("/turn-on")

    def _walked_once(self, place: str, walk: Callable[[], Page]) -> str:
        """The path that `walk` ends at.

        With a provider as it was made that is walked once a process; after that a store gets the
        rows which the walk left.
        """
        key = (place, self.op.issuer)
        if not self.op.as_made:
            return walk().path
        if key not in _KEPT:
            _KEPT[key] = Kept.of(self, walk())
        elif self.app.store.setup(_KEPT[key].setup_id):
            return walk().path
        else:
            self.app.visitor.secrets.append(self.op.secret)
            _KEPT[key].put(self)
        return _KEPT[key].path

    def _to_done(self) -> Page:
        self.sign_in(self.to_test())
        visitor = self.app.visitor
        page = visitor.submit(self.get("/handover"))
        self.op.redirect_uris = (PRODUCT_URI,)
        boxes = [e.get("value") for e in page.root.all("input", type="checkbox")]
        fields = [("tick", each) for each in boxes]
        token = page.form().one("input", name="csrf_token").get("value")
        visitor.fetch("POST", f"{self.path}/turn-on", [("csrf_token", token), *fields])
        page = self.get("/turn-on")
        assert "All steps are ticked" in page.words
        return page

    def check_again(self) -> Page:
        """The button on the home page; what it found."""
        action = f"{self.path}/check-again"
        home = self.home()
        return self.app.visitor.submit(home, home.root.one("form", action=action))


__all__ = ["CLIENT_ID", "FAR", "PRODUCT_URI", "SECRET", "InUse", "StrictProvider"]
