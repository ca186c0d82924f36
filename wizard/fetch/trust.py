"""Which certificates are trusted, and what a refused one says about itself."""

import os
import platform
import ssl

import truststore
from cryptography import x509
from cryptography.x509.oid import NameOID

from wizard.fetch.failure import FetchError

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


_STORES = {"Windows": "Windows' certificate store", "Darwin": "macOS's keychain"}


def trusted() -> str:
    """In words, whose certificates are trusted."""
    store = _STORES.get(platform.system(), "the system's certificate store")
    return store + "".join(f" and the file named by {name}" for name in ca_files())


def ca_files() -> dict[str, str]:
    """Files of certificates that the environment names, by variable; used beside the system's."""
    return {name: os.environ[name] for name in CA_VARIABLES if os.environ.get(name)}


def trusting_context(url: str) -> ssl.SSLContext:
    """The operating system's store and the environment's files. Raises FetchError tls_other.

    A new one each time; `url` is only for the error. Verification cannot be switched off.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for name, path in ca_files().items():
        by_itself = name == "SSL_CERT_FILE" and platform.system() not in ("Windows", "Darwin")
        if by_itself and os.path.isfile(path):
            continue  # OpenSSL reads it, in place of the system's list
        try:
            if os.path.isdir(path):
                context.load_verify_locations(capath=path)
            else:
                context.load_verify_locations(cafile=path)
        except OSError:
            detail = f"the file named by {name} cannot be read as certificates"
            raise FetchError("tls_other", url, detail) from None
    return context


def describe(certificate: x509.Certificate, code: str) -> tuple[str, str]:
    """What the refused certificate says about itself: (detail for `code`, issuer's name)."""
    issuer = _name(certificate.issuer)
    if code == "tls_expired":
        return f"it ended on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC", issuer
    if code == "tls_not_yet_valid":
        return f"it starts on {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC", issuer
    if code == "tls_wrong_host":
        names = _hosts(certificate)
        return (f"it is for {', '.join(names)}" if names else "it names no host"), issuer
    return (f"signed by {issuer}" if issuer else ""), issuer


def _name(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return _tame(str(attribute.value), 80)
    return ""


def _hosts(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    names = found.get_values_for_type(x509.DNSName) + [
        str(address) for address in found.get_values_for_type(x509.IPAddress)
    ]
    return [_tame(name, 60) for name in names[:3]] + (["…"] if len(names) > 3 else [])


def _tame(text: str, limit: int) -> str:
    return "".join(c for c in text if c.isprintable())[:limit]
