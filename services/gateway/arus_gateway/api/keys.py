"""API keys: /keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.web import Page, Paging, router, wrong
from arus_runtime.web.spans import Moment
from fastapi import Depends, Response
from pydantic import ConfigDict, Field, StringConstraints

from arus_gateway.api.schemas import Closed, KeyOut, LocationIds, Name, NewKeyOut, RoleName
from arus_gateway.commands import keys as commands
from arus_gateway.door import Address, CallerOf, DoorOf, persons_only
from arus_gateway.store import keys
from arus_gateway.store.acting import acting
from arus_gateway.store.keys import Listed

routes = router("keys")

Reader = Annotated[Principal, Depends(require("keys", "r"))]
Creator = Annotated[Principal, Depends(require("keys", "c"))]
Remover = Annotated[Principal, Depends(require("keys", "d"))]

Actions = Annotated[str, StringConstraints(pattern="^c?r?u?d?$", min_length=1)]
Resource = Annotated[str, StringConstraints(min_length=1, max_length=50)]
LONGEST = timedelta(days=3660)


class NewKey(Closed):
    """A key for a machine: a role, and if it shall do less, the resources and actions it is limited to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Pompa 2", "role": "service", "resources": {"fuel.transactions": "c"}}]
        }
    )

    name: Name
    role: RoleName
    resources: Annotated[dict[Resource, Actions], Field(examples=[{"fuel.transactions": "c"}])] | None = None
    location_ids: LocationIds | None = None
    expires_at: Moment | None = None


@routes.get("/keys")
async def list_keys(principal: Reader, door: DoorOf, window: Paging) -> Page[KeyOut]:
    """List the organisation's keys, without their secrets."""
    after = window.after(str)
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        found = await keys.standing(tx, principal.tenant_id, after[0] if after else None, window.fetch)
    return window.page(found, key_out, lambda listed: (listed.key.id,))


@routes.post("/keys", status_code=201, response_model=NewKeyOut)
async def create_key(
    _: Creator, body: NewKey, command: Commanded, caller: CallerOf, address: Address
) -> Response:
    """Make a key; this answer is the only one that shows its secret. It may never do more than its maker."""
    persons_only(caller)
    if body.expires_at:
        _check_expiry(body.expires_at)
    async with command.transaction() as tx:
        key, secret = await commands.make(
            tx,
            caller,
            name=body.name,
            role=body.role,
            resources=body.resources,
            location_ids=body.location_ids,
            expires_at=body.expires_at,
            address=address,
        )
        shown = NewKeyOut(**key_out(Listed(key, maker_belongs=True)).model_dump(), secret=None)
        return await command.answer(tx, 201, shown.model_copy(update={"secret": secret}), kept=shown)


@routes.delete("/keys/{id}", status_code=204)
async def revoke_key(
    _: Remover,
    id: str,  # noqa: A002 — the public name
    command: Commanded,
    caller: CallerOf,
    door: DoorOf,
    address: Address,
) -> Response:
    """Revoke a key."""
    async with command.transaction() as tx:
        await commands.revoke(tx, caller, id, address)
        answer = await command.answer(tx, 204)
    door.callers.forget()
    return answer


def key_out(listed: Listed) -> KeyOut:
    """Return a key as REST says it."""
    key = listed.key
    return KeyOut(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        role=key.role,
        resources=None if key.resources is None else dict(key.resources),
        location_ids=None if key.location_ids is None else list(key.location_ids),
        created_by=key.created_by,
        created_at=key.created_at,
        expires_at=key.expires_at,
        maker_belongs=listed.maker_belongs,
    )


def _check_expiry(at: datetime) -> None:
    now = datetime.now(UTC)
    if not now < at < now + LONGEST:
        raise wrong("expires_at", "expiry_out_of_range", value=at.isoformat())
