"""Attempts to sign in to an account, by the network they came from."""

from dataclasses import dataclass
from datetime import datetime

from arus_runtime.postgres import Tx

from arus_gateway import rules

ELSEWHERE = ""
"""Stands for all networks from which nobody has ever signed in to the account."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted as failed until it succeeds. networks: the rows it is counted in."""

    account: str
    networks: tuple[str, ...]


class TooManyError(Exception):
    """The account has seen too many failures from here; try again in wait_s."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"{wait_s:.0f} s")
        self.wait_s = wait_s


async def begin(tx: Tx, account: str, network: str, at: datetime) -> Attempt:
    """Count an attempt before its outcome is known, so that a thousand at once are counted too.

    account: digest of the address typed, whether it has an account or not; the transaction must carry it as
    proof. Raises TooManyError, and then counts nothing.
    """
    own = await _held(tx, account, network)
    _check(own, at)
    networks = (network,)
    if own.succeeded_at is None or at - own.succeeded_at > rules.FAMILIAR_FOR:
        _check(await _held(tx, account, ELSEWHERE), at)
        networks = (network, ELSEWHERE)
    await tx.execute(
        """update sign_in_attempts
           set failures = 1 + case when tried_at > %(since)s then failures else 0 end,
               tried_at = greatest(tried_at, %(at)s)
           where account = %(account)s and network = any(%(networks)s)""",
        {"since": at - rules.GUESSES_REMEMBERED, "at": at, "account": account, "networks": list(networks)},
    )
    return Attempt(account, networks)


async def succeeded(tx: Tx, attempt: Attempt, at: datetime) -> None:
    """Take back the count of an attempt that was no guess; its network is familiar from now on."""
    await tx.execute(
        """update sign_in_attempts
           set failures = case when network = %(elsewhere)s then greatest(failures - 1, 0) else 0 end,
               succeeded_at = case when network = %(elsewhere)s then null else %(at)s::timestamptz end
           where account = %(account)s and network = any(%(networks)s)""",
        {
            "elsewhere": ELSEWHERE,
            "at": at,
            "account": attempt.account,
            "networks": list(attempt.networks),
        },
    )


async def welcome(tx: Tx, account: str, network: str, at: datetime) -> None:
    """Make the network familiar: its holder has shown by other means whose account it is."""
    await _held(tx, account, network)
    await succeeded(tx, Attempt(account, (network,)), at)


@dataclass(frozen=True, slots=True)
class _Seen:
    failures: int
    tried_at: datetime | None
    succeeded_at: datetime | None


async def _held(tx: Tx, account: str, network: str) -> _Seen:
    """Return what was seen from the network and hold it, so that attempts are counted one after another."""
    await tx.execute(
        "insert into sign_in_attempts (account, network) values (%s, %s) on conflict do nothing",
        (account, network),
    )
    row = await (
        await tx.execute(
            """select failures, tried_at, succeeded_at from sign_in_attempts
               where account = %s and network = %s for update""",
            (account, network),
        )
    ).fetchone()
    assert row is not None
    return _Seen(**row)


def _check(seen: _Seen, at: datetime) -> None:
    if seen.tried_at is None or at - seen.tried_at > rules.GUESSES_REMEMBERED:
        return
    # Of attempts that come at once, one that waited for the other's row may have begun before it.
    passed_s = max(0.0, (at - seen.tried_at).total_seconds())
    if (wait_s := rules.guess_delay_s(seen.failures) - passed_s) > 0:
        raise TooManyError(wait_s)
