-- id: I03
-- title: No attempt gives or promises back more than it took, nor do banks take more, and no entry is zero or less
-- when: always
select format('Attempt %s of order %s took %s and gave back %s, promised %s; banks took %s.', attempt, order_id, taken,
              given, promised, charged_back) as what,
       order_id
  from (select order_id, attempt,
               coalesce(sum(amount_minor) filter (where kind = 'capture'), 0) as taken,
               coalesce(sum(amount_minor) filter (where kind = 'refund'), 0)
                 - coalesce(sum(amount_minor) filter (where kind = 'refund_failed'), 0) as given,
               coalesce(sum(amount_minor) filter (where kind = 'promise'), 0) as promised,
               coalesce(sum(amount_minor) filter (where kind = 'chargeback'), 0) as charged_back
          from (select order_id, attempt, kind, amount_minor from payments.money_entries
                union all
                select order_id, attempt, 'promise', amount_minor from payments.refunds where state = 'requested')
                 as moved
         group by order_id, attempt) as sums
 where given + promised > taken or given < 0 or charged_back > taken
union all
select format('Entry %s of order %s, a %s, is of %s.', sequence, order_id, kind, amount_minor), order_id
  from payments.money_entries
 where amount_minor <= 0
