"""SQL of imports, inside one tenant's transaction."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from arus_runtime.postgres import Tx
from psycopg.types.json import Jsonb

from arus_ingest import rules
from arus_ingest.state import (
    Dependant,
    Dependants,
    Import,
    ImportedRow,
    ImportState,
    Outcomes,
    Rejection,
    Said,
    StandingRow,
    Trouble,
    Withdrawal,
)

RowOutcome = Literal["created", "updated", "unchanged", "rejected"]

_IMPORT: Final = """
    id, state, file_name, size_bytes, sha256, said, type, period, months, sheet, detections, preview,
    preview_hash, blocks, repeats, rows, chunks, sent, done, created, updated, unchanged, rejected,
    uploaded_at, uploaded_by, committed_at, committed_by, locations, ended_at, undone_at, undone_by,
    swept_at, version"""
_LISTED: Final = _IMPORT.replace("preview,", "'{}'::jsonb as preview,", 1)
_JSON: Final = frozenset(("said", "detections", "preview", "blocks"))
_SHARES: Final = "(%(any)s or coalesce(i.months, array[i.period]) && %(months)s)"
"""Whether rows of an import may be of a month of another one's rows."""
_STANDS: Final = "i.committed_at is not null and i.state <> 'undone'"


async def add(tx: Tx, tenant_id: str, new: Import) -> None:
    """Write a new import."""
    await tx.execute(
        """insert into imports (tenant_id, id, state, file_name, size_bytes, sha256, said, uploaded_at,
                                uploaded_by, locations)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            tenant_id,
            new.id,
            new.state,
            new.file_name,
            new.size_bytes,
            new.sha256,
            Jsonb(asdict(new.said)),
            new.uploaded_at,
            new.uploaded_by,
            new.locations,
        ),
    )


async def one(tx: Tx, import_id: str) -> Import | None:
    """Return one import."""
    row = await (await tx.execute(f"select {_IMPORT} from imports where id = %s", (import_id,))).fetchone()
    return _import(row) if row else None


async def hold(tx: Tx, import_id: str) -> Import | None:
    """Return one import and keep others from changing it until the transaction ends."""
    answer = await tx.execute(f"select {_IMPORT} from imports where id = %s for update", (import_id,))
    row = await answer.fetchone()
    return _import(row) if row else None


async def take_turns(tx: Tx, tenant_id: str, at: str) -> None:
    """Let whoever is at the same with an organisation's imports wait until the transaction ends."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"imports/{at}/{tenant_id}",))


async def listed(
    tx: Tx,
    *,
    states: Collection[ImportState] | None,
    type_: str | None,
    uploaded_by: str | None,
    after: tuple[str] | None,
    limit: int,
) -> list[Import]:
    """Return imports, newest first. uploaded_by: those of one person only; after: the id of the last one."""
    answer = await tx.execute(
        f"""select {_LISTED} from imports
            where (%(states)s::text[] is null or state = any(%(states)s))
              and (%(type)s::text is null or type = %(type)s)
              and (%(by)s::text is null or uploaded_by = %(by)s)
              and (%(after)s::text is null or id < %(after)s)
            order by id desc limit %(limit)s""",
        {
            "states": None if states is None else list(states),
            "type": type_,
            "by": uploaded_by,
            "after": after[0] if after else None,
            "limit": limit,
        },
        prepare=False,
    )
    return [_import(row) for row in await answer.fetchall()]


async def change(tx: Tx, import_id: str, **columns: Any) -> Import:
    """Change columns of an import and return it as it now is."""
    names = sorted(columns)
    values = [Jsonb(_plain(columns[name])) if name in _JSON else columns[name] for name in names]
    answer = await tx.execute(
        f"""update imports set version = version + 1, {", ".join(f"{name} = %s" for name in names)}
            where id = %s returning {_IMPORT}""".encode(),
        (*values, import_id),
    )
    row = await answer.fetchone()
    assert row is not None
    return _import(row)


async def taken(tx: Tx, sha256: str, import_id: str) -> dict[str, str]:
    """Return which sheets of the same file other imports brought that stand: name → the newest of them.

    The one table of a file without sheets has no name.
    """
    answer = await tx.execute(
        f"""select coalesce(detections -> sheet ->> 'sheet', '') as name, max(id) as id from imports i
            where sha256 = %s and id <> %s and {_STANDS} group by 1""",
        (sha256, import_id),
    )
    return {row["name"]: row["id"] for row in await answer.fetchall()}


async def months_in_keys(tx: Tx, type_: str) -> list[str]:
    """Return the months of imports of a type that are part of the keys of their rows."""
    answer = await tx.execute(
        """select distinct period from imports
           where type = %s and month_in_keys and committed_at is not null and period <> ''
               and state <> 'undone'""",
        (type_,),
    )
    return [row["period"] for row in await answer.fetchall()]


async def is_first(tx: Tx, of: Import, *, of_any_month: bool) -> bool:
    """Say whether no other import of its type and months stands: then nothing does under any key of it."""
    answer = await tx.execute(
        f"""select not exists (select from imports i where type = %(type)s and {_SHARES} and id <> %(id)s
                                 and {_STANDS}) as is_first""",
        _sharing(of, of_any_month=of_any_month),
    )
    row = await answer.fetchone()
    assert row is not None
    return row["is_first"]


@dataclass(frozen=True, slots=True)
class Since:
    """Imports of a type and its months that came or went after a moment.

    is_sending: rows of one that was committed earlier are still on their way to their book.
    """

    number: int
    is_sending: bool


async def since(tx: Tx, of: Import, at: str, *, of_any_month: bool) -> Since:
    """Return which other imports may have changed what stands under the keys of one. at: ISO 8601."""
    answer = await tx.execute(
        f"""select count(*) as number,
                  coalesce(bool_or(state = 'committing' and sent < chunks
                                   and (committed_at, id) < (%(committed)s, %(id)s)), false) as is_sending
           from imports i
           where type = %(type)s and {_SHARES} and id <> %(id)s
             and committed_at is not null
             and (ended_at is null or ended_at > %(at)s::timestamptz or undone_at > %(at)s::timestamptz)""",
        {**_sharing(of, of_any_month=of_any_month), "committed": of.committed_at, "at": at},
    )
    row = await answer.fetchone()
    assert row is not None
    return Since(**row)


async def following(tx: Tx, tenant_id: str, of: Import, *, of_any_month: bool) -> list[str]:
    """Return the organisation's commits that waited for the rows of one (see `since`), and for no other's.

    Also in a transaction that sees every organisation.
    """
    answer = await tx.execute(
        f"""select id from imports i
            where tenant_id = %(tenant)s and type = %(type)s and {_SHARES}
              and state = 'committing' and sent = 0 and (committed_at, id) > (%(committed)s, %(id)s)
              and not exists (
                select from imports e
                where e.tenant_id = i.tenant_id and e.type = i.type and e.state = 'committing'
                  and e.sent < e.chunks and (e.committed_at, e.id) < (i.committed_at, i.id)
                  and (%(any)s or coalesce(e.months, array[e.period]) && coalesce(i.months, array[i.period])))
            order by committed_at, id""",
        {**_sharing(of, of_any_month=of_any_month), "tenant": tenant_id, "committed": of.committed_at},
    )
    return [row["id"] for row in await answer.fetchall()]


def _sharing(of: Import, *, of_any_month: bool) -> dict[str, Any]:
    """Return what tells the imports that may hold keys of one."""
    return {"type": of.type, "any": of_any_month, "months": list(of.months or [of.period]), "id": of.id}


async def standing(tx: Tx, key_ids: Sequence[str], import_id: str) -> dict[str, StandingRow]:
    """Return what other imports brought last under these keys and what stands of it, by key.

    Of lists that say their day the newest stands, whenever it was brought.
    """
    answer = await tx.execute(
        f"""select distinct on (r.key_id) r.key_id::text, encode(r.hash, 'hex') as hash, r.import_id,
                   i.committed_at, r.number, r.listed_on, r.fact_id, f.note
            from import_rows r
            join imports i on i.tenant_id = r.tenant_id and i.id = r.import_id and {_STANDS}
            left join fuel_transactions f on f.tenant_id = r.tenant_id and f.id = r.fact_id
            where r.key_id = any(%s::uuid[]) and r.import_id <> %s
              and r.outcome is distinct from 'rejected'
              and not exists (select from import_rejections x
                              where x.tenant_id = r.tenant_id and x.row_id = r.row_id::text)
              and (r.fact_id is null or f.status = 'active' and i.state <> 'undoing')
            order by r.key_id, r.listed_on desc nulls last, i.committed_at desc, r.import_id desc""",
        (list(key_ids), import_id),
        prepare=False,
    )
    return {row["key_id"]: StandingRow(**row) for row in await answer.fetchall()}


async def add_rows(
    tx: Tx,
    tenant_id: str,
    import_id: str,
    rows: Sequence[ImportedRow],
    became: Sequence[tuple[RowOutcome | None, str | None, int | None, Mapping[str, Any] | None]],
) -> None:
    """Remember rows of a committed import. became: outcome, fact, its version since, what it said before."""
    await tx.execute(
        """insert into import_rows (tenant_id, import_id, number, row_id, key_id, hash, listed_on, outcome,
                                    fact_id, fact_version, before)
           select %s, %s, number, row_id::uuid, key_id::uuid, hash, listed_on, outcome, fact_id, fact_version,
                  before
           from unnest(%b::int[], %b::text[], %b::text[], %b::bytea[], %s::date[], %s::text[], %s::text[],
                       %s::bigint[], %s::jsonb[])
                as row (number, row_id, key_id, hash, listed_on, outcome, fact_id, fact_version, before)""",
        (
            tenant_id,
            import_id,
            [row.number for row in rows],
            [row.id for row in rows],
            [row.key_id for row in rows],
            [bytes.fromhex(row.hash) for row in rows],
            [rules.listed_on(row) for row in rows],
            [outcome for outcome, _, _, _ in became],
            [fact_id for _, fact_id, _, _ in became],
            [version for _, _, version, _ in became],
            [None if before is None else Jsonb(dict(before)) for _, _, _, before in became],
        ),
    )


async def add_chunk(tx: Tx, tenant_id: str, import_id: str, chunk: int, outcomes: Outcomes) -> None:
    """Remember what the rows of one chunk came to."""
    await tx.execute(
        """insert into import_chunks (tenant_id, import_id, chunk, created, updated, unchanged, rejected)
           values (%s, %s, %s, %s, %s, %s, %s)""",
        (
            tenant_id,
            import_id,
            chunk,
            outcomes.created,
            outcomes.updated,
            outcomes.unchanged,
            outcomes.rejected,
        ),
    )


async def add_rejections(tx: Tx, tenant_id: str, import_id: str, rejected: Sequence[Rejection]) -> None:
    """Remember which rows were refused, and why."""
    await tx.execute(
        """insert into import_rejections (tenant_id, row_id, import_id, field, code, params)
           select %s, row_id, %s, field, code, params
           from unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[])
                as row (row_id, field, code, params)""",
        (
            tenant_id,
            import_id,
            [one.row_id for one in rejected],
            [one.field for one in rejected],
            [one.code for one in rejected],
            [Jsonb({name: str(value) for name, value in one.params.items()}) for one in rejected],
        ),
    )


async def rejections(tx: Tx, import_id: str) -> dict[str, Rejection]:
    """Return the rows that were refused when it was committed, by row id."""
    answer = await tx.execute(
        "select row_id, field, code, params from import_rejections where import_id = %s", (import_id,)
    )
    return {row["row_id"]: Rejection(**row) for row in await answer.fetchall()}


async def answered(tx: Tx, import_id: str) -> tuple[int, Outcomes]:
    """Return how many chunks were answered, and what their rows came to."""
    answer = await tx.execute(
        """select count(*) as chunks, coalesce(sum(created), 0)::bigint as created,
                  coalesce(sum(updated), 0)::bigint as updated,
                  coalesce(sum(unchanged), 0)::bigint as unchanged,
                  coalesce(sum(rejected), 0)::bigint as rejected
           from import_chunks where import_id = %s""",
        (import_id,),
    )
    row = await answer.fetchone()
    assert row is not None
    return row.pop("chunks"), Outcomes(**row)


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row that made or changed a fact of this service: which, its version since, what it said before."""

    number: int
    outcome: RowOutcome
    fact_id: str
    fact_version: int
    before: Mapping[str, Any] | None


async def kept_rows(tx: Tx, import_id: str, after: int, limit: int) -> list[KeptRow]:
    """Return rows that recorded or changed a fact of this service, by number; after: of the last one."""
    answer = await tx.execute(
        """select number, outcome, fact_id, fact_version, before from import_rows
           where import_id = %s and number > %s and outcome in ('created', 'updated')
           order by number limit %s""",
        (import_id, after, limit),
        prepare=False,
    )
    return [KeptRow(**row) for row in await answer.fetchall()]


async def dependants(tx: Tx, of: Import, limit: int) -> Dependants:
    """Return what keeps an import of facts of this service from being taken back.

    Imports that say something of facts that it recorded, or later of those that it changed, and facts that
    people changed since.
    """
    later = await tx.execute(
        f"""select i.id, i.file_name as label, count(*) over () as in_all
            from imports i
            where {_STANDS} and i.id <> %(id)s
              and exists (select from import_rows theirs
                          join import_rows ours on ours.tenant_id = theirs.tenant_id
                              and ours.key_id = theirs.key_id and ours.import_id = %(id)s
                          where theirs.tenant_id = i.tenant_id and theirs.import_id = i.id
                            and theirs.fact_id = ours.fact_id
                            and (ours.outcome = 'created'
                                 or ours.outcome = 'updated' and (i.committed_at, i.id) > (%(at)s, %(id)s)))
            order by i.id limit %(limit)s""",
        {"id": of.id, "at": of.committed_at, "limit": limit},
        prepare=False,
    )
    by_hand = await tx.execute(
        """select f.id, f.business_date::text as label, count(*) over () as in_all
           from import_rows r join fuel_transactions f on f.tenant_id = r.tenant_id and f.id = r.fact_id
           where r.import_id = %s and r.outcome in ('created', 'updated') and f.version <> r.fact_version
           order by r.number limit %s""",
        (of.id, limit),
        prepare=False,
    )
    found: list[Dependant] = []
    in_all = 0
    for kind, rows in (("import", await later.fetchall()), ("fuel_transaction", await by_hand.fetchall())):
        found += [Dependant(kind, row["id"], row["label"]) for row in rows]
        in_all += rows[0]["in_all"] if rows else 0
    return Dependants(found[:limit], in_all)


async def analysed(tx: Tx, import_id: str, detections: Sequence[Mapping[str, Any]], rows: int) -> Import:
    """Write what a file holds before it is compared with what stands; its version stays."""
    answer = await tx.execute(
        f"""update imports set state = 'analysed', detections = %s, rows = %s
            where id = %s returning {_IMPORT}""",
        (Jsonb(list(detections)), rows, import_id),
    )
    row = await answer.fetchone()
    assert row is not None
    return _import(row)


async def progress(tx: Tx, import_ids: Collection[str]) -> dict[str, float]:
    """Return how far the newest slow work of each import is, 0 to 1."""
    answer = await tx.execute(
        """select distinct on (params ->> 'import_id') params ->> 'import_id' as import_id, progress
           from jobs where params ->> 'import_id' = any(%s) and kind <> 'imports.settle'
           order by params ->> 'import_id', created_at desc""",
        (list(import_ids),),
        prepare=False,
    )
    return {row["import_id"]: row["progress"] for row in await answer.fetchall()}


async def mappings(tx: Tx) -> dict[str, dict[str, str]]:
    """Return what the organisation's headers mean: type → header → field."""
    learned: dict[str, dict[str, str]] = {}
    for row in await (await tx.execute("select type, header, field from import_mappings")).fetchall():
        learned.setdefault(row["type"], {})[row["header"]] = row["field"]
    return learned


async def learn(
    tx: Tx, tenant_id: str, type_: str, columns: Mapping[str, str], *, by: str, at: datetime
) -> None:
    """Remember what headers mean in files of a type."""
    await tx.execute(
        """insert into import_mappings (tenant_id, type, header, field, learned_at, learned_by)
           select %s, %s, header, field, %s, %s from unnest(%s::text[], %s::text[]) as said (header, field)
           on conflict (tenant_id, type, header) do update
           set field = excluded.field, learned_at = excluded.learned_at, learned_by = excluded.learned_by""",
        (tenant_id, type_, at, by, list(columns), list(columns.values())),
    )


async def unlearn(tx: Tx, type_: str, headers: Collection[str]) -> None:
    """Forget what headers were said to mean in files of a type."""
    if headers:
        statement = "delete from import_mappings where type = %s and header = any(%s)"
        await tx.execute(statement, (type_, list(headers)))


async def withdrawal(tx: Tx, import_id: str) -> Withdrawal | None:
    """Return what its book answered when an import was to be taken back; None while it is silent."""
    answer = await tx.execute(
        "select dependants, in_all, withdrawn, is_partial from import_withdrawals where import_id = %s",
        (import_id,),
    )
    row = await answer.fetchone()
    if row is None:
        return None
    dependants = [Dependant(**one) for one in row.pop("dependants")]
    return Withdrawal(dependants=dependants, **row)


async def forget_withdrawal(tx: Tx, import_id: str) -> None:
    """Forget an earlier answer, before the book is asked again."""
    await tx.execute("delete from import_withdrawals where import_id = %s", (import_id,))


def _plain(value: Said | Mapping[str, Any] | Sequence[Any]) -> Any:
    match value:
        case Said():
            return asdict(value)
        case Mapping():
            return dict(value)
        case _:
            return [asdict(one) if isinstance(one, Trouble) else one for one in value]


def _import(row: dict[str, Any]) -> Import:
    row["said"] = Said(**row["said"])
    row["blocks"] = [Trouble(**block) for block in row["blocks"]]
    return Import(**row)
