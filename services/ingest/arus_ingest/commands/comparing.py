"""What stands of earlier imports under the keys of a file's rows."""

from collections.abc import Mapping, Sequence

from arus_runtime.postgres import Tx

from arus_ingest import rules
from arus_ingest.state import ImportedRow, StandingRow
from arus_ingest.store import imports as store


async def standing(
    tx: Tx, type_: str, import_id: str, rows: Sequence[ImportedRow]
) -> Mapping[str, StandingRow]:
    """Return what other imports brought last under the keys of rows and what stands of it, by row id.

    Rows of a dated type may stand under a key with the month of their file, from before it was left out;
    where none of a payment does, one may without the month that it pays, from before that was read. That one
    is one payment: of several months in a file it is the first.
    """
    months = await store.months_in_keys(tx, type_) if type_ in rules.DATED else ()
    keys: dict[str, Sequence[Sequence[str]]] = {
        row.id: (
            (row.key_id, *rules.former_key_ids(type_, months, row)),
            tuple(rules.key_ids_without_bill(type_, months, row)),
        )
        if type_ in rules.DATED
        else ((row.key_id,),)
        for row in rows
    }
    asked = [key for ways in keys.values() for several in ways for key in several]
    found = await store.standing(tx, asked, import_id)
    newest: dict[str, StandingRow] = {}
    takes: dict[str, str] = {}
    for row_id, ways in keys.items():
        own, *_ = ways[0]
        for at, several in enumerate(ways):
            if known := [found[key] for key in several if key in found]:
                one = max(known, key=lambda one: (one.committed_at, one.import_id))
                if at == 0 or takes.setdefault(one.key_id, own) == own:
                    newest[row_id] = one
                break
    return newest
