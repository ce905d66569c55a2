"""SQL of incidents: how they stand, and what people say of them."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString, NamedTuple

from arus_runtime.postgres import Tx
from arus_runtime.side_inputs import VALID_FROM
from psycopg.rows import class_row, tuple_row

from arus_anomaly import codec
from arus_anomaly.rules.feedback import NO_ANSWERS, OfTenant

OPEN: Final = 1
CLOSED: Final = 2
WITHDRAWN: Final = 3
CHUNK: Final = 2_000
_HOLDING: Final = """
    answer <> 'reverted' and not exists (
        select from incident_answers r where r.tenant_id = a.tenant_id and r.reverts = a.id)"""
_LAST_ANSWER: Final = f"""
    left join lateral (
        select a.answer, a.cause, a.note from incident_answers a
        where a.tenant_id = i.tenant_id and a.incident_id = i.id and {_HOLDING}
        order by a.number desc limit 1) said on true"""
_STORED: Final = f"""
    select i.id, i.domain, i.state, i.severity, i.first_date, i.last_date, i.facts, i.fact_id, i.is_history,
           i.opened_at, i.changed_at, i.location_id, l.name as location_name,
           i.product_id, p.name as product_name, said.answer
    from incidents i
    left join locations l on l.tenant_id = i.tenant_id and l.id = i.location_id
    left join products p on p.tenant_id = i.tenant_id and p.id = i.product_id
    {_LAST_ANSWER}"""
# Said so that the planner sees the indexes of those that were not withdrawn.
_IN_STATE: Final[Mapping[int | None, LiteralString]] = {
    None: "i.state < 3",
    OPEN: "i.state = 1",
    CLOSED: "i.state = 2",
    WITHDRAWN: "i.state = 3",
}


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An incident as it lies there. fact_id: its newest alarming fact. answer: the last one that holds."""

    id: str
    domain: str
    state: int
    severity: int
    first_date: date
    last_date: date
    facts: int
    fact_id: str
    is_history: bool
    opened_at: datetime
    changed_at: datetime
    location_id: str
    location_name: str | None
    product_id: str
    product_name: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it lies there. reverted_at: when it was taken back."""

    id: str
    answer: str
    cause: str | None
    note: str
    created_by: str
    created_at: datetime
    valid_from: datetime
    reverted_by: str | None
    reverted_at: datetime | None


class Kind(NamedTuple):
    """How an incident stands. answer: the last one that holds, "" for none."""

    state: int
    answer: str
    severity: int


@dataclass(frozen=True, slots=True)
class Alarming:
    """A record that alarmed, and its incident: verdict and opinion are the events that told them."""

    id: str
    location_id: str
    product_id: str
    state: int
    severity: int
    first_date: date
    last_date: date
    answer: str | None
    cause: str | None
    note: str | None
    verdict: bytes
    opinion: bytes


@dataclass(frozen=True, slots=True)
class AskedIncidents:
    """Which incidents are asked for; None: any.

    state None: those that were not withdrawn. answers: "" for those that nobody answered.
    """

    state: int | None = None
    severities: Collection[int] = ()
    answers: Collection[str] = ()
    locations: Collection[str] | None = None
    product_id: str | None = None
    since: date | None = None
    until: date | None = None


async def newest(
    tx: Tx, asked: AskedIncidents, after: tuple[date, str] | None, limit: int
) -> Sequence[StoredIncident]:
    """Return incidents, newest alarm first. after: last date and id of the last one seen."""
    conditions: list[LiteralString] = [_IN_STATE[asked.state]]
    values: dict[str, Any] = {"limit": limit}
    possible: Sequence[tuple[LiteralString, str, Any]] = (
        ("i.severity = any(%(severities)s)", "severities", list(asked.severities) or None),
        ("coalesce(said.answer, '') = any(%(answers)s)", "answers", list(asked.answers) or None),
        ("i.location_id = any(%(locations)s)", "locations", _listed(asked.locations)),
        ("i.product_id = %(product)s", "product", asked.product_id),
        ("i.last_date >= %(since)s", "since", asked.since),
        ("i.first_date <= %(until)s", "until", asked.until),
    )
    for condition, name, value in possible:
        if value is not None:
            conditions.append(condition)
            values[name] = value
    if after:
        conditions.append("(i.last_date, i.id) < (%(after_date)s, %(after_id)s)")
        values |= {"after_date": after[0], "after_id": after[1]}
    rows = tx.cursor(row_factory=class_row(StoredIncident))
    await rows.execute(
        f"{_STORED} where {' and '.join(conditions)} order by i.last_date desc, i.id desc limit %(limit)s",
        values,
    )
    return await rows.fetchall()


async def incident(tx: Tx, incident_id: str, within: Collection[str] | None) -> StoredIncident | None:
    """Return one incident, withdrawn ones included. within: locations; None: everywhere."""
    rows = tx.cursor(row_factory=class_row(StoredIncident))
    await rows.execute(
        f"{_STORED} where i.id = %(id)s and (%(within)s::text[] is null or i.location_id = any(%(within)s))",
        {"id": incident_id, "within": _listed(within)},
    )
    return await rows.fetchone()


async def counts(tx: Tx, within: Collection[str] | None) -> Mapping[Kind, int]:
    """Return how many incidents there are of each kind, withdrawn ones included."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""select i.state, coalesce(said.answer, ''), i.severity, count(*) from incidents i {_LAST_ANSWER}
            where %(within)s::text[] is null or i.location_id = any(%(within)s)
            group by 1, 2, 3""",
        {"within": _listed(within)},
    )
    return {Kind(*kind): count for *kind, count in await rows.fetchall()}


async def alarming(
    tx: Tx, since: date, until: date, within: Collection[str] | None
) -> AsyncGenerator[Sequence[Alarming]]:
    """Yield the records of a period that alarmed, incident by incident, some thousands at a time."""
    async with tx.cursor("alarming", row_factory=class_row(Alarming)) as rows:
        await rows.execute(
            f"""select i.id, i.location_id, i.product_id, i.state, i.severity, i.first_date, i.last_date,
                       said.answer, said.cause, said.note, v.value as verdict, o.value as opinion
                from incidents i
                join opinions o on o.tenant_id = i.tenant_id and o.incident_id = i.id and o.is_current
                     and o.business_date between %(since)s and %(until)s
                join verdicts v on v.tenant_id = o.tenant_id and v.fact_id = o.fact_id and v.is_current
                     and v.location_id = o.location_id and v.product_id = o.product_id
                {_LAST_ANSWER}
                where i.state < 3 and i.last_date >= %(since)s and i.first_date <= %(until)s
                  and (%(within)s::text[] is null or i.location_id = any(%(within)s))
                order by i.id""",
            {"since": since, "until": until, "within": _listed(within)},
        )
        while found := await rows.fetchmany(CHUNK):
            yield found


async def facts(tx: Tx, incident_id: str) -> Sequence[str]:
    """Return the facts of an incident, oldest first."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        "select fact_id from opinions where is_current and incident_id = %s order by business_date, fact_id",
        (incident_id,),
    )
    return [fact_id for (fact_id,) in await rows.fetchall()]


async def opinions(tx: Tx, fact_ids: Collection[str]) -> Mapping[str, bytes]:
    """Return the current opinions on facts as the events that told them, by fact."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        "select fact_id, value from opinions where is_current and fact_id = any(%s)", (list(fact_ids),)
    )
    return dict(await rows.fetchall())


async def add_answer(tx: Tx, said: codec.Said, note: str, last_date: date) -> datetime:
    """Record an answer with the incident's facts by now, and return the time from which it holds."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""insert into incident_answers (tenant_id, id, incident_id, location_id, product_id, answer, cause,
              note, reverts, fact_ids, last_date, created_by, valid_from)
            values (%(tenant)s, %(id)s, %(incident)s, %(location)s, %(product)s, %(answer)s, %(cause)s,
              %(note)s, %(reverts)s, %(facts)s, %(last)s, %(by)s, {VALID_FROM})
            returning valid_from""",
        {
            "tenant": said.of.tenant_id,
            "id": said.id,
            "incident": said.incident_id,
            "location": said.of.location_id,
            "product": said.of.product_id,
            "answer": said.answer,
            "cause": said.cause,
            "note": note,
            "reverts": said.reverts or None,
            "facts": list(await facts(tx, said.incident_id)),
            "last": last_date,
            "by": said.by,
            "valid_from": None,
        },
    )
    row = await rows.fetchone()
    assert row is not None
    return row[0]


async def answers(tx: Tx, incident_id: str) -> Sequence[StoredAnswer]:
    """Return what people said of an incident, newest first; what takes an answer back is told with that."""
    rows = tx.cursor(row_factory=class_row(StoredAnswer))
    await rows.execute(
        """select a.id, a.answer, a.cause, a.note, a.created_by, a.created_at, a.valid_from,
                  r.created_by as reverted_by, r.created_at as reverted_at
           from incident_answers a
           left join incident_answers r on r.tenant_id = a.tenant_id and r.reverts = a.id
           where a.incident_id = %s and a.answer <> 'reverted' order by a.number desc""",
        (incident_id,),
    )
    return await rows.fetchall()


async def all_answers(tx: Tx, tenant_id: str) -> OfTenant:
    """Return all answers of the tenant, by location and product."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"select {', '.join(codec.ANSWER_COLUMNS)} from incident_answers"
        " where tenant_id = %s order by number",
        (tenant_id,),
    )
    return codec.add_answers(NO_ANSWERS, await rows.fetchall()).get(tenant_id, {})


async def answers_about(tx: Tx, tenant_id: str, of: tuple[str, str]) -> OfTenant:
    """Return the answers about one location and product."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"select {', '.join(codec.ANSWER_COLUMNS)} from incident_answers"
        " where location_id = %s and product_id = %s order by number",
        of,
    )
    return codec.add_answers(NO_ANSWERS, await rows.fetchall()).get(tenant_id, {})


def _listed(within: Collection[str] | None) -> list[str] | None:
    return None if within is None else list(within)
