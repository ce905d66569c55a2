"""REST routes of meters that were changed for another: entered, listed, taken back."""

from datetime import UTC, datetime
from typing import Annotated, Final

from arus_runtime.auth import require_everywhere
from arus_runtime.commands import Commanded
from arus_runtime.web import Ctx, IfMatch, etag, router
from fastapi import Depends, Path, Response

from arus_metering.api.asking import MeterReader, Said
from arus_metering.commands import customers as commands
from arus_metering.commands.customers import REPLACEMENT_VERSION
from arus_metering.schemas.records import NewReplacement, ReplacementRecord
from arus_metering.store import customers as store

replacements = router("meters")

ReplacementId = Annotated[str, Path(min_length=1, max_length=500)]
SEEN: Final = {"ETag": etag(REPLACEMENT_VERSION)}


@replacements.get("/meters/replacements")
async def list_meter_replacements(
    context: Ctx, principal: MeterReader, nomen: Said = None
) -> list[ReplacementRecord]:
    """List what people entered of meters changed for another and did not take back, the newest 500 first."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return [ReplacementRecord.of(one) for one in await store.replacements(tx, nomen)]


@replacements.post(
    "/meters/replacements",
    status_code=201,
    response_model=ReplacementRecord,
    dependencies=[Depends(require_everywhere("meters", "c"))],
)
async def record_meter_replacement(new: NewReplacement, command: Commanded) -> Response:
    """Record that a customer's meter was changed for another."""
    async with command.transaction() as tx:
        made = await commands.replace_meter(tx, command.principal, new.values(), datetime.now(UTC))
        return await command.answer(tx, 201, ReplacementRecord.of(made), SEEN)


@replacements.get("/meters/replacements/{replacement_id:path}")
async def get_meter_replacement(
    context: Ctx, replacement_id: ReplacementId, principal: MeterReader, response: Response
) -> ReplacementRecord:
    """Return a meter changed for another, as a person entered it or as a file tells it."""
    async with context.db.tenant(principal.tenant_id) as tx:
        one = await commands.found_replacement(tx, replacement_id)
    response.headers.update(SEEN)
    return ReplacementRecord.of(one)


@replacements.delete(
    "/meters/replacements/{replacement_id:path}",
    status_code=204,
    dependencies=[Depends(require_everywhere("meters", "d"))],
)
async def withdraw_meter_replacement(
    replacement_id: ReplacementId, if_match: IfMatch, command: Commanded
) -> Response:
    """Take a change of a meter back; it is kept as withdrawn, and the meter is judged as if it never was.

    One that a file tells goes with its import, which the 409 names.
    """
    async with command.transaction() as tx:
        await commands.withdraw_replacement(
            tx, command.principal, replacement_id, if_match=if_match, at=datetime.now(UTC)
        )
        return await command.answer(tx, 204)
