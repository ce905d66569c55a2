"""A certificate authority of this machine's own, for TLS without the outside world."""

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import idna
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.hashes import SHA256
from filelock import FileLock

from arus_stack.address import LOOPBACK
from arus_stack.errors import Refused
from arus_stack.home import write_private

VALID_DAYS = 800  # phones refuse a server certificate of more than 825
RENEW_DAYS = 60


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: what servers show, what clients trust."""

    ca: Path
    certificate: Path
    key: Path
    key_and_chain: Path
    trusted: Path
    """The usual authorities and ours, for programs that know only one file."""


def ensure(folder: Path, hosts: Iterable[str] = ()) -> Certificates:
    """Return certificates for this machine's names and hosts, making or renewing what is missing.

    Names that were certified before stay certified. A certificate that ends within 60 days is renewed; the
    authority stays, so that who trusted it once need not again. Raises Refused for what names no machine.
    """
    files, given = _files(folder), _as_written(hosts)
    with FileLock(_created(folder) / "lock"):
        known = _known(files)
        wanted = known | _own_names() | given
        if not _is_whole(files) or wanted != known or days_left(files.certificate) < RENEW_DAYS:
            _issue(files, wanted)
        _shut(files)
    return files


def renew(folder: Path, hosts: Iterable[str] = ()) -> Certificates:
    """Return new certificates from the same authority, whatever the old ones are."""
    files, given = _files(folder), _as_written(hosts)
    with FileLock(_created(folder) / "lock"):
        _issue(files, _known(files) | _own_names() | given)
        _shut(files)
    return files


def days_left(certificate: Path) -> int:
    """Return how many whole days a certificate is valid from now; negative when it has ended."""
    ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    return (ends - datetime.now(UTC)).days


def fingerprint(folder: Path) -> str:
    """Return what tells one server certificate from the next; empty when there is none."""
    certificate = _files(folder).certificate
    if not certificate.exists():
        return ""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(SHA256()).hex()


def _files(folder: Path) -> Certificates:
    return Certificates(
        folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "server-bundle.pem",
        folder / "trusted.pem",
    )  # fmt: skip


def _created(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _known(files: Certificates) -> set[str]:
    """Return whom the certificate names now, without the networks that an earlier version let in."""
    if not files.certificate.exists():
        return set()
    return {name for name in names(files.certificate) if "/" not in name}


def _own_names() -> set[str]:
    """Return this machine's names, without its host name where that can be in no certificate."""
    own = {"localhost", LOOPBACK}
    with suppress(Refused):
        own |= _as_written([socket.gethostname()])
    return own


def _as_written(hosts: Iterable[str]) -> set[str]:
    return {_written(host) for host in hosts}


def _written(host: str) -> str:
    """Return a name or address as a certificate has it: in small letters, IDNA, the short form of IPv6."""
    if not set("@/%") & set(host):  # a person, a network, an address of one interface
        with suppress(ValueError):
            return str(ipaddress.ip_address(host))
        star = "*." if host.startswith("*.") else ""
        with suppress(idna.IDNAError):
            return star + idna.encode(host.removeprefix("*."), uts46=True).decode()
    raise Refused(
        f"a certificate cannot name {host!r}",
        "Give a machine's name of letters, digits and hyphens, such as depot.example, or its address.",
    )


def _is_whole(files: Certificates) -> bool:
    """Tell whether all files are there and of one issue, none of an issue that was cut short."""
    paths = (files.key, files.certificate, files.key_and_chain, files.ca, files.trusted)
    if not all(path.exists() for path in paths):
        return False
    key, chain, bundle, ca, trusted = (path.read_text(encoding="utf-8") for path in paths)
    return bundle == key + chain and trusted.endswith(ca)


def _shut(files: Certificates) -> None:
    for secret in (*files.ca.parent.glob("*.key"), files.key_and_chain):
        secret.chmod(0o600)  # whatever a copy or a backup made of it


def _issue(files: Certificates, wanted: Iterable[str]) -> None:
    authority = _authority(files.ca.parent)
    issued = authority.issue_cert(
        *sorted(wanted),
        organization_name="Arus",
        organization_unit_name="local stack",
        not_after=datetime.now(UTC) + timedelta(days=VALID_DAYS),
    )
    key = _pkcs8(issued.private_key_pem.bytes())
    chain = "".join(blob.bytes().decode() for blob in issued.cert_chain_pems)
    write_private(files.key, key)
    write_private(files.certificate, chain)
    write_private(files.key_and_chain, key + chain)
    ca = authority.cert_pem.bytes().decode()
    write_private(files.ca, ca)
    files.ca.chmod(0o644)
    write_private(files.trusted, Path(certifi.where()).read_text(encoding="utf-8") + "\n" + ca)


def _authority(folder: Path) -> trustme.CA:
    """Return the CA kept here; raises Refused when half of it is gone."""
    certificate, key = folder / "ca.pem", folder / "ca.key"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    if certificate.exists():
        raise Refused(
            f"the key of the local authority is gone: {key}",
            f"Restore it, or remove {folder} and trust the new authority on every device.",
        )
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


def names(certificate: Path) -> list[str]:
    """Return the names and addresses a certificate is for."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    entries = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = (str(address) for address in entries.get_values_for_type(x509.IPAddress))
    return sorted((*entries.get_values_for_type(x509.DNSName), *addresses))
