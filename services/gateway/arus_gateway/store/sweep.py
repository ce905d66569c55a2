"""What nobody needs any more."""

from typing import Final, LiteralString

from arus_runtime.postgres import Database

AT_ONCE: Final = 5_000
# A used secret is kept as long as a session can live, so that its reuse is noticed; the audit log as long as
# its topic.
_STALE: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("sessions", "expires_at < now() or revoked_at < now() - interval '30 days'"),
    ("session_secrets", "used_at < now() - interval '30 days'"),
    ("mail_proofs", "expires_at < now() - interval '7 days'"),
    ("invitations", "expires_at < now() - interval '90 days'"),
    ("allowances", "used_until < now() - interval '1 day'"),
    (
        "sign_in_attempts",
        """coalesce(tried_at, succeeded_at) < now() - interval '1 day'
           and (succeeded_at is null or succeeded_at < now() - interval '90 days')""",
    ),
    ("reports", "asked_at < now() - interval '90 days'"),
    ("audit_events", "at < now() - interval '400 days'"),
)


async def stale(db: Database) -> int:
    """Delete what has ended long enough ago, some rows at a time, and return how many went.

    db: the worker role's.
    """
    return sum([await _delete(db, table, condition) for table, condition in _STALE])


async def _delete(db: Database, table: LiteralString, condition: LiteralString) -> int:
    some = f"select ctid from {table} where {condition} limit %s"  # noqa: S608 — names and conditions of ours
    statement: LiteralString = f"delete from {table} where ctid = any (array({some}))"  # noqa: S608
    deleted, more = 0, True
    while more:
        async with db.system() as tx:
            gone = (await tx.execute(statement, (AT_ONCE,))).rowcount
        deleted, more = deleted + gone, gone == AT_ONCE
    return deleted
