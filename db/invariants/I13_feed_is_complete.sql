-- id: I13
-- title: Every event is in the feed
-- when: drained
select format('Event %s of the %s stream %s has no place in the feed.', sequence, stream_kind, stream_id) as what,
       case stream_kind when 'order' then stream_id end as order_id
  from events.events
 where not exists (select from events.feed
                    where feed.stream_kind = events.stream_kind and feed.stream_id = events.stream_id
                      and feed.sequence = events.sequence)
union all
select format('Append %s waits for its places in the feed.', append_id), null
  from events.appended
