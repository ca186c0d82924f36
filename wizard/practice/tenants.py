"""The two practice tenants: the one where applications are registered, and another one.

The other one is there to be mistaken for the first: its metadata URL can be pasted, and an account
of it can be tried. Nothing is registered in it.
"""

from dataclasses import dataclass

ALGORITHM = "RS256"
SCOPES = ("openid", "profile", "email", "offline_access")
CHALLENGE_METHOD = "S256"

HOME_DOMAIN = "practice.example"
OTHER_DOMAIN = "another-practice.example"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of the provider at `base`: its ID, and the addresses that hold it."""

    id: str
    name: str
    domain: str
    base: str

    @property
    def issuer(self) -> str:
        return f"{self.base}/{self.id}/v2.0"

    @property
    def metadata_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.base}/{self.id}/oauth2/v2.0/authorize"

    @property
    def token_endpoint(self) -> str:
        return f"{self.base}/{self.id}/oauth2/v2.0/token"

    @property
    def jwks_uri(self) -> str:
        return f"{self.base}/{self.id}/discovery/v2.0/keys"

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
