"""The metadata document as an object. OpenID Connect Discovery 1.0, section 3; RFC 8414; RFC 9207.

A list that the document leaves out is None here; where the standard gives it a default there is a
property that applies it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Names = tuple[str, ...] | None

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says about itself. Absent addresses are "", absent lists None."""

    issuer: str
    authorization_endpoint: str
    jwks_uri: str
    token_endpoint: str = ""
    userinfo_endpoint: str = ""
    introspection_endpoint: str = ""
    revocation_endpoint: str = ""
    end_session_endpoint: str = ""
    response_types_supported: Names = None
    response_modes_supported: Names = None
    grant_types_supported: Names = None
    scopes_supported: Names = None
    subject_types_supported: Names = None
    claims_supported: Names = None
    code_challenge_methods_supported: Names = None
    token_endpoint_auth_methods_supported: Names = None
    id_token_signing_alg_values_supported: Names = None
    iss_parameter_supported: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def response_modes(self) -> tuple[str, ...]:
        """How answers may come back; default query and fragment. Discovery 1.0, 3."""
        return _or(self.response_modes_supported, ("query", "fragment"))

    @property
    def grant_types(self) -> tuple[str, ...]:
        """The grants; default authorization_code and implicit. Discovery 1.0, 3."""
        return _or(self.grant_types_supported, ("authorization_code", "implicit"))

    @property
    def token_endpoint_auth_methods(self) -> tuple[str, ...]:
        """How a client shows its secret; default client_secret_basic. Discovery 1.0, 3."""
        return _or(self.token_endpoint_auth_methods_supported, ("client_secret_basic",))


ADDRESSES = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
)
LISTS = (
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "scopes_supported",
    "subject_types_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "id_token_signing_alg_values_supported",
)


def metadata_from(raw: Mapping[str, Any]) -> Metadata:
    """The object for a parsed document; members of the wrong type count as absent."""
    texts = {name: raw[name] for name in ("issuer", *ADDRESSES) if isinstance(raw.get(name), str)}
    return Metadata(
        issuer=texts.pop("issuer", ""),
        authorization_endpoint=texts.pop("authorization_endpoint", ""),
        jwks_uri=texts.pop("jwks_uri", ""),
        **texts,
        **{name: names_in(raw.get(name)) for name in LISTS},
        iss_parameter_supported=raw.get("authorization_response_iss_parameter_supported") is True,
        raw=MappingProxyType(dict(raw)),
    )


def names_in(value: object) -> Names:
    """A list of texts as a tuple; None for anything else, and for an empty list.

    "Claims that return zero elements MUST be omitted": an empty list is an absent one. Discovery
    1.0, 4.2.
    """
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None


def _or(names: Names, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if names is None else names
