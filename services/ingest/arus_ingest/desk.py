"""Facts that come one a request: those of a tenant that come at the same time share one transaction.

Each keeps its own caller, answer and trace.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.observe import current_traceparent
from arus_runtime.together import Together

from arus_ingest import catalogue
from arus_ingest.commands import fuel as commands
from arus_ingest.commands.fuel import Asked, Ledger, Recorded, Refused
from arus_ingest.state import Entry

Outcome = Recorded | Refused | None
_Desk = Together[tuple[str, Ledger], Asked, Outcome]
_DESK: Final = "desk"


async def record(context: Context, principal: Principal, ledger: Ledger, entry: Entry) -> Outcome:
    """Record one entry and return what became of it once it is committed.

    None: the door's copy of the catalogue cannot say, so nothing became of it. Who asks the owner does so in
    a transaction of its own, for which nobody else waits.
    """
    desk: _Desk = context.own.get(_DESK) or context.own.setdefault(_DESK, Together(partial(_serve, context)))
    return await desk.ask((principal.tenant_id, ledger), Asked(entry, principal, current_traceparent()))


async def _serve(context: Context, of: tuple[str, Ledger], asked: Sequence[Asked]) -> Sequence[Outcome]:
    tenant_id, ledger = of
    async with context.db.tenant(tenant_id) as tx:
        known = await catalogue.heard_of(
            tx, {one.entry.location_id for one in asked}, {one.entry.product_id for one in asked}
        )
        sure = [one for one in asked if known.surely(one.entry)]
        became = iter(await commands.record_known(tx, tenant_id, known, ledger, sure, at=datetime.now(UTC)))
    context.committed()
    return [next(became) if known.surely(one.entry) else None for one in asked]
