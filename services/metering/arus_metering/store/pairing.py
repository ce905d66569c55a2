"""Which payments of the register of paid bills (MB) the daily transactions hold as well.

Such a payment is the same customer's for the same billing period, with the same receipt number, or of the
same day with the same bill number or amount; the penalty that MB keeps apart may be in the daily amount.
Where there are several of an amount without a number, as many as the daily list has. It stands in `is_repeat`
of every current version, so that figures need not find it out: whoever writes or withdraws versions of
payments settles it in the same transaction.
"""

from typing import Final

SETTLE: Final = """
update collections set is_repeat = not is_repeat
where tenant_id = %(tenant)s and ctid = any(array(
  select place_of from (
    select place_of, said_so, source = 'MB' and (is_named or place <= daily) as is_repeat from (
      select *, count(*) filter (where source <> 'MB') over said as daily,
        row_number() over (partition by nomen, bill_period, payment_date, said_minor, is_named, source = 'MB'
          order by key, line) as place
      from (
        select *, case when count(*) filter (where source <> 'MB' and not is_named) over full_amount > 0
            then full_minor else amount_minor end as said_minor
        from (
          select p.ctid as place_of, p.is_repeat as said_so, p.nomen, p.bill_period, payment_date, source,
            amount_minor, key, line, amount_minor + penalty_minor as full_minor,
            receipt_number <> '' and bool_or(source = 'MB') over receipt
                and bool_or(source <> 'MB') over receipt
              or bill_number <> '' and bool_or(source = 'MB') over bill and bool_or(source <> 'MB') over bill
              as is_named
          from (
            select distinct v.nomen, v.bill_period
            from unnest(%(keys)b::text[]) asked (key) cross join lateral (
                select nomen, bill_period from collections
                where tenant_id = %(tenant)s and key = asked.key offset 0) v
          ) touched cross join lateral (
            select ctid, * from collections s
            where s.tenant_id = %(tenant)s and s.nomen = touched.nomen and s.bill_period = touched.bill_period
              and s.is_current offset 0) p
          window receipt as (partition by p.nomen, p.bill_period, receipt_number),
            bill as (partition by p.nomen, p.bill_period, payment_date, bill_number)
        ) named
        window full_amount as (partition by nomen, bill_period, payment_date, full_minor)
      ) matched
      window said as (partition by nomen, bill_period, payment_date, said_minor, is_named)
    ) counted
  ) paired where is_repeat <> said_so))
"""
"""Say anew which payments are repeats, of the customers' periods that some keys are of or were of.

One look into an index per key and per customer's period, whatever is known of the table (see ``versions``).
"""
