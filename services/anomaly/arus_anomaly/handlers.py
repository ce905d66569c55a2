"""Which event does what."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from arus.anomaly.v1.events_pb2 import VerdictReached, VerdictWithdrawn
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_runtime.worker import (
    Column,
    Effect,
    Meta,
    PagedState,
    Projection,
    Reject,
    Row,
    Supersede,
    Table,
    Upsert,
    Worker,
)

from arus_anomaly import codec
from arus_anomaly.rules import fuel as rules
from arus_anomaly.state import Fact, FuelHistory, new_history

VERDICTS: Final = Table(
    "verdicts",
    (
        Column("tenant_id", "text"),
        Column("verdict_id", "bytea"),
        Column("fact_id", "text"),
        Column("location_id", "text"),
        Column("product_id", "text"),
        Column("domain", "text"),
        Column("business_date", "date"),
        Column("status", "int2"),
        Column("judged_at", "timestamptz"),
    ),
    entity=("tenant_id", "verdict_id"),
)
LOCATIONS: Final = Table(
    "locations",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)
PRODUCTS: Final = Table(
    "products",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)

fuel: Final = Worker(
    "fuel",
    topics=("fuel.transaction.v1",),
    state=PagedState(
        new=new_history,
        load=codec.load_history,
        dump=codec.dump_history,
        pages=lambda history: history.archive.pages,
        with_pages=lambda history, pages: history._replace(archive=history.archive._replace(pages=pages)),
        load_page=codec.load_rows,
        dump_page=codec.dump_rows,
    ),
    tables=(VERDICTS,),
)
catalogue: Final = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@fuel.on(FuelTransactionRecorded)
def recorded(history: FuelHistory, event: FuelTransactionRecorded, meta: Meta) -> FuelHistory:
    """Take a new fact in. The same fact again changes nothing; another one of the same id is parked."""
    fact = codec.fact(event, meta.key)
    standing = history.find(fact.id)
    if standing is None:
        return history.recorded(fact)
    if standing == fact:
        return history
    raise Reject(f"transaction {event.transaction_id} is recorded already, with another date or volume")


@fuel.on(FuelTransactionCorrected)
def corrected(history: FuelHistory, event: FuelTransactionCorrected, meta: Meta) -> FuelHistory:
    """Put a corrected fact in the place of the one that stood. A correction of nothing is parked."""
    fact = codec.fact(event, meta.key)
    standing = history.find(fact.id)
    if standing is None:
        raise Reject(f"transaction {event.transaction_id} to correct is not recorded under this key")
    return history if standing == fact else history.corrected(standing, fact)


@fuel.on(FuelTransactionVoided)
def voided(history: FuelHistory, event: FuelTransactionVoided, meta: Meta) -> FuelHistory:
    """Take a fact out. Voiding what does not stand is parked."""
    standing = history.find(codec.voided_id(event, meta.key))
    if standing is None:
        raise Reject(f"transaction {event.transaction_id} to void is not recorded under this key")
    return history.voided(standing)


@fuel.concludes
def judge(history: FuelHistory, meta: Meta) -> tuple[FuelHistory, Sequence[Effect]]:
    """Say what the batch's changes came to, each fact once. What was said before is kept, as superseded."""
    judged, gone = rules.conclude(history)
    key, at = codec.key(meta.key), meta.at
    rows = [_row(codec.reached(judgement, key), judgement.fact, judgement.status, at) for judgement in judged]
    again = [row for row, judgement in zip(rows, judged, strict=True) if judgement.replaces_earlier]
    withdrawn = [_row(codec.withdrawn(fact, key), fact, rules.Status.WITHDRAWN, at) for fact in gone]
    effects: list[Effect] = [*rows, *withdrawn]
    if again or withdrawn:
        effects.insert(0, Supersede(VERDICTS, [row.values[:2] for row in (*again, *withdrawn)]))
    if withdrawn:
        # A withdrawal is written down and told, but it is no verdict that stands.
        effects.append(Supersede(VERDICTS, [row.values[:2] for row in withdrawn]))
    return history.concluded(), effects


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _meta: Meta) -> list[Effect]:
    """Remember what a location is called."""
    return [Upsert(LOCATIONS, (event.tenant_id, event.location_id, event.name))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _meta: Meta) -> list[Effect]:
    """Remember what a product is called."""
    return [Upsert(PRODUCTS, (event.tenant_id, event.product_id, event.name))]


def _row(event: VerdictReached | VerdictWithdrawn, fact: Fact, status: rules.Status, at: datetime) -> Row:
    values = (
        event.tenant_id,
        codec.id_bytes(event.verdict_id),
        event.fact_id,
        event.location_id,
        event.product_id,
        event.domain,
        date.fromordinal(fact.day),
        status,
        at,
    )
    return Row(VERDICTS, values, event)
