-- id: I21
-- title: Customers are told once of everything that happened, of nothing else, and at their own address
-- when: drained
-- A message that failed for good was tried and is on record; one that is queued was not tried to its end. The embedded
-- mailbox forgets old mails, and notes until when. Of a quiet order the customer is told only what somebody asks for.
-- A mail about an account has the order 0, and its message a table of its own.
with causes as materialized (
  select moves.stream_id as order_id, moves.sequence, orders.customer_email, orders.notify,
         case moves.to_status when 'paid' then 'order_confirmation' when 'shipped' then 'order_shipped'
                              else 'order_cancelled' end as kind
    from events.events as moves
    join orders.orders on orders.order_id = moves.stream_id
   where moves.stream_kind = 'order' and moves.to_status in ('paid', 'shipped', 'cancelled')
), announced as materialized (
  select stream_id as order_id, data ->> 'kind' as kind, count(*) as events
    from events.events
   where stream_kind = 'order' and type = 'NotificationSent'
   group by stream_id, data ->> 'kind'
)
select format('Order %s: the customer was not told: %s is %s.', causes.order_id, causes.kind,
              coalesce(messages.state, 'missing')) as what,
       causes.order_id
  from causes
  left join notifications.messages using (order_id, kind)
 where causes.customer_email <> '' and causes.notify
   and coalesce(messages.state not in ('sent', 'failed'), true)
union all
select format('Order %s: the customer was told %s, which did not happen.', order_id, kind), order_id
  from notifications.messages
 where not exists (select from causes where causes.order_id = messages.order_id and causes.kind = messages.kind)
union all
select format('Order %s: %s went to another address than the order''s.', order_id, messages.kind), order_id
  from notifications.messages
  join orders.orders using (order_id)
 where messages.recipient <> orders.customer_email
union all
select format('Order %s: %s was kept in the mailbox, and mail %s is not there or is another.', order_id, kind, message_id),
       order_id
  from notifications.messages
 where state = 'sent' and channel = 'mailbox'
   and sent_at >= coalesce((select forgotten_before from notifications.mailbox), '-infinity')
   and not exists (select from notifications.mails
                    where mails.message_id = messages.message_id and mails.order_id = messages.order_id
                      and mails.kind = messages.kind and mails.recipient = messages.recipient)
union all
select format('Order %s: mail %s stands in the mailbox and was never marked as sent.', order_id, message_id), order_id
  from notifications.mails
 where order_id <> 0
   and not exists (select from notifications.messages
                    where messages.order_id = mails.order_id and messages.kind = mails.kind
                      and messages.message_id = mails.message_id and messages.state = 'sent')
union all
select format('Mail %s about an account stands in the mailbox and was never marked as sent.', message_id), null
  from notifications.mails
 where order_id = 0
   and not exists (select from notifications.account_messages as told
                    where told.message_id::text = left(mails.message_id, 36) and told.state = 'sent')
union all
select format('Order %s: %s was sent %s times and announced %s times.', order_id, kind, coalesce(sent.times, 0),
              coalesce(announced.events, 0)),
       order_id
  from (select order_id, kind, count(*) as times
          from notifications.messages
         where state = 'sent'
         group by order_id, kind) as sent
  full join announced using (order_id, kind)
 where sent.times is distinct from announced.events
