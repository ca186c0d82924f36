"""A wizard and a provider to walk with while a canary secret, code and tokens are in use."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.oidc.tokens import claims, key_set, rsa_key, token
from tests.support.app import CALLBACK, REDIRECT_URI, App, wizard
from tests.support.canary import Canaries, watch
from tests.support.odd_provider import CLIENT_ID, Asked, OddProvider, Said, oauth_error, page
from tests.support.visitor import Page
from wizard.oidc.discovery import WELL_KNOWN
from wizard.steps import STEPS
from wizard.vault import Vault

SECRET = 'cAnArY sEcReT+of/40%41"<&>\u00fc~x'
WRONG = 'cAnArY wRoNg+of/40%41"<&>\u00fc~x'
CODE = "cAnArY/cOdE+%41&=\"<'\u00fc"
ACCESS = "cAnArY.aCcEsS~token+/="
SECRET_ID = "0a1b2c3d-aaaa-4bbb-8ccc-00000000c0de"


def provider(**endpoints) -> OddProvider:
    """A provider whose client has the canary for a secret, with a document and keys."""
    odd = OddProvider(
        authorize=lambda asked: page("Sign in") if asked.right_client else oauth_error("no"),
        token=endpoints.pop("token", honest),
        pages={
            WELL_KNOWN: lambda asked: as_json(asked.provider.document),
            "/keys": lambda asked: as_json(key_set(rsa_key())),
        },
        secret=SECRET,
        redirect_uris=(REDIRECT_URI, CALLBACK),
        **endpoints,
    )
    odd.nonce = ""
    return odd


def as_json(value: object, status: int = 200) -> Said:
    return Said(status, value, content_type="application/json")


def honest(asked: Asked) -> Said:
    """What a token endpoint should answer."""
    if not asked.right_secret:
        return oauth_error("invalid_client", 401)
    if asked.params.get("code") != CODE:
        return oauth_error("invalid_grant")
    return as_json({"token_type": "Bearer", "access_token": ACCESS, "id_token": id_token(asked)})


def id_token(asked: Asked, **changes) -> str:
    second = int(time.time())
    known = {"iss": asked.provider.issuer, "aud": CLIENT_ID, "nonce": asked.provider.nonce}
    return token(claims(**known, iat=second, exp=second + 600, email="u@example.com", **changes))


@dataclass
class Way:
    """One path under way: the wizard, its provider, and everything that was seen."""

    wiz: App
    op: OddProvider
    pages: list[Page]
    canaries: Canaries
    asked_for: set[int] = field(default_factory=set)

    def to_metadata(self, secret: str = SECRET, **values) -> Page:
        """At the metadata step, walked to from the very beginning."""
        return self.wiz.walk_by_its_pages_to(
            "metadata", client_id=CLIENT_ID, client_secret=secret, **values
        )

    def stored(self, secret: str = SECRET, **values) -> Page:
        """The same in a setup that is saved already: quicker where that is not what it is about."""
        return self.wiz.saved_at("metadata", client_id=CLIENT_ID, client_secret=secret, **values)

    def to_test(self, secret: str = SECRET, here: Page | None = None, **values) -> Page:
        """At the test sign-in, gone on anyway with whatever failed."""
        here = here or self.stored(secret, **values)
        url = f"{self.op.issuer}{WELL_KNOWN}"
        here = self.wiz.visitor.submit(here, metadata_url=url)
        if here.path.endswith("/metadata"):
            here = self.wiz.visitor.submit(here, go_on_anyway="y")
        assert here.path.endswith("/test"), here.words
        return here

    def sign_in(self, here: Page, **answer: str) -> Page:
        """Go and come back with `answer`; the page that comes of it."""
        _, params = self.wiz.start_sign_in(here)
        self.op.nonce = params["nonce"]
        return self.wiz.come_back(**{"code": CODE, "state": params["state"], **answer})

    def send(self, here: Page, url: str, accept: str = "text/html", **fields: str) -> Page:
        """POST below the setup of `here`, with the token its forms have."""
        csrf = here.root.all("input", name="csrf_token")[0].get("value")
        return self.wiz.visitor.fetch(
            "POST",
            f"{setup_of(here)}/{url}",
            [("csrf_token", csrf), *fields.items()],
            {"Accept": accept},
            fragment=url.endswith("/check"),
        )

    def check(self, here: Page, slug: str, **fields: str) -> None:
        """The live check as a script asks for it, and as a page does, row by row to the end."""
        asked = self.send(here, f"{slug}/check", "application/json", **fields)
        assert "findings" in json.loads(asked.text)
        piece = self.send(here, f"{slug}/check", **fields)
        while poller := piece.root.where(lambda e: "hx-get" in e):
            piece = self.wiz.visitor.fetch("GET", poller[0].get("hx-get"), fragment=True)

    def look_everywhere(self, here: Page) -> None:
        """Every page and file there is of the setup, by the app's own list of addresses.

        Each once: a step that is not open leads to one that is, which is among them.
        """
        urls = {f"{setup_of(here)}/{step.slug}" for step in STEPS}
        for rule in self.wiz.app.url_map.iter_rules():
            if "GET" in rule.methods and rule.arguments == {"setup_id"}:
                urls.add(rule.rule.replace("<setup_id>", setup_of(here).removeprefix("/setups/")))
        assert len(urls) > 10 + len(STEPS)
        for url in sorted(urls):
            answer = self.wiz.visitor.get(url, follow=False)
            assert answer.status < 500, url
            assert urlsplit(answer.location).path in (urls | {"", "/"}), answer.location


def setup_of(here: Page) -> str:
    return "/".join(here.path.split("/")[:3])


@contextlib.contextmanager
def path(folder: Path, vault: Vault | None = None, op: OddProvider | None = None) -> Iterator[Way]:
    """A wizard and a provider to walk with; at its end the pages and files are searched."""
    with op or provider() as odd, wizard(folder, vault=vault) as wiz:
        canaries = all_of_them()
        pages = watch(wiz.visitor)
        under_way = Way(wiz, odd, pages, canaries)
        yield under_way
        hear(canaries, odd)
        searched = [each for each in pages if id(each) not in under_way.asked_for]
        assert len(searched) > 1, "pages were looked at"
        assert canaries.found_in_pages(searched) == {}
        assert canaries.found_in_files(folder) == {}
    assert canaries.found_in_files(folder) == {}, "after the end"


def all_of_them() -> Canaries:
    """What is looked for: as values, and as HTTP Basic sends them."""
    canaries = Canaries(client_secret=SECRET, wrong_secret=WRONG, code=CODE, access=ACCESS)
    for secret in (SECRET, WRONG):
        canaries.say_credentials(CLIENT_ID, secret)
    return canaries


def hear(canaries: Canaries, odd: OddProvider) -> None:
    """What only the provider was told is a canary too: the verifier, and what Basic sent."""
    for asked in odd.asked:
        if "code_verifier" in asked.params and asked.params.get("code") == CODE:
            canaries.say("code_verifier", asked.params["code_verifier"])
