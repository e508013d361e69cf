-- id: I12
-- title: Streams have no gap, and the feed has each in its order
-- when: always
select format('The %s stream %s has %s events, numbered %s to %s.', stream_kind, stream_id, count(*), min(sequence),
              max(sequence)) as what,
       case stream_kind when 'order' then stream_id end as order_id
  from events.events
 group by stream_kind, stream_id
having min(sequence) <> 1 or max(sequence) <> count(*)
union all
select format('Order %s counts %s events; the newest is %s.', orders.order_id, orders.last_sequence,
              coalesce(newest.sequence, 0)),
       orders.order_id
  from orders.orders
  left join (select stream_id as order_id, max(sequence) as sequence
               from events.events
              where stream_kind = 'order'
              group by stream_id) as newest using (order_id)
 where newest.sequence is distinct from orders.last_sequence
union all
select format('At position %s of the feed the %s stream %s goes from %s to %s.', position, stream_kind, stream_id, before,
              sequence),
       case stream_kind when 'order' then stream_id end
  from (select position, stream_kind, stream_id, sequence,
               lag(sequence, 1, 0) over (partition by stream_kind, stream_id order by position) as before
          from events.feed) as fed
 where sequence <> before + 1
union all
select format('Position %s of the feed is event %s of the %s stream %s, which is not there.', position, sequence,
              stream_kind, stream_id),
       case stream_kind when 'order' then stream_id end
  from events.feed
 where not exists (select from events.events
                    where events.stream_kind = feed.stream_kind and events.stream_id = feed.stream_id
                      and events.sequence = feed.sequence)
union all
select format('The feed goes to position %s, the sequencer stands at %s.', newest.position, last_position), null
  from events.sequencer
  join (select max(position) as position from events.feed) as newest on newest.position > last_position
