"""SQL of the fuel door, inside one tenant's transaction: row-level security adds the tenant to every read.

What searches is planned anew each time (prepare=False): a plan kept from when a table was empty reads it
whole when it is full.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of tables and columns

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, LiteralString

from arus_runtime.periods import Period, Stretch
from arus_runtime.postgres import Tx
from psycopg.rows import class_row, dict_row

from arus_ingest.state import Backlog, Entry, FuelFact, FuelKey, Location, Product, Status

Ledger = Literal["fuel_transactions", "fuel_deliveries"]
Duplicate = tuple[FuelKey, date, int]

_FACT: Final = """
    id, location_id, product_id, business_date, volume_ul, timezone, note, status,
    recorded_at, recorded_by, changed_at, changed_by, version"""
_FILTER: Final = """
    (%(location_id)s::text is null or location_id = %(location_id)s)
    and (%(product_id)s::text is null or product_id = %(product_id)s)
    and (%(first)s::date is null or business_date >= %(first)s)
    and (%(last)s::date is null or business_date <= %(last)s)
    and (%(status)s::text is null or status = %(status)s)
    and (%(text)s::text is null or strpos(lower(note), lower(%(text)s)) > 0)
    and (%(within)s::text[] is null or location_id = any(%(within)s))"""
CHUNK: Final = 2_000
_START: Final[Mapping[Period, LiteralString]] = {
    "day": "business_date",
    "week": "date_trunc('week', business_date::timestamp)::date",
    "month": "date_trunc('month', business_date::timestamp)::date",
}
"""First date of the period that a fact lies in."""


async def known(
    tx: Tx, location_ids: Collection[str], product_ids: Collection[str]
) -> tuple[dict[str, Location], dict[str, Product]]:
    """Return those of the locations and products that this door has heard of, by id, in one round trip."""
    answer = await tx.execute(
        """select true as is_location, id, timezone as says, is_active from locations where id = any(%s)
           union all
           select false, id, kind, is_active from products where id = any(%s)""",
        (list(location_ids), list(product_ids)),
    )
    locations: dict[str, Location] = {}
    products: dict[str, Product] = {}
    for row in await answer.fetchall():
        if row["is_location"]:
            locations[row["id"]] = Location(row["id"], row["says"], row["is_active"])
        else:
            products[row["id"]] = Product(row["id"], row["says"], row["is_active"])
    return locations, products


async def named(
    tx: Tx, locations: Collection[str], products: Collection[str]
) -> tuple[dict[str, list[Location]], dict[str, list[Product]]]:
    """Return the places and products that files call so: by name or code in any case, or by id.

    A name that stands for several brings them all; active ones come first.
    """
    answer = await tx.execute(
        """select true as is_location, said, id, timezone as says, is_active
           from unnest(%s::text[]) as said
           join locations
                on id = said or lower(name) = lower(said) or (code <> '' and lower(code) = lower(said))
           union all
           select false, said, id, kind, is_active
           from unnest(%s::text[]) as said
           join products
                on id = said or lower(name) = lower(said) or (code <> '' and lower(code) = lower(said))
           order by is_active desc, id""",
        (list(locations), list(products)),
        prepare=False,
    )
    places: dict[str, list[Location]] = {}
    goods: dict[str, list[Product]] = {}
    for row in await answer.fetchall():
        if row["is_location"]:
            places.setdefault(row["said"], []).append(Location(row["id"], row["says"], row["is_active"]))
        else:
            goods.setdefault(row["said"], []).append(Product(row["id"], row["says"], row["is_active"]))
    return places, goods


async def held(tx: Tx, ledger: Ledger, fact_ids: Collection[str]) -> dict[str, FuelFact]:
    """Return facts by id and keep others from changing them until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(FuelFact))
    await rows.execute(
        f"select {_FACT} from {ledger} where id = any(%s) order by id for update", (list(fact_ids),)
    )
    return {fact.id: fact for fact in await rows.fetchall()}


async def hold_keys(tx: Tx, tenant_id: str, keys: Collection[FuelKey]) -> None:
    """Let nobody else record under these keys until the transaction ends.

    One statement takes all locks in one order, new keys included, so that two commands never deadlock.
    """
    in_order = sorted(keys)
    await tx.execute(
        """insert into fuel_keys (tenant_id, location_id, product_id)
           select %s, location_id, product_id
           from unnest(%s::text[], %s::text[]) with ordinality as key (location_id, product_id, place)
           order by place
           on conflict (tenant_id, location_id, product_id) do update set product_id = excluded.product_id""",
        (tenant_id, [key.location_id for key in in_order], [key.product_id for key in in_order]),
    )


async def standing(tx: Tx, ledger: Ledger, entries: Sequence[Entry]) -> set[Duplicate]:
    """Return which (key, date, volume) of the entries already stand."""
    answer = await tx.execute(
        # The limit keeps it one look into the index an entry, however long the history.
        f"""select distinct location_id, product_id, business_date, volume_ul
            from unnest(%s::text[], %s::text[], %s::date[], %s::bigint[])
                 as entry (location_id, product_id, business_date, volume_ul)
            cross join lateral (
                select from {ledger} fact
                where fact.location_id = entry.location_id and fact.product_id = entry.product_id
                  and fact.business_date = entry.business_date and fact.volume_ul = entry.volume_ul
                  and fact.status = 'active'
                limit 1
            ) standing""",
        (
            [entry.location_id for entry in entries],
            [entry.product_id for entry in entries],
            [entry.business_date for entry in entries],
            [entry.volume_ul for entry in entries],
        ),
        prepare=False,
    )
    return {
        (FuelKey(row["location_id"], row["product_id"]), row["business_date"], row["volume_ul"])
        for row in await answer.fetchall()
    }


async def add(tx: Tx, tenant_id: str, ledger: Ledger, facts: Sequence[FuelFact]) -> None:
    """Write new facts."""
    await tx.execute(
        f"""insert into {ledger} (tenant_id, {_FACT})
            select %s, id, location_id, product_id, business_date, volume_ul, timezone, note, status,
                   recorded_at, recorded_by, recorded_at, recorded_by, 1
            from unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::text[], %s::text[],
                        %s::text[], %s::timestamptz[], %s::text[])
                 as fact (id, location_id, product_id, business_date, volume_ul, timezone, note,
                          status, recorded_at, recorded_by)""",
        (
            tenant_id,
            [fact.id for fact in facts],
            [fact.location_id for fact in facts],
            [fact.product_id for fact in facts],
            [fact.business_date for fact in facts],
            [fact.volume_ul for fact in facts],
            [fact.timezone for fact in facts],
            [fact.note for fact in facts],
            [fact.status for fact in facts],
            [fact.recorded_at for fact in facts],
            [fact.recorded_by for fact in facts],
        ),
    )


async def fact(tx: Tx, ledger: Ledger, fact_id: str) -> FuelFact | None:
    """Return one fact, voided or not."""
    rows = tx.cursor(row_factory=class_row(FuelFact))
    await rows.execute(f"select {_FACT} from {ledger} where id = %s", (fact_id,))
    return await rows.fetchone()


async def hold(tx: Tx, ledger: Ledger, fact_id: str) -> FuelFact | None:
    """Return one fact and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(FuelFact))
    await rows.execute(f"select {_FACT} from {ledger} where id = %s for update", (fact_id,))
    return await rows.fetchone()


async def change(tx: Tx, ledger: Ledger, changed: FuelFact) -> None:
    """Overwrite a fact."""
    await tx.execute(
        f"""update {ledger}
            set location_id = %s, product_id = %s, business_date = %s, volume_ul = %s, timezone = %s,
                note = %s, status = %s, changed_at = %s, changed_by = %s, version = %s
            where id = %s""",
        (
            changed.location_id,
            changed.product_id,
            changed.business_date,
            changed.volume_ul,
            changed.timezone,
            changed.note,
            changed.status,
            changed.changed_at,
            changed.changed_by,
            changed.version,
            changed.id,
        ),
    )


async def facts(
    tx: Tx,
    ledger: Ledger,
    *,
    location_id: str | None,
    product_id: str | None,
    first: date | None,
    last: date | None,
    status: Status | None,
    text: str | None,
    within: Collection[str] | None,
    after: tuple[date, str] | None,
    limit: int,
) -> list[FuelFact]:
    """Return facts, newest date first.

    text: part of the note; within: locations to choose from; after: (date, id) of the last one.
    """
    rows = tx.cursor(row_factory=class_row(FuelFact))
    await rows.execute(
        f"""select {_FACT} from {ledger} where {_FILTER}
              and (%(date)s::date is null or (business_date, id) < (%(date)s, %(id)s))
            order by business_date desc, id desc
            limit %(limit)s""",
        {
            "location_id": location_id,
            "product_id": product_id,
            "first": first,
            "last": last,
            "status": status,
            "text": text,
            "within": None if within is None else list(within),
            "date": after and after[0],
            "id": after and after[1],
            "limit": limit,
        },
        prepare=False,
    )
    return await rows.fetchall()


async def number_of_facts(tx: Tx, ledger: Ledger, filters: Mapping[str, Any], most: int) -> int:
    """Return how many facts the filters of ``facts`` find, counted up to most + 1."""
    answer = await tx.execute(
        f"select count(*) as found from (select from {ledger} where {_FILTER} limit %(limit)s) x",
        {**filters, "limit": most + 1},
        prepare=False,
    )
    row = await answer.fetchone()
    assert row is not None
    return row["found"]


@dataclass(frozen=True, slots=True)
class Named:
    """A fact with the names of its location and product; ids where this door has not heard them."""

    fact: FuelFact
    location: str
    product: str


async def named_facts(
    tx: Tx, ledger: Ledger, filters: Mapping[str, Any], most: int
) -> AsyncGenerator[Sequence[Named]]:
    """Yield facts, newest date first, some thousands at a time; at most so many in all."""
    async with tx.cursor("named_facts", row_factory=dict_row) as rows:
        await rows.execute(
            f"""select fact.*, coalesce(l.name, location_id) as location,
                       coalesce(p.name, product_id) as product
                from (select tenant_id, {_FACT} from {ledger} where {_FILTER}
                      order by business_date desc, id desc limit %(limit)s) fact
                left join locations l on l.tenant_id = fact.tenant_id and l.id = location_id
                left join products p on p.tenant_id = fact.tenant_id and p.id = product_id
                order by business_date desc, fact.id desc""",
            {**filters, "limit": most},
        )
        while found := await rows.fetchmany(CHUNK):
            for row in found:
                del row["tenant_id"]
            yield [
                Named(location=row.pop("location"), product=row.pop("product"), fact=FuelFact(**row))
                for row in found
            ]


async def use_by_date(
    tx: Tx, first: date, last: date, within: Collection[str] | None
) -> list[tuple[date, int, int]]:
    """Return (date, transactions, microlitres) of standing transactions, oldest first."""
    answer = await tx.execute(
        """select business_date, count(*) as transactions, sum(volume_ul)::bigint as volume_ul
           from fuel_transactions
           where status = 'active' and business_date between %(first)s and %(last)s
             and (%(within)s::text[] is null or location_id = any(%(within)s))
           group by business_date order by business_date""",
        {"first": first, "last": last, "within": None if within is None else list(within)},
        prepare=False,
    )
    return [(row["business_date"], row["transactions"], row["volume_ul"]) for row in await answer.fetchall()]


@dataclass(frozen=True, slots=True)
class Used:
    """Fuel used within one period by one of a trend's series; series None: all that have no own."""

    start: date
    series: str | None
    transactions: int
    volume_ul: int


@dataclass(frozen=True, slots=True)
class UseAsked:
    """Which use a trend is about. by: what each series is of; None: one series of everything, named ''."""

    period: Period
    by: Literal["location_id", "product_id"] | None
    location_id: str | None
    product_id: str | None
    within: Collection[str] | None

    def sums(self, dates: Stretch) -> tuple[LiteralString, dict[str, Any]]:
        """Return the query of use per period and series, and its values.

        Conditions are those asked for and no others, so that each question is planned with its index.
        """
        conditions: list[LiteralString] = [
            "status = 'active'",
            "business_date between %(first)s and %(last)s",
        ]
        values: dict[str, Any] = {"first": dates.first, "last": dates.last}
        possible: Sequence[tuple[LiteralString, str, Any]] = (
            ("location_id = %(location)s", "location", self.location_id),
            ("product_id = %(product)s", "product", self.product_id),
            ("location_id = any(%(within)s)", "within", None if self.within is None else list(self.within)),
        )
        for condition, name, value in possible:
            if value is not None:
                conditions.append(condition)
                values[name] = value
        return (
            f"""select {_START[self.period]} as start, {self.by or "''::text"} as series,
                       count(*) as transactions, sum(volume_ul) as volume_ul
                from fuel_transactions where {" and ".join(conditions)} group by 1, 2""",
            values,
        )


async def use_by_period(tx: Tx, asked: UseAsked, dates: Stretch, most: int) -> list[Used]:
    """Return use per period of the series that used most, at most so many, and of all others together."""
    sums, values = asked.sums(dates)
    answer = await tx.execute(
        f"""with used as materialized ({sums}), ranked as (
                select series, row_number() over (order by sum(volume_ul) desc, series) <= %(most)s as has_own
                from used group by series
            )
            select start, case when has_own then series end as series,
                   sum(transactions)::bigint as transactions, sum(volume_ul) as volume_ul
            from used join ranked using (series) group by 1, 2""",
        {**values, "most": most},
        prepare=False,
    )
    return [_used(row) for row in await answer.fetchall()]


async def use_of_series(tx: Tx, asked: UseAsked, dates: Stretch, series: Collection[str]) -> list[Used]:
    """Return use per period of the given series, and of all others together."""
    sums, values = asked.sums(dates)
    answer = await tx.execute(
        f"""select start, case when series = any(%(series)s) then series end as series,
                   sum(transactions)::bigint as transactions, sum(volume_ul) as volume_ul
            from ({sums}) used group by 1, 2""",
        {**values, "series": list(series)},
        prepare=False,
    )
    return [_used(row) for row in await answer.fetchall()]


def _used(row: Mapping[str, Any]) -> Used:
    return Used(row["start"], row["series"], row["transactions"], int(row["volume_ul"]))


async def names(tx: Tx, kind: Literal["location_id", "product_id"], ids: Collection[str]) -> dict[str, str]:
    """Return the names this door has heard of, by id."""
    table = "locations" if kind == "location_id" else "products"
    answer = await tx.execute(f"select id, name from {table} where id = any(%s)", (list(ids),))
    return {row["id"]: row["name"] for row in await answer.fetchall()}


async def backlog(tx: Tx) -> Backlog:
    """Return what waits in the outbox, from its two ends only; worker role: it counts every tenant's."""
    answer = await tx.execute(
        """select coalesce(newest.id - oldest.id + 1, 0) as rows,
                  coalesce(extract(epoch from clock_timestamp() - oldest.added_at), 0)::float8 as age_s
           from (select id, added_at from outbox order by id limit 1) oldest,
                (select id from outbox order by id desc limit 1) newest"""
    )
    row = await answer.fetchone()
    return Backlog(0, 0.0) if row is None else Backlog(row["rows"], row["age_s"])
