"""Password hashes that another system made (R-07): which are taken over, and whether a password fits one.

bcrypt, Werkzeug's pbkdf2 and scrypt, and argon2. What a hash asks of us is bounded, so that a hostile one
burns neither processor nor memory.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

import bcrypt
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

BCRYPT_COST_MOST: Final = 13
PBKDF2_ROUNDS_MOST: Final = 2_000_000
SCRYPT_LANES_MOST: Final = 4
ARGON2_PASSES_MOST: Final = 10
MEMORY_MOST_KIB: Final = 65_536

# bcrypt looks no further, and the library refuses more.
_BCRYPT_BYTES: Final = 72
_BCRYPT: Final = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_PBKDF2: Final = re.compile(r"pbkdf2:(sha1|sha256|sha512):([1-9]\d{0,9})\$([^$]{1,64})\$([0-9a-f]{40,128})")
_SCRYPT: Final = re.compile(
    r"scrypt:([1-9]\d{0,9}):([1-9]\d{0,4}):([1-9]\d{0,4})\$([^$]{1,64})\$([0-9a-f]{128})"
)
_ARGON2: Final = "$argon2"
_ARGON2_OF_ANYBODY: Final = PasswordHasher()

Fits = Callable[[str], bool]


class UnknownHashError(ValueError):
    """Not a password hash of a kind that is taken over."""


class CostlyHashError(ValueError):
    """Checking it would take more than is given: of what (a code), how much it asks, and the bound."""

    def __init__(self, cost: str, value: int, bound: int) -> None:
        super().__init__(f"{cost} must be <= {bound}, got {value}")
        self.cost = cost
        self.value = value
        self.bound = bound


def reading(kept: str) -> Fits:
    """Return what says whether a password fits the hash; raises UnknownHashError, CostlyHashError."""
    if not (kept.isascii() and kept.isprintable()):
        raise UnknownHashError("every kind of hash is printable ASCII")
    if kept.startswith(_ARGON2):
        return _argon2(kept)
    if found := _BCRYPT.fullmatch(kept):
        _bound("bcrypt cost", int(found[1]), BCRYPT_COST_MOST)
        return lambda password: _fits_bcrypt(kept, password)
    if found := _PBKDF2.fullmatch(kept):
        digest, rounds, salt, expected = found.groups()
        _bound("pbkdf2 rounds", int(rounds), PBKDF2_ROUNDS_MOST)
        return lambda password: hmac.compare_digest(
            hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), int(rounds)).hex(), expected
        )
    if found := _SCRYPT.fullmatch(kept):
        n, r, p = (int(number) for number in found.groups()[:3])
        if n & (n - 1) or n < 2:
            raise UnknownHashError("scrypt takes a power of two")
        _bound("scrypt KiB", 128 * n * r // 1024, MEMORY_MOST_KIB)
        _bound("scrypt lanes", p, SCRYPT_LANES_MOST)
        return lambda password: hmac.compare_digest(_scrypt(password, found[4], n, r, p), found[5])
    raise UnknownHashError("no known kind of hash")


def _argon2(kept: str) -> Fits:
    try:
        asked = extract_parameters(kept)
    except InvalidHashError as error:
        raise UnknownHashError("no argon2 hash") from error
    _bound("argon2 KiB", asked.memory_cost, MEMORY_MOST_KIB)
    _bound("argon2 passes", asked.time_cost, ARGON2_PASSES_MOST)
    return lambda password: _fits_argon2(kept, password)


def _fits_argon2(kept: str, password: str) -> bool:
    try:
        return _ARGON2_OF_ANYBODY.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _fits_bcrypt(kept: str, password: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], kept.encode())
    except ValueError:  # a cost or salt that bcrypt itself does not take
        return False


def _scrypt(password: str, salt: str, n: int, r: int, p: int) -> str:
    room = 2 * 128 * r * (n + p)
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=room).hex()


def _bound(cost: str, value: int, most: int) -> None:
    if value > most:
        raise CostlyHashError(cost, value, most)
