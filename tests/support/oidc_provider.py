"""npm `oidc-provider`, a certified OpenID Provider that this project did not write, on loopback."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.processes import Process
from tests.support.tools import PROVIDERS, need

REASON = "tests against a real identity provider run oidc-provider on Node.js 18 or newer"


def client(
    client_id: str,
    *redirect_uris: str,
    client_secret: str | None = None,
    response_types: Sequence[str] = ("code",),
    token_endpoint_auth_method: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A client's registration, as OpenID Connect Dynamic Client Registration 1.0 section 2 has it.

    `native`, because this provider refuses ID tokens from the authorization endpoint at http
    redirect URIs of web clients. Without a secret the client is public.
    """
    grants = []
    if any("code" in kind.split() for kind in response_types):
        grants += ["authorization_code", "refresh_token"]
    if any("id_token" in kind.split() for kind in response_types):
        grants.append("implicit")
    registration = {
        "client_id": client_id,
        "redirect_uris": list(redirect_uris),
        "response_types": list(response_types),
        "grant_types": grants,
        "application_type": "native",
        "token_endpoint_auth_method": token_endpoint_auth_method
        or ("client_secret_basic" if client_secret else "none"),
        **more,
    }
    if client_secret:
        registration["client_secret"] = client_secret
    return registration


class OpenIDProvider:
    """The provider with `clients`, running inside a `with`.

    It signs in whoever names a login: one with an @ has `email`, `email_verified`, `name` and
    `preferred_username`, any other only `sub`. Its pages: `input[name=login]`, then
    `button[name=decision]` with the values `sign_in`, `allow` and `cancel`.

    `accounts` gives claims for a login instead of the rule above; `consent=False` leaves the
    second page out; `configuration` is laid over oidc-provider's own, key by key. The host is
    not `localhost`, so that provider and wizard are different sites to the browser, as in life.
    """

    issuer: str
    metadata_url: str

    def __init__(
        self,
        clients: Sequence[Mapping[str, Any]],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        accounts: Mapping[str, Mapping[str, Any]] | None = None,
        consent: bool = True,
        configuration: Mapping[str, Any] | None = None,
    ):
        self._asked = {
            "port": port,
            "host": host,
            "clients": list(clients),
            "accounts": accounts or {},
            "consent": consent,
            "configuration": configuration or {},
        }

    def __enter__(self) -> "OpenIDProvider":
        node = need("node", REASON)
        need("oidc-provider", REASON)
        self._folder = tempfile.TemporaryDirectory(prefix="latchkey-op-")
        folder = Path(self._folder.name)
        self._request_log = folder / "requests.jsonl"
        self._process = Process(
            [node, str(PROVIDERS / "op.mjs")],
            log=folder / "stderr.log",
            stdin=json.dumps({**self._asked, "request_log": str(self._request_log)}),
        )
        try:
            self.issuer = self._process.wait_for_line("ready ")
        except BaseException:
            self.__exit__()
            raise
        self.metadata_url = f"{self.issuer}/.well-known/openid-configuration"
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._folder.cleanup()

    def requests(self) -> list[dict[str, Any]]:
        """What it was asked so far: `method`, `path` without its query, `status`."""
        text = self._request_log.read_text(encoding="utf-8") if self._request_log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]
