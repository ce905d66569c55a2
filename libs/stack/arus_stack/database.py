"""What the database looks like from inside, and the care it needs: sizes, bloat, indexes, slow statements."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

DEAD_ROWS = 1_000
DEAD_SHARE = 0.2
CHANGED_SHARE = 0.1
INDEX_BYTES = 2**20
INDEX_BLOAT_SHARE = 0.5
"""From where care is worth its while."""
SLOWEST = 10

Act = Literal["vacuum", "analyze", "reindex"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. rows, dead_rows, changed_rows: as the server counts them, not to the last one."""

    schema: str
    name: str
    rows: int
    dead_rows: int
    changed_rows: int
    """Since it was analysed."""
    table_bytes: int
    index_bytes: int
    bloat_bytes: int
    """Estimated from the average width of its rows, which `analyze` measures."""
    sequential_scans: int
    index_scans: int
    analyzed: bool


@dataclass(frozen=True, slots=True)
class Index:
    """One index. bloat_bytes: estimated, of B-trees only. unused: not asked since statistics began."""

    schema: str
    table: str
    name: str
    bytes: int
    bloat_bytes: int
    scans: int
    unique: bool
    valid: bool

    @property
    def unused(self) -> bool:
        """Tell whether nobody needs it: neither a query nor the uniqueness it keeps."""
        return self.scans == 0 and not self.unique


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be done, and why."""

    act: Act
    schema: str
    name: str
    why: str

    @property
    def statement(self) -> sql.Composed:
        """Return what does it while others go on reading and writing."""
        name = sql.Identifier(self.schema, self.name)
        match self.act:
            case "vacuum":
                return sql.SQL("vacuum (analyze) {}").format(name)
            case "analyze":
                return sql.SQL("analyze {}").format(name)
            case "reindex":
                return sql.SQL("reindex index concurrently {}").format(name)


def tables(connection: psycopg.Connection, schemas: Sequence[str]) -> list[Table]:
    """Return the tables of some schemas, the largest first."""
    with connection.cursor(row_factory=class_row(Table)) as cursor:
        return cursor.execute(_TABLES, (list(schemas),)).fetchall()


def indexes(connection: psycopg.Connection, schemas: Sequence[str]) -> list[Index]:
    """Return the indexes of some schemas, the largest first."""
    with connection.cursor(row_factory=class_row(Index)) as cursor:
        return cursor.execute(_INDEXES, (list(schemas),)).fetchall()


def slow_statements(connection: psycopg.Connection) -> list[dict[str, Any]] | None:
    """Return what took most time altogether, None where pg_stat_statements is not there to tell."""
    known = connection.execute("select to_regclass('pg_stat_statements')").fetchone()
    if known == (None,):
        return None
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_STATEMENTS, (SLOWEST,)).fetchall()


def needs(tables: Sequence[Table], indexes: Sequence[Index]) -> Iterator[Need]:
    """Give what is worth doing, by the bounds above."""
    for table in tables:
        dead_share = table.dead_rows / max(1, table.rows + table.dead_rows)
        changed_bound = CHANGED_SHARE * table.rows + DEAD_ROWS
        if table.dead_rows >= DEAD_ROWS and dead_share >= DEAD_SHARE:
            yield Need(
                "vacuum", table.schema, table.name, f"{table.dead_rows:,} dead rows, {dead_share:.0%} of all"
            )
        elif table.rows and not table.analyzed:
            yield Need("analyze", table.schema, table.name, "it was never analysed")
        elif table.changed_rows >= changed_bound:
            yield Need(
                "analyze",
                table.schema,
                table.name,
                f"{table.changed_rows:,} rows changed since the last time",
            )
    for index in indexes:
        if not index.valid:
            yield Need("reindex", index.schema, index.name, "it is invalid: queries do not use it")
        elif index.bytes >= INDEX_BYTES and index.bloat_bytes >= INDEX_BLOAT_SHARE * index.bytes:
            yield Need(
                "reindex",
                index.schema,
                index.name,
                f"about {index.bloat_bytes / index.bytes:.0%} of its {index.bytes / 2**20:.1f} MB are empty",
            )


def take_care(connection: psycopg.Connection, need: Need) -> dict[str, Any]:
    """Do what is needed, and return what it came to; the connection commits by itself."""
    before, began = _size(connection, need), time.monotonic()
    connection.execute(need.statement)
    return {
        "act": need.act,
        "on": f"{need.schema}.{need.name}",
        "why": need.why,
        "seconds": round(time.monotonic() - began, 2),
        "bytes_before": before,
        "bytes_after": _size(connection, need),
    }


def _size(connection: psycopg.Connection, need: Need) -> int:
    row = connection.execute(
        "select pg_total_relation_size(format('%%I.%%I', %s::text, %s::text)::regclass)",
        (need.schema, need.name),
    ).fetchone()
    assert row is not None
    return row[0]


# A row takes 24 bytes besides its values, an entry of a B-tree 16; fill factors are 100 and 90 unless set.
_TABLES = """
select n.nspname as schema, c.relname as name, greatest(s.n_live_tup, 0) as rows, s.n_dead_tup as dead_rows,
       s.n_mod_since_analyze as changed_rows, pg_table_size(c.oid) as table_bytes,
       pg_indexes_size(c.oid) as index_bytes,
       greatest(0, pg_relation_size(c.oid) - 8192
         - (greatest(c.reltuples, 0) * (24 + coalesce(w.width, 0)) * 100 / f.factor)::bigint) as bloat_bytes,
       coalesce(s.seq_scan, 0) as sequential_scans, coalesce(s.idx_scan, 0) as index_scans,
       (s.last_analyze is not null or s.last_autoanalyze is not null) as analyzed
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_stat_all_tables s on s.relid = c.oid
cross join lateral (select coalesce(max(option_value) filter (where option_name = 'fillfactor'), '100')::int
                    as factor from pg_options_to_table(c.reloptions)) f
left join lateral (select sum(avg_width * (1 - null_frac)) as width from pg_stats p
                   where p.schemaname = n.nspname and p.tablename = c.relname) w on true
where c.relkind = 'r' and n.nspname = any(%s)
order by pg_total_relation_size(c.oid) desc, 1, 2
"""
_INDEXES = """
select n.nspname as schema, t.relname as table, c.relname as name, pg_relation_size(c.oid) as bytes,
       case when a.amname = 'btree' then
         greatest(0, pg_relation_size(c.oid) - 16384
           - (greatest(c.reltuples, 0) * (16 + coalesce(w.width, 8)) * 100 / f.factor)::bigint)
       else 0 end as bloat_bytes,
       coalesce(s.idx_scan, 0) as scans, i.indisunique as unique, i.indisvalid as valid
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
left join pg_stat_all_indexes s on s.indexrelid = c.oid
cross join lateral (select coalesce(max(option_value) filter (where option_name = 'fillfactor'), '90')::int
                    as factor from pg_options_to_table(c.reloptions)) f
left join lateral (
  select sum(coalesce(own.avg_width, col.avg_width, 8)) as width from pg_attribute k
  left join pg_stats own
    on (own.schemaname, own.tablename, own.attname) = (n.nspname, c.relname, k.attname)
  left join pg_stats col
    on (col.schemaname, col.tablename, col.attname) = (n.nspname, t.relname, k.attname)
  where k.attrelid = c.oid) w on true
where n.nspname = any(%s)
order by pg_relation_size(c.oid) desc, 1, 3
"""
_STATEMENTS = """
select left(query, 400) as statement, calls, round(total_exec_time::numeric, 1)::float8 as total_ms,
       round(mean_exec_time::numeric, 3)::float8 as mean_ms, rows
from pg_stat_statements order by total_exec_time desc limit %s
"""
