"""A test sign-in without a browser: a real setup, and a user agent that only carries the answer."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec
from keyring.backends.fail import Keyring as NoKeyring

from tests.support.html import parse
from tests.support.odd_provider import CLIENT_ID, SECRET
from wizard import round_trip, setups
from wizard.oidc.finding import Finding, Status
from wizard.round_trip import SignIns, SignInUnknown
from wizard.setups import Setup
from wizard.store import Store
from wizard.vault import Vault

PORT = 8765
CALLBACK = f"http://localhost:{PORT}/callback"
SID = "the-session-of-this-test"
# The products whose way of signing in is that of the flow; no product of ours uses the third.
_PRODUCTS = {
    ("code", "query"): "syncro",
    ("code", "form_post"): "syncro",
    ("id_token", "form_post"): "connectwise",
}


@dataclass(frozen=True)
class Ending:
    """How a sign-in ended. `went` says that the browser was sent to the provider."""

    findings: tuple[Finding, ...]
    verdict: str
    went: bool = True

    def codes(self, status: Status) -> list[str]:
        """The codes of the findings with this status, in their order."""
        return [finding.code for finding in self.findings if finding.status is status]

    def one(self, code: str) -> Finding:
        """The one finding of that code."""
        (found,) = [finding for finding in self.findings if finding.code == code]
        return found


class Desk:
    """A store and a vault on a folder of their own, as the app has them."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.vault = Vault(folder, backend=NoKeyring())

    def setup(self, metadata_url: str, response_type: str, response_mode: str) -> Setup:
        """A setup saved and loaded again, for a product that signs in that way."""
        product = _PRODUCTS[response_type, response_mode]
        setup_id = self.store.create_setup(product, "oidc")
        answers = {"metadata_url": metadata_url, "client_id": CLIENT_ID}
        if response_type == "code":
            self.vault.put(setup_id, "v1", SECRET)
            answers["secret_version"] = "v1"
        self.store.save_answers(setup_id, answers)
        loaded = setups.load(self.store, self.vault, setup_id, PORT)
        protocol = msgspec.structs.replace(loaded.product.protocol, response_mode=response_mode)
        return replace(loaded, product=msgspec.structs.replace(loaded.product, protocol=protocol))

    def again(self, setup: Setup) -> Setup:
        """The same setup as it is saved now."""
        return setups.load(self.store, self.vault, setup.id, PORT)

    def carry(self, url: str) -> list[tuple[str, str]]:
        """The parameters that the provider at `url` has the browser bring to the callback."""
        asked = urlsplit(url)
        with closing(HTTPConnection(asked.netloc, timeout=10)) as http:
            http.request("GET", f"{asked.path}?{asked.query}")
            page = http.getresponse()
            text = page.read().decode()
        if location := page.getheader("Location"):
            where = urlsplit(location)
            assert f"{where.scheme}://{where.netloc}{where.path}" == CALLBACK
            return parse_qsl(where.query, keep_blank_values=True)
        form = parse(text).one("form", method="post")
        assert form.get("action") == CALLBACK
        return [(field.get("name"), field.get("value")) for field in form.all("input")]

    def sign_in(self, setup: Setup, sign_ins: SignIns | None = None, **clocks: object) -> Ending:
        """From the button to the verdict. `clocks` are those of `finish`."""
        sign_ins = sign_ins or SignIns()
        started = sign_ins.start(setup, SID)
        if not started.url:
            return Ending(started.findings, "fail", went=False)
        try:
            pending = sign_ins.collect(sign_ins.arrive(self.carry(started.url)), SID)
        except SignInUnknown as unknown:
            return Ending((unknown.finding,), "fail")
        outcome = round_trip.finish(pending, setup, **clocks)
        return Ending(outcome.findings, outcome.verdict)


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """A desk, closed afterwards."""
    made = Desk(folder)
    with made.store:
        yield made
