"""Real certificates for tests: an authority of our own and what it signs, right and wrong."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A certificate authority; `pem` is what a client has to trust."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(name, name, key, NOW - DAY, NOW + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(name, key, certificate)


def server_file(
    directory: Path,
    signer: Authority | None,
    *,
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1"),
    starts: datetime.datetime = NOW - DAY,
    ends: datetime.datetime = NOW + 30 * DAY,
    with_root: bool = False,
) -> Path:
    """A file with key and certificate for `hosts`, self-signed if there is no `signer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = signer.name if signer else hosts[0]
    certificate = (
        _builder(hosts[0], issuer, key, starts, ends)
        .add_extension(x509.SubjectAlternativeName([_name(h) for h in hosts]), critical=False)
        .sign(signer.key if signer else key, hashes.SHA256())
    )
    path = directory / f"server-{key.private_numbers().private_value % 10**12}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
        + (signer.pem if with_root and signer else b"")
    )
    return path


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(subject, issuer, key, starts, ends) -> x509.CertificateBuilder:
    def common(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    return (
        x509.CertificateBuilder()
        .subject_name(common(subject))
        .issuer_name(common(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
