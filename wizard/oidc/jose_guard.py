"""The one door to python-jose: it is handed one token, one key and one algorithm, all judged here.

Left to itself python-jose ignores `kid`, `use`, `crit` and `typ`, takes padded base64 and duplicate
names, stops at the first key it cannot read, and raises half a dozen exception types.
RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518 (JWA), RFC 8725 (best current practice).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jose import jws
from jose.exceptions import JWSError

from . import base64url
from .finding import Finding, Status, passed, warned
from .key_set import (
    EC_ALGS,
    MAX_KEYS,
    RSA_ALGS,
    KeySet,
    UnfitKey,
    describe_keys,
    usable_keys,
    why_unfit,
)
from .plain import kind, plain
from .strict_json import StrictJsonError, parse_object

__all__ = [
    "ALGS",
    "ASYMMETRIC",
    "MAC_ALGS",
    "KeySet",
    "TokenRefused",
    "UnfitKey",
    "Verified",
    "describe_keys",
    "usable_keys",
    "verify",
]

ASYMMETRIC = RSA_ALGS + EC_ALGS
MAC_ALGS = ("HS256", "HS384", "HS512")
ALGS = ASYMMETRIC + MAC_ALGS
MAX_CHARACTERS = 32 * 1024
_MAX_TRIED = 8  # keys tried for a token that names none
_TYPES = ("jwt", "application/jwt")
# What python-jose needs of a key. Nothing else of it is handed over.
_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "oct": ("k",)}


class TokenRefused(Exception):
    """The token cannot be trusted; `code` says why. `expected` and `actual` are fit to show."""

    def __init__(self, code: str, expected: str = "", actual: str = "", spec: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected
        self.actual = actual
        self.spec = spec

    @property
    def finding(self) -> Finding:
        """The refusal as a finding."""
        return Finding(
            self.code,
            Status.FAIL,
            about="ID token",
            expected=self.expected,
            actual=self.actual,
            spec=self.spec,
        )


@dataclass(frozen=True, slots=True)
class Verified:
    """A token whose signature holds. Its claims are signed, but not judged yet.

    `key_issuer` is the `issuer` member Entra writes into its keys; `findings` tells what held.
    """

    header: dict[str, Any]
    claims: dict[str, Any] = field(repr=False)
    kid: str | None = None
    key_issuer: str | None = None
    findings: tuple[Finding, ...] = ()


def verify(
    token: str,
    jwks: Mapping[str, Any] | None,
    *,
    alg: str,
    offered: Sequence[str] | None,
    client_secret: str | None = None,
) -> Verified:
    """`token` opened and its signature checked. OpenID Connect Core 1.0, 3.1.3.7, rules 6 to 8.

    `jwks` is the parsed key set; `alg` the algorithm this client is registered for; `offered` the
    provider's id_token_signing_alg_values_supported, None when it has no such list, which means no
    restriction beyond `alg`. The key of HS256, HS384 and HS512 is `client_secret` in UTF-8, never
    a key of the set.

    Raises TokenRefused and nothing else; its code `key_unknown_kid` is worth one fresh look at
    the keys, for they may have been changed a moment ago.
    """
    header, payload = _open(token)
    _judge_alg(header.get("alg"), alg, offered)
    _judge_header(header)
    kid = _kid(header)
    secret = _mac_secret(client_secret) if alg in MAC_ALGS else b""
    # A JWK and never a str: python-jose reads a str that looks like JSON as something else.
    keys = (
        [{"kty": "oct", "k": base64url.encode(secret)}] if secret else _candidates(jwks, kid, alg)
    )
    key = _signed_by(token, keys, alg)
    claims = _claims(payload)
    findings = [
        passed("token_alg_agreed", about="alg", expected=alg, actual=alg),
        passed("token_signature_holds", about="signature", actual=plain(_with(alg, kid))),
    ]
    if secret and len(secret) * 8 < int(alg[2:]):
        findings.append(
            warned(
                "token_mac_key_short",
                about="client secret",
                expected=f"at least {int(alg[2:]) // 8} bytes",
                actual="fewer",
                spec="RFC 7518, section 3.2",
            )
        )
    issuer = key.get("issuer")
    return Verified(
        header, claims, kid, issuer if isinstance(issuer, str) else None, tuple(findings)
    )


def _with(alg: str, kid: str | None) -> str:
    return alg if kid is None or alg in MAC_ALGS else f"{alg}, key {plain(kid, 80)}"


def _open(token: object) -> tuple[dict[str, Any], bytes]:
    """Header and payload octets of a JWS in its compact form. RFC 7515, section 5.2."""
    if not isinstance(token, str):
        raise TokenRefused("token_not_text", expected="text", actual=kind(token))
    if len(token) > MAX_CHARACTERS:
        raise TokenRefused("token_too_large", expected="at most 32 kB", actual="more")
    parts = token.split(".")
    if len(parts) == 5:
        raise TokenRefused(
            "token_encrypted", expected="3 parts", actual="5 parts", spec="RFC 7516, section 3.1"
        )
    if len(parts) != 3:
        raise TokenRefused(
            "token_not_three_parts",
            expected="3 parts",
            actual=f"{len(parts)} part{'s' * (len(parts) > 1)}",
            spec="RFC 7515, section 3.1",
        )
    opened = []
    for name, part in zip(("header", "claims", "signature"), parts, strict=True):
        try:
            opened.append(base64url.decode(part))
        except ValueError as error:
            raise TokenRefused(
                "token_not_base64url",
                expected="base64url without padding",
                actual=f"{error} in the {name}",
                spec="RFC 7515, section 2",
            ) from None
    try:
        return parse_object(opened[0]), opened[1]
    except StrictJsonError as error:
        raise TokenRefused(
            "token_header_not_json",
            expected="a JSON object",
            actual=str(error),
            spec="RFC 7515, section 5.2",
        ) from None


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        return parse_object(payload)
    except StrictJsonError as error:
        raise TokenRefused(
            "token_claims_not_json",
            expected="a JSON object",
            actual=str(error),
            spec="RFC 7519, section 7.2",
        ) from None


def _judge_alg(actual: object, alg: str, offered: Sequence[str] | None) -> None:
    """The token's algorithm must be ours, the one chosen, and one the provider offers."""
    spec = "OpenID Connect Core 1.0, 3.1.3.7, rule 7"
    shown = plain(actual, 40)
    if not isinstance(actual, str) or not actual:
        raise TokenRefused("token_alg_missing", alg, "" if actual is None else shown, spec)
    if actual.lower() == "none":
        raise TokenRefused("token_alg_none", alg, shown, spec)
    if actual not in ALGS:
        raise TokenRefused("token_alg_not_judged", alg, shown, spec)
    if actual != alg:
        raise TokenRefused("token_alg_other", alg, shown, spec)
    if offered is not None and actual not in tuple(offered):
        raise TokenRefused("token_alg_not_offered", plain(list(offered)), shown, spec)


def _judge_header(header: Mapping[str, Any]) -> None:
    """No extension that we would have to understand, and no other kind of token."""
    if "crit" in header:
        raise TokenRefused(
            "token_crit", "no crit", plain(header["crit"], 80), "RFC 7515, section 4.1.11"
        )
    if "b64" in header:
        raise TokenRefused("token_b64", "no b64", plain(header["b64"], 80), "RFC 7797, section 3")
    if "zip" in header:
        raise TokenRefused("token_zip", "no zip", plain(header["zip"], 80), "RFC 7519, section 5")
    typ = header.get("typ", "JWT")
    if not isinstance(typ, str) or typ.lower() not in _TYPES:
        raise TokenRefused("token_typ_other", "JWT", plain(typ, 80), "RFC 8725, section 3.11")


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if "kid" in header and not isinstance(kid, str):
        raise TokenRefused("token_kid_not_text", "text", kind(kid), "RFC 7515, section 4.1.4")
    return kid


def _mac_secret(client_secret: str | None) -> bytes:
    if not client_secret:
        raise TokenRefused("token_mac_key_missing", spec="OpenID Connect Core 1.0, 3.1.3.7, rule 8")
    return client_secret.encode("utf-8", "surrogatepass")


def _candidates(jwks: object, kid: str | None, alg: str) -> Sequence[Mapping[str, Any]]:
    """The keys that may have signed: exactly one for a `kid`, at most eight without."""
    found = describe_keys(jwks, alg)
    spec = "OpenID Connect Core 1.0, 10.1"
    if found.problem == "no_list":
        raise TokenRefused("token_keys_no_list", "a list of keys", "none", "RFC 7517, section 5")
    if found.problem == "too_many":
        raise TokenRefused("token_keys_too_many", f"at most {MAX_KEYS} keys", f"{found.total} keys")
    if found.symmetric:
        raise TokenRefused(
            "token_keys_symmetric", "public keys only", plain(list(found.symmetric)), spec
        )
    if found.private:
        raise TokenRefused(
            "token_keys_private", "public keys only", plain(list(found.private)), spec
        )
    if kid is None:
        if not found.usable:
            raise TokenRefused("token_key_none_fits", f"a key for {alg}", _reasons(found), spec)
        if len(found.usable) > _MAX_TRIED:
            raise TokenRefused("token_key_not_named", "kid", f"{len(found.usable)} keys fit", spec)
        return found.usable
    named = [key for key in jwks["keys"] if isinstance(key, Mapping) and key.get("kid") == kid]
    if not named:
        raise TokenRefused("key_unknown_kid", _kids(jwks["keys"]), plain(kid, 80), spec)
    fitting = [key for key in named if not why_unfit(key, alg)]
    if not fitting:
        raise TokenRefused("token_key_unfit", f"a key for {alg}", why_unfit(named[0], alg), spec)
    if len(fitting) > 1:
        raise TokenRefused("token_key_twice", "one key", f"{len(fitting)} keys of this kid", spec)
    return fitting


def _reasons(found: KeySet) -> str:
    if not found.total:
        return "no keys"
    return plain("; ".join(f"{key.kid}: {key.reason}" for key in found.unfit))


def _kids(keys: list[Any]) -> str:
    kids = [
        key["kid"] for key in keys if isinstance(key, Mapping) and isinstance(key.get("kid"), str)
    ]
    return plain(kids) if kids else "no kid in the set"


def _signed_by(token: str, keys: Sequence[Mapping[str, Any]], alg: str) -> Mapping[str, Any]:
    """The key among `keys` that signed `token`."""
    unread = 0
    for key in keys:
        public = {name: key[name] for name in ("kty", *_MEMBERS[key["kty"]])}
        try:
            jws.verify(token, {**public, "alg": alg}, [alg])
        except JWSError:
            continue
        except Exception:  # python-jose lets KeyError, TypeError, ValueError, JWKError through
            unread += 1
            continue
        return key
    if unread == len(keys):
        raise TokenRefused("token_key_unreadable", "a key that can be read")
    raise TokenRefused(
        "token_signature_wrong",
        expected=f"a signature by {'one of the keys' if len(keys) > 1 else 'the key'} published",
        actual="signed otherwise, or changed on the way",
        spec="OpenID Connect Core 1.0, 3.1.3.7, rule 6",
    )
