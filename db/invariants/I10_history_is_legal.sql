-- id: I10
-- title: The moves of every order are legal, follow each other and end where the order stands
-- when: always
with moves as (
  select stream_id as order_id, sequence, from_status, to_status,
         lag(to_status, 1, 'new') over history as stood,
         lead(sequence) over history is null as is_last
    from events.events
   where stream_kind = 'order' and (from_status is not null or to_status is not null)
  window history as (partition by stream_id order by sequence)
)
select format('Event %s moves order %s from %s to %s; it stood at %s, and is %s.', sequence, moves.order_id,
              coalesce(moves.from_status, 'nowhere'), coalesce(moves.to_status, 'nowhere'), stood,
              coalesce(orders.status, 'not there')) as what,
       moves.order_id
  from moves
  left join orders.orders using (order_id)
  left join orders.legal_moves as legal
    on legal.from_status = moves.from_status and legal.to_status = moves.to_status
 where legal.from_status is null
    or legal.only_when_free and orders.total_minor > 0
    or moves.from_status is distinct from stood
    or is_last and moves.to_status is distinct from orders.status and orders.order_id is not null
union all
select format('Order %s has %s events and none that moved it to %s.', orders.order_id, orders.last_sequence,
              orders.status),
       orders.order_id
  from orders.orders
 where exists (select from events.events where stream_kind = 'order' and stream_id = orders.order_id)
   and not exists (select from moves where moves.order_id = orders.order_id)
union all
select format('Event %s of %s %s moves an order.', sequence, stream_kind, stream_id), null
  from events.events
 where stream_kind <> 'order' and (from_status is not null or to_status is not null)
