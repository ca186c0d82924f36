"""Web addresses taken apart without guessing. RFC 3986; RFC 8252, section 7.3 (loopback)."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

MAX_CHARACTERS = 2048


def split(url: object) -> SplitResult | None:
    """The parts of an absolute http or https URL; None for anything that is not one.

    A browser, a library and a provider read spaces, control characters and backslashes each in
    their own way, so a text that holds one is not a URL here.
    """
    if not isinstance(url, str) or not 0 < len(url) <= MAX_CHARACTERS:
        return None
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and host else None


def host_of(url: str) -> str:
    """The host of `url` in lower case, "" when there is none."""
    parts = split(url)
    return (parts.hostname or "").rstrip(".") if parts else ""


def is_loopback(host: str) -> bool:
    """Whether `host` names this computer: localhost, 127.x.x.x or ::1."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def without_userinfo(url: str) -> str:
    """`url` fit to show: a name and password before the host are left out."""
    scheme, found, rest = url.partition("://")
    if not found:
        return url
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    return f"{scheme}://{rest[:end].rpartition('@')[2]}{rest[end:]}"
