"""How many requests are too many, counted in this process."""

import math
import time
from typing import Final

from arus_runtime.web import Problem
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter

_AUTH: Final = "auth"
_ACCOUNT: Final = "account"


class Quotas:
    """Counts sign-in requests per address and all others per account; every replica counts for itself."""

    def __init__(self, auth: str, account: str) -> None:
        self._auth = parse(auth)
        self._account = parse(account)
        # Exact for the few sign-ins of an address; two numbers an account for everything else.
        self._exact = MovingWindowRateLimiter(MemoryStorage())
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count_auth(self, address: str) -> None:
        """Count a sign-in request; raises Problem 429 when the address has had its share."""
        await _count(self._exact, self._auth, _AUTH, address)

    async def count_account(self, account: str) -> None:
        """Count a request of a person or key; raises Problem 429 when it has had its share."""
        await _count(self._counter, self._account, _ACCOUNT, account)


async def _count(limiter: RateLimiter, share: RateLimitItem, what: str, whose: str) -> None:
    if await limiter.hit(share, what, whose):
        return
    window = await limiter.get_window_stats(share, what, whose)
    wait_s = max(1, math.ceil(window.reset_time - time.time()))
    headers = {"Retry-After": str(wait_s)}
    raise Problem(429, "too_many_requests", params={"retry_after_s": wait_s}, headers=headers)
