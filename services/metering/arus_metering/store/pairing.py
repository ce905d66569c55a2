"""Which payments of the register of paid bills (MB) the daily transactions hold as well.

Of a customer's billing period each payment of one list is paired with at most one of the other, by the first
of these that finds one; of several the first by day, then the largest:

1. the whole of a bill number, where both lists say the same sum of it: one may have it in parts, or later;
2. the same receipt number and amount, then the same receipt number;
3. the same bill number and amount, on the same day, then on any; then the same bill number and day;
4. the same day and amount.

An amount is the same with the penalty that MB keeps apart, else without. Where amounts may differ both are
paid or both given back, and MB's payments are repeats for as long as their sum is not above the daily one.
Of a pair MB's payment is the repeat; what MB says beyond, another part of a bill or one that was given back,
counts. It stands in `is_repeat` of every current version, so that figures need not find it out: whoever
writes or withdraws versions of payments settles it in the same transaction.
"""

from typing import Final

_PAIRED: Final = """
payments as (
  select p.*, source = 'MB' as is_mb, payment_date || '/' as day, '/' || sign(amount_minor) as direction,
    nullif(receipt_number, '') || '/' as receipt, nullif(bill_number, '') || '/' as bill,
    amount_minor + case source when 'MB' then penalty_minor else 0 end as full_minor
  from touched p
), unpaired as (
  select 0 as pass, place_of, tenant_id, nomen, bill_period, is_mb, day, key, line, receipt, bill, direction,
    amount_minor, full_minor, coalesce(daily_minor in (bill_minor, full_bill_minor), false) as is_paired
  from (
    select *, bool_or(is_mb) over period and not bool_and(is_mb) over period as are_both,
      sum(amount_minor) filter (where not is_mb and bill <> '') over of_bill as daily_minor,
      sum(amount_minor) filter (where is_mb) over of_bill as bill_minor,
      sum(full_minor) filter (where is_mb) over of_bill as full_bill_minor
    from payments
    window period as (partition by tenant_id, nomen, bill_period),
      of_bill as (partition by tenant_id, nomen, bill_period, bill)
  ) listed where are_both
  union all
  select pass + 1, place_of, tenant_id, nomen, bill_period, is_mb, day, key, line, receipt, bill, direction,
    amount_minor, full_minor, same is not null and (place <= least(daily, registered)
      or is_mb and daily > 0 and pass in (2, 7) and abs(until_minor) <= abs(daily_minor))
  from (
    select *, row_number() over in_turn as place, sum(amount_minor) over in_turn as until_minor,
      count(*) filter (where not is_mb) over of_same as daily,
      sum(amount_minor) filter (where not is_mb) over of_same as daily_minor,
      count(*) filter (where is_mb) over of_same as registered
    from (
      select *, case pass
          when 0 then receipt || full_minor
          when 1 then receipt || amount_minor
          when 2 then receipt || direction
          when 3 then bill || day || full_minor
          when 4 then bill || day || amount_minor
          when 5 then bill || full_minor
          when 6 then bill || amount_minor
          when 7 then bill || day || direction
          when 8 then day || full_minor
          when 9 then day || amount_minor
        end as same
      from unpaired where not is_paired and pass < 10
    ) left_over
    window of_same as (partition by tenant_id, nomen, bill_period, same),
      in_turn as (partition by tenant_id, nomen, bill_period, same, is_mb
        order by day, abs(amount_minor) desc, key, line)
  ) placed
)
"""
SETTLE: Final = f"""
with recursive touched as (
  select p.* from (
    select distinct v.nomen, v.bill_period
    from unnest(%(keys)b::text[]) asked (key) cross join lateral (
        select nomen, bill_period from collections
        where tenant_id = %(tenant)s and key = asked.key offset 0) v
  ) periods cross join lateral (
    select ctid as place_of, * from collections s
    where s.tenant_id = %(tenant)s and s.nomen = periods.nomen and s.bill_period = periods.bill_period
      and s.is_current offset 0) p
), {_PAIRED}
update collections set is_repeat = not is_repeat
where tenant_id = %(tenant)s and ctid = any(array(
  select place_of from (
    select place_of, is_repeat, false as is_paired from touched
    union all
    select place_of, false, true from unpaired where is_mb and is_paired
  ) known group by place_of having bool_or(is_repeat) <> bool_or(is_paired)))
"""  # noqa: S608 - our own text
"""Say anew which payments are repeats, of the customers' periods that some keys are of or were of.

One look into an index per key and per customer's period, whatever is known of the table (see ``versions``).
"""
