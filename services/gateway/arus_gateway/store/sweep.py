"""What nobody needs any more."""

from typing import Final, LiteralString

from arus_runtime.postgres import Tx

# A used secret is kept as long as a session can live, so that its reuse is noticed; the audit log as long as
# its topic.
_STALE: Final[tuple[LiteralString, ...]] = (
    "delete from sessions where expires_at < now() or revoked_at < now() - interval '30 days'",
    "delete from session_secrets where used_at < now() - interval '30 days'",
    "delete from mail_proofs where expires_at < now() - interval '7 days'",
    "delete from invitations where expires_at < now() - interval '90 days'",
    "delete from allowances where used_until < now() - interval '1 day'",
    """delete from sign_in_attempts where coalesce(tried_at, succeeded_at) < now() - interval '1 day'
       and (succeeded_at is null or succeeded_at < now() - interval '90 days')""",
    "delete from reports where asked_at < now() - interval '90 days'",
    "delete from audit_events where at < now() - interval '400 days'",
)


async def stale(tx: Tx) -> int:
    """Delete what has ended long enough ago and return how many rows went; worker role."""
    return sum([(await tx.execute(statement)).rowcount for statement in _STALE])
