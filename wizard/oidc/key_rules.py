"""Rules on the key set at jwks_uri. OpenID Connect Discovery 1.0, 3; Core 1.0, 10.1; RFC 7517."""

from typing import Any

from .finding import Finding, failed, passed, warned
from .jose_guard import describe_keys
from .plain import plain
from .strict_json import StrictJsonError, parse_object

SPEC = "OpenID Connect Discovery 1.0, 3"
_MACS = ("HS256", "HS384", "HS512")


def judge_keys(body: bytes, alg: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The key set in `body` and findings on it; None when it cannot be used for `alg` at all.

    With a MAC the key is the client secret: the set is then only read for keys that must not be
    there. A set with private or symmetric keys is not handed back: anybody could sign with it.
    """
    try:
        jwks = parse_object(body)
    except StrictJsonError as error:
        return None, [failed("keys_not_json", expected="a JSON object", actual=str(error))]
    found = describe_keys(jwks, alg)
    if found.problem == "no_list":
        return None, [
            failed("keys_no_list", about="keys", expected="a list", spec="RFC 7517, section 5")
        ]
    if found.problem:
        return None, [failed("keys_too_many", actual=f"{found.total} keys")]
    if found.private:
        return None, [failed("keys_private", actual=plain(list(found.private)), spec=SPEC)]
    if found.symmetric:
        return None, [failed("keys_symmetric", actual=plain(list(found.symmetric)), spec=SPEC)]
    if alg in _MACS:
        return jwks, []
    if not found.usable:
        reasons = [f"{key.kid or 'a key'}: {key.reason}" for key in found.unfit]
        return None, [
            failed(
                "keys_none_usable",
                expected=f"a key for {alg}",
                actual=plain(reasons) if reasons else "no keys at all",
                spec=SPEC,
            )
        ]
    usable = len(found.usable)
    facts = {"expected": alg, "actual": f"{usable} of {found.total}", "spec": SPEC}
    findings = [passed("keys_usable", **facts)]
    kids = [key.get("kid") for key in found.usable]
    if usable > 1 and not all(isinstance(kid, str) and kid for kid in kids):
        findings.append(
            warned(
                "keys_without_kid",
                expected="kid on every key",
                spec="OpenID Connect Core 1.0, 10.1",
            )
        )
    named = [kid for kid in kids if isinstance(kid, str)]
    twice = sorted({kid for kid in named if named.count(kid) > 1})
    if twice:
        findings.append(warned("keys_same_kid", actual=plain(twice), spec="RFC 7517, section 4.5"))
    keys = [key for key in jwks["keys"] if isinstance(key, dict)]
    encrypting = any(key.get("use") == "enc" for key in keys)
    if encrypting and any(key.get("use") is None for key in keys):
        findings.append(warned("keys_use_missing", expected="use on every key", spec=SPEC))
    return jwks, findings
