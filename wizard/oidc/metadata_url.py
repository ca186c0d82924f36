"""May this metadata URL be fetched at all? OpenID Connect Discovery 1.0, 4."""

from .finding import Finding, failed, passed, warned
from .plain import plain
from .web_address import is_loopback, split, without_userinfo


def judge_metadata_url(url: str) -> list[Finding]:
    """Is `url` one that may be fetched? https, or http on this computer; no user name, no #."""
    spec = "OpenID Connect Discovery 1.0, 4"
    shown = plain(without_userinfo(url))
    parts = split(url)
    if parts is None:
        return [failed("metadata_url_not_a_url", about=shown, expected="https://…", spec=spec)]
    if any(mark in url for mark in "{}<>"):
        return [failed("metadata_url_placeholder", about=shown, spec=spec)]
    if "@" in parts.netloc:
        return [failed("metadata_url_userinfo", about=shown, spec=spec)]
    if "#" in url:
        return [failed("metadata_url_fragment", about=shown, spec=spec)]
    if parts.scheme == "https":
        return [passed("metadata_url_https", about=shown, spec=spec)]
    facts = {"about": shown, "expected": "https://", "actual": "http://", "spec": spec}
    if is_loopback(parts.hostname or ""):
        return [warned("metadata_url_plain_http_loopback", **facts)]
    return [failed("metadata_url_not_https", **facts)]
