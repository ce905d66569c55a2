"""What people made of an import's facts: it would lose its ground if the import were taken back."""

from collections.abc import Sequence
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg import Connection
from psycopg.rows import tuple_row

from arus_metering.state import Dependant

_LISTED: Final = """
select kind, id, label, count(*) over () as in_all from (
  select 'read_edit' as kind, id, nomen, nomen || ' ' || period as label from read_edits
  where tenant_id = %(tenant)s and import_id = %(import)s and withdrawn_at is null
  union all
  select 'payment_edit', e.key, e.nomen, e.nomen || ' ' || e.payment_date from collections e
  where e.tenant_id = %(tenant)s and e.import_id = '' and e.number = (
      select max(number) from collections p
      where (p.tenant_id, p.key) = (e.tenant_id, e.key) and p.import_id = '' and not p.is_withdrawn)
    and (select count(*) > 0 and bool_and(f.import_id = %(import)s) from collections f
         where (f.tenant_id, f.key) = (e.tenant_id, e.key) and f.import_id <> '' and not f.is_withdrawn)
) d order by label, id limit %(most)s
"""
"""Of a payment the newest correction, where no other import says the payment."""


def of(tx: Connection[Any], tenant_id: str, import_id: str, most: int) -> tuple[list[Dependant], int]:
    """Return what stands on an import, and how much there is."""
    return _read(tx.execute(_LISTED, {"tenant": tenant_id, "import": import_id, "most": most}).fetchall())


async def now(tx: Tx, tenant_id: str, import_id: str, most: int) -> tuple[list[Dependant], int]:
    """Return the same to who asks before an import is taken back."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(_LISTED, {"tenant": tenant_id, "import": import_id, "most": most}, prepare=False)
    return _read(await rows.fetchall())


def _read(found: Sequence[tuple[Any, ...]]) -> tuple[list[Dependant], int]:
    return [Dependant(*one[:3]) for one in found], found[0][3] if found else 0
