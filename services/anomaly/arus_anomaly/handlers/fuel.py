"""What facts about fuel do, and what changes of the catalogue do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_runtime.side_inputs import Known, SideInput
from arus_runtime.tuples import new
from arus_runtime.worker import (
    Column,
    Effect,
    InformedWorker,
    Meta,
    PagedState,
    Projection,
    Reject,
    Row,
    Supersede,
    Table,
    Upsert,
)

from arus_anomaly import codec
from arus_anomaly.rules import feedback
from arus_anomaly.rules import fuel as rules
from arus_anomaly.rules.feedback import NOTHING
from arus_anomaly.rules.thresholds import DEFAULTS, NO_VERSIONS, Versions, holding
from arus_anomaly.state import NO_ID, Fact, FuelHistory, new_history

VERDICTS: Final = Table(
    "verdicts",
    (
        Column("tenant_id", "text"),
        Column("fact_id", "text"),
        Column("location_id", "text"),
        Column("product_id", "text"),
        Column("domain", "text"),
        Column("business_date", "date"),
        Column("status", "int2"),
        Column("judged_at", "timestamptz"),
    ),
    # Not by the fact alone: one that moves to another key is told there and taken back here in any order.
    entity=("tenant_id", "fact_id", "location_id", "product_id"),
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


class Told(NamedTuple):
    """What the rule is told besides facts."""

    versions: Versions
    answers: feedback.Answers


def _add(told: Told, table: str, rows: Sequence[Sequence[Any]]) -> Told:
    if table == "thresholds":
        return told._replace(versions=codec.add_versions(told.versions, rows))
    return told._replace(answers=codec.add_answers(told.answers, rows))


TOLD: Final = SideInput(
    {"thresholds": codec.VERSION_COLUMNS, "incident_answers": codec.ANSWER_COLUMNS},
    empty=Told(NO_VERSIONS, feedback.NO_ANSWERS),
    add=_add,
)

fuel: Final = InformedWorker(
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
    side=TOLD,
    tables=(VERDICTS,),
)
catalogue: Final = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@fuel.on(FuelTransactionRecorded)
def recorded(
    history: FuelHistory, event: FuelTransactionRecorded, meta: Meta, known: Known[Told]
) -> FuelHistory | tuple[FuelHistory, Sequence[Effect]]:
    """Take a new fact in, and judge it at once when it is the newest of its key.

    The same fact again changes nothing; another one of the same id is parked.
    """
    key, fact = codec.key_of(event, meta.key), codec.fact(event)
    standing = history.find(fact.id)
    if standing is None:
        newest = history.followed_by(fact)
        if newest is None:
            return history.recorded(fact)
        history, window = newest
        versions, answers = known.at(fact.id)
        of = versions.get(key.tenant_id)
        by = DEFAULTS if of is None else holding(of, key.location_id, key.product_id, fact.id)
        confirmed = NOTHING
        if key.tenant_id in answers:
            confirmed = feedback.confirmed(_answers(answers, key), fact.id, fact.day)
        if confirmed:
            window = rules.usual_of(rules.preceding(history, fact, without=confirmed), fact.day, by)
        elif by.by_weekday:
            window = rules.usual(*history.behind_newest(window.size), fact.day, by)
        return history, (_reached(rules.judge(fact, window, by), event.transaction_id, key, meta.at),)
    if standing == fact:
        return history, ()
    raise Reject(f"transaction {event.transaction_id} is recorded already, with another date or volume")


@fuel.on(FuelTransactionCorrected)
def corrected(
    history: FuelHistory, event: FuelTransactionCorrected, meta: Meta, _: Known[Told]
) -> FuelHistory:
    """Put a corrected fact in the place of the one that stood. A correction of nothing is parked."""
    codec.key_of(event, meta.key)
    fact = codec.fact(event)
    standing = history.find(fact.id)
    if standing is None:
        raise Reject(f"transaction {event.transaction_id} to correct is not recorded under this key")
    return history if standing == fact else history.corrected(standing, fact)


@fuel.on(FuelTransactionVoided)
def voided(history: FuelHistory, event: FuelTransactionVoided, meta: Meta, _: Known[Told]) -> FuelHistory:
    """Take a fact out. Voiding what does not stand is parked."""
    codec.key_of(event, meta.key)
    standing = history.find(codec.ulid_bytes(event.transaction_id))
    if standing is None:
        raise Reject(f"transaction {event.transaction_id} to void is not recorded under this key")
    return history.voided(standing)


@fuel.concludes
def judge(history: FuelHistory, meta: Meta, known: Known[Told]) -> tuple[FuelHistory, Sequence[Effect]]:
    """Say what late changes came to, each fact once. What was said before is kept, as superseded."""
    key, at = codec.key(meta.key), meta.at

    def basis_of(fact_id: bytes, day: int) -> rules.Basis:
        versions, answers = known.at(fact_id)
        of, said = versions.get(key.tenant_id), _answers(answers, key)
        by = DEFAULTS if of is None else holding(of, key.location_id, key.product_id, fact_id)
        return rules.Basis(by, feedback.confirmed(said, fact_id, day))

    said = _answers(known.at(NO_ID).answers, key)
    judged, gone = rules.conclude(history, basis_of, len(feedback.ever_confirmed(said)))
    said_again = [_entity(key, one.fact) for one in judged if one.replaces_earlier]
    said_no_more = [_entity(key, fact) for fact in gone]
    effects: list[Effect] = []
    if said_again or said_no_more:
        effects.append(Supersede(VERDICTS, said_again + said_no_more))
    effects += [_reached(one, codec.ulid_text(one.fact.id), key, at) for one in judged]
    effects += [_withdrawn(fact, key, at) for fact in gone]
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


def _answers(answers: feedback.Answers, key: codec.Key) -> feedback.OfKey:
    return answers.get(key.tenant_id, {}).get((key.location_id, key.product_id), ())


def _reached(judged: rules.Judgement, fact_id: str, key: codec.Key, at: datetime) -> Row:
    tenant_id, location_id, product_id = key
    day, status = codec.business_date(judged.fact.day)[0], judged.status
    values = (tenant_id, fact_id, location_id, product_id, codec.FUEL, day, status, at)
    return new(Row, (VERDICTS, values, codec.reached(judged, fact_id, key)))


def _withdrawn(fact: Fact, key: codec.Key, at: datetime) -> Row:
    tenant_id, location_id, product_id = key
    fact_id, day = codec.ulid_text(fact.id), codec.business_date(fact.day)[0]
    values = (tenant_id, fact_id, location_id, product_id, codec.FUEL, day, rules.Status.WITHDRAWN, at)
    return Row(VERDICTS, values, codec.withdrawn(fact_id, key))


def _entity(key: codec.Key, fact: Fact) -> tuple[str, str, str, str]:
    return key.tenant_id, codec.ulid_text(fact.id), key.location_id, key.product_id
