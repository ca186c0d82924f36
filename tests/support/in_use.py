"""A setup in use, in this process: walked to any place, signed in, handed over, switched on."""

from dataclasses import dataclass

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

    def to_done(self, **more: str) -> Page:
        """Signed in, handed over, everything ticked; Latchkey's redirect URI is gone."""
        self.sign_in(self.to_test(**more))
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
