"""Which keys of a JWK Set could have signed a token. RFC 7517; RFC 7518, section 6.

A key that does not fit is passed over, with the reason: sets are mixed in the field. Only private
and symmetric keys spoil a whole set, for then anybody can sign (OpenID Connect Discovery 1.0, 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import base64url
from .plain import kind, plain

RSA_ALGS = ("RS256", "RS384", "RS512")
EC_ALGS = ("ES256", "ES384", "ES512")
MAX_KEYS = 64
_RSA_BITS = range(2048, 8192 + 1)
_MAX_E_BITS = 64  # OpenSSL's own bound; more only costs time
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth")


@dataclass(frozen=True, slots=True)
class _Curve:
    """y² = x³ - 3x + b over the prime field of p; `size` octets a coordinate. FIPS 186-4, D.1.2."""

    name: str
    size: int
    p: int
    b: int


_CURVES = {
    "ES256": _Curve(
        "P-256",
        32,
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    ),
    "ES384": _Curve(
        "P-384",
        48,
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    ),
    "ES512": _Curve(
        "P-521",
        66,
        2**521 - 1,
        0x0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
    ),
}


@dataclass(frozen=True, slots=True)
class UnfitKey:
    """A key that cannot verify the algorithm asked about; `reason` says why in plain words."""

    kid: str
    kty: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeySet:
    """What a JWK Set holds for one algorithm.

    `problem` is "" or why the set was not read: no_list, too_many. `private` and `symmetric` name
    (by kid or place) the keys that must never be published. `usable` keys are as they came.
    """

    total: int = 0
    usable: tuple[Mapping[str, Any], ...] = ()
    unfit: tuple[UnfitKey, ...] = ()
    private: tuple[str, ...] = ()
    symmetric: tuple[str, ...] = ()
    problem: str = ""


def describe_keys(jwks: object, alg: str) -> KeySet:
    """What the keys of the parsed set `jwks` are good for, with `alg` in mind. Never raises."""
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list):
        return KeySet(problem="no_list")
    if len(keys) > MAX_KEYS:
        return KeySet(total=len(keys), problem="too_many")
    usable: list[Mapping[str, Any]] = []
    unfit: list[UnfitKey] = []
    private: list[str] = []
    symmetric: list[str] = []
    for place, key in enumerate(keys, start=1):
        if not isinstance(key, Mapping):
            unfit.append(UnfitKey("", "", f"not a key but {kind(key)}"))
            continue
        name = plain(key["kid"], 80) if isinstance(key.get("kid"), str) else f"number {place}"
        if key.get("kty") == "oct" or key.get("k") is not None:
            symmetric.append(name)
        elif any(key.get(member) is not None for member in _PRIVATE):
            private.append(name)
        reason = why_unfit(key, alg)
        if reason:
            unfit.append(UnfitKey(name, plain(key.get("kty", ""), 20), reason))
        else:
            usable.append(key)
    return KeySet(len(keys), tuple(usable), tuple(unfit), tuple(private), tuple(symmetric))


def usable_keys(jwks: object, alg: str) -> list[Mapping[str, Any]]:
    """The keys of `jwks` that could verify `alg`, in their order."""
    return list(describe_keys(jwks, alg).usable)


def why_unfit(key: Mapping[str, Any], alg: str) -> str:
    """Why `key` cannot verify a signature made with `alg`; "" when it can. Never raises.

    A member that is null counts as absent: some servers write every member out.
    """
    if alg not in RSA_ALGS + EC_ALGS:
        return f"{plain(alg, 20)} is not verified with a public key here"
    kty = "RSA" if alg in RSA_ALGS else "EC"
    if key.get("kty") != kty:
        return f"kty is {plain(key.get('kty'), 20)}, {alg} needs {kty}"
    if any(key.get(member) is not None for member in (*_PRIVATE, "k")):
        return "a private key"
    if key.get("use") not in (None, "sig"):
        return f"use is {plain(key['use'], 20)}, not sig"
    operations = key.get("key_ops")
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return "key_ops does not hold verify"
    if key.get("alg") not in (None, alg):
        return f"alg is {plain(key['alg'], 20)}, not {alg}"
    return _why_unfit_rsa(key) if kty == "RSA" else _why_unfit_ec(key, _CURVES[alg], alg)


def _why_unfit_rsa(key: Mapping[str, Any]) -> str:
    n, e = _octets(key.get("n")), _octets(key.get("e"))
    if n is None or e is None:
        return "n or e is missing or not base64url"
    modulus, exponent = int.from_bytes(n), int.from_bytes(e)
    if modulus.bit_length() not in _RSA_BITS:
        return f"{modulus.bit_length()} bits, not 2048 to 8192"
    if not modulus & 1:
        return "n is an even number"
    if exponent < 3 or not exponent & 1 or exponent.bit_length() > _MAX_E_BITS:
        return "e is not an odd number of 3 or more"
    return ""


def _why_unfit_ec(key: Mapping[str, Any], curve: _Curve, alg: str) -> str:
    if key.get("crv") != curve.name:
        return f"crv is {plain(key.get('crv'), 20)}, {alg} needs {curve.name}"
    octets_x, octets_y = _octets(key.get("x")), _octets(key.get("y"))
    if octets_x is None or octets_y is None:
        return "x or y is missing or not base64url"
    if len(octets_x) != curve.size or len(octets_y) != curve.size:
        return f"x and y are not {curve.size} octets each"
    x, y = int.from_bytes(octets_x), int.from_bytes(octets_y)
    if x >= curve.p or y >= curve.p or (y * y - (x * x * x - 3 * x + curve.b)) % curve.p:
        return f"not a point on {curve.name}"
    return ""


def _octets(value: object) -> bytes | None:
    """The octets of a key's member, or None. A modulus of 8192 bits is 1366 characters."""
    if not isinstance(value, str) or not value or len(value) > 2000:
        return None
    try:
        return base64url.decode(value)
    except ValueError:
        return None
