"""Rows of fuel files: judged for a preview, recorded when it is committed, taken back when it is undone.

The door keeps fuel facts itself, so their rows go to no other book.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from arus_runtime.auth import Principal
from arus_runtime.postgres import Tx

from arus_ingest import rules
from arus_ingest.catalogue import Known
from arus_ingest.commands import comparing, fuel
from arus_ingest.commands.fuel import TRANSACTIONS, Recorded
from arus_ingest.rules import Flaw
from arus_ingest.state import (
    Entry,
    FuelFact,
    ImportedRow,
    Location,
    Outcomes,
    Product,
    Rejection,
    StandingRow,
)
from arus_ingest.store import fuel as facts
from arus_ingest.store import imports as store
from arus_ingest.store.imports import RowOutcome

TYPE: Final = "FUEL"
_FIELDS: Final = {"location_id": "location", "product_id": "product"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what would become of it. entry: None of a row that is refused; standing: what it repeats."""

    row: ImportedRow
    outcome: RowOutcome
    entry: Entry | None
    standing: StandingRow | None
    flaw: Flaw | None


async def judge(
    tx: Tx, principal: Principal, import_id: str, rows: Sequence[ImportedRow], at: datetime
) -> tuple[list[Judged], Known]:
    """Say of each row what would become of it, and return the places and fuels that they name."""
    places, goods = await facts.named(
        tx, {row.fields["location"] for row in rows}, {row.fields["product"] for row in rows}
    )
    standing = await comparing.standing(tx, TYPE, import_id, rows)
    known = Known(
        {found[0].id: found[0] for found in places.values()},
        {found[0].id: found[0] for found in goods.values()},
    )
    judged: list[Judged] = []
    for row in rows:
        entry = _entry(principal, row, places, goods, at)
        before = standing.get(row.id)
        if isinstance(entry, Flaw):
            judged.append(Judged(row, "rejected", None, None, entry))
        elif before is None:
            judged.append(Judged(row, "created", entry, None, None))
        else:
            same = before.hash == row.hash or before.note == entry.note
            kept = replace(row, key_id=before.key_id)  # under the key that it stands under
            judged.append(Judged(kept, "unchanged" if same else "updated", entry, before, None))
    return judged, known


async def take_turns(tx: Tx, tenant_id: str) -> None:
    """Let what is judged new be so when it is recorded, and nothing be taken back that it leans on."""
    await store.take_turns(tx, tenant_id, "rows")


async def record(
    tx: Tx, principal: Principal, import_id: str, rows: Sequence[ImportedRow], at: datetime
) -> Outcomes:
    """Record rows as transactions, correct those that say otherwise now, and remember what became of each."""
    await take_turns(tx, principal.tenant_id)
    judged, known = await judge(tx, principal, import_id, rows, at)
    fresh = [one for one in judged if one.outcome == "created" and one.entry]
    held = await facts.held(
        tx,
        TRANSACTIONS.table,
        [one.standing.fact_id for one in judged if one.standing and one.standing.fact_id],
    )
    updated = [one.standing.fact_id or "" for one in judged if one.outcome == "updated" and one.standing]
    recorded = dict(
        zip(
            [one.row.id for one in fresh],
            await fuel.record_known(
                tx,
                principal.tenant_id,
                known,
                TRANSACTIONS,
                [fuel.Asked(one.entry, principal) for one in fresh if one.entry],
                at=at,
                import_id=import_id,
                besides={held[fact_id].key for fact_id in updated},
            ),
            strict=True,
        )
    )
    amended: list[FuelFact] = []
    became: list[tuple[RowOutcome | None, str | None, int | None, dict[str, Any] | None]] = []
    refused: list[Rejection] = []
    for one in judged:
        made = recorded.get(one.row.id)
        flaw = one.flaw if made is None or isinstance(made, Recorded) else made.flaws[0]
        if flaw is not None:
            refused.append(Rejection(one.row.id, _FIELDS.get(flaw.field, flaw.field), flaw.code, flaw.params))
            became.append(("rejected", None, None, None))
        elif isinstance(made, Recorded):
            became.append(("created", made.fact.id, made.fact.version, None))
        else:
            assert one.standing is not None
            old = held[one.standing.fact_id or ""]
            if one.outcome == "unchanged":
                became.append(("unchanged", old.id, old.version, None))
                continue
            new = _changed(principal, old, at, note=one.entry.note if one.entry else None)
            amended.append(new)
            became.append(("updated", new.id, new.version, {"note": old.note}))
    await fuel.amend(tx, principal, TRANSACTIONS, amended, at=at, import_id=import_id)
    await store.add_rows(tx, principal.tenant_id, import_id, [one.row for one in judged], became)
    await store.add_rejections(tx, principal.tenant_id, import_id, refused)
    outcomes = [outcome for outcome, _, _, _ in became]
    return Outcomes(*(outcomes.count(name) for name in ("created", "updated", "unchanged", "rejected")))


async def take_back(
    tx: Tx, principal: Principal, import_id: str, rows: Sequence[store.KeptRow], at: datetime
) -> None:
    """Void what rows recorded and give back what they corrected; what people changed since stays as it is."""
    held = await facts.held(tx, TRANSACTIONS.table, [row.fact_id for row in rows])
    changed: list[FuelFact] = []
    for row in rows:
        fact = held[row.fact_id]
        if fact.version != row.fact_version or fact.status == "voided":
            continue
        if row.outcome == "created":
            changed.append(_changed(principal, fact, at, note=fact.note, voided=True))
        else:
            changed.append(_changed(principal, fact, at, note=(row.before or {})["note"]))
    await facts.hold_keys(tx, principal.tenant_id, {fact.key for fact in changed})
    await fuel.amend(tx, principal, TRANSACTIONS, changed, at=at, import_id=import_id)


def _entry(
    principal: Principal,
    row: ImportedRow,
    places: dict[str, list[Location]],
    goods: dict[str, list[Product]],
    at: datetime,
) -> Entry | Flaw:
    """Return the entry that a row makes, or the first thing wrong with it."""
    found: list[Location | Product] = []
    for name, of in (("location", places), ("product", goods)):
        said = row.fields[name]
        called_so = of.get(said, [])
        if not called_so:
            return Flaw(name, "unknown_reference", {"value": rules.shown(said)})
        if len(called_so) > 1 and called_so[1].is_active:
            return Flaw(name, "ambiguous_reference", {"value": rules.shown(said), "number": len(called_so)})
        found.append(called_so[0])
    location, product = found
    assert isinstance(location, Location)
    assert isinstance(product, Product)
    if not principal.sees(location.id):
        return Flaw("location", "outside_scope", {"value": rules.shown(row.fields["location"])})
    try:
        entry = rules.entry_of(row.fields, location, product)
    except rules.RefusedError as error:
        return Flaw("volume_l" if error.code != "not_date" else "date", error.code, error.params)
    flaws = rules.flaws(entry, location, product, at)
    if not flaws:
        return entry
    params = {**flaws[0].params}
    if flaws[0].field in _FIELDS:
        params["value"] = rules.shown(row.fields[_FIELDS[flaws[0].field]])
    return Flaw(_FIELDS.get(flaws[0].field, flaws[0].field), flaws[0].code, params)


def _changed(
    principal: Principal, fact: FuelFact, at: datetime, *, note: str | None, voided: bool = False
) -> FuelFact:
    return replace(
        fact,
        note=note,
        status="voided" if voided else fact.status,
        version=fact.version + 1,
        changed_at=at,
        changed_by=principal.user_id,
    )
