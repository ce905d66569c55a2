"""How many requests are too many, counted by all replicas together without asking the database each time.

Every account and address has a bucket that fills evenly up to its share, kept in the gateway's schema as
the one moment until which it is used (generic cell rate algorithm). A replica takes allowance in chunks and
spends them here. What it took counts as used, so a window holds no more requests than the share, what filled
up meanwhile, and the chunks in hand: for each replica one rules.CHUNKS-th of the share.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from arus_runtime.postgres import Database, Tx
from arus_runtime.web import Problem

from arus_gateway import rules, tokens
from arus_gateway.rules import Rate
from arus_gateway.store import allowances
from arus_gateway.store.acting import acting, prove

REMEMBERED_MOST: Final = 50_000
MAILS: Final = Rate(6, 3600)
"""Mails that anybody may have sent to one address: resets, and apart from them proofs and invitations.

So few that they are taken one by one (a chunk of one).
"""


STRANGER_RESTS_S: Final = 1.0


@dataclass(slots=True)
class _Hand:
    """What this replica has in hand of one bucket, and until when it knows the bucket to be empty."""

    left: int = 0
    empty_until: float = float("-inf")
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Quotas:
    """Counts sign-ins and wrong credentials per address, all others per account, and resets per recipient."""

    def __init__(
        self, db: Database, auth: Rate, account: Rate, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._auth = auth
        self._account = account
        self._clock = clock
        self._hands: dict[tuple[str, str], _Hand] = {}

    async def count_auth(self, address: str) -> None:
        """Count a sign-in request; raises Problem 429 when the address has had its share."""
        _refuse(await self._wait_s("auth", rules.counted_as(address), self._auth))

    async def count_account(self, account: str) -> None:
        """Count a request of a person or key; raises Problem 429 when it has had its share."""
        _refuse(await self._wait_s("account", account, self._account))

    def check_stranger(self, address: str) -> None:
        """Raise Problem 429 while the address has shown so many credentials that are nobody's."""
        hand = self._hands.get(("stranger", rules.counted_as(address)))
        if hand and hand.left == 0 and hand.empty_until > self._clock():
            raise too_many(hand.empty_until - self._clock())

    async def count_stranger(self, address: str) -> None:
        """Count a credential that is nobody's: an address may show as many as an account may ask.

        Once it has, it rests for a second at least, however quickly its share grows again.
        """
        whose = rules.counted_as(address)
        if await self._wait_s("stranger", whose, self._account):
            hand = self._hands["stranger", whose]
            hand.empty_until = max(hand.empty_until, self._clock() + STRANGER_RESTS_S)

    async def admits_mail(self, address: str) -> bool:
        """Count a reset that a stranger asked for and say whether it may be sent.

        It is counted apart, so that nobody can use up what lets a person in again.
        """
        return await self._wait_s("reset", address, MAILS) == 0

    async def _wait_s(self, what: str, whose: str, rate: Rate) -> float:
        """Spend one of the bucket and return 0, or return in how many seconds it has one again."""
        hand = self._hands.get((what, whose))
        if hand is None:
            if len(self._hands) >= REMEMBERED_MOST:
                self._hands.clear()  # what was in hand is lost to its owners, never gained
            hand = self._hands[what, whose] = _Hand()
        if hand.left == 0:
            async with hand.taking:
                if hand.left == 0 and hand.empty_until <= self._clock():
                    await self._take(hand, tokens.digest(f"{what}\x1f{whose}"), rate)
        if hand.left == 0:
            return max(hand.empty_until - self._clock(), 0.001)
        hand.left -= 1
        return 0

    async def _take(self, hand: _Hand, digest: str, rate: Rate) -> None:
        async with acting(self._db, proof=digest) as tx:
            taken = await allowances.take(tx, digest, rate)
        hand.left = taken.granted
        if not taken.granted:
            hand.empty_until = self._clock() + taken.wait_s


async def count_mail(tx: Tx, address: str) -> None:
    """Count a mail that tx is about to ask for; raises Problem 429 when the address has had its share.

    It is counted with what it tells of: what is refused, answered before or not committed counts nothing.
    """
    digest = tokens.digest(f"mail\x1f{address}")
    await prove(tx, digest)
    taken = await allowances.take(tx, digest, MAILS)
    if not taken.granted:
        raise too_many(taken.wait_s, "too_many_mails")


def _refuse(wait_s: float) -> None:
    if wait_s:
        raise too_many(wait_s)


def too_many(wait_s: float, code: str = "too_many_requests") -> Problem:
    """Return the 429 of somebody who may try again in so many seconds."""
    after_s = ceil(wait_s)
    return Problem(429, code, params={"retry_after_s": after_s}, headers={"Retry-After": str(after_s)})
