"""Real keys and really signed tokens, well made and badly made.

Signed with `cryptography` itself, so that headers, claims and algorithms can be anything.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from wizard.oidc import base64url

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
ISSUER = "https://op.example/tenant"
CLIENT_ID = "00000000-aaaa-4bbb-8ccc-000000000001"
NONCE = "n-0S6_WzA2Mj-7rQh0xkGm3Yd5tVb1cP9sLfJe2uNi8"

_CURVES = {
    "P-256": (ec.SECP256R1, 32),
    "P-384": (ec.SECP384R1, 48),
    "P-521": (ec.SECP521R1, 66),
    "secp256k1": (ec.SECP256K1, 32),
}
_HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


@dataclass(frozen=True)
class SigningKey:
    """A key pair; `jwk()` is its public half as a provider publishes it."""

    private: Any
    kid: str

    def jwk(self, **members: Any) -> dict[str, Any]:
        """The public JWK; members given replace or add, None takes one out."""
        found = {"kid": self.kid, "use": "sig", **self._numbers(), **members}
        return {name: value for name, value in found.items() if value is not None}

    def private_jwk(self) -> dict[str, Any]:
        """The JWK with its private part, as no provider may publish it."""
        numbers = self.private.private_numbers()
        d = numbers.d if isinstance(self.private, rsa.RSAPrivateKey) else numbers.private_value
        return self.jwk(d=integer(d))

    def sign(self, data: bytes, alg: str) -> bytes:
        """The signature of `data` as RFC 7518, section 3, writes it."""
        if alg == "EdDSA":
            return self.private.sign(data)
        digest = _HASHES[alg[-3:]]()
        if alg.startswith("RS"):
            return self.private.sign(data, padding.PKCS1v15(), digest)
        if alg.startswith("PS"):
            salt = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
            return self.private.sign(data, salt, digest)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
        size = (self.private.key_size + 7) // 8
        return r.to_bytes(size) + s.to_bytes(size)

    def _numbers(self) -> dict[str, Any]:
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            return {"kty": "RSA", "n": integer(numbers.n), "e": integer(numbers.e)}
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            octets = self.private.public_key().public_bytes_raw()
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(octets)}
        numbers = self.private.public_key().public_numbers()
        name = next(
            name for name, (curve, _) in _CURVES.items() if isinstance(numbers.curve, curve)
        )
        size = _CURVES[name][1]
        x, y = numbers.x.to_bytes(size), numbers.y.to_bytes(size)
        return {
            "kty": "EC",
            "crv": name,
            "x": base64url.encode(x),
            "y": base64url.encode(y),
        }


@cache
def rsa_key(kid: str = "rsa-1", bits: int = 2048) -> SigningKey:
    """One RSA key for each name and size in a test run."""
    return SigningKey(rsa.generate_private_key(65537, bits), kid)


@cache
def ec_key(kid: str = "ec-1", crv: str = "P-256") -> SigningKey:
    """One EC key for each name and curve in a test run."""
    return SigningKey(ec.generate_private_key(_CURVES[crv][0]()), kid)


@cache
def ed_key(kid: str = "ed-1") -> SigningKey:
    """One Ed25519 key for each name in a test run."""
    return SigningKey(ed25519.Ed25519PrivateKey.generate(), kid)


def key_for(alg: str) -> SigningKey:
    """A key that can sign with `alg`."""
    if alg == "EdDSA":
        return ed_key()
    curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
    return ec_key(f"ec-{alg}", curves[alg]) if alg in curves else rsa_key()


def key_set(*keys: Any) -> dict[str, Any]:
    """A JWK Set of signing keys and of JWKs written out."""
    return {"keys": [key.jwk() if isinstance(key, SigningKey) else key for key in keys]}


def integer(number: int) -> str:
    """Base64urlUInt. RFC 7518, section 2."""
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8 or 1))


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good ID token; ... takes a claim out."""
    second = int(NOW.timestamp())
    good = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": "248289761001",
        "exp": second + 3600,
        "iat": second,
        "nonce": NONCE,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def token(
    payload: Mapping[str, Any] | bytes | None = None,
    header: Mapping[str, Any] | bytes | None = None,
    *,
    alg: str = "RS256",
    key: SigningKey | None = None,
    secret: str | bytes | None = None,
    kid: Any = ...,
    **members: Any,
) -> str:
    """A signed token. Bytes as header or payload are taken as they are; `members` go into the
    header; `kid` is the key's own unless given, None for none; `secret` makes it an HMAC.
    """
    key = key or key_for(alg)
    if header is None:
        header = {"alg": alg, "typ": "JWT"}
        if secret is None or kid is not ...:
            header["kid"] = key.kid if kid is ... else kid
        header = {k: v for k, v in {**header, **members}.items() if v is not None}
    octets = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = claims() if payload is None else payload
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = f"{base64url.encode(octets)}.{base64url.encode(body)}"
    if secret is not None:
        return f"{signed}.{base64url.encode(mac(signed, secret, alg))}"
    return f"{signed}.{base64url.encode(key.sign(signed.encode(), alg))}"


def mac(signed: str, secret: str | bytes, alg: str) -> bytes:
    """HMAC with the hash `alg` names."""
    octets = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(octets, signed.encode(), getattr(hashlib, f"sha{alg[-3:]}")).digest()


def changed_signature(text: str) -> str:
    """`text` with every octet of its signature turned over, as the conformance suite does."""
    signed, _, signature = text.rpartition(".")
    wrong = bytes(octet ^ 0x5A for octet in base64url.decode(signature))
    return f"{signed}.{base64url.encode(wrong)}"


def half_hash(value: str, alg: str = "RS256") -> str:
    """at_hash or c_hash of `value`. OpenID Connect Core 1.0, 3.1.3.6."""
    digest = hashlib.new(f"sha{alg[-3:]}", value.encode()).digest()
    return base64url.encode(digest[: len(digest) // 2])
