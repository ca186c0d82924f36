"""A product's address as it is typed or copied from the address bar: cleaned, and what was done.

The address is what stands before the product's own pages: scheme, host, port, and a path only where
the product is installed under one.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from wizard.oidc.finding import Finding, failed, passed, warned
from wizard.oidc.plain import plain
from wizard.oidc.web_address import without_userinfo
from wizard.paste.shapes import is_invisible

WHAT = "address"
# Pages that many products have, none of which is a place to install one under.
_PAGES = frozenset(
    {
        "login",
        "signin",
        "sign-in",
        "sign_in",
        "logon",
        "log-in",
        "auth",
        "oauth",
        "oauth2",
        "sso",
        "saml",
        "oidc",
        "ui",
        "admin",
        "administration",
        "settings",
        "dashboard",
        "home",
        "index.html",
        "index.php",
    }
)
_LONGEST = 300
_PART = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2}){1,100}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# Two dots in a row, a dot or a hyphen at an end, and a % are in no host name.
_NO_HOST = re.compile(r"^[.-]|\.\.|[.-]$|%")
# A scheme whose colon or slashes were lost on the way: https:/host, http//host, https;//host.
_TORN_SCHEME = re.compile(r"https?(?::/?|/{1,2}|;//)(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProductAddress:
    """The address without a slash at the end, and what is to be said of how it was come by."""

    value: str
    findings: tuple[Finding, ...] = ()


def read_product_address(text: str, pages: Collection[str] = ()) -> ProductAddress:
    """`text` (cleaned of what clipboards add) as a product's address.

    `pages` are beginnings of the product's own pages: from there on the path is no part of its
    address. What cannot be an address at all comes back as it is, with a failure.
    """
    if not text:
        return ProductAddress("")
    done: list[str] = []
    value = text
    if not re.match(r"[a-z][a-z0-9+.-]*://", value, re.IGNORECASE):
        value = f"https://{value}"
        done.append("https:// was put in front")
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        readable = bool(host) and (parts.port is None or parts.port > 0)
    except ValueError:
        host, readable = "", False
    if ":" not in host and _NO_HOST.search(host):  # an IPv6 address has a colon
        readable = False
    if _TORN_SCHEME.match(text) and done:
        readable = False
    strange = any(c.isspace() or is_invisible(c) or c in '\\<>"{}|^`*' for c in value)
    segments = parts.path.split("/") if readable else []
    if not readable or strange or {".", ".."} & set(segments) or len(value) > 2048:
        expected = "https:// and a host name, such as https://product.example.com"
        return ProductAddress(
            text, (failed("product_address_unreadable", about=WHAT, expected=expected),)
        )
    path, cut = _cut(parts.path, frozenset(pages) | _PAGES)
    # A browser asks for the host in small letters, whatever was typed.
    given = parts.netloc.removesuffix(":")  # a colon without a port
    netloc = given if "@" in given else given.lower()
    if netloc != given:
        done.append("the host name was put in small letters")
    behind = cut + (f"?{parts.query}" if parts.query else "")
    behind += f"#{parts.fragment}" if parts.fragment else ""
    if behind:
        done.append(f"{_short(behind)} was cut off, a page of it")
    address = f"{parts.scheme}://{netloc}{path}"
    shown = _short(without_userinfo(address))
    found = []
    if done:
        found.append(passed("product_address_read", actual=", ".join(done), about=shown))
    if path:
        found.append(warned("product_address_with_path", about=shown, actual=_short(path)))
    return ProductAddress(address, tuple(found))


def judge_address_part(label: str, value: str, *, in_host: bool = False) -> list[Finding]:
    """A name of her own in a redirect URI, such as a login source's: what does not go into one.

    `in_host` is for one that is a label of the host (RFC 1034, section 3.5).
    """
    if in_host:
        fits = bool(_LABEL.fullmatch(value))
    else:
        fits = bool(_PART.fullmatch(value)) and not {"", ".", ".."} & set(value.split("/"))
    if fits:
        return []
    expected = "letters, digits and -" if in_host else "letters, digits and . _ -"
    return [failed("product_part_unfit", about=label, actual=plain(value, 80), expected=expected)]


def _cut(path: str, pages: frozenset[str]) -> tuple[str, str]:
    """The path a product may be installed under, and what is a page of the product's."""
    segments = path.strip("/").split("/") if path.strip("/") else []
    for place, segment in enumerate(segments):
        if segment.lower() in pages:
            kept, cut = segments[:place], segments[place:]
            return "".join(f"/{each}" for each in kept), "/" + "/".join(cut)
    return "".join(f"/{each}" for each in segments), ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
