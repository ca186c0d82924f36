"""A provider in Entra's dialect with a document and keys, whose answers a test can hold back."""

import threading
from collections.abc import Callable

from tests.oidc.tokens import rsa_key
from tests.support.entra_like import TENANT, App, EntraLike
from tests.support.odd_provider import Asked, Said

DOCUMENT = f"/{TENANT}/v2.0/.well-known/openid-configuration"
Which = Callable[[Asked], bool]


class Gate:
    """Answers that wait. `reached` is set when one does; `open()` lets them and all others go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        self.reached.set()
        assert self._opened.wait(20), "a test has left a gate shut"


class WholeProvider(EntraLike):
    """`apps` as in EntraLike. Its issuer holds the tenant, as Entra's does."""

    def __init__(self, *apps: App) -> None:
        super().__init__(*apps)
        self._gates: list[Gate] = []
        self.answers[DOCUMENT] = lambda _: self._json(self.document)
        self.answers["/keys"] = lambda _: self._json({"keys": [rsa_key().jwk()]})

    @property
    def document(self) -> dict:
        methods = ["client_secret_post", "client_secret_basic"]
        return {
            **super().document,
            "issuer": f"{self.issuer}/{TENANT}/v2.0",
            "scopes_supported": ["openid", "profile", "email"],
            "token_endpoint_auth_methods_supported": methods,
        }

    @property
    def metadata_url(self) -> str:
        return self.issuer + DOCUMENT

    def hold(self, path: str, which: Which = lambda _: True) -> Gate:
        """Hold back the answers at `path` to those requests that `which` says."""
        gate, answer = Gate(), self.answers[path]

        def held(asked: Asked) -> Said:
            if which(asked):
                gate.pass_through()
            return answer(asked)

        self.answers[path] = held
        self._gates.append(gate)
        return gate

    def __exit__(self, *exc_info: object) -> None:
        for gate in self._gates:
            gate.open()
        super().__exit__(*exc_info)

    @staticmethod
    def _json(body: dict) -> Said:
        return Said(200, body, content_type="application/json")
