"""What was pasted → the metadata URL it stands for, offered and never put in silently."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult

from .issuer_rules import GUID, LOGIN_HOSTS
from .metadata import WELL_KNOWN
from .web_address import is_loopback, split

Kind = Literal[
    "metadata_url",
    "issuer",
    "authorize_endpoint",
    "token_endpoint",
    "saml",
    "federation_metadata",
    "authority",
    "tenant_id",
    "domain",
]


@dataclass(frozen=True, slots=True)
class AddressRules:
    """How a provider's metadata URL is made from less.

    `template` holds {tenant}, or is None for a provider whose addresses have no pattern; `hosts`
    are the hosts at which the template holds, with their port where it is not the usual one.
    With `only_id` no domain can stand in the tenant's place.
    """

    template: str | None = None
    hosts: tuple[str, ...] = ()
    only_id: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A metadata URL to offer, and what the pasted text was."""

    url: str
    kind: Kind


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])", re.IGNORECASE)
_TENANT = re.compile(rf"{GUID}|common|organizations|consumers", re.IGNORECASE)

# Endpoints whose issuer stands in front of a path of fixed form, most special first.
_ENDPOINTS: tuple[tuple[re.Pattern[str], str, Kind], ...] = tuple(
    (re.compile(rf"(?P<issuer>.*){tail}/?"), rest, kind)
    for tail, rest, kind in (
        (r"/oauth2/v2\.0/authorize", "/v2.0", "authorize_endpoint"),  # Entra, B2C, External ID
        (r"/oauth2/v2\.0/token", "/v2.0", "token_endpoint"),
        (r"/protocol/openid-connect/auth", "", "authorize_endpoint"),  # Keycloak
        (r"/protocol/openid-connect/token", "", "token_endpoint"),
        (r"(?<=/adfs)/oauth2/authorize", "", "authorize_endpoint"),  # AD FS
        (r"(?<=/adfs)/oauth2/token", "", "token_endpoint"),
        (r"(?<=/oauth2/default)/v1/authorize", "", "authorize_endpoint"),  # Okta
        (r"(?<=/oauth2/default)/v1/token", "", "token_endpoint"),
    )
)
# What can stand behind the tenant at Entra's hosts.
_BEHIND_TENANT: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"oauth2/(v2\.0/)?authorize"), "authorize_endpoint"),
    (re.compile(r"oauth2/(v2\.0/)?token"), "token_endpoint"),
    (re.compile(r"saml2"), "saml"),
    (re.compile(r"federationmetadata/2007-06/federationmetadata\.xml"), "federation_metadata"),
    (re.compile(r"v2\.0"), "issuer"),
    (re.compile(r"(oauth2/(v2\.0/)?(logout|devicecode))|(discovery/(v2\.0/)?keys)"), "authority"),
    (re.compile(r""), "authority"),
)
# A page or an endpoint, not an issuer: nothing can be made of these by adding to them.
_NOT_AN_ISSUER = re.compile(
    r"\.(xml|html?|aspx?|php|jsp|json)$"
    r"|/(authorize|authorization|auth|token|userinfo|login|signin|logout|saml2?|sso|keys|certs|jwks)$",
    re.IGNORECASE,
)


def suggest_metadata_url(text: str, address: AddressRules) -> Suggestion | None:
    """The metadata URL that `text` (cleaned of what clipboards add) is or stands for, or None."""
    text = text.strip()
    if re.fullmatch(GUID, text):
        return _by_template(address, text, "tenant_id")
    parts = split(text)
    if parts is None:
        return _without_scheme(text, address)
    if "@" in parts.netloc or any(mark in text for mark in "#{}<>"):
        return None
    return (
        _metadata_url(text, parts)
        or _at_known_host(parts, address)
        or _endpoint(parts)
        or _issuer(text, parts, address)
    )


def _without_scheme(text: str, address: AddressRules) -> Suggestion | None:
    host, slash, _ = text.partition("/")
    if not _DOMAIN.fullmatch(host):
        return None
    stands_for = address.template and not address.only_id and host.lower() not in address.hosts
    if not slash and stands_for:
        return _by_template(address, host, "domain")
    found = suggest_metadata_url(f"https://{text}", address)
    if found and not slash and found.kind == "issuer":
        return Suggestion(found.url, "domain")
    return found


def _metadata_url(text: str, parts: SplitResult) -> Suggestion | None:
    if parts.path.endswith(WELL_KNOWN):
        return Suggestion(text, "metadata_url")
    if parts.path.endswith(WELL_KNOWN + "/") and not parts.query:
        return Suggestion(text.rstrip("/?"), "metadata_url")
    return None


def _at_known_host(parts: SplitResult, address: AddressRules) -> Suggestion | None:
    """Entra's addresses: the tenant is the first part of the path, whatever stands behind it."""
    if not address.template or parts.netloc.lower() not in address.hosts:
        return None
    _, _, path = parts.path.partition("/")
    tenant, _, behind = path.partition("/")
    if not (_TENANT.fullmatch(tenant) or _DOMAIN.fullmatch(tenant)):
        return None
    behind = behind.rstrip("/").lower()
    for pattern, kind in _BEHIND_TENANT:
        if pattern.fullmatch(behind):
            old_issuer = parts.hostname in LOGIN_HOSTS and parts.hostname.startswith("sts.")
            return _by_template(
                address,
                tenant,
                "issuer" if old_issuer and not behind else kind,
                host=LOGIN_HOSTS.get(parts.netloc.lower(), parts.netloc.lower()),
            )
    return None


def _endpoint(parts: SplitResult) -> Suggestion | None:
    for pattern, rest, kind in _ENDPOINTS:
        match = pattern.fullmatch(parts.path)
        if match:
            issuer = f"{parts.scheme}://{parts.netloc}{match['issuer']}{rest}"
            return Suggestion(issuer + WELL_KNOWN, kind)
    return None


def _issuer(text: str, parts: SplitResult, address: AddressRules) -> Suggestion | None:
    if parts.netloc.lower() in address.hosts and address.template:
        return None  # the host alone, or a page of it: no tenant to be seen
    if parts.query or "?" in text or "/.well-known/" in parts.path:
        return None
    if _NOT_AN_ISSUER.search(parts.path.rstrip("/")):
        return None
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return None
    return Suggestion(text.rstrip("/") + WELL_KNOWN, "issuer")


def _by_template(
    address: AddressRules, tenant: str, kind: Kind, host: str = ""
) -> Suggestion | None:
    """The template's URL; at another of its hosts (a national cloud's) that host is kept."""
    if not address.template:
        return None
    url = address.template.replace("{tenant}", tenant)
    parts = split(url)
    if parts and host and host != parts.netloc.lower():
        url = parts._replace(netloc=host).geturl()
    return Suggestion(url, kind)
