-- id: I26
-- title: Ledger, events, the record of who did what and what was bought cannot be edited, and everything has an author and a cause
-- when: always
-- The bits of tgtype: 1 each row, 2 before, 8 delete, 16 update, 32 truncate.
select format('%s can be edited: its append-only trigger is missing or off.', kept) as what, null::bigint as order_id
  from unnest(array['events.events', 'payments.money_entries', 'audit.entries']) as kept
 where not exists (select from pg_trigger
                    where tgrelid = to_regclass(kept)
                      and tgfoid = to_regproc('platform.refuse_change')
                      and tgenabled in ('O', 'A')
                      and tgtype & 59 = 58)
union all
select 'What was bought can be edited after it was paid: the trigger shopper_orders_details_frozen is missing or off.', null
 where not exists (select from pg_trigger
                    where tgrelid = to_regclass('orders.shopper_orders')
                      and tgfoid = to_regproc('orders.refuse_thaw')
                      and tgenabled in ('O', 'A')
                      and tgtype & 19 = 19)
union all
select format('Entry %s of order %s has no author or no cause.', sequence, order_id), order_id
  from payments.money_entries
 where actor = '' or cause = ''
union all
select format('Event %s of the %s stream %s has no author or no cause.', sequence, stream_kind, stream_id),
       case stream_kind when 'order' then stream_id end
  from events.events
 where actor = '' or cause = ''
