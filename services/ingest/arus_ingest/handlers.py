"""What this door has heard: the catalogue as its owner states it, and what books say of imports."""

from typing import Final

import orjson
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.imports.v1.events_pb2 import ImportRowsAnswered, ImportWithdrawalAnswered
from arus_runtime import jobs
from arus_runtime.worker import Column, Meta, Projection, Table, Upsert

from arus_ingest import codec

SETTLE: Final = "imports.settle"

LOCATIONS = Table(
    "locations",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("name", "text"),
        Column("timezone", "text"),
        Column("is_active", "bool"),
        Column("version", "int8"),
        Column("code", "text"),
    ),
    key=("tenant_id", "id"),
)
PRODUCTS = Table(
    "products",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("name", "text"),
        Column("kind", "text"),
        Column("is_active", "bool"),
        Column("version", "int8"),
        Column("code", "text"),
    ),
    key=("tenant_id", "id"),
)

IMPORT_REJECTIONS = Table(
    "import_rejections",
    (
        Column("tenant_id", "text"),
        Column("row_id", "text"),
        Column("import_id", "text"),
        Column("field", "text"),
        Column("code", "text"),
        Column("params", "jsonb"),
    ),
    key=("tenant_id", "row_id"),
)
IMPORT_CHUNKS = Table(
    "import_chunks",
    (
        Column("tenant_id", "text"),
        Column("import_id", "text"),
        Column("chunk", "int4"),
        Column("created", "int4"),
        Column("updated", "int4"),
        Column("unchanged", "int4"),
        Column("rejected", "int4"),
    ),
    key=("tenant_id", "import_id", "chunk"),
)
IMPORT_WITHDRAWALS = Table(
    "import_withdrawals",
    (
        Column("tenant_id", "text"),
        Column("import_id", "text"),
        Column("dependants", "jsonb"),
        Column("in_all", "int8"),
        Column("withdrawn", "int8"),
        Column("is_partial", "bool"),
    ),
    key=("tenant_id", "import_id"),
)

catalogue = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _meta: Meta) -> list[Upsert]:
    """Remember a location as it now is."""
    values = (event.tenant_id, event.location_id, event.name, event.timezone, event.is_active, event.version)
    return [Upsert(LOCATIONS, (*values, event.external_code))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _meta: Meta) -> list[Upsert]:
    """Remember a product as it now is."""
    values = (event.tenant_id, event.product_id, event.name, event.kind, event.is_active, event.version)
    return [Upsert(PRODUCTS, (*values, event.code))]


outcomes = Projection(
    "imports",
    topics=("import.outcome.v1",),
    tables=(IMPORT_REJECTIONS, IMPORT_CHUNKS, IMPORT_WITHDRAWALS, jobs.TABLE),
)


@outcomes.on(ImportRowsAnswered)
def rows_answered(event: ImportRowsAnswered, meta: Meta) -> list[Upsert]:
    """Remember what a book did with the rows of a chunk, and have the import looked at."""
    at = (event.tenant_id, event.import_id)
    counts = codec.outcomes(event)
    return [
        *(
            Upsert(
                IMPORT_REJECTIONS,
                (
                    event.tenant_id,
                    one.row_id,
                    event.import_id,
                    one.field,
                    one.code,
                    orjson.dumps(dict(one.params)).decode(),
                ),
            )
            for one in codec.rejections(event)
        ),
        Upsert(
            IMPORT_CHUNKS,
            (*at, event.chunk, counts.created, counts.updated, counts.unchanged, counts.rejected),
        ),
        _settle(event.tenant_id, event.import_id, meta),
    ]


@outcomes.on(ImportWithdrawalAnswered)
def withdrawal_answered(event: ImportWithdrawalAnswered, meta: Meta) -> list[Upsert]:
    """Remember what a book said to the wish to take an import back, and have the import looked at."""
    dependants = [{"kind": one.kind, "id": one.id, "label": one.label} for one in codec.dependants(event)]
    return [
        Upsert(
            IMPORT_WITHDRAWALS,
            (
                event.tenant_id,
                event.import_id,
                orjson.dumps(dependants).decode(),
                event.dependants_in_all,
                event.withdrawn,
                event.is_partial,
            ),
        ),
        _settle(event.tenant_id, event.import_id, meta),
    ]


def _settle(tenant_id: str, import_id: str, meta: Meta) -> Upsert:
    return jobs.asked(
        SETTLE,
        {"import_id": import_id},
        tenant_id=tenant_id,
        job_id=f"{import_id}/settle",
        run_after=meta.at,
    )
