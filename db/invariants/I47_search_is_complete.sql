-- id: I47
-- title: The search knows every order before its mark, as it is
-- when: always
select format('Order %s stands before the mark of the search, and the search does not know it.', feed.stream_id) as what,
       feed.stream_id as order_id
  from events.feed as feed
 cross join orders.search_mark as mark
 where feed.position <= mark.position
   and feed.stream_kind = 'order'
   and feed.sequence = 1
   and not exists (select from orders.order_search as known where known.order_id = feed.stream_id)
union all
select format('The search has order %s with %s %s at %s; it has %s %s at %s.', order_id, known.total_minor, known.currency,
              known.created_at, held.total_minor, held.currency, held.created_at),
       order_id
  from orders.order_search as known
  join orders.orders as held using (order_id)
 where (known.currency, known.total_minor, known.created_at) <> (held.currency, held.total_minor, held.created_at)
union all
select format('The search has read the feed as far as %s, and there are %s events.', mark.position, sequencer.last_position),
       null
  from orders.search_mark as mark
 cross join events.sequencer as sequencer
 where mark.position > sequencer.last_position
