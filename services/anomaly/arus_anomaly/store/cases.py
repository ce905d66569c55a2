"""SQL of cases: how they stand."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final, LiteralString, NamedTuple, cast

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, tuple_row

from arus_anomaly.rules.cases import Reminded
from arus_anomaly.state.cases import Case

CHUNK: Final = 1_000
_NAMES: Final[tuple[LiteralString, ...]] = tuple(cast("LiteralString", one.name) for one in fields(Case))
_NEVER_CHANGE: Final = frozenset(("id", "number", "opened_by", "opened_at"))
_COLUMNS: Final[LiteralString] = ", ".join(f"c.{name}" for name in _NAMES)
_SHOWN: Final = f"""
    select {_COLUMNS}, l.name as location_name, p.name as product_name,
           (select count(*) from case_comments o
            where o.tenant_id = c.tenant_id and o.case_id = c.id) as comments,
           (select count(*) from case_attachments a
            where a.tenant_id = c.tenant_id and a.case_id = c.id and a.removed_at is null) as attachments
    from cases c
    left join locations l on l.tenant_id = c.tenant_id and l.id = c.location_id
    left join products p on p.tenant_id = c.tenant_id and p.id = c.product_id"""
_SEEN: Final = "(%(within)s::text[] is null or c.location_id = any(%(within)s))"
_NOT_DONE: Final = "c.ended_at is null"
_OVERDUE: Final = f"{_NOT_DONE} and c.due_date < %(today)s"


class Shown(NamedTuple):
    """A case with the names of what it is about, and how much was said of it."""

    case: Case
    location_name: str | None
    product_name: str | None
    comments: int
    attachments: int


@dataclass(frozen=True, slots=True)
class AskedCases:
    """Which cases are asked for; None and empty: any.

    within: locations whose cases are seen; those of customers, who lie at none, are not. text: part of
    number, customer, address or description. unassigned, overdue: only such.
    """

    today: date
    within: Collection[str] | None = None
    statuses: Sequence[str] = ()
    priorities: Sequence[str] = ()
    types: Sequence[str] = ()
    domain: str | None = None
    assignee_id: str | None = None
    unassigned: bool = False
    overdue: bool = False
    nomen: str | None = None
    rayon: str | None = None
    location_id: str | None = None
    incident_id: str | None = None
    fact_id: str | None = None
    text: str | None = None

    def where(self) -> tuple[LiteralString, dict[str, Any]]:
        """Return the condition and its values."""
        conditions: list[LiteralString] = [_SEEN]
        values: dict[str, Any] = {"within": _listed(self.within), "today": self.today}
        possible: Sequence[tuple[LiteralString, str, Any]] = (
            ("c.status = any(%(statuses)s)", "statuses", list(self.statuses)),
            ("c.priority = any(%(priorities)s)", "priorities", list(self.priorities)),
            ("c.type = any(%(types)s)", "types", list(self.types)),
            ("c.domain = %(domain)s", "domain", self.domain),
            ("c.assignee_id = %(assignee)s", "assignee", self.assignee_id),
            ("c.nomen = %(nomen)s", "nomen", self.nomen),
            ("c.rayon = %(rayon)s", "rayon", self.rayon),
            ("c.location_id = %(location)s", "location", self.location_id),
            ("c.incident_id = %(incident)s", "incident", self.incident_id),
            ("c.fact_id = %(fact)s", "fact", self.fact_id),
            (
                """strpos(lower(concat_ws(' ', '#' || c.number, c.nomen, c.customer, c.address,
                          c.description)), lower(%(text)s)) > 0""",
                "text",
                self.text,
            ),
        )
        for condition, name, value in possible:
            if value:
                conditions.append(condition)
                values[name] = value
        if self.unassigned:
            conditions.append("c.assignee_id is null")
        if self.overdue:
            conditions.append(_OVERDUE)
        return " and ".join(conditions), values


class Counts(NamedTuple):
    """How many cases there are: by status, and of those not done, what waits for somebody."""

    by_status: Mapping[str, int]
    overdue: int
    unassigned: int
    mine: int


async def hold_numbers(tx: Tx, tenant_id: str) -> int:
    """Return the next number of the organisation, and let nobody else open a case until the end."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"cases/{tenant_id}",))
    row = await (await tx.execute("select coalesce(max(number), 0) + 1 as next from cases")).fetchone()
    assert row is not None
    return row["next"]


async def add(tx: Tx, tenant_id: str, case: Case) -> None:
    """Write a new case."""
    given = ", ".join(f"%({name})s" for name in _NAMES)
    await tx.execute(
        f"insert into cases (tenant_id, {', '.join(_NAMES)}) values (%(tenant_id)s, {given})",
        {"tenant_id": tenant_id, **asdict(case)},
    )


async def change(tx: Tx, tenant_id: str, case: Case) -> None:
    """Overwrite a case."""
    given = ", ".join(f"{name} = %({name})s" for name in _NAMES if name not in _NEVER_CHANGE)
    await tx.execute(
        f"update cases set {given} where tenant_id = %(tenant_id)s and id = %(id)s",
        {"tenant_id": tenant_id, **asdict(case)},
    )


async def hold(tx: Tx, case_id: str, within: Collection[str] | None) -> Case | None:
    """Return one case, and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(Case))
    await rows.execute(
        f"select {_COLUMNS} from cases c where c.id = %(id)s and {_SEEN} for update",
        {"id": case_id, "within": _listed(within)},
    )
    return await rows.fetchone()


async def shown(tx: Tx, case_id: str, within: Collection[str] | None) -> Shown | None:
    """Return one case as it is shown."""
    rows = tx.cursor(row_factory=_with_names)
    await rows.execute(
        f"{_SHOWN} where c.id = %(id)s and {_SEEN}", {"id": case_id, "within": _listed(within)}
    )
    return await rows.fetchone()


async def standing(tx: Tx, case: Case) -> int | None:
    """Return the number of a case that is not done and about the same, None when there is none.

    The same: the same incident, fact, or judgement of a customer's period.
    """
    row = await (
        await tx.execute(
            f"""select c.number from cases c where {_NOT_DONE} and (
                  (c.incident_id = %(incident)s) or (c.fact_id = %(fact)s)
                  or (c.nomen = %(nomen)s and c.period = %(period)s and c.type = %(type)s))
                order by c.number limit 1""",
            {
                "incident": case.incident_id,
                "fact": case.fact_id,
                "nomen": case.nomen,
                "period": case.period,
                "type": case.type,
            },
        )
    ).fetchone()
    return row["number"] if row else None


async def newest(tx: Tx, asked: AskedCases, after: int | None, limit: int) -> Sequence[Shown]:
    """Return cases, the newest first. after: number of the last one seen."""
    where, values = asked.where()
    return await _found(
        tx,
        f"{where} and (%(after)s::bigint is null or c.number < %(after)s) order by c.number desc",
        {**values, "after": after, "limit": limit},
    )


async def soonest(tx: Tx, asked: AskedCases, after: tuple[date, int] | None, limit: int) -> Sequence[Shown]:
    """Return cases, those due soonest first, those without a date last. after: due date and number."""
    where, values = asked.where()
    return await _found(
        tx,
        f"""{where} and (%(after)s::bigint is null
              or (coalesce(c.due_date, '9999-12-31'), c.number) > (%(due)s, %(after)s))
            order by coalesce(c.due_date, '9999-12-31'), c.number""",
        {**values, "due": after and after[0], "after": after and after[1], "limit": limit},
    )


async def every(tx: Tx, asked: AskedCases, most: int) -> AsyncGenerator[Sequence[Shown]]:
    """Yield all cases that are asked for, the newest first, some at a time."""
    where, values = asked.where()
    async with tx.cursor("cases", row_factory=_with_names) as rows:
        await rows.execute(
            f"{_SHOWN} where {where} order by c.number desc limit %(limit)s", {**values, "limit": most}
        )
        while found := await rows.fetchmany(CHUNK):
            yield found


async def count(tx: Tx, asked: AskedCases, most: int) -> int:
    """Return how many cases are asked for, counted up to most."""
    where, values = asked.where()
    row = await (
        await tx.execute(
            f"select count(*) as cases from (select from cases c where {where} limit %(most)s) found",
            {**values, "most": most},
            prepare=False,
        )
    ).fetchone()
    assert row is not None
    return row["cases"]


async def counts(tx: Tx, asked: AskedCases, me: str) -> Counts:
    """Return how many of the cases that are asked for there are of each kind."""
    where, values = asked.where()
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""select c.status, count(*),
                   count(*) filter (where {_OVERDUE}),
                   count(*) filter (where {_NOT_DONE} and c.assignee_id is null),
                   count(*) filter (where {_NOT_DONE} and c.assignee_id = %(me)s)
            from cases c where {where} group by c.status""",
        {**values, "me": me},
        prepare=False,
    )
    found = await rows.fetchall()
    overdue, unassigned, mine = (sum(row[place] for row in found) for place in (2, 3, 4))
    return Counts({row[0]: row[1] for row in found}, overdue, unassigned, mine)


async def due(tx: Tx, tenant_id: str, until: date) -> Sequence[Case]:
    """Return the tenant's cases that are due by a day and not done, held; worker role."""
    rows = tx.cursor(row_factory=class_row(Case))
    await rows.execute(
        f"""select {_COLUMNS} from cases c
            where c.tenant_id = %s and c.due_date <= %s and {_NOT_DONE} and c.reminded < %s
            order by c.id for update""",
        (tenant_id, until, Reminded.OVERDUE),
    )
    return await rows.fetchall()


async def tenants_with_due(tx: Tx) -> Sequence[str]:
    """Return the tenants of whom a case has a due date and is not done; worker role."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""select distinct c.tenant_id from cases c
            where c.due_date is not null and {_NOT_DONE} and c.reminded < %s""",
        (Reminded.OVERDUE,),
    )
    return [tenant_id for (tenant_id,) in await rows.fetchall()]


async def measured(tx: Tx, today: date) -> tuple[Mapping[tuple[str, str], int], int]:
    """Return how many cases there are by status and priority, and how many are overdue; worker role."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""select c.status, c.priority, count(*), count(*) filter (where {_OVERDUE})
            from cases c group by 1, 2""",
        {"today": today},
    )
    found = await rows.fetchall()
    return {(row[0], row[1]): row[2] for row in found}, sum(row[3] for row in found)


async def _found(tx: Tx, where: str, values: Mapping[str, Any]) -> Sequence[Shown]:
    rows = tx.cursor(row_factory=_with_names)
    await rows.execute(f"{_SHOWN} where {where} limit %(limit)s".encode(), values, prepare=False)
    return await rows.fetchall()


def _with_names(_: object) -> Callable[[Sequence[Any]], Shown]:
    of_case = len(_NAMES)
    return lambda values: Shown(Case(*values[:of_case]), *values[of_case:])


def _listed(within: Collection[str] | None) -> list[str] | None:
    return None if within is None else list(within)
