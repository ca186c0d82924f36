"""Does the issuer in the document belong to the address it came from? Discovery 1.0, 4.3 and 7.2.

It must be identical to the address before /.well-known/openid-configuration, character by
character. The providers known to break this rule are each one function below, recognised by what
their document says, with the reason they are not simply a failure.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .entra import PLACE
from .finding import Finding, failed, passed, warned
from .metadata import WELL_KNOWN
from .plain import plain
from .web_address import host_of, is_loopback, split, without_userinfo

SPEC = "OpenID Connect Discovery 1.0, 4.3"
GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# The host that Microsoft's documents use today, by the older names that still answer.
LOGIN_HOSTS = {
    "login.windows.net": "login.microsoftonline.com",
    "login.microsoft.com": "login.microsoftonline.com",
    "sts.windows.net": "login.microsoftonline.com",
    "login.usgovcloudapi.net": "login.microsoftonline.us",
    "login.chinacloudapi.cn": "login.partner.microsoftonline.cn",
    "sts.chinacloudapi.cn": "login.partner.microsoftonline.cn",
}
_V1_HOSTS = ("sts.windows.net", "sts.chinacloudapi.cn")


def judge_issuer(url: str, raw: Mapping[str, Any]) -> list[Finding]:
    """Findings on the `issuer` member of the document fetched from `url`."""
    issuer = raw.get("issuer")
    if not isinstance(issuer, str) or not issuer:
        return []  # said by the rule on required members
    if PLACE in issuer:
        return [_template(url, issuer)]
    shape = judge_issuer_shape(issuer)
    if any(finding.code != "metadata_issuer_plain_http_loopback" for finding in shape):
        return shape
    return [*shape, _judge_origin(url, issuer, raw)]


def judge_issuer_shape(issuer: str) -> list[Finding]:
    """The issuer is an https URL without query and fragment. Discovery 1.0, 3."""
    spec = "OpenID Connect Discovery 1.0, 3"
    parts = split(issuer)
    shown = plain(without_userinfo(issuer))
    if parts is None or "@" in parts.netloc:
        return [failed("metadata_issuer_not_a_url", about="issuer", actual=shown, spec=spec)]
    if "?" in issuer or "#" in issuer:
        return [
            failed("metadata_issuer_query_or_fragment", about="issuer", actual=shown, spec=spec)
        ]
    if parts.scheme == "https":
        return []
    if is_loopback(parts.hostname or ""):
        return [
            warned("metadata_issuer_plain_http_loopback", about="issuer", actual=shown, spec=spec)
        ]
    return [
        failed(
            "metadata_issuer_not_https",
            about="issuer",
            expected="https://",
            actual=shown,
            spec=spec,
        )
    ]


def issuer_part(url: str) -> str | None:
    """The part of a metadata URL that must equal the issuer; None when it has not that form.

    A query is not part of it: Entra's takes ?appid=, Azure AD B2C's ?p=.
    """
    before, found, after = url.partition("?")[0].rpartition(WELL_KNOWN)
    return before if found and not after else None


def _judge_origin(url: str, issuer: str, raw: Mapping[str, Any]) -> Finding:
    prefix = issuer_part(url)
    # "If the Issuer value contains a path component, any terminating / MUST be removed before
    # appending": both forms of the same issuer lead to one address. Discovery 1.0, 4.1.
    if prefix is not None and prefix in (issuer, issuer.removesuffix("/")):
        return passed(
            "metadata_issuer_matches", about="issuer", actual=plain(issuer), expected=plain(issuer),
            spec=SPEC,
        )  # fmt: skip
    for oddity in _ODDITIES:
        found = oddity(url, issuer, raw)
        if found:
            return found
    facts = {
        "about": "issuer",
        "expected": plain(without_userinfo(url if prefix is None else prefix)),
        "actual": plain(issuer),
        "spec": SPEC,
    }
    if prefix is None:
        return _unusual_address(url, issuer)
    if prefix.rstrip("/") == issuer.rstrip("/"):
        return failed("metadata_issuer_trailing_slash", **facts)
    if prefix.rstrip("/").lower() == issuer.rstrip("/").lower():
        return failed("metadata_issuer_letter_case", **facts)
    return failed("metadata_issuer_other", **facts)


def _unusual_address(url: str, issuer: str) -> Finding:
    """The document came from an address that is not issuer + well-known, so nothing is compared.

    RFC 8414 puts the well-known part in front of the path, some gateways use names of their own;
    the same host still says it is the provider's own document.
    """
    at_home = host_of(url) == host_of(issuer)
    facts = {
        "about": "issuer",
        "expected": plain(issuer.removesuffix("/") + WELL_KNOWN),
        "actual": plain(without_userinfo(url)),
        "spec": SPEC,
    }
    return (
        warned("metadata_url_not_well_known", **facts)
        if at_home
        else failed("metadata_issuer_other", **facts)
    )


def _template(url: str, issuer: str) -> Finding:
    """Entra's common and organizations: one document for every tenant, issuer {tenantid}.

    A single-tenant application is refused there (AADSTS50194), and most products compare the
    token's issuer with this text and never find it equal.
    """
    tenant = next((part for part in urlsplit(url).path.split("/") if part), "")
    return failed(
        "metadata_issuer_any_tenant",
        about="issuer",
        expected=plain(issuer.replace(PLACE, "YOUR-TENANT-ID")),
        actual=plain(f"{issuer} (from /{tenant}/)"),
        spec=SPEC,
    )


def _entra_v1(url: str, issuer: str, raw: Mapping[str, Any]) -> Finding | None:
    """Entra's v1.0 document: its issuer is on sts.windows.net whatever host served it.

    The tokens of its endpoints have that issuer, so it is consistent, but they lack claims that
    v2.0 has, and products that compare issuer and address refuse it. Microsoft: Access tokens.
    """
    host, tenant = host_of(issuer), tenant_in_issuer(issuer)
    if host not in _V1_HOSTS or not tenant or LOGIN_HOSTS[host] != _login_host(url):
        return None
    return warned(
        "metadata_issuer_entra_v1",
        about="issuer",
        expected=f"https://{LOGIN_HOSTS[host]}/{tenant}/v2.0{WELL_KNOWN}",
        actual=plain(issuer),
        spec=SPEC,
    )


def _entra_other_name(url: str, issuer: str, raw: Mapping[str, Any]) -> Finding | None:
    """Entra answers a domain in the tenant's place, and at its older hosts, with one issuer.

    The issuer always has the tenant's GUID and today's host. Lenient products work, strict ones
    refuse, and the address with the GUID serves both. Microsoft: OpenID Connect on the platform.
    """
    tenant, host = tenant_in_issuer(issuer), host_of(issuer)
    version = re.fullmatch(rf"https://[^/]+/{GUID}(/v2\.0)", issuer)
    login_host = host in LOGIN_HOSTS.values()
    if not (tenant and version and login_host and _login_host(url) == host):
        return None
    asked = next((part for part in urlsplit(url).path.split("/") if part), "")
    if _is_guid(asked) and asked.lower() != tenant.lower():
        # The personal accounts' tenant has a name too, but no second GUID names a tenant.
        return None
    return warned(
        "metadata_issuer_entra_other_name",
        about="issuer",
        expected=issuer + WELL_KNOWN,
        actual=plain(without_userinfo(url)),
        spec=SPEC,
    )


def _external_id(url: str, issuer: str, raw: Mapping[str, Any]) -> Finding | None:
    """External ID (CIAM): document at {name}.ciamlogin.com, issuer at {tid}.ciamlogin.com.

    Microsoft documents both names; the address with the tenant's GUID twice is the strict one.
    """
    host, tenant = host_of(issuer), tenant_in_issuer(issuer)
    if not (tenant and host == f"{tenant.lower()}.ciamlogin.com"):
        return None
    if not host_of(url).endswith(".ciamlogin.com"):
        return None
    return warned(
        "metadata_issuer_external_id",
        about="issuer",
        expected=issuer.removesuffix("/") + WELL_KNOWN,
        actual=plain(without_userinfo(url)),
        spec=SPEC,
    )


def _b2c(url: str, issuer: str, raw: Mapping[str, Any]) -> Finding | None:
    """Azure AD B2C: the address names the policy, the issuer does not and ends in a slash.

    No address gives a document that equals its issuer unless the tenant switches the issuer to
    its tfp form, so a product that compares cannot use B2C; the others can.
    """
    host, tenant = host_of(issuer), tenant_in_issuer(issuer)
    if not (tenant and host.endswith(".b2clogin.com") and host == host_of(url)):
        return None
    return warned(
        "metadata_issuer_b2c",
        about="issuer",
        expected=plain(without_userinfo(url)),
        actual=plain(issuer),
        spec=SPEC,
    )


_ODDITIES = (_entra_v1, _entra_other_name, _external_id, _b2c)


def tenant_in_issuer(issuer: str) -> str | None:
    """The GUID that is a whole path segment of `issuer`, as Entra and others name their tenants."""
    try:
        path = urlsplit(issuer).path
    except ValueError:
        return None
    return next((part for part in path.split("/") if _is_guid(part)), None)


def _is_guid(text: str) -> bool:
    return re.fullmatch(GUID, text) is not None


def _login_host(url: str) -> str:
    host = host_of(url)
    return LOGIN_HOSTS.get(host, host)
