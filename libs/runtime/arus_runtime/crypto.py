"""Fields encrypted at rest: AES-256-GCM, a random 96-bit nonce, a key id, and rotation (rows S2-108, R-10).

This is encryption at rest, not end to end: the service decrypts. A stored value reads
``v1.<key id>.<nonce and ciphertext and tag, base64url>``. The context (table, column, tenant, record) is
authenticated with it, so a value copied to another place does not decrypt there.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_VERSION: Final = "v1"


class UndecryptableError(Exception):
    """The value was changed, belongs elsewhere, or its key is not among ours."""


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """Keys by id; the current one encrypts, all of them decrypt."""

    current: str
    keys: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> "FieldKeys":
        """Return the keys of ``id:base64,id:base64``, newest first; raises ValueError."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, text.split(",")):
            key_id, _, encoded = entry.strip().partition(":")
            key = base64.b64decode(encoded, validate=True)
            if len(key) != KEY_BYTES:
                raise ValueError(f"field key {key_id!r} must have {KEY_BYTES} bytes, got {len(key)}")
            if not key_id.isalnum() or key_id in keys:
                raise ValueError(f"field key id must be unique letters and digits, got {key_id!r}")
            keys[key_id] = key
        if not keys:
            raise ValueError("no field keys given")
        return cls(next(iter(keys)), keys)

    @property
    def prefix(self) -> str:
        """What a value under the current key begins with."""
        return f"{_VERSION}.{self.current}."

    def encrypt(self, plain: str, context: str) -> str:
        """Return the text to store; context names where it is stored."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, plain.encode(), context.encode())
        return self.prefix + base64.urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, stored: str, context: str) -> str:
        """Return the plain text of a stored one; raises UndecryptableError."""
        version, _, rest = stored.partition(".")
        key_id, _, encoded = rest.partition(".")
        key = self.keys.get(key_id)
        if version != _VERSION or key is None:
            raise UndecryptableError(f"no key {key_id!r} for a {version!r} value")
        try:
            raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise UndecryptableError(f"a value under key {key_id!r} does not decrypt here") from error

    def is_current(self, stored: str) -> bool:
        """Say whether a stored value is under the current key; another one is to be encrypted anew."""
        return stored.startswith(self.prefix)


@dataclass(slots=True)
class Keyring:
    """The field keys as they are now: of a text, or of a file that may change while the service runs."""

    text: str
    file: str = ""
    _written_ns: int = field(default=0, init=False)
    _keys: FieldKeys | None = field(default=None, init=False)

    @property
    def current(self) -> FieldKeys:
        """Return the keys; raises ValueError as ``FieldKeys.parse``."""
        written_ns = Path(self.file).stat().st_mtime_ns if self.file else 0
        if self._keys is None or written_ns != self._written_ns:
            self._keys = FieldKeys.parse(Path(self.file).read_text("utf-8") if self.file else self.text)
            self._written_ns = written_ns
        return self._keys


def new_key() -> str:
    """Return a fresh key as FieldKeys.parse reads it, without its id."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
