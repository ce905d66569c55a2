"""The books' facts as events, and import chunks as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any, Final

from arus.imports.v1.events_pb2 import (
    ImportChunkPublished,
    ImportRowsAnswered,
    ImportWithdrawalAnswered,
    ImportWithdrawn,
)
from arus.metering.v1.events_pb2 import (
    BillIssued,
    BillWithdrawn,
    CustomerChanged,
    MeterReplaced,
    MeterReplacementWithdrawn,
    PaymentRecorded,
    PaymentWithdrawn,
    PeriodRebilled,
    RegisterReadRecorded,
    RegisterReadWithdrawn,
)

from arus_metering.rules import rows
from arus_metering.rules.billing import Correction
from arus_metering.rules.payments import plain
from arus_metering.state import Dependant, Fact, Replacement, Wrong

Row = Mapping[str, Any]
Outcome = ImportRowsAnswered.Outcome
CREATED: Final = ImportRowsAnswered.OUTCOME_CREATED
UPDATED: Final = ImportRowsAnswered.OUTCOME_UPDATED
LISTED: Final = "LIST"
UNCHANGED: Final = ImportRowsAnswered.OUTCOME_UNCHANGED
_NUMBERED_BY: Final[Mapping[str, str]] = {"COLLECTION": "receipt_number", "MB": "bill_number"}
"""By which field payments that are alike otherwise are told apart."""


def key(tenant_id: str, nomen: str) -> str:
    """Return the key of every topic of the books."""
    return f"{tenant_id}:{nomen}"


def facts(
    chunk: ImportChunkPublished, payment_words: Mapping[str, str], told_on: date
) -> list[tuple[ImportChunkPublished.Row, Fact | Wrong]]:
    """Return a chunk's rows with what they say, or what is wrong with them.

    told_on: the day on which it was told, where the utility is; payment_words: a utility's own words for what
    a payment pays, in plain capitals → the one they stand for.
    """
    if chunk.period and not rows.is_period(chunk.period):
        wrong = Wrong("period", "ROW_NOT_PERIOD", {"value": chunk.period})
        return [(row, wrong) for row in chunk.rows]
    found = [
        rows.fact(chunk.type, chunk.period, _known_words(row.fields, payment_words), told_on)
        for row in chunk.rows
    ]
    return list(zip(chunk.rows, rows.billed(found) if chunk.type == "MC" else found, strict=True))


def _known_words(fields: Mapping[str, str], payment_words: Mapping[str, str]) -> Mapping[str, str]:
    said = fields.get("payment_type", "") if payment_words else ""
    known = payment_words.get(plain(said)) if said else None
    return {**fields, "payment_type": known} if known else fields


def fact_key(chunk: ImportChunkPublished, row: ImportChunkPublished.Row, fact: Fact) -> str:
    """Return what a row's fact is called within its table.

    A payment is the same in files of any month; without a number the second that is alike is another one. A
    list of customers stands beside what was billed to them.
    """
    if chunk.type in rows.PAYMENTS:
        return _payment_key(chunk, row, row.key)
    name = LISTED if chunk.type == "MC" and fact.values["target_minor"] is None else chunk.type
    return f"{name}/{fact.values.get('period', chunk.period)}/{row.key}"


def beside(key: str) -> str:
    """Return what a customer's month is called in a plain list, and that of a list where it was billed."""
    name, rest = key.split("/", 1)
    return f"{'MC' if name == LISTED else LISTED}/{rest}"


def called_without_month(key: str) -> str:
    """Return what a payment is called whose name holds the month of its file, as it once did."""
    type_, _, natural = key.split("/", 2)
    return f"{type_}//{natural}"


def called_without_bill(chunk: ImportChunkPublished, row: ImportChunkPublished.Row) -> str:
    """Return what a row's payment is called where its billed month is not read; "" where it says none."""
    parts, period = row.key.split("|"), row.fields.get("bill_period", "")
    if not period or period not in parts:
        return ""
    parts[parts.index(period)] = ""
    return _payment_key(chunk, row, "|".join(parts))


def _payment_key(chunk: ImportChunkPublished, row: ImportChunkPublished.Row, natural: str) -> str:
    is_alike = row.place > 1 and not row.fields.get(_NUMBERED_BY[chunk.type])
    return f"{chunk.type}//{natural}" + (f"|{row.place}" if is_alike else "")


def read_key(nomen: str, period: str) -> str:
    """Return what the read of a period is called, a file's and a person's alike: the newer one stands."""
    return f"SBRS/{period}/{nomen}|{period}"


def answered(
    chunk: ImportChunkPublished, outcomes: Iterable[tuple[str, Outcome | Wrong]]
) -> ImportRowsAnswered:
    """Return what became of a chunk's rows, by row id."""
    answer = ImportRowsAnswered(tenant_id=chunk.tenant_id, import_id=chunk.import_id, chunk=chunk.chunk)
    for row_id, outcome in outcomes:
        if isinstance(outcome, Wrong):
            answer.rows.add(
                row_id=row_id,
                outcome=ImportRowsAnswered.OUTCOME_REJECTED,
                field=outcome.field,
                code=outcome.code,
                params=outcome.params,
            )
        else:
            answer.rows.add(row_id=row_id, outcome=outcome)
    return answer


def withdrawal_refused(
    event: ImportWithdrawn, standing: Iterable[Dependant], in_all: int
) -> ImportWithdrawalAnswered:
    """Return that an import stays, because of what people made of its facts."""
    return ImportWithdrawalAnswered(
        tenant_id=event.tenant_id,
        import_id=event.import_id,
        dependants=dependants(standing),
        dependants_in_all=in_all,
    )


def dependants(standing: Iterable[Dependant]) -> list[ImportWithdrawalAnswered.Dependant]:
    """Return what depends on an import."""
    return [ImportWithdrawalAnswered.Dependant(**one._asdict()) for one in standing]


def customer_changed(tenant_id: str, nomen: str, customer: Row | None) -> CustomerChanged:
    """Return a customer as they now stand; None: nothing of them is left."""
    if customer is None:
        return CustomerChanged(tenant_id=tenant_id, nomen=nomen, is_gone=True)
    return CustomerChanged(
        tenant_id=tenant_id,
        nomen=nomen,
        name=customer["name"],
        address=customer["address"],
        rayon=customer["rayon"],
        usage_class=customer["usage_class"],
        serial=customer["serial"],
        is_active=customer["is_active"],
    )


def reads_stand(
    tenant_id: str, nomen: str, period: str, reads: Sequence[Row], customer: Row | None
) -> RegisterReadRecorded | RegisterReadWithdrawn:
    """Return the reads of a period as they now stand. reads: by date; customer: as of the period.

    Whether the service was active says the read; the customer's master where it does not.
    """
    if not reads:
        return RegisterReadWithdrawn(tenant_id=tenant_id, nomen=nomen, period=period)
    newest = reads[-1]
    is_active = customer["is_active"] if customer else True
    event = RegisterReadRecorded(
        tenant_id=tenant_id,
        nomen=nomen,
        period=period,
        rayon=(customer["rayon"] if customer else "") or newest["rayon"],
        usage_class=(customer["usage_class"] if customer else "") or newest["usage_class"],
        is_active=is_active if newest["is_active"] is None else newest["is_active"],
        meter_size=customer["meter_size"] if customer else "",
    )
    for read in reads:
        event.reads.add(
            read_id=read["row_id"],
            read_date=read["read_date"].isoformat(),
            stand_l=read["stand_akhir_l"],
            previous_l=read["stand_awal_l"],
            read_method="" if read["read_method"] == rows.UNKNOWN_METHOD else read["read_method"],
            skip_status=read["skip_status"],
            trouble=read["trouble"],
            serial=read["serial"],
            reader=read["reader"],
            replacement=_replacement(read),
            dials=read["dials"],
            multiplier=read["multiplier"],
            volume_l=read["volume_l"],
            recorded_at=read["recorded_at"].astimezone(UTC).isoformat().replace("+00:00", "Z"),
            is_date_assumed=read["is_date_assumed"],
            raw_stand_l=read.get("raw_l"),
        )
    return event


def _replacement(read: Row) -> RegisterReadRecorded.Replacement | None:
    stated = read["replaced_on"], read["old_final_l"], read["new_start_l"]
    if stated == (None, None, None):
        return None
    return RegisterReadRecorded.Replacement(
        old_final_l=read["old_final_l"],
        new_start_l=read["new_start_l"],
        replaced_on=read["replaced_on"].isoformat() if read["replaced_on"] else "",
    )


def payment_stands(tenant_id: str, nomen: str, payment_id: str, payment: Row | None) -> Any:
    """Return a payment as it now stands; None: it does not any more."""
    if payment is None:
        return PaymentWithdrawn(tenant_id=tenant_id, payment_id=payment_id, nomen=nomen)
    return PaymentRecorded(
        tenant_id=tenant_id,
        payment_id=payment_id,
        nomen=nomen,
        payment_date=payment["payment_date"].isoformat(),
        amount_minor=payment["amount_minor"],
        payment_type=payment["payment_type"],
        bill_period=payment["bill_period"],
    )


def bill_stands(tenant_id: str, nomen: str, bill_id: str, bill: Row | None, period: str) -> Any:
    """Return a bill as it now stands; None: it does not any more."""
    if bill is None:
        return BillWithdrawn(tenant_id=tenant_id, bill_id=bill_id, nomen=nomen, period=period)
    due = bill["due_date"]
    return BillIssued(
        tenant_id=tenant_id,
        bill_id=bill_id,
        nomen=nomen,
        period=period,
        bill_number=bill["bill_number"],
        volume_l=bill["volume_l"],
        amount_minor=bill["amount_minor"],
        due_date=due.isoformat() if due else "",
    )


def rebilled(
    tenant_id: str, nomen: str, period: str, corrected: Correction | None, master: Row | None
) -> PeriodRebilled:
    """Return what a period's bills come to against the first; None: nothing was corrected.

    master: the customer as of the period, None: nobody knows it.
    """
    delta_l, delta_minor = corrected or (0, 0)
    return PeriodRebilled(
        tenant_id=tenant_id,
        nomen=nomen,
        period=period,
        delta_l=delta_l,
        delta_minor=delta_minor,
        rayon=master["rayon"] if master else "",
        usage_class=master["usage_class"] if master else "",
    )


def replaced(tenant_id: str, one: Replacement) -> MeterReplaced:
    """Return that a meter was changed."""
    return MeterReplaced(tenant_id=tenant_id, **_stated(one))


def replacement_withdrawn(tenant_id: str, one: Replacement) -> MeterReplacementWithdrawn:
    """Return that no change of a meter that says this stands any more."""
    return MeterReplacementWithdrawn(tenant_id=tenant_id, **_stated(one))


def _stated(one: Replacement) -> dict[str, Any]:
    return {
        "nomen": one.nomen,
        "replaced_on": one.replaced_on.isoformat(),
        "old_serial": one.old_serial,
        "old_final_l": one.old_final_l,
        "new_serial": one.new_serial,
        "new_start_l": one.new_start_l,
    }
