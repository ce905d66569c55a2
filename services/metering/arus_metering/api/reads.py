"""REST routes of register reads: what the file said, what stands, and how people correct it."""

from datetime import UTC, datetime
from typing import Annotated, Final

from arus_runtime.auth import Principal, require_everywhere
from arus_runtime.commands import Command, Commanded
from arus_runtime.context import Context
from arus_runtime.periods import MONTH
from arus_runtime.postgres import Tx
from arus_runtime.web import Ctx, IfMatch, Page, Paging, etag, router
from arus_runtime.web.spans import BusinessDate
from fastapi import Depends, Path, Query, Response

from arus_metering.api.asking import MeterReader, Nomen
from arus_metering.commands import reads as commands
from arus_metering.commands.customers import known
from arus_metering.commands.reads import Corrector, Why
from arus_metering.rules.reads import by_period
from arus_metering.schemas.reads import (
    NewEstimate,
    ProposedRead,
    ReadEdit,
    ReadEstimate,
    RegisterRead,
    VisitedRead,
)
from arus_metering.store import reads as store

meters = router("meters")

Period = Annotated[str, Path(pattern=MONTH, examples=["2025-12"])]
EDITOR: Final = [Depends(require_everywhere("meters", "u"))]


@meters.get("/meters/{nomen}/reads")
async def list_register_reads(
    context: Ctx, nomen: Nomen, window: Paging, principal: MeterReader
) -> Page[RegisterRead]:
    """List a customer's register reads, newest period first: raw, validated, and every version of each."""
    before = window.after(str) or (None,)
    async with context.db.tenant(principal.tenant_id) as tx:
        found = by_period(await store.page(tx, nomen, before[0], window.fetch))
        if not found and before[0] is None:
            await known(tx, nomen)
    return window.page(found, RegisterRead.of, lambda versions: (versions[0].period,))


@meters.post(
    "/meters/{nomen}/reads",
    status_code=201,
    response_model=RegisterRead,
    dependencies=[Depends(require_everywhere("meters", "c"))],
)
async def estimate_missing_read(
    context: Ctx, nomen: Nomen, estimate: NewEstimate, command: Commanded
) -> Response:
    """Put what is proposed for a period that nobody read into the books; its method is ESTIMATED."""
    async with command.transaction() as tx:
        why = Why(estimate.reason, estimate.case_id)
        corrector = _at(tx, context, command.principal, nomen, estimate.period)
        read = RegisterRead.of(await corrector.estimate_missing(estimate.read_date, why))
        return await command.answer(tx, 201, read, {"ETag": etag(read.version)})


@meters.get("/meters/{nomen}/reads/{period}/estimate")
async def propose_missing_read(
    *,
    context: Ctx,
    nomen: Nomen,
    period: Period,
    principal: MeterReader,
    read_date: Annotated[
        BusinessDate | None, Query(description="Left out: the day of the month of the read before.")
    ] = None,
) -> ProposedRead:
    """Return what the register would have shown in a period that nobody read; nothing is kept."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return ProposedRead.of(await _at(tx, context, principal, nomen, period).proposal(read_date))


@meters.get("/meters/{nomen}/reads/{period}")
async def get_register_read(
    *, context: Ctx, nomen: Nomen, period: Period, principal: MeterReader, response: Response
) -> RegisterRead:
    """Return the register read of a period: raw, validated, and every version."""
    async with context.db.tenant(principal.tenant_id) as tx:
        read = RegisterRead.of(await commands.found(tx, nomen, period))
    response.headers["ETag"] = etag(read.version)
    return read


@meters.patch("/meters/{nomen}/reads/{period}", response_model=RegisterRead, dependencies=EDITOR)
async def edit_register_read(
    *,
    context: Ctx,
    nomen: Nomen,
    period: Period,
    edit: ReadEdit,
    if_match: IfMatch,
    command: Commanded,
) -> Response:
    """Correct what a register showed; the raw read is kept, and the period is judged again."""
    async with command.transaction() as tx:
        why = Why(edit.reason, edit.case_id)
        versions = await _at(tx, context, command.principal, nomen, period).edit(edit.values(), why, if_match)
        return await _answer(tx, command, RegisterRead.of(versions))


@meters.post("/meters/{nomen}/reads/{period}/estimate", response_model=RegisterRead, dependencies=EDITOR)
async def estimate_register_read(
    *,
    context: Ctx,
    nomen: Nomen,
    period: Period,
    estimate: ReadEstimate,
    if_match: IfMatch,
    command: Commanded,
) -> Response:
    """Put the usual use of the last three actual periods in place of a read; its method is ESTIMATED."""
    async with command.transaction() as tx:
        why = Why(estimate.reason, estimate.case_id)
        versions = await _at(tx, context, command.principal, nomen, period).estimate(why, if_match)
        return await _answer(tx, command, RegisterRead.of(versions))


@meters.post("/meters/{nomen}/reads/{period}/from-visit", response_model=RegisterRead, dependencies=EDITOR)
async def take_visited_read(
    *,
    context: Ctx,
    nomen: Nomen,
    period: Period,
    visited: VisitedRead,
    if_match: IfMatch,
    command: Commanded,
) -> Response:
    """Correct a read with the stand that a visit of a case found: ACTUAL, read on the day of the visit.

    The raw read is kept, and the period is judged again.
    """
    async with command.transaction() as tx:
        why = Why(visited.reason, visited.case_id)
        corrector = _at(tx, context, command.principal, nomen, period)
        versions = await corrector.take_visit(visited.visit_id, why, if_match)
        return await _answer(tx, command, RegisterRead.of(versions))


@meters.post(
    "/meters/{nomen}/reads/{period}/revert",
    response_model=RegisterRead,
    dependencies=EDITOR,
    responses={204: {"description": "Nobody read the period: nothing stands of it any more."}},
)
async def revert_register_read(
    *, context: Ctx, nomen: Nomen, period: Period, if_match: IfMatch, command: Commanded
) -> Response:
    """Take the newest edit or estimate back; it is kept as withdrawn, and what stood before stands."""
    async with command.transaction() as tx:
        versions = await _at(tx, context, command.principal, nomen, period).revert(if_match)
        if not versions:
            return await command.answer(tx, 204)
        return await _answer(tx, command, RegisterRead.of(versions))


def _at(tx: Tx, context: Context, principal: Principal, nomen: str, period: str) -> Corrector:
    return Corrector(tx, context.peers, principal, nomen, period, datetime.now(UTC))


async def _answer(tx: Tx, command: Command, read: RegisterRead) -> Response:
    return await command.answer(tx, 200, read, {"ETag": etag(read.version)})
