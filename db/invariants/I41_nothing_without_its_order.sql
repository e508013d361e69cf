-- id: I41
-- title: Nothing belongs to an order that is not there
-- when: always
select format('%s %s belongs to order %s, which is not there.', part.kind, part.name, part.order_id) as what,
       part.order_id
  from (select 'Item' as kind, line::text as name, order_id from orders.order_items
        union all
        select 'Event', sequence::text, stream_id from events.events where stream_kind = 'order'
        union all
        select 'Attempt', attempt::text, order_id from payments.payment_attempts
        union all
        select 'Entry', sequence::text, order_id from payments.money_entries
        union all
        select 'Refund', refund::text, order_id from payments.refunds
        union all
        select 'Details', owner, order_id from orders.shopper_orders
        union all
        select 'Part', provider_id, order_id from fulfillment.provider_orders
        union all
        select 'Message', kind, order_id from notifications.messages
        union all
        select 'Mail', message_id, order_id from notifications.mails where order_id <> 0
        union all
        select 'Suspended ' || kind, reference, order_id from payments.suspense where order_id is not null
        union all
        select 'Task', task_id::text, order_id from tasks.tasks where order_id is not null) as part
 where not exists (select from orders.orders where orders.order_id = part.order_id)
