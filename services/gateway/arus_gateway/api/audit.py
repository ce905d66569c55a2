"""The audit log: /audit."""

from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.web import Page, Paging, router
from fastapi import Depends, Query

from arus_gateway.api.schemas import AuditOut
from arus_gateway.door import DoorOf
from arus_gateway.store import audit
from arus_gateway.store.acting import acting
from arus_gateway.store.audit import Entry

routes = router("audit")

Reader = Annotated[Principal, Depends(require("audit", "r"))]


@routes.get("/audit")
async def list_audit(
    principal: Reader,
    door: DoorOf,
    window: Paging,
    action: Annotated[str | None, Query(max_length=100, examples=["session.opened"])] = None,
    actor_id: Annotated[str | None, Query(max_length=50)] = None,
) -> Page[AuditOut]:
    """List who did what to accounts and settings, newest first."""
    before = window.after(str)
    async with acting(door.db, tenant=principal.tenant_id) as tx:
        found = await audit.entries(
            tx,
            principal.tenant_id,
            before[0] if before else None,
            window.fetch,
            action=action,
            actor_id=actor_id,
        )
    return window.page(found, _out, lambda entry: (entry.id,))


def _out(entry: Entry) -> AuditOut:
    return AuditOut(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        resource_type=entry.resource_type,
        resource_id=entry.resource_id,
        ip=entry.ip,
        detail=dict(entry.detail),
    )
