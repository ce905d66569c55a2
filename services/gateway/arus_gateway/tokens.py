"""Access tokens and secrets: what the gateway signs, and what it gives out once and keeps only as a hash."""

import hashlib
import json
import os
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
    """Signs access tokens with one Ed25519 key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.kid = _thumbprint(key.public_key())

    @property
    def public(self) -> Mapping[str, Ed25519PublicKey]:
        """The public key by its id."""
        return {self.kid: self._key.public_key()}

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as /.well-known/jwks.json says it."""
        return {"keys": [{**_jwk(self._key.public_key()), "kid": self.kid, "use": "sig", "alg": ALGORITHM}]}

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
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})

    def read(self, token: str, audience: str = AUDIENCE) -> tuple[Grant, datetime] | None:
        """Return what the token says and when it ends, None when it is not ours or has ended."""
        try:
            claims = jwt.decode(
                token,
                self._key.public_key(),
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
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{file} must hold an Ed25519 private key in PEM, got {type(key).__name__}")
    return Signer(key)


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
