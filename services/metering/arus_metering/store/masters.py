"""Who customers are, by all that files and people say of their months.

Each field is of the newest version that says it: a file leaves empty what it has no column for or does not
know, and wipes out nothing; a person says what they change, be it empty. What a version holds and does not
say is named in its `unsaid`, so that the version of Arus before, which knows no such column, reads a value.
Where files that said a field were taken back and nobody says it, it stays as the newest person left it.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import Iterable
from typing import Final, LiteralString

_FIELDS: Final[tuple[LiteralString, ...]] = ("name", "address", "rayon", "usage_class", "serial")
_OF_READS: Final[tuple[LiteralString, ...]] = ("rayon", "usage_class", "meter_size")
"""What register reads are told with, beside whether the service was active."""
_NEWEST: Final = "period desc, number desc, line desc"
_AS_OF: Final = (
    "period > v.period, case when period <= v.period then period end desc, period, number desc, line desc"
)


def _says(field: LiteralString) -> LiteralString:
    if field == "meter_size":  # empty in persons' versions that do not say it, too
        return "meter_size <> ''"
    return f"({field} <> '' or import_id = '') and '{field}' <> all(unsaid)"


# Null: a status that is not said, as versions once held it.
_STATUS_SAID: Final = "is_active is not null and 'is_active' <> all(unsaid)"


def _said(fields: Iterable[LiteralString], order: LiteralString) -> LiteralString:
    return ", ".join(
        f"coalesce((array_agg({field} order by {order}) filter (where {_says(field)}))[1],"
        f" (array_agg({field} order by {order}) filter (where import_id = ''))[1], '') as {field}"
        for field in fields
    )


def _is_active(order: LiteralString, until: LiteralString) -> LiteralString:
    return (
        f"coalesce((array_agg(is_active order by {order}) filter (where {_STATUS_SAID} and {until}))[1],"
        f" (array_agg(is_active order by {order}) filter (where import_id = '' and {until}))[1], true)"
        " as is_active"
    )


SIZE: Final = f"""
(select {_said(("meter_size",), _NEWEST)} from customer_periods
where nomen = customers.nomen and is_current) as meter_size
"""
"""Of a customer's meter, inside one tenant's transaction."""
MASTER: Final = f"""
select nomen, {_said(_FIELDS, _NEWEST)}, {_is_active(_NEWEST, "true")} from customer_periods
where tenant_id = %(tenant)s and nomen = any(%(nomens)s) and is_current
group by nomen
"""
# Who they are holds before the first file that says it as well; that a service is closed does not.
MASTERS: Final = f"""
select v.nomen, v.period, m.* from unnest(%(nomens)b::text[], %(periods)b::text[]) as v (nomen, period)
cross join lateral (
    select {_said(_OF_READS, _AS_OF)}, {_is_active(_AS_OF, "period <= v.period")} from customer_periods c
    where c.tenant_id = %(tenant)s and c.nomen = v.nomen and c.is_current
    having count(*) > 0) m
"""
_UNSAID: Final = """
not exists (
    select from customer_periods c
    where c.tenant_id = %(tenant)s and c.nomen = r.nomen and c.is_current and {says}
        and {between})
"""
_SINCE: Final = "c.period > s.period and c.period <= r.period"
_BETWEEN: Final = f"case when r.period >= s.period then {_SINCE} else c.period < s.period end"
# What was taken back counts as said, too: it is no longer so.
TOLD_WITH: Final = f"""
select distinct r.nomen, r.period
from (
    select t.nomen, t.period, bool_or({_STATUS_SAID}) as is_active,
        {", ".join(f"bool_or({_says(field)}) as {field}" for field in _OF_READS)}
    from unnest(%(nomens)b::text[], %(periods)b::text[]) as t (nomen, period) cross join lateral (
        select * from customer_periods
        where tenant_id = %(tenant)s and nomen = t.nomen and period = t.period offset 0) c
    group by t.nomen, t.period) s
join meter_readings r on r.tenant_id = %(tenant)s and r.nomen = s.nomen and r.is_current
where s.is_active and r.period >= s.period and {_UNSAID.format(says=_STATUS_SAID, between=_SINCE)}
    or {" or ".join(f"s.{one} and {_UNSAID.format(says=_says(one), between=_BETWEEN)}" for one in _OF_READS)}
order by 1, 2
"""
