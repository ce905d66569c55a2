"""Passwords at rest: argon2id, a bounded number at a time, and the same time for people nobody knows.

A hash brought along from another system (``hashes``) takes its own time until its owner first signs in; then
it becomes one of ours.
"""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError

from arus_gateway import hashes

# OWASP Password Storage Cheat Sheet, second argon2id profile: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Checked when the e-mail address is unknown, so that the answer takes as long as for a wrong password.
_NOBODYS: Final = _HASHER.hash("nobody's password")
AT_ONCE: Final = 4


class Passwords:
    """Hashes and checks in threads, at most AT_ONCE at a time so that a flood cannot take the memory."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return the text to keep."""
        async with self._room:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Say whether the password belongs to what was kept; None takes as long and is never true."""
        async with self._room:
            return await asyncio.to_thread(_matches, kept, password)


def is_outdated(kept: str) -> bool:
    """Say whether the hash was made elsewhere, or with other parameters than today's."""
    try:
        return _HASHER.check_needs_rehash(kept)
    except InvalidHashError:
        return True


def _matches(kept: str | None, password: str) -> bool:
    try:
        fits = hashes.reading(kept or _NOBODYS)
    except (hashes.UnknownHashError, hashes.CostlyHashError):
        return False
    return fits(password) and kept is not None
