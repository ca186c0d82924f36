"""Redirect URIs as Entra takes and compares them. Pure.

learn.microsoft.com/entra/identity-platform/reply-url; OpenID Connect Core 3.1.2.1.
"""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH = 256
MAX_COUNT = 256
FORBIDDEN = "!$'(),;"
LOCALHOST = "localhost"


def objection(uri: str) -> str | None:
    """Why this text cannot be registered as a redirect URI, as a sentence; None when it can."""
    if len(uri) > MAX_LENGTH:
        return f"A redirect URI has at most {MAX_LENGTH} characters; this one has {len(uri)}."
    if not _is_plain(uri):
        return f"{uri!r} holds a space or another character that a redirect URI cannot have."
    parts = _split(uri)
    if parts is None or not parts.hostname:
        return f"{uri} is not a whole address: write it as https://host/path."
    if parts.scheme == "http" and parts.hostname != LOCALHOST:
        return f"{uri} starts with http. Only http://localhost may; others start with https."
    if parts.scheme not in ("http", "https"):
        return f"{uri} starts with {parts.scheme}. A Web redirect URI starts with https."
    if parts.username is not None or parts.password is not None:
        return f"{uri} holds a user name before the host, which is not allowed."
    if "#" in uri:
        return f"{uri} holds a fragment (#…), which is not allowed."
    if "*" in uri:
        return f"{uri} holds a wildcard (*). Write each address out."
    bad = "".join(char for char in FORBIDDEN if char in uri)
    if bad:
        return f"{uri} holds {bad}. These characters are not allowed: {FORBIDDEN}"
    return None


def matching(registered: Iterable[str], sent: str) -> bool:
    """Whether `sent` is one of the registered ones.

    Scheme, host, port, path and query must be the same, the path's letter case too. As in Entra,
    the port of `http://localhost` does not count (RFC 8252, 7.3), and an address without a path
    is the same as one ending in `/`.
    """
    wanted = _comparable(sent)
    return wanted is not None and any(_comparable(uri) == wanted for uri in registered)


def with_root_path(uri: str) -> str:
    """Entra answers an address without a path at `/` (in the query and fragment modes)."""
    parts = urlsplit(uri)
    return parts._replace(path="/").geturl() if not parts.path else uri


def _comparable(uri: str) -> tuple[str, str | None, int | None, str, str] | None:
    # Python's parser drops line breaks and tabs, so what is compared would not be what is sent.
    parts = _split(uri) if _is_plain(uri) else None
    if parts is None or "#" in uri or "@" in parts.netloc:
        return None
    loopback = parts.scheme == "http" and parts.hostname == LOCALHOST
    port = None if loopback else parts.port
    return parts.scheme, parts.hostname, port, parts.path or "/", parts.query


def _is_plain(uri: str) -> bool:
    return all("!" <= char <= "~" for char in uri)


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - reading it is what checks that it is a port
    except ValueError:
        return None
    return parts
