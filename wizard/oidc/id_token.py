"""The rules on an ID token's claims, one function a rule, in the order of Core 3.1.3.7.

The signature is judged before, in `jose_guard`. Every rule answers with a finding, held or not;
missing and wrong are different codes. Nothing here raises for any JSON value in a claim.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from . import base64url
from .entra import issuer_of_tenant
from .finding import Finding, failed, passed, warned
from .google import is_google_without_scheme
from .plain import kind, plain

CORE = "OpenID Connect Core 1.0, "
MAX_SUBJECT = 255
_FAR_AHEAD = 366 * 24 * 3600
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the ID token must agree with.

    `now` is aware; `leeway`, `iat_window` and `max_age` are seconds. `from_browser` says that the
    token came with the answer to the authorization request (None: as `response_type` has it), which
    makes at_hash and c_hash a duty. `key_issuer` is `Verified.key_issuer`.
    """

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    now: datetime
    alg: str = "RS256"
    response_type: str = "code"
    access_token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    from_browser: bool | None = None
    max_age: int | None = None
    key_issuer: str | None = None
    leeway: int = 60
    iat_window: int = 600

    @property
    def in_front_channel(self) -> bool:
        """Whether the token came through the browser."""
        if self.from_browser is None:
            return "id_token" in self.response_type.split()
        return self.from_browser


def judge(
    claims: Mapping[str, Any], header: Mapping[str, Any], expected: Expected
) -> list[Finding]:
    """Every rule on `claims`, in order, held or not. ValueError when `expected.now` is naive."""
    if expected.now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    findings = [*issuer(claims, expected), *audience(claims, expected)]
    findings += [*authorized_party(claims, expected), *expiry(claims, expected)]
    findings += [*not_before(claims, expected), *issued_at(claims, expected)]
    findings += [*nonce(claims, expected), *subject(claims)]
    findings += [*auth_time(claims, expected)]
    findings += [*access_token_hash(claims, header, expected), *code_hash(claims, header, expected)]
    return findings


def issuer(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`iss` must be the provider's issuer, character by character. Core 3.1.3.7, rule 2."""
    facts = {"about": "iss", "spec": CORE + "3.1.3.7, rule 2"}
    actual = claims.get("iss")
    if actual is None:
        yield failed("token_issuer_missing", expected=plain(expected.issuer), **facts)
        return
    wanted, problem = issuer_of_tenant(expected.issuer, claims.get("tid"))
    if problem:
        yield problem
        return
    facts |= {"expected": plain(wanted), "actual": plain(actual)}
    if actual == wanted:
        yield passed("token_issuer_matches", **facts)
    elif is_google_without_scheme(wanted, actual):
        yield warned("token_issuer_without_scheme", **facts)
    elif isinstance(actual, str) and actual.rstrip("/") == wanted.rstrip("/"):
        yield failed("token_issuer_slash", **facts)
    else:
        yield failed("token_issuer_other", **facts)
    if wanted != expected.issuer and expected.key_issuer is not None:
        yield from _key_issuer(claims, expected)


def _key_issuer(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """Entra says in each key which issuer may use it: one tenant's key is not another's."""
    wanted, _ = issuer_of_tenant(expected.key_issuer, claims.get("tid"))
    facts = {"about": "issuer of the signing key", "expected": plain(wanted)}
    facts |= {"actual": plain(claims.get("iss")), "spec": "Microsoft: Validate the issuer"}
    if claims.get("iss") == wanted:
        yield passed("token_key_issuer_matches", **facts)
    else:
        yield failed("token_key_issuer_other", **facts)


def audience(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`aud` must hold our client ID and nobody else's. Core 3.1.3.7, rule 3."""
    actual = claims.get("aud")
    facts = {"about": "aud", "expected": plain(expected.client_id)}
    facts |= {"spec": CORE + "3.1.3.7, rule 3"}
    if actual is None or actual == []:
        yield failed("audience_missing", **facts)
        return
    facts["actual"] = plain(actual)
    names = actual if isinstance(actual, list) else [actual]
    if not all(isinstance(name, str) for name in names):
        yield failed("audience_not_text", **facts)
    elif expected.client_id not in names:
        yield failed("audience_other", **facts)
    elif any(name != expected.client_id for name in names):
        yield failed("audience_also_others", **facts)
    else:
        yield passed("audience_matches", **facts)


def authorized_party(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`azp`, when there is one, must be our client ID. Core 2 and 3.1.3.7, rules 4 and 5."""
    facts = {"about": "azp", "expected": plain(expected.client_id)}
    facts |= {"spec": CORE + "3.1.3.7, rules 4 and 5"}
    if "azp" not in claims:
        yield passed("authorized_party_not_named", **facts)
    elif claims["azp"] == expected.client_id:
        yield passed("authorized_party_matches", actual=plain(claims["azp"]), **facts)
    else:
        yield failed("authorized_party_other", actual=plain(claims["azp"]), **facts)


def expiry(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`exp` must lie ahead. Core 3.1.3.7, rule 9; on the very second it has passed: RFC 7519."""
    actual = claims.get("exp")
    facts = {"about": "exp", "spec": CORE + "3.1.3.7, rule 9"}
    if actual is None:
        yield failed("expiry_missing", **facts)
        return
    if not _is_time(actual):
        yield failed("expiry_not_a_number", actual=f"{kind(actual)}: {plain(actual, 80)}", **facts)
        return
    now = expected.now.timestamp()
    facts |= {"expected": f"after {_moment(now)}", "actual": _moment(actual, now)}
    if actual <= now - expected.leeway:
        yield failed("expiry_passed", **facts)
    elif actual > now + _FAR_AHEAD:
        yield warned("expiry_far_ahead", **facts)
    else:
        yield passed("expiry_ahead", **facts)


def not_before(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`nbf`, when there is one, must have been reached. RFC 7519, section 4.1.5."""
    if "nbf" not in claims:
        return
    actual, now = claims["nbf"], expected.now.timestamp()
    facts = {"about": "nbf", "spec": "RFC 7519, section 4.1.5"}
    if not _is_time(actual):
        yield failed("not_before_not_a_number", actual=plain(actual, 80), **facts)
        return
    facts |= {"expected": f"at most {_moment(now)}", "actual": _moment(actual, now)}
    if actual > now + expected.leeway:
        yield failed("not_before_ahead", **facts)
    else:
        yield passed("not_before_reached", **facts)


def issued_at(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`iat` must be there, and of these last minutes. Core 2 and 3.1.3.7, rule 10."""
    actual, now = claims.get("iat"), expected.now.timestamp()
    facts = {"about": "iat", "spec": CORE + "3.1.3.7, rule 10"}
    if actual is None:
        yield failed("issued_at_missing", **facts)
        return
    if not _is_time(actual):
        yield failed("issued_at_not_a_number", actual=plain(actual, 80), **facts)
        return
    facts |= {"expected": f"close to {_moment(now)}", "actual": _moment(actual, now)}
    if actual > now + expected.leeway:
        yield failed("issued_at_ahead", **facts)
    elif actual < now - expected.iat_window - expected.leeway:
        yield failed("issued_at_too_old", **facts)
    else:
        yield passed("issued_at_recent", **facts)


def nonce(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`nonce` must be the one sent, for it was sent. Core 3.1.3.7, rule 11, and 3.2.2.11."""
    actual = claims.get("nonce")
    facts = {"about": "nonce", "expected": _shortened(expected.nonce)}
    facts |= {"spec": CORE + "3.1.3.7, rule 11"}
    if actual is None:
        yield failed("nonce_missing", **facts)
    elif actual == expected.nonce:
        yield passed("nonce_matches", actual=_shortened(actual), **facts)
    else:
        yield failed("nonce_other", actual=_shortened(actual), **facts)


def subject(claims: Mapping[str, Any]) -> Iterator[Finding]:
    """`sub` names the user: text, not empty, at most 255 ASCII characters. Core 2."""
    actual = claims.get("sub")
    facts = {"about": "sub", "expected": f"1 to {MAX_SUBJECT} characters", "spec": CORE + "2"}
    if actual is None:
        yield failed("subject_missing", **facts)
    elif not isinstance(actual, str):
        yield failed("subject_not_text", actual=kind(actual), **facts)
    elif not actual:
        yield failed("subject_empty", **facts)
    elif len(actual) > MAX_SUBJECT:
        yield failed("subject_too_long", actual=f"{len(actual)} characters", **facts)
    elif not actual.isascii():
        yield warned("subject_not_ascii", actual=plain(actual), **facts)
    else:
        yield passed("subject_named", actual=plain(actual), **facts)


def auth_time(claims: Mapping[str, Any], expected: Expected) -> Iterator[Finding]:
    """`auth_time` is due, and recent, only when max_age was asked. Core 3.1.3.7, rule 13."""
    if expected.max_age is None:
        return
    actual, now = claims.get("auth_time"), expected.now.timestamp()
    facts = {"about": "auth_time", "spec": CORE + "3.1.3.7, rule 13"}
    if actual is None:
        yield failed("auth_time_missing", **facts)
        return
    if not _is_time(actual):
        yield failed("auth_time_not_a_number", actual=plain(actual, 80), **facts)
        return
    facts |= {"expected": f"at most {expected.max_age} s ago", "actual": _moment(actual, now)}
    if actual > now + expected.leeway:
        yield failed("auth_time_ahead", **facts)
    elif actual < now - expected.max_age - expected.leeway:
        yield failed("auth_time_too_old", **facts)
    else:
        yield passed("auth_time_recent", **facts)


def access_token_hash(
    claims: Mapping[str, Any], header: Mapping[str, Any], expected: Expected
) -> Iterator[Finding]:
    """`at_hash` ties the access token to the ID token. Core 3.1.3.6, 3.2.2.9, 3.3.2.11.

    A duty when both came through the browser; otherwise judged when it is there.
    """
    facts = {"about": "at_hash", "spec": CORE + "3.2.2.9"}
    actual = claims.get("at_hash")
    if expected.access_token is None:
        yield passed("access_token_hash_not_needed", **facts)
    elif actual is not None:
        if actual == _left_half(expected.access_token, header, expected):
            yield passed("access_token_hash_matches", **facts)
        else:
            yield failed("access_token_hash_other", **facts)
    elif expected.in_front_channel and "token" in expected.response_type.split():
        yield failed("access_token_hash_missing", **facts)
    else:
        yield passed("access_token_hash_not_sent", **facts)


def code_hash(
    claims: Mapping[str, Any], header: Mapping[str, Any], expected: Expected
) -> Iterator[Finding]:
    """`c_hash` ties the code to the ID token that came with it. Core 3.3.2.10 and 3.3.2.11."""
    if not expected.in_front_channel or "code" not in expected.response_type.split():
        return
    facts = {"about": "c_hash", "spec": CORE + "3.3.2.10"}
    actual = claims.get("c_hash")
    if actual is None:
        yield failed("code_hash_missing", **facts)
    elif actual == _left_half(expected.code or "", header, expected):
        yield passed("code_hash_matches", **facts)
    else:
        yield failed("code_hash_other", **facts)


def _left_half(value: str, header: Mapping[str, Any], expected: Expected) -> str:
    """The left half of the hash that the token's algorithm names, in base64url. Core 3.1.3.6."""
    alg = header.get("alg")
    size = (alg if isinstance(alg, str) else expected.alg)[-3:]
    make: Callable = _HASHES.get(size, hashlib.sha256)
    digest = make(value.encode("utf-8", "surrogatepass")).digest()
    return base64url.encode(digest[: len(digest) // 2])


def _is_time(value: object) -> bool:
    """A NumericDate: seconds since 1970, whole or not. RFC 7519, section 2."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _moment(seconds: float, now: float | None = None) -> str:
    """A NumericDate in words, with its distance from `now`."""
    try:
        text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return plain(seconds, 40)
    return text if now is None else f"{text}, {_distance(seconds - now)}"


def _distance(seconds: float) -> str:
    size = abs(round(seconds))
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if size >= 2 * unit:
            return f"{size // unit} {name} {'ahead' if seconds > 0 else 'ago'}"
    return f"{size} s {'ahead' if seconds > 0 else 'ago'}" if size else "now"


def _shortened(value: object) -> str:
    """The beginning of a value and its length: enough to see that two differ."""
    text = plain(value, 40)
    if len(text) <= 6:
        return text
    return f"{text[:6]}… ({len(value)} characters)" if isinstance(value, str) else f"{text[:6]}…"
