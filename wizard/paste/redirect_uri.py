"""What a product's redirect URI cannot be. RFC 6749, section 3.1.2; Entra's own limits."""

import re
from urllib.parse import SplitResult, urlsplit

from wizard.oidc.finding import Finding, Status, failed, passed, warned, worst
from wizard.oidc.web_address import is_loopback, without_userinfo
from wizard.paste.shapes import is_example, is_invisible

# Not allowed in Entra's redirect URIs (Microsoft's page "Redirect URI restrictions").
ENTRA_FORBIDS = "!$'(),;"
ENTRA_LONGEST = 256

WHAT = "redirect URI"
_SPEC = "RFC 6749, 3.1.2"


def judge_redirect_uri(
    value: str,
    *,
    portal_hosts: tuple[str, ...] = (),
    pattern: str | None = None,
    like: str = "",
    strict: bool = False,
) -> list[Finding]:
    """What is wrong with `value` (cleaned) as the redirect URI a product shows; or that it passes.

    `portal_hosts` are the identity provider's own hosts, pasted instead by mistake. `pattern` is a
    regular expression the product's redirect URIs follow, `like` one of them to show. `strict`: the
    provider refuses Entra's forbidden characters and more than 256 characters; else they are a
    warning.
    """
    unusable = _unusable(value)
    if unusable:
        return [unusable]
    parts = urlsplit(value)
    about = shown(value)
    found = [
        *_address(parts, about),
        *_place(parts, about, portal_hosts),
        *_signs(value, about, strict),
        *_traps(parts, about),
    ]
    failing = worst(found) is Status.FAIL
    if pattern is not None and not failing and not re.fullmatch(pattern, value):
        found.append(warned("redirect_uri_unlike_product", about=about, expected=like))
    if worst(found) is Status.PASS:
        found.append(passed("redirect_uri_shape", about=about, spec=_SPEC))
    return found


def shown(value: str) -> str:
    """`value` fit to name in a finding: no user name or password, no more than 300 characters."""
    text = without_userinfo(value)
    return text if len(text) <= 300 else f"{text[:299]}…"


def _unusable(value: str) -> Finding | None:
    """A text of which nothing else can be said. It may be anything, so it is not shown."""
    if len(re.findall(r"(?:^|[\s,;])https?://", value, re.IGNORECASE)) > 1:
        return failed("redirect_uri_several", about=WHAT, expected="one address")
    if is_example(value) or re.search(r"[<>{}]|…|\.\.\.", value):
        return failed("redirect_uri_is_example", about=WHAT)
    if any(c.isspace() or is_invisible(c) for c in value) or "\\" in value:
        return failed("redirect_uri_unreadable", about=WHAT, expected="an address without spaces")
    if not re.match(r"[a-z][a-z0-9+.-]*://", value, re.IGNORECASE):
        return failed(
            "redirect_uri_not_absolute", about=WHAT, expected="https:// in front", spec=_SPEC
        )
    try:
        parts = urlsplit(value)
        readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        readable = False
    if not readable:
        return failed("redirect_uri_unreadable", about=WHAT, expected="https://host/path")
    return None


def _address(parts: SplitResult, about: str) -> list[Finding]:
    found = []
    host = parts.hostname or ""
    if parts.scheme == "http" and is_loopback(host):
        found.append(warned("redirect_uri_http_on_loopback", about=about))
    elif parts.scheme != "https":
        found.append(
            failed(
                "redirect_uri_not_https",
                about=about,
                expected="https://",
                actual=f"{parts.scheme}://"[:40],
                spec="RFC 9700, 2.6",
            )
        )
    if "@" in parts.netloc:
        found.append(failed("redirect_uri_user_name", about=about))
    return found


def _place(parts: SplitResult, about: str, portal_hosts: tuple[str, ...]) -> list[Finding]:
    host = (parts.hostname or "").rstrip(".")
    for portal in portal_hosts:
        if host == portal.lower() or host.endswith("." + portal.lower()):
            return [failed("redirect_uri_is_the_portal", about=about, actual=host)]
    if "/.well-known/" in parts.path:
        return [failed("redirect_uri_is_metadata_url", about=about)]
    return []


def _signs(value: str, about: str, strict: bool) -> list[Finding]:
    found = []
    if "#" in value:
        found.append(failed("redirect_uri_fragment", about=about, spec=_SPEC))
    if "*" in value:
        found.append(failed("redirect_uri_wildcard", about=about, actual="*"))
    seen = " ".join(sign for sign in ENTRA_FORBIDS if sign in value)
    if seen:
        found.append(
            failed("redirect_uri_forbidden_characters", about=about, actual=seen)
            if strict
            else warned("redirect_uri_unusual_characters", about=about, actual=seen)
        )
    if len(value) > ENTRA_LONGEST:
        facts = {
            "about": about,
            "expected": f"at most {ENTRA_LONGEST} characters",
            "actual": f"{len(value)} characters",
        }
        found.append(
            failed("redirect_uri_too_long", **facts)
            if strict
            else warned("redirect_uri_long", **facts)
        )
    return found


def _traps(parts: SplitResult, about: str) -> list[Finding]:
    """Right by themselves, and still a usual cause of a redirect URI that does not match."""
    found = []
    if not (parts.hostname or "").isascii():
        found.append(warned("redirect_uri_foreign_letters", about=about))
    if parts.path in ("", "/") and not parts.query:
        shape = "with a slash" if parts.path else "without a slash"
        found.append(warned("redirect_uri_bare_host", about=about, actual=f"{shape} at the end"))
    elif any(letter.isupper() for letter in parts.path):
        found.append(passed("redirect_uri_letter_case", about=about))
    return found
