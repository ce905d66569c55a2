"""What accounts and addresses have used of their allowance, shared by all replicas."""

from dataclasses import dataclass
from typing import Final

from arus_runtime.postgres import Tx

from arus_gateway.rules import Rate

# A bucket is used until a moment at most one period ahead; each request moves it by period / requests. As
# much is granted as is there, a chunk at most. The small addend undoes what microseconds round off.
_TAKE: Final = """
insert into allowances as bucket (hash, used_until, granted)
values (%(hash)s, now() + make_interval(secs => %(each_s)s * %(chunk)s), %(chunk)s)
on conflict (hash) do update set (used_until, granted) = (
    select used + make_interval(secs => %(each_s)s * there), there
    from (select greatest(bucket.used_until, now()) as used) bucket_now,
    lateral (select greatest(0, least(%(chunk)s, floor(
        (%(period_s)s - extract(epoch from used - now())::float8) / %(each_s)s + 0.001
    )))::int as there) grantable
)
returning granted, extract(epoch from used_until - now())::float8 + %(each_s)s - %(period_s)s as wait_s
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many requests were granted, and when the next one is, should there be none."""

    granted: int
    wait_s: float


async def take(tx: Tx, digest: str, rate: Rate) -> Taken:
    """Take a chunk of the bucket, or what is left of it; the transaction must carry its digest as proof."""
    row = await (
        await tx.execute(
            _TAKE,
            {"hash": digest, "each_s": rate.each_s, "period_s": float(rate.period_s), "chunk": rate.chunk},
        )
    ).fetchone()
    assert row is not None
    return Taken(row["granted"], row["wait_s"])
