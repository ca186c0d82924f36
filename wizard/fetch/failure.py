"""What can go wrong on the way, as one exception with a stable code, and as a finding."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3

from wizard.oidc.finding import Finding, Status

CODES = (
    "bad_url",
    "address_refused",
    "dns",
    "refused",
    "unreachable",
    "reset",
    "timeout",
    "tls_expired",
    "tls_not_yet_valid",
    "tls_wrong_host",
    "tls_self_signed",
    "tls_unknown_issuer",
    "tls_other",
    "not_tls",
    "proxy",
    "proxy_auth",
    "too_large",
    "encoded",
    "protocol",
)

# OpenSSL's X509_V_ERR_*; CertGetCertificateChain's and SecTrust's codes, which truststore hands
# on where Windows or macOS judges the certificate.
_VERIFY_CODES = {
    9: "tls_not_yet_valid",
    10: "tls_expired",
    18: "tls_self_signed",
    19: "tls_unknown_issuer",  # a self-signed root that nobody here trusts: interception
    20: "tls_unknown_issuer",
    21: "tls_unknown_issuer",
    62: "tls_wrong_host",
    64: "tls_wrong_host",
    0x800B0101: "tls_expired",
    0x800B0109: "tls_unknown_issuer",
    0x800B010A: "tls_unknown_issuer",
    0x800B010F: "tls_wrong_host",
    -67818: "tls_expired",
    -67819: "tls_not_yet_valid",
    -67602: "tls_wrong_host",
    -67843: "tls_unknown_issuer",
}

_NOT_TLS = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
}


class FetchError(Exception):
    """No usable answer came. The only exception that leaves a `Fetcher`.

    `code` is one of CODES, `url` the address without its query and user name, `detail` a short
    text to show, `issuer` who signed the certificate (where TLS failed and it could be read),
    `notes` lines for the evidence: through which proxy, trusting which certificates.
    """

    def __init__(
        self,
        code: str,
        url: str,
        detail: str = "",
        *,
        issuer: str = "",
        notes: tuple[str, ...] = (),
    ) -> None:
        self.code = code
        self.url = bare_url(url)
        self.detail = detail
        self.issuer = issuer
        self.notes = notes
        super().__init__(code, self.url, detail)

    def __str__(self) -> str:
        return f"{self.code}: {self.url}" + (f" ({self.detail})" if self.detail else "")


def network_finding(error: FetchError, status: Status = Status.UNKNOWN) -> Finding:
    """What `error` means as a finding; the caller knows how grave it is for its question."""
    return Finding(
        f"network_{error.code}",
        status,
        about=error.url,
        actual=error.detail,
        evidence=error.notes,
    )


def bare_url(url: str) -> str:
    """`url` without user name, query and fragment, at most 300 characters, safe to show."""
    text = url.partition("#")[0].partition("?")[0]
    scheme, found, rest = text.partition("://")
    if found:
        host, slash, path = rest.partition("/")
        text = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= 300 else f"{text[:299]}…"


def host_and_port(url: str) -> str:
    """`host:port` of a proxy's address, its user name and password left out."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        return "an address that cannot be read"


def explain(error: BaseException) -> tuple[str, str]:
    """The code and detail for whatever the HTTP libraries raised.

    requests tells neither causes apart nor keeps the query out of its texts, so the chain of
    causes is walked and the texts are our own.
    """
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = _VERIFY_CODES.get(cause.verify_code, "tls_other")
            return code, cause.verify_message if code == "tls_other" else ""
    for cause in chain:
        known = _explain_one(cause)
        if known:
            return known
    # A kind of failure nobody has met yet: its name is safe to show, its text may not be.
    return "protocol", type(chain[-1]).__name__


def _explain_one(error: BaseException) -> tuple[str, str] | None:
    if isinstance(error, OSError) and str(error).startswith("Tunnel connection failed:"):
        status = str(error).partition(":")[2].strip()[:3]
        return ("proxy_auth" if status == "407" else "proxy"), f"the proxy answered {status}"
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return "reset", "the connection was closed during the TLS handshake"
    if isinstance(error, (TimeoutError, urllib3.exceptions.TimeoutError)):
        return "timeout", ""
    if isinstance(error, ssl.SSLError):
        if error.reason in _NOT_TLS:
            return "not_tls", ""
        return "tls_other", (error.reason or "").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return "dns", ""
    if isinstance(error, ConnectionRefusedError):
        return "refused", ""
    if isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return "reset", ""
    if isinstance(error, http.client.BadStatusLine):
        if error.line.startswith(("\x15\x03", "'\\x15\\x03")):
            return "protocol", "that port speaks TLS: the address should start with https"
        return "protocol", "the first line of the answer is not HTTP"
    if isinstance(error, (http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)):
        return "protocol", "the answer was cut short"
    if isinstance(error, http.client.LineTooLong):
        return "protocol", "a header of the answer is too long"
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return "proxy", "the proxy's address cannot be read"
    if isinstance(
        error,
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
            urllib3.exceptions.LocationParseError,
        ),
    ):
        return "bad_url", "the address cannot be read"
    if isinstance(error, http.client.HTTPException):
        return "protocol", "the answer is not HTTP as it should be"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything it wraps, innermost last, each once."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting.extend(each for each in inner if isinstance(each, BaseException))
