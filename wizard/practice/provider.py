"""The practice provider as one object: its addresses, key, store and codes."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from uuid import uuid4

from flask import current_app
from joserfc.jwk import RSAKey

from wizard.practice.codes import Codes
from wizard.practice.store import PracticeStore

ALGORITHM = "RS256"
SCOPES = ("openid", "profile", "email", "offline_access")
CHALLENGE_METHOD = "S256"
_EXTENSION = "practice_provider"


@dataclass
class PracticeProvider:
    """Served on `port` of localhost. The tenant ID and the key are made once and kept."""

    port: int
    store: PracticeStore
    codes: Codes = field(default_factory=Codes)

    @cached_property
    def tenant_id(self) -> str:
        return self.store.fact("tenant_id", lambda: str(uuid4()))

    @cached_property
    def cookie_key(self) -> str:
        """Kept too, so that a page opened before a restart can still be sent after it."""
        return self.store.fact("cookie_key", lambda: secrets.token_urlsafe(32))

    @cached_property
    def signing_key(self) -> RSAKey:
        """RSA, 2048 bits."""
        return RSAKey.import_key(self.store.fact("signing_key", _new_key))

    @cached_property
    def kid(self) -> str:
        """The key's thumbprint. RFC 7638."""
        return self.signing_key.thumbprint()

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def latchkey(self) -> str:
        """Latchkey itself, which the practice pages link to: always the port before ours."""
        return f"http://localhost:{self.port - 1}/"

    @property
    def issuer(self) -> str:
        return f"{self.base}/{self.tenant_id}/v2.0"

    @property
    def metadata_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.base}/{self.tenant_id}/oauth2/v2.0/authorize"

    @property
    def token_endpoint(self) -> str:
        return f"{self.base}/{self.tenant_id}/oauth2/v2.0/token"

    @property
    def jwks_uri(self) -> str:
        return f"{self.base}/{self.tenant_id}/discovery/v2.0/keys"

    def error_uri(self, number: int) -> str:
        return f"{self.base}/error?code={number}"

    def metadata(self) -> dict[str, object]:
        """The discovery document. OpenID Connect Discovery 3.

        As in Entra's there is no grant_types_supported and no userinfo of its own here; unlike
        Entra, S256 is the only challenge method, and the document says so (RFC 8414 2).
        """
        return {
            "token_endpoint": self.token_endpoint,
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "jwks_uri": self.jwks_uri,
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "response_types_supported": ["code", "id_token"],
            "scopes_supported": list(SCOPES),
            "issuer": self.issuer,
            "request_uri_parameter_supported": False,
            "authorization_endpoint": self.authorization_endpoint,
            "code_challenge_methods_supported": [CHALLENGE_METHOD],
            "claims_supported": [
                *("sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "at_hash"),
                *("name", "preferred_username", "oid", "tid", "ver", "email"),
            ],
        }

    def keys(self) -> dict[str, list[dict[str, object]]]:
        """The key set: like Entra's, `use` and `issuer` on the key, no `alg`. RFC 7517."""
        public = self.signing_key.as_dict(private=False)
        key = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**key, "use": "sig", "kid": self.kid, "issuer": self.issuer}]}

    def install(self, app) -> None:
        app.extensions[_EXTENSION] = self


def practice() -> PracticeProvider:
    """The provider of the application that answers the current request."""
    return current_app.extensions[_EXTENSION]


def _new_key() -> str:
    return RSAKey.generate_key(2048).as_pem(private=True).decode("ascii")
