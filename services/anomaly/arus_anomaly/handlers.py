"""Which event does what."""

from collections.abc import Sequence
from datetime import datetime
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
        with_pages=FuelHistory.with_pages,
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
        return history.recorded(fact, event.transaction_id)
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
    effects: list[Effect] = [_row(codec.reached(one, key), key, one.fact, one.status, at) for one in judged]
    if history.is_in_order:
        return history.concluded(), effects
    gone_rows = [_row(codec.withdrawn(fact, key), key, fact, rules.Status.WITHDRAWN, at) for fact in gone]
    said_again = [_entity(key, one.fact) for one in judged if one.replaces_earlier]
    said_no_more = [_entity(key, fact) for fact in gone]
    effects += gone_rows
    if said_again or said_no_more:
        effects.insert(0, Supersede(VERDICTS, said_again + said_no_more))
    if said_no_more:
        # A withdrawal is written down and told, but it is no verdict that stands.
        effects.append(Supersede(VERDICTS, said_no_more))
    return history.concluded(), effects


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _meta: Meta) -> list[Effect]:
    """Remember what a location is called."""
    return [Upsert(LOCATIONS, (event.tenant_id, event.location_id, event.name))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _meta: Meta) -> list[Effect]:
    """Remember what a product is called."""
    return [Upsert(PRODUCTS, (event.tenant_id, event.product_id, event.name))]


def _row(
    event: VerdictReached | VerdictWithdrawn, key: codec.Key, fact: Fact, status: rules.Status, at: datetime
) -> Row:
    tenant_id, location_id, product_id = key
    verdict_id, day = codec.id_bytes(event.verdict_id), codec.business_date(fact.day)[0]
    values = (tenant_id, verdict_id, event.fact_id, location_id, product_id, codec.FUEL, day, status, at)
    return Row(VERDICTS, values, event)


def _entity(key: codec.Key, fact: Fact) -> tuple[str, bytes]:
    return key.tenant_id, codec.id_bytes(codec.verdict_id(codec.ulid_text(fact.id)))
