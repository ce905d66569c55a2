"""REST routes of customers and their payments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from arus_runtime.auth import require_everywhere
from arus_runtime.commands import Commanded
from arus_runtime.web import PREFIX, Ctx, IfMatch, Page, Paging, etag, router
from arus_runtime.web.spans import Day
from fastapi import Depends, Path, Query, Response

from arus_metering.api.asking import CustomerReader, Nomen, Nomens, PaymentReader, Payments, Q, Said
from arus_metering.commands import customers as commands
from arus_metering.commands import payments
from arus_metering.schemas.figures import Happening, Profile
from arus_metering.schemas.records import (
    CustomerDetail,
    CustomerPatch,
    CustomerRecord,
    Found,
    NewCustomer,
    NewPayment,
    PaymentPatch,
    PaymentRecord,
    SearchResults,
)
from arus_metering.store import customers as store
from arus_metering.store import figures
from arus_metering.store import payments as payment_store

customers = router("customers")
collections = router("collections")

SEED_RESULTS: Final = 50
CREATED: Final[Mapping[int | str, dict[str, Any]]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}}}
}
PaymentId = Annotated[str, Path(min_length=1, max_length=500)]


@customers.get("/customers/search")
async def search_customers(
    context: Ctx, principal: CustomerReader, q: Q = "", rayon: Said = None
) -> SearchResults:
    """Find customers by any part of their number, name or address; also at /api/customers/search.

    Whose number begins so comes first, then of whom a word does, then the others; each by number. A whole
    number that files tell of before the customers' own file comes is found without a name, before them all.
    """
    nomen = q.strip()
    async with context.db.tenant(principal.tenant_id) as tx:
        nameless = await store.in_books(tx, nomen, rayon) if nomen else None
        found = await store.best(tx, q, rayon, SEED_RESULTS - (nameless is not None))
    if nameless is not None:
        found.insert(0, nameless)
    return SearchResults(
        results=[Found(nomen=one.nomen, name=one.name, address=one.address, rayon=one.rayon) for one in found]
    )


@customers.get("/customers")
async def list_customers(
    *,
    context: Ctx,
    window: Paging,
    principal: CustomerReader,
    q: Q = "",
    rayon: Said = None,
    nomens: Nomens = None,
) -> Page[CustomerRecord]:
    """List customers by number."""
    after = window.after(str) or (None,)
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.search(tx, q, rayon, after[0], window.fetch, nomens=nomens)
    return window.page(rows, CustomerRecord.of, lambda one: (one.nomen,))


@customers.post(
    "/customers",
    status_code=201,
    response_model=CustomerDetail,
    responses={**CREATED},
    dependencies=[Depends(require_everywhere("customers", "c"))],
)
async def create_customer(new: NewCustomer, command: Commanded) -> Response:
    """Record a customer."""
    async with command.transaction() as tx:
        made = await commands.add(tx, command.principal, new.model_dump(), datetime.now(UTC))
        headers = {"Location": f"{PREFIX}/customers/{quote(made.nomen, safe='')}", "ETag": etag(made.version)}
        return await command.answer(tx, 201, CustomerDetail.of(made), headers)


@customers.get("/customers/{nomen}")
async def get_customer(
    context: Ctx, nomen: Nomen, principal: CustomerReader, response: Response
) -> CustomerDetail:
    """Return a customer.

    Of a number that files tell of before the customers' own file comes, what they tell, with version 0: POST
    makes it a customer.
    """
    async with context.db.tenant(principal.tenant_id) as tx:
        customer = await store.in_books(tx, nomen) or await commands.known(tx, nomen)
    response.headers["ETag"] = etag(customer.version)
    return CustomerDetail.of(customer)


@customers.patch(
    "/customers/{nomen}",
    response_model=CustomerDetail,
    dependencies=[Depends(require_everywhere("customers", "u"))],
)
async def change_customer(
    nomen: Nomen, patch: CustomerPatch, if_match: IfMatch, command: Commanded
) -> Response:
    """Change what is said of a customer."""
    async with command.transaction() as tx:
        changed = await commands.change(
            tx, command.principal, nomen, patch.values(), if_match=if_match, at=datetime.now(UTC)
        )
        return await command.answer(tx, 200, CustomerDetail.of(changed), {"ETag": etag(changed.version)})


@customers.delete(
    "/customers/{nomen}", status_code=204, dependencies=[Depends(require_everywhere("customers", "d"))]
)
async def deactivate_customer(nomen: Nomen, if_match: IfMatch, command: Commanded) -> Response:
    """Deactivate a customer; their history stays."""
    async with command.transaction() as tx:
        await commands.change(
            tx, command.principal, nomen, {"is_active": False}, if_match=if_match, at=datetime.now(UTC)
        )
        return await command.answer(tx, 204)


@customers.get("/customers/{nomen}/timeline")
async def get_customer_timeline(
    *,
    context: Ctx,
    nomen: Nomen,
    principal: CustomerReader,
    before: Annotated[Day | None, Query(description="Only what happened before this day.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Profile:
    """Return what happened at a customer on one time line, newest first; a day is never cut in two."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.timeline(tx, nomen, before, limit + 1)
        as_of = await figures.as_of(tx)
        if not rows and before is None:
            await commands.known(tx, nomen)
    more = len(rows) > limit
    if more:
        rows = [row for row in rows if row["day"] > rows[limit]["day"]] or [
            row for row in rows if row["day"] == rows[0]["day"]
        ]
    return Profile(
        nomen=nomen,
        items=[Happening.model_validate(row) for row in rows],
        next_before=rows[-1]["day"] if more else None,
        data_as_of=as_of,
    )


@collections.get("/collections")
async def list_collections(
    context: Ctx, window: Paging, principal: PaymentReader, asked: Payments
) -> Page[PaymentRecord]:
    """List payments, newest first."""
    after = window.after(str, str)
    async with context.db.tenant(principal.tenant_id) as tx:
        position = (date.fromisoformat(after[0]), after[1]) if after else None
        rows = await payment_store.found(tx, asked.values(), position, window.fetch)
    return window.page(rows, PaymentRecord.of, lambda one: (one.payment_date.isoformat(), one.id))


@collections.post(
    "/collections",
    status_code=201,
    response_model=PaymentRecord,
    dependencies=[Depends(require_everywhere("collections", "c"))],
)
async def create_collection(new: NewPayment, command: Commanded) -> Response:
    """Record a payment."""
    async with command.transaction() as tx:
        made = await payments.add(tx, command.principal, new.values(), datetime.now(UTC))
        return await command.answer(tx, 201, PaymentRecord.of(made), {"ETag": etag(made.version)})


@collections.get("/collections/{payment_id:path}")
async def get_collection(
    context: Ctx, payment_id: PaymentId, response: Response, principal: PaymentReader
) -> PaymentRecord:
    """Return a payment."""
    async with context.db.tenant(principal.tenant_id) as tx:
        payment = await payments.found(tx, payment_id)
    response.headers["ETag"] = etag(payment.version)
    return PaymentRecord.of(payment)


@collections.patch(
    "/collections/{payment_id:path}",
    response_model=PaymentRecord,
    dependencies=[Depends(require_everywhere("collections", "u"))],
)
async def change_collection(
    payment_id: PaymentId, patch: PaymentPatch, if_match: IfMatch, command: Commanded
) -> Response:
    """Correct a payment; what it said before is kept."""
    async with command.transaction() as tx:
        changed = await payments.change(
            tx, command.principal, payment_id, patch.values(), if_match=if_match, at=datetime.now(UTC)
        )
        return await command.answer(tx, 200, PaymentRecord.of(changed), {"ETag": etag(changed.version)})


@collections.delete(
    "/collections/{payment_id:path}",
    status_code=204,
    dependencies=[Depends(require_everywhere("collections", "d"))],
)
async def withdraw_collection(payment_id: PaymentId, if_match: IfMatch, command: Commanded) -> Response:
    """Take a payment back; it is kept as withdrawn."""
    async with command.transaction() as tx:
        await payments.withdraw(tx, command.principal, payment_id, if_match=if_match, at=datetime.now(UTC))
        return await command.answer(tx, 204)
