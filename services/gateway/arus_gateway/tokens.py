"""Access tokens and secrets: what the gateway signs, and what it gives out once and keeps only as a hash."""

import hashlib
import json
import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from arus_runtime.auth import ALGORITHM, AUDIENCE, ISSUER
from arus_runtime.ids import new_ulid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

KEY_PREFIX: Final = "ak_"
TICKET_AUDIENCE: Final = "arus.live"
SECRET_BYTES: Final = 32
_PEM: Final = re.compile(rb"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token says: who acts, in which organisation, as what, where. locations None means everywhere."""

    subject: str
    tenant_id: str
    role: str
    locations: tuple[str, ...] | None
    language: str
    session: str
    """Id of the session or key behind the token: ends with it."""
    resources: Mapping[str, str] | None = None
    """What a limited key may touch: resource → actions. None is no limit."""
    maker_role: str | None = None
    """What the person who made the key is now: the key may do no more. None: not a key."""


class Signer:
    """Signs access tokens with the first Ed25519 key of a file; what any of its keys signed is ours.

    The file is read again when it changes, so that a key can be made known before it signs, and be known for
    as long as what it signed lives. It is the ``Keys`` of a verifier as well.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written_ns = 0
        self._keys: Mapping[str, Ed25519PrivateKey] = {}

    def _current(self) -> Mapping[str, Ed25519PrivateKey]:
        """Return the keys by id, the one that signs first."""
        written_ns = self._file.stat().st_mtime_ns
        if written_ns != self._written_ns:
            self._keys = {_thumbprint(key.public_key()): key for key in private_keys(self._file)}
            self._written_ns = written_ns
        return self._keys

    @property
    def public(self) -> Mapping[str, Ed25519PublicKey]:
        """The public keys by their ids."""
        return {kid: key.public_key() for kid, key in self._current().items()}

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key of that id."""
        return self.public.get(kid)

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as /.well-known/jwks.json says them."""
        said = {"use": "sig", "alg": ALGORITHM}
        return {"keys": [{**_jwk(key), "kid": kid, **said} for kid, key in self.public.items()]}

    def sign(self, grant: Grant, *, now: datetime, life: timedelta, audience: str = AUDIENCE) -> str:
        """Return a signed token of the grant."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": audience,
            "sub": grant.subject,
            "org": grant.tenant_id,
            "roles": [grant.role],
            "lang": grant.language,
            "sid": grant.session,
            "iat": now,
            "exp": now + life,
            "jti": new_ulid(),
        }
        if grant.locations is not None:
            claims["locations"] = list(grant.locations)
        if grant.resources is not None:
            claims["resources"] = dict(grant.resources)
        if grant.maker_role is not None:
            claims["maker_roles"] = [grant.maker_role]
        kid, key = next(iter(self._current().items()))
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def read(self, token: str, audience: str = AUDIENCE) -> tuple[Grant, datetime] | None:
        """Return what the token says and when it ends, None when it is not ours or has ended."""
        try:
            key = self.public.get(jwt.get_unverified_header(token).get("kid", ""))
            if key is None:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=ISSUER,
                options={"require": ["exp", "sub", "org", "roles", "sid"]},
            )
        except jwt.InvalidTokenError:
            return None
        return _grant(claims), datetime.fromtimestamp(claims["exp"], tz=UTC)


def _grant(claims: Mapping[str, Any]) -> Grant:
    locations: Sequence[str] | None = claims.get("locations")
    maker_roles: Sequence[str] | None = claims.get("maker_roles")
    return Grant(
        subject=claims["sub"],
        tenant_id=claims["org"],
        role=claims["roles"][0],
        locations=None if locations is None else tuple(locations),
        language=claims.get("lang", "id"),
        session=claims["sid"],
        resources=claims.get("resources"),
        maker_role=None if maker_roles is None else maker_roles[0],
    )


def signer(file: Path) -> Signer:
    """Return the signer whose key is in the file; the first start makes it, for its owner's eyes only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # Written aside and linked into place: two first starts at once agree on one key.
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(made)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found = Signer(file)
    assert found.public  # what is wrong with the file is said now
    return found


def private_keys(file: Path) -> Sequence[Ed25519PrivateKey]:
    """Return the keys of a PEM file, in its order; raises TypeError for one of another kind."""
    keys: list[Ed25519PrivateKey] = []
    for block in _PEM.findall(file.read_bytes()):
        key = load_pem_private_key(block, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{file} must hold Ed25519 private keys in PEM, got {type(key).__name__}")
        keys.append(key)
    if not keys:
        raise TypeError(f"{file} must hold at least one Ed25519 private key in PEM, got none")
    return keys


def new_secret(prefix: str = "") -> str:
    """Return a fresh secret of 256 bits; it is shown once and kept as its digest."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret: one SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _jwk(key: Ed25519PublicKey) -> dict[str, str]:
    x = urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode().rstrip("=")
    return {"crv": "Ed25519", "kty": "OKP", "x": x}


def _thumbprint(key: Ed25519PublicKey) -> str:
    """Return the key's id: RFC 7638 thumbprint."""
    canonical = json.dumps(_jwk(key), separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).decode().rstrip("=")
