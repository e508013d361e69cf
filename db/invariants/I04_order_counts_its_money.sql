-- id: I04
-- title: What an order says about its money is what ledger and refunds add up to
-- when: always
with entries as (
  select order_id,
         coalesce(sum(amount_minor) filter (where kind = 'capture'), 0) as captured,
         coalesce(sum(amount_minor) filter (where kind = 'refund'), 0)
           - coalesce(sum(amount_minor) filter (where kind = 'refund_failed'), 0) as refunded,
         coalesce(sum(amount_minor) filter (where kind = 'chargeback'), 0) as charged_back
    from payments.money_entries
   group by order_id
), promised as (
  select order_id, sum(amount_minor) as refunding
    from payments.refunds
   where state = 'requested'
   group by order_id
), counted as (
  select orders.order_id, captured_minor, refunded_minor, refunding_minor, charged_back_minor,
         coalesce(captured, 0) as captured, coalesce(refunded, 0) as refunded, coalesce(refunding, 0) as refunding,
         coalesce(charged_back, 0) as charged_back
    from orders.orders
    left join entries using (order_id)
    left join promised using (order_id)
)
select format('Order %s says captured %s, refunded %s, refunding %s, charged back %s; the books say %s, %s, %s, %s.',
              order_id, captured_minor, refunded_minor, refunding_minor, charged_back_minor, captured, refunded, refunding,
              charged_back) as what,
       order_id
  from counted
 where captured_minor <> captured or refunded_minor <> refunded or refunding_minor <> refunding
    or charged_back_minor <> charged_back
