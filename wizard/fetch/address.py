"""Which addresses may be asked at all. Pure: nothing here opens a connection or asks DNS.

The metadata URL is typed by the admin, the endpoints come from a document somebody else wrote.
Neither may reach this computer's own services or a cloud's metadata service by a trick of
spelling. Private ranges are allowed: on-premises identity providers live there.
"""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from wizard.fetch.failure import FetchError

MAX_URL = 8192

_METADATA_SERVICES = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google
        "fd00:ec2::254",  # AWS
        "fd20:ce::254",  # Google
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure's host
        "192.0.0.192",  # Oracle
    )
)
# Through a proxy the name is resolved by the proxy, so the names are known too.
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})

# 0.0.0.0 reaches loopback on Linux; 240/4 and the broadcast address are nobody's.
_NOBODYS = tuple(
    ipaddress.ip_network(text) for text in ("0.0.0.0/8", "240.0.0.0/4", "::/128", "fec0::/10")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NUMBER = r"(?:0x[0-9a-f]*|[0-9]+)"
_NUMERIC_HOST = re.compile(rf"{_NUMBER}(?:\.{_NUMBER})*\.?", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str) -> SplitResult:
    """The parts of `url` if it may be asked.

    Absolute, https or (loopback hosts only) http, no user name, no fragment, no host written as
    an odd number, no forbidden address. Raises FetchError bad_url or address_refused.
    """
    if len(url) > MAX_URL:
        raise FetchError("bad_url", url, f"longer than {MAX_URL} characters")
    if not url.isprintable() or " " in url or "\\" in url:
        raise FetchError("bad_url", url, "it holds a space or another character that cannot be")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise FetchError("bad_url", url, "the host or port cannot be read") from None
    if parts.scheme not in ("https", "http") or not host:
        raise FetchError("bad_url", url, "it does not start with https:// and a host name")
    if "@" in parts.netloc:
        raise FetchError("bad_url", url, "it holds a user name")
    if "#" in url:
        raise FetchError("bad_url", url, "it holds a #")
    _check_host(host, url)
    if parts.scheme == "http" and not is_loopback_host(host):
        raise FetchError("bad_url", url, "http is for this computer only, it must be https")
    return parts


def is_loopback_host(host: str) -> bool:
    """Whether `host`, as typed, names this computer: localhost, 127.x.x.x or ::1."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def why_forbidden(text: str, *, loopback_allowed: bool) -> str:
    """Why the address `text` may not be connected to, in a few words; "" if it may."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "not an address"
    for one in (address, *_inside(address)):
        if one in _METADATA_SERVICES:
            return "a cloud's metadata service"
        if one.is_link_local:
            return "a link-local address"
        if one.is_multicast:
            return "a multicast address"
        if one.is_loopback and not loopback_allowed:
            return "this computer itself"
        if any(one in network for network in _NOBODYS):
            return "an address that belongs to nobody"
    return ""


def is_private(text: str) -> bool:
    """Whether the address `text` is in a private range (an on-premises provider's)."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_private and not address.is_loopback


def _check_host(host: str, url: str) -> None:
    if host.rstrip(".").lower() in _METADATA_NAMES:
        raise FetchError("address_refused", url, "a cloud's metadata service")
    literal = _as_address(host)
    if literal is None:
        if _NUMERIC_HOST.fullmatch(host):
            raise FetchError("bad_url", url, "the host is a number")
        return
    reason = why_forbidden(literal, loopback_allowed=True)
    if reason:
        raise FetchError("address_refused", url, reason)
    if literal != host.partition("%")[0] and ":" not in host:
        # 2130706433, 0x7f000001, 0177.0.0.1, 127.1: only ever used to get past a check.
        raise FetchError("bad_url", url, f"the host is an unusual spelling of {literal}")


def _as_address(host: str) -> str | None:
    """The address a host literal stands for, in the one usual spelling; None for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if not _NUMERIC_HOST.fullmatch(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def _inside(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, compatible, 6to4, NAT64."""
    if address.version == 4:
        return []
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    found = [inner for inner in (address.ipv4_mapped, address.sixtofour) if inner]
    compatible = int(address) >> 32 == 0 and int(address) > 1
    return [*found, low] if address in _NAT64 or compatible else found
