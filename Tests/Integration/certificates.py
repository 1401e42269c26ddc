"""Certificate authorities and certificates for the TLS tests, made on the spot."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=30)
DAY = timedelta(days=1)
# From when to when a certificate is valid, counted from now.
VALID = (-DAY, LIFETIME)
EXPIRED = (-2 * LIFETIME, -DAY)
NOT_YET_VALID = (DAY, LIFETIME)


@dataclass(frozen=True)
class Pair:
    """The paths of a certificate and its key."""

    certificate: Path
    key: Path


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _builder(subject: str, issuer: str, key: rsa.RSAPrivateKey,
             valid: tuple[timedelta, timedelta] = VALID) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now + valid[0])
            .not_valid_after(now + valid[1]))


class Authority:
    """A certificate authority that issues into its own folder."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name, self._key = folder, name, _new_key()
        builder = _builder(name, name, self._key)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.path = self._write("ca", builder.sign(self._key, hashes.SHA256()), self._key).certificate

    def issue(self, name: str, hosts: tuple[str, ...] = (), client: bool = False,
              valid: tuple[timedelta, timedelta] = VALID) -> Pair:
        """A certificate for a server's host names and addresses, or for a client."""
        key = _new_key()
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        builder = _builder(name, self._name, key, valid).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(map(_alternative, hosts))), critical=False)
        return self._write(name, builder.sign(self._key, hashes.SHA256()), key)

    def _write(self, name: str, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> Pair:
        return _write(self._folder, name, certificate, key)


def self_signed(folder: Path, name: str, hosts: tuple[str, ...]) -> Pair:
    """A server's certificate that no authority has issued."""
    key = _new_key()
    builder = _builder(name, name, key)
    builder = builder.add_extension(x509.SubjectAlternativeName(list(map(_alternative, hosts))), critical=False)
    return _write(folder, name, builder.sign(key, hashes.SHA256()), key)


def _write(folder: Path, name: str, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> Pair:
    pair = Pair(folder / f"{name}.pem", folder / f"{name}-key.pem")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pair


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
