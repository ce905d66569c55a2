"""A certificate authority of this machine's own, for TLS without the outside world."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import certifi
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from arus_stack.home import write_private


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: what servers show, what clients trust."""

    ca: Path
    certificate: Path
    key: Path
    key_and_chain: Path
    trusted: Path
    """The usual authorities and ours, for programs that know only one file."""


def ensure(folder: Path, hosts: Sequence[str] = ()) -> Certificates:
    """Return certificates for this machine's names and hosts, making or renewing what is missing."""
    files = Certificates(
        folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "server-bundle.pem",
        folder / "trusted.pem",
    )  # fmt: skip
    names = sorted({"localhost", "127.0.0.1", "::1", socket.gethostname(), *hosts} - {"0.0.0.0", "::", ""})  # noqa: S104 - left out, not bound
    if all(path.exists() for path in (files.ca, files.key_and_chain)) and names == _names(files.certificate):
        return files
    authority = _authority(folder)
    issued = authority.issue_cert(*names, organization_name="Arus", organization_unit_name="local stack")
    key = _pkcs8(issued.private_key_pem.bytes())
    chain = "".join(blob.bytes().decode() for blob in issued.cert_chain_pems)
    write_private(files.key, key)
    write_private(files.certificate, chain)
    write_private(files.key_and_chain, key + chain)
    ca = authority.cert_pem.bytes().decode()
    write_private(files.ca, ca)
    files.ca.chmod(0o644)
    write_private(files.trusted, Path(certifi.where()).read_text(encoding="utf-8") + "\n" + ca)
    return files


def _authority(folder: Path) -> trustme.CA:
    """Return the CA kept here, so that who trusted it once need not again."""
    certificate, key = folder / "ca.pem", folder / "ca.key"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="Arus", organization_unit_name="local CA")
    write_private(key, authority.private_key_pem.bytes().decode())
    write_private(certificate, authority.cert_pem.bytes().decode())
    return authority


def _pkcs8(key: bytes) -> str:
    """Return the key in the only form Kafka reads."""
    loaded = serialization.load_pem_private_key(key, password=None)
    return loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _names(certificate: Path) -> list[str]:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return sorted([*names.get_values_for_type(x509.DNSName), *addresses])
