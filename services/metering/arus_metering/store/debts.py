"""Which version of a debt is current: of a month's lists that name it the newest by day, not by import.

A list that somebody forgot and brings later says nothing of the debts that a newer one has. Whoever writes or
withdraws versions of debts settles it in the same transaction.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

LISTED: Final = "coalesce(listed_on, (as_of || '-01')::date)"
"""By which day lists of a month are told apart: those that say none are one list, before any that does."""
SETTLE: Final = f"""
update arrears set is_current = not is_current
where tenant_id = %(tenant)s and ctid = any(array(
  select place_of from (
    select place_of, is_current,
      dense_rank() over (partition by key order by {LISTED} desc, number desc) = 1 as is_newest
    from unnest(%(keys)b::text[]) asked (key) cross join lateral (
      select ctid as place_of, is_current, listed_on, as_of, number from arrears
      where tenant_id = %(tenant)s and key = asked.key and not is_withdrawn offset 0) v
  ) ranked where is_newest <> is_current))
"""  # noqa: S608 - our own text


def listed(debt: Mapping[str, Any]) -> date:
    """Return what LISTED does of a debt in hand."""
    return debt["listed_on"] or date.fromisoformat(f"{debt['as_of']}-01")
