"""API keys of machines: made, shown once, taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import Problem, wrong

from arus_gateway import rules, tokens
from arus_gateway.callers import Caller
from arus_gateway.commands.members import check_role, check_scope, given
from arus_gateway.commands.people import now
from arus_gateway.store import audit, keys
from arus_gateway.store.audit import Deed
from arus_gateway.store.keys import Key

SHOWN_PREFIX = 10


async def make(
    tx: Tx,
    caller: Caller,
    *,
    name: str,
    role: str,
    resources: Mapping[str, str] | None,
    location_ids: Sequence[str] | None,
    expires_at: datetime | None,
    address: str,
) -> tuple[Key, str]:
    """Make a key and return it with its secret, which is never seen again. No key is an owner.

    Only a person makes keys: a key may never do more than its maker, who must therefore be one that roles are
    given to and taken from.
    """
    if role == rules.OWNER:
        raise Problem(403, "no_key_is_an_owner")
    check_role(caller, role)
    check_scope(caller, location_ids)
    for resource in resources or ():
        if resource not in rules.KEY_RESOURCES:
            raise wrong("resources", "unknown_resource", value=resource)
    secret, grant = tokens.new_secret(tokens.KEY_PREFIX), caller.grant
    key = Key(
        id=new_ulid(),
        tenant_id=grant.tenant_id,
        name=name,
        prefix=secret[:SHOWN_PREFIX],
        role=role,
        resources=resources,
        location_ids=None if location_ids is None else tuple(location_ids),
        created_by=grant.subject,
        created_at=now(),
        expires_at=expires_at,
    )
    await keys.add(tx, key, tokens.digest(secret))
    deed = Deed("key.created", grant.subject, "key", key.id, address, given(role, location_ids))
    await audit.record(tx, grant.tenant_id, deed)
    return key, secret


async def revoke(tx: Tx, caller: Caller, key_id: str, address: str) -> None:
    """Take a key back; it stops working at once here and within seconds elsewhere."""
    grant = caller.grant
    key = await keys.revoked(tx, grant.tenant_id, key_id, now())
    if key is None:
        raise Problem(404, "not_found")
    check_scope(caller, key.location_ids)  # else nothing is kept of it
    await audit.record(tx, grant.tenant_id, Deed("key.revoked", grant.subject, "key", key_id, address))
