"""Versions of facts: how they are added and withdrawn, and which of them is current.

These statements run in an import's batch under the worker role, which sees every tenant, and in a person's
command; so each names the tenant itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple

COMMON: Final = (
    "tenant_id", "key", "number", "line", "import_id", "row_id", "hash", "is_current", "recorded_at", "nomen",
    "rayon", "yields_to",
)  # fmt: skip
OWN: Final[Mapping[str, tuple[LiteralString, ...]]] = {
    "customer_periods": (
        "period", "name", "address", "route", "usage_class", "meter_size", "serial", "is_active",
        "bill_number", "target_minor", "volume_l", "unsaid",
    ),
    "meter_readings": (
        "period", "read_date", "is_date_assumed", "serial", "stand_awal_l", "stand_akhir_l", "volume_l",
        "read_method", "skip_status", "trouble", "reader", "usage_class", "replaced_on", "old_final_l",
        "new_start_l", "dials", "multiplier", "is_active",
    ),
    "collections": (
        "source", "payment_date", "amount_minor", "payment_type", "bill_period", "bill_number", "channel",
        "receipt_number", "volume_l", "penalty_minor",
    ),
    "bills": (
        "period", "bill_number", "bill_date", "due_date", "volume_l", "amount_minor", "penalty_minor",
    ),
    "arrears": (
        "as_of", "bill_period", "bill_number", "due_date", "amount_minor", "penalty_minor", "age_days",
        "listed_on", "bills",
    ),
}  # fmt: skip
"""Columns of each table, apart from those of every version."""
TABLES: Final[Mapping[str, LiteralString]] = {
    "MC": "customer_periods",
    "SBRS": "meter_readings",
    "COLLECTION": "collections",
    "MB": "collections",
    "MAINBILL": "bills",
    "ARDEBT": "arrears",
}
"""By type of import."""
HELD: Final[Mapping[str, str]] = {**{table: table for table in OWN}, "meter_readings": "customer_periods"}
"""By table: under which name it is held while an import is taken in. Register reads are told with what is
known of their customer then, so they and customers wait for each other."""


class Version(NamedTuple):
    """A version to be added; fields as the columns are called.

    recorded_at: RFC 3339, when what brings it was recorded; it is told with the fact, so no clock of ours.
    yields_to: the number of a person's version; behind that, and persons' before it, it stays until they are
    withdrawn.
    """

    key: str
    line: int
    row_id: str
    hash: str
    recorded_at: str
    nomen: str
    rayon: str
    values: Mapping[str, Any]
    yields_to: int | None = None

    def columns(
        self, table: str, tenant_id: str, number: int, import_id: str, *, is_current: bool
    ) -> list[Any]:
        """Return its values in the order of ``columns``."""
        return [
            tenant_id, self.key, number, self.line, import_id, self.row_id, self.hash, is_current,
            self.recorded_at, self.nomen, self.rayon, self.yields_to,
            *map(self.values.__getitem__, OWN[table]),
        ]  # fmt: skip


def columns(table: str) -> Sequence[str]:
    """Return the columns of a version that are written."""
    return (*COMMON, *OWN[table])


# One look into the primary key per key, whatever is known of the table: while a large file comes in, the
# planner's statistics are of an empty table, and it would read all of the tenant's facts for every chunk.
CURRENT: Final = """
select t.key, t.number, t.hash, t.row_id, t.import_id = '' as is_persons
from unnest(%(keys)b::text[]) asked (key) cross join lateral (
    select * from {table} where tenant_id = %(tenant)s and key = asked.key and is_current offset 0) t
"""
# What a file last said under a key, beneath what a person made of it; and what the import at hand said of it
# in chunks before.
FILED: Final = """
select t.key, t.hash, t.row_id from unnest(%(keys)b::text[]) asked (key) cross join lateral (
    select *, dense_rank() over (partition by number = %(number)s order by number desc) as age from {table}
    where tenant_id = %(tenant)s and key = asked.key and import_id <> '' and not is_withdrawn offset 0) t
where t.age = 1
"""
OVERTAKE: Final = """
update {table} set is_current = false
where tenant_id = %(tenant)s and key = any(%(keys)s) and is_current and number < %(number)s
"""
LEFT: Final = """
select key from {table} where tenant_id = %(tenant)s and import_id = %(import)s and not is_withdrawn
order by key limit %(most)s
"""
WITHDRAW: Final = """
update {table} set is_current = false, is_withdrawn = true
where tenant_id = %(tenant)s and key = any(%(keys)s) and import_id = %(import)s and not is_withdrawn
returning key, nomen
"""
PROMOTE: Final = """
update {table} t set is_current = true
from (select asked.key, standing.number from unnest(%(keys)b::text[]) asked (key) cross join lateral (
        select v.number from {table} v
        where v.tenant_id = %(tenant)s and v.key = asked.key and not v.is_withdrawn and not exists (
            select from {table} person where person.tenant_id = v.tenant_id and person.key = v.key
                and person.import_id = '' and not person.is_withdrawn and person.number <= v.yields_to)
        order by v.number desc limit 1) standing) newest
where t.tenant_id = %(tenant)s and t.key = newest.key and t.number = newest.number and not t.is_current
"""
