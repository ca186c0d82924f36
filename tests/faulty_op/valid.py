"""Oddities that are right: each must end in a pass."""

from dataclasses import dataclass
from functools import partial

from tests.faulty_op.changes import (
    answer,
    both,
    claims,
    document,
    header,
    issuer_in_answer,
    key,
    keys,
    later,
    nothing,
    payload,
    signed,
    token_answer,
)
from tests.faulty_op.fault import ALL, CODE, ID_TOKEN, Change, Flow
from tests.faulty_op.provider import ACCESS_TOKEN, FaultyProvider
from tests.oidc import tokens
from tests.support.odd_provider import CLIENT_ID

NEW = partial(tokens.rsa_key, "rsa-new")
OTHER = partial(tokens.rsa_key, "rsa-other")


@dataclass(frozen=True)
class Valid:
    """An oddity that is let through. `passes` must be among the findings that hold."""

    what: str
    change: Change
    flows: tuple[Flow, ...] = ALL
    passes: str = "token_signature_holds"
    then: tuple[str, ...] = ()
    suite: tuple[str, ...] = ()


def _suite(*names):
    return tuple(f"oidcc-client-test{'-' * bool(name)}{name}" for name in names)


def _before_ours(*strange):
    """Keys of other kinds stand before the one that counts."""
    return keys(*strange, tokens.rsa_key)


def _in_a_path(name):
    """The keys are at an address made up for this run."""

    def change(op: FaultyProvider) -> None:
        op.answers[f"/keys/{name}"] = op.answers.pop("/keys")
        document(jwks_uri=f"{op.issuer}/keys/{name}")(op)

    return change


def _only(method):
    return lambda op: setattr(op, "auth_methods", [method])


VALID = (
    Valid(
        "everything right",
        nothing,
        passes="nonce_matches",
        suite=_suite("", "idtoken-sig-rs256", "nonce-unless-code-flow", "scope-userinfo-claims"),
    ),
    Valid(
        "no kid, and one key",
        both(header(kid=...), key(kid=...)),
        suite=_suite("kid-absent-single-jwks"),
    ),
    Valid(
        "no kid, and several keys",
        both(
            keys(lambda: OTHER().jwk(kid=None), lambda: tokens.rsa_key().jwk(kid=None)),
            header(kid=...),
        ),
        suite=_suite("kid-absent-multiple-jwks"),
    ),
    Valid("no kid in the token, but in the set", both(keys(OTHER, tokens.rsa_key),
                                                      header(kid=...))),
    Valid(
        "aud is a list of one",
        claims(aud=lambda right: [right]),
        passes="audience_matches",
        suite=("fapi-valid-aud-as-array",),
    ),
    Valid("azp is us", claims(azp=CLIENT_ID), passes="authorized_party_matches"),
    Valid(
        "token_type is in odd case",
        token_answer(token_type="bEaReR"),
        CODE,
        passes="token_type_bearer",
        suite=("fapi-token-type-case-insensitivity",),
    ),
    Valid(
        "no scope and no expires_in",
        token_answer(scope=..., expires_in=...),
        CODE,
        passes="id_token_sent",
        suite=("fapi-no-scope-in-token-endpoint-response",),
    ),
    Valid("the token's answer has more in it", token_answer(refresh_token="r", ext_expires_in=1),
          CODE, passes="id_token_sent"),
    Valid(
        "the client secret only in the header",
        _only("client_secret_basic"),
        CODE,
        passes="id_token_sent",
        suite=_suite("client-secret-basic"),
    ),
    Valid("the client secret only in the form", _only("client_secret_post"), CODE,
          passes="id_token_sent"),
    Valid("an EC key before ours", _before_ours(tokens.ec_key)),
    Valid("an OKP key before ours", _before_ours(tokens.ed_key)),
    Valid("an encryption key before ours", _before_ours(lambda: OTHER().jwk(use="enc"))),
    Valid("a key that is only a certificate before ours",
          _before_ours(lambda: {"kty": "RSA", "kid": "x5c", "use": "sig", "x5c": ["MIIB"]})),
    Valid("a key on an unknown curve before ours",
          _before_ours(lambda: tokens.ec_key("k1", "secp256k1").jwk())),
    Valid("a key of an unknown kind before ours", _before_ours(lambda: {"kty": "NEW", "use": 1})),
    Valid("an encryption key has our kid too",
          _before_ours(lambda: OTHER().jwk(kid="rsa-1", use="enc"))),
    Valid("a key that is null before ours", _before_ours(lambda: None)),
    Valid("our key says nothing of its use", key(use=...)),
    Valid("our key writes its empty members out", key(alg=None, key_ops=None, d=None)),
    Valid("our key has its algorithm and use", key(alg="RS256", key_ops=["verify"])),
    Valid(
        "the keys are at another address every time",
        _in_a_path("run-1"),
        suite=_suite("discovery-openid-config", "discovery-jwks-uri-keys"),
    ),
    Valid(
        "the keys change just before signing",
        later("sign", both(keys(NEW), signed("RS256", NEW))),
        then=("/keys",),
        suite=_suite("signing-key-rotation-just-before-signing"),
    ),
    Valid(
        "the keys change just before signing, and the old one stays",
        later("sign", keys(tokens.rsa_key, NEW, sign_with=NEW)),
        then=("/keys",),
    ),
    Valid("typ is missing", header(typ=...)),
    Valid("typ is jwt in small letters", header(typ="jwt")),
    Valid("typ is application/jwt", header(typ="application/jwt")),
    Valid("the header has x5t as Entra's", header(x5t="abc")),
    Valid("at_hash is right", claims(at_hash=tokens.half_hash(ACCESS_TOKEN)), CODE,
          passes="access_token_hash_matches"),
    Valid("at_hash is there and nothing to compare it with", claims(at_hash="anything"), ID_TOKEN,
          passes="access_token_hash_not_needed"),
    Valid("iss of the answer is right", issuer_in_answer(lambda issuer: issuer),
          passes="callback_issuer_matches"),
    Valid("iss is announced, and the ID token names it instead",
          issuer_in_answer(lambda _: ...), ID_TOKEN, passes="token_issuer_matches"),
    Valid("the answer has parameters nobody knows", answer(session_state="s", session_id="1")),
    Valid("iat is ahead by 30 seconds", claims(iat=lambda right: right + 30),
          passes="issued_at_recent"),
    Valid("exp was 30 seconds ago", claims(exp=lambda right: right - 3630), passes="expiry_ahead"),
    Valid("exp and iat are fractions", claims(exp=lambda r: r + 0.5, iat=lambda r: r - 0.5),
          passes="expiry_ahead"),
    Valid("nbf is now", claims(nbf=lambda _: 1), passes="not_before_reached"),
    Valid("there are claims nobody knows", claims(tid="t", ver="2.0", groups=["a"] * 150, x=None)),
    Valid("sub has 255 characters", claims(sub="s" * 255), passes="subject_named"),
    Valid("the claims begin with a byte order mark", payload(lambda o: b"\xef\xbb\xbf" + o)),
    Valid("the authorization endpoint has a query of its own",
          document(authorization_endpoint=lambda right: f"{right}?p=policy")),
    Valid("algorithms are offered that nobody uses here",
          document(id_token_signing_alg_values_supported=["HS256", "PS256", "RS256", "none"])),
)  # fmt: skip
