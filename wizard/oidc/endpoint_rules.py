"""Are the addresses in the document fit to be used? Discovery 1.0, 3; RFC 6749, 3."""

from collections.abc import Mapping
from typing import Any

from .finding import Finding, failed, passed, warned
from .issuer_rules import LOGIN_HOSTS
from .metadata import ADDRESSES
from .plain import kind, plain
from .web_address import host_of, is_loopback, split, without_userinfo

SPEC = "OpenID Connect Discovery 1.0, 3"


def judge_endpoints(
    url: str, raw: Mapping[str, Any], required: tuple[str, ...]
) -> tuple[set[str], list[Finding]]:
    """The names of the addresses that can be used, and findings on all that are there.

    `url` is where the document came from. What is wrong with an address in `required` is a
    failure, with any other a warning, and that one is not used.
    """
    good: set[str] = set()
    findings: list[Finding] = []
    plain_http: list[str] = []
    for name in ADDRESSES:
        value = raw.get(name)
        if value is None:
            continue  # a missing one is said by the rule on required members
        wrong = _wrong_with(name, value, url, name in required)
        if wrong:
            findings.append(wrong)
            continue
        good.add(name)
        if value.startswith("http:"):
            plain_http.append(name)
    if plain_http:
        findings.append(
            warned(
                "metadata_endpoints_plain_http_loopback",
                about=plain(plain_http),
                expected="https://",
                actual="http://",
                spec=SPEC,
            )
        )
    elsewhere = _elsewhere(raw, good)
    if elsewhere:
        findings.append(elsewhere)
    if good and not findings:
        findings.append(
            passed(
                "metadata_endpoints_https",
                about="endpoints",
                actual=f"{len(good)} addresses",
                spec=SPEC,
            )
        )
    return good, findings


def _wrong_with(name: str, value: object, url: str, required: bool) -> Finding | None:
    """The first thing wrong with one address, or None."""
    if not isinstance(value, str):
        return _found(required, "type", about=name, expected="text", actual=kind(value))
    parts = split(value)
    shown = plain(without_userinfo(value))
    if parts is None:
        return _found(required, "url", about=name, expected="https://", actual=shown)
    if "@" in parts.netloc:
        return _found(required, "userinfo", about=name, actual=shown)
    if "#" in value:
        return _found(required, "fragment", about=name, actual=shown)
    here = is_loopback(parts.hostname or "")
    if here and not is_loopback(host_of(url)):
        # A gateway that does not tell the provider its public name; nobody else reaches this.
        return _found(required, "loopback", about=name, expected=host_of(url), actual=shown)
    if parts.scheme != "https" and not here:
        return _found(required, "https", about=name, expected="https://", actual=shown)
    return None


# What is wrong, for an address the sign-in needs and for one it can do without.
_CODES = {
    "type": ("metadata_member_wrong_type", "metadata_optional_member_wrong_type"),
    "url": ("metadata_endpoint_not_a_url", "metadata_optional_endpoint_unfit"),
    "userinfo": ("metadata_endpoint_userinfo", "metadata_optional_endpoint_unfit"),
    "fragment": ("metadata_endpoint_fragment", "metadata_optional_endpoint_unfit"),
    "loopback": ("metadata_endpoint_on_loopback", "metadata_optional_endpoint_unfit"),
    "https": ("metadata_endpoint_not_https", "metadata_optional_endpoint_unfit"),
}


def _found(required: bool, what: str, **facts: str) -> Finding:
    sure, soft = _CODES[what]
    return failed(sure, spec=SPEC, **facts) if required else warned(soft, spec=SPEC, **facts)


def _elsewhere(raw: Mapping[str, Any], names: set[str]) -> Finding | None:
    """Addresses on another host than the issuer's: allowed, and where mix-ups hide."""
    issuer = raw.get("issuer")
    home = host_of(issuer) if isinstance(issuer, str) else ""
    others = [
        f"{name}: {host_of(raw[name])}"
        for name in ADDRESSES
        if name in names
        and host_of(raw[name]) != home
        and not any(rule(home, host_of(raw[name]), raw) for rule in _KNOWN_ELSEWHERE)
    ]
    if not home or not others:
        return None
    return warned(
        "metadata_endpoints_other_host",
        about="endpoints",
        expected=plain(home),
        actual=plain(others),
        spec=SPEC,
    )


def _google(home: str, host: str, raw: Mapping[str, Any]) -> bool:
    """Google's issuer is accounts.google.com, its endpoints are at googleapis.com."""
    return home == "accounts.google.com" and host.endswith(".googleapis.com")


def _entra(home: str, host: str, raw: Mapping[str, Any]) -> bool:
    """Entra's v1.0 issuer is on sts.windows.net, and its userinfo is at Microsoft Graph."""
    known = {*LOGIN_HOSTS, *LOGIN_HOSTS.values()}
    graphs = {
        "graph.microsoft.com",
        "graph.microsoft.us",
        "dod-graph.microsoft.us",
        "microsoftgraph.chinacloudapi.cn",
    }
    return home in known and (host in known or host in graphs)


def _external_id(home: str, host: str, raw: Mapping[str, Any]) -> bool:
    """External ID's issuer has the tenant's GUID as its host, its endpoints the tenant's name."""
    return home.endswith(".ciamlogin.com") and (
        host.endswith(".ciamlogin.com") or host == "graph.microsoft.com"
    )


def _cognito(home: str, host: str, raw: Mapping[str, Any]) -> bool:
    """Amazon Cognito's issuer is at amazonaws.com, its endpoints at the user pool's own domain."""
    return home.startswith("cognito-idp.") and host.endswith(".amazoncognito.com")


_KNOWN_ELSEWHERE = (_google, _entra, _external_id, _cognito)
