import { copyRows } from "../platform/copy-rows.ts";
import { change, many, one, type Sql, type Tx } from "../platform/db.ts";
import type { FedEvent, NewEvent, StoredEvent, StreamKind } from "./event.ts";

/**
 * Inserts events, and one row that has them numbered for the feed after the commit. Both in one statement: the keys
 * travel once. A number that the stream has already breaks the primary key. The data travels as one JSON array: as the
 * elements of an array of text every quote in it would be escaped here, and read again there.
 */
export const insertEvents = change<
  Tx,
  {
    streamKinds: StreamKind[];
    streamIds: bigint[];
    sequences: number[];
    eventIds: string[];
    types: string[];
    subjects: string[];
    occurredAts: Date[];
    fromStatuses: (string | null)[];
    toStatuses: (string | null)[];
    actors: string[];
    causes: string[];
    /** A JSON array. */
    datas: string;
  }
>(
  "events.insert_events",
  `
  with inserted as (
    insert into events.events
      (stream_kind, stream_id, sequence, event_id, type, subject, occurred_at, from_status, to_status, actor, cause, data)
    select given.*
      from rows from (
             unnest(:streamKinds::text[], :streamIds::bigint[], :sequences::int[], :eventIds::uuid[], :types::text[],
                    :subjects::uuid[], :occurredAts::timestamptz[], :fromStatuses::text[], :toStatuses::text[],
                    :actors::text[], :causes::text[]),
             json_array_elements(:datas::json)) as given
  )
  insert into events.appended (stream_kinds, stream_ids, sequences)
  values (:streamKinds::text[], :streamIds::bigint[], :sequences::int[])`,
);

/** An event's data as JSON. */
export function textOf(data: NewEvent["data"]): string {
  return typeof data === "string" ? data : JSON.stringify(data);
}

/** As `insertEvents`, for many: their rows alone, by COPY. */
export const copyEvents = copyRows<NewEvent>("events.insert_events_by_copy", "events.events", {
  stream_kind: (event) => event.streamKind,
  stream_id: (event) => event.streamId,
  sequence: (event) => event.sequence,
  event_id: (event) => event.eventId,
  type: (event) => event.type,
  subject: (event) => event.subject,
  occurred_at: (event) => event.occurredAt,
  from_status: (event) => event.fromStatus,
  to_status: (event) => event.toStatus,
  actor: (event) => event.actor,
  cause: (event) => event.cause,
  data: (event) => textOf(event.data),
});

/** Has events that were copied numbered for the feed after the commit. */
export const insertAppended = change<Tx, { streamKinds: StreamKind[]; streamIds: bigint[]; sequences: number[] }>(
  "events.insert_appended",
  `
  insert into events.appended (stream_kinds, stream_ids, sequences)
  values (:streamKinds::text[], :streamIds::bigint[], :sequences::int[])`,
);

/**
 * Moves what was appended and is committed into the feed: takes rows in the order of their ids, draws one position for
 * each event, and answers how many there were. Events of one stream keep their order, since a stream's next append is
 * made after the one before it was committed.
 *
 * Locks the rows in ascending order, then the sequencer's row until the commit, so that of two at once the second waits
 * and positions become visible in their order: a reader that has seen one misses none before it.
 */
export const numberAppended = one<Tx, Record<never, never>, { numbered: number; full: boolean }>(
  "events.number_appended",
  `
  with next as materialized (
    select append_id
      from events.appended
     order by append_id
     limit 100
       for update
  ), taken as (
    delete from events.appended
     using next
     where appended.append_id = next.append_id
    returning appended.append_id, appended.stream_kinds, appended.stream_ids, appended.sequences
  ), numbered as (
    select given.stream_kind, given.stream_id, given.sequence,
           row_number() over (order by taken.append_id, given.stream_kind, given.stream_id, given.sequence) as place
      from taken
     cross join unnest(taken.stream_kinds, taken.stream_ids, taken.sequences)
                  as given(stream_kind, stream_id, sequence)
  ), counted as (
    select count(*) as total from numbered
  ), moved as (
    update events.sequencer
       set last_position = last_position + (select total from counted)
     where (select total from counted) > 0
    returning last_position - (select total from counted) as base
  ), placed as (
    insert into events.feed (position, stream_kind, stream_id, sequence)
    select moved.base + numbered.place, numbered.stream_kind, numbered.stream_id, numbered.sequence
      from numbered cross join moved
  )
  select (select total from counted)::int as numbered, (select count(*) from taken) = 100 as full`,
);

/** Asked while nothing is expected, since numbering nothing would still write a transaction. */
export const findAppended = one<Sql, Record<never, never>, { found: boolean }>(
  "events.find_appended",
  "select exists (select from events.appended) as found",
);

/** The page is cut in the feed alone; each event is then found by its key. */
export const listFed = many<Sql, { after: bigint; limit: number }, FedEvent>(
  "events.list_fed",
  `
  select page.position, events.stream_kind, events.sequence, events.event_id, events.type, events.subject,
         events.occurred_at, events.from_status, events.to_status, events.data
    from (select position, stream_kind, stream_id, sequence
            from events.feed
           where position > :after
           order by position
           limit :limit) as page
    join events.events as events
      on events.stream_kind = page.stream_kind
     and events.stream_id = page.stream_id
     and events.sequence = page.sequence
   order by page.position`,
);

export const listEvents = many<Sql, { streamKind: StreamKind; streamId: bigint; limit: number }, StoredEvent>(
  "events.list_events",
  `
  select stream_kind, stream_id, sequence, event_id, type, subject, occurred_at, from_status, to_status, actor, cause, data
    from events.events
   where stream_kind = :streamKind and stream_id = :streamId
   order by sequence
   limit :limit`,
);

/** The last position that is in the feed for everybody. */
export const findLastPosition = one<Sql, Record<never, never>, { position: bigint }>(
  "events.find_last_position",
  "select last_position as position from events.sequencer",
);

/**
 * The streams of a kind that began on a page of the feed, and the position at which the page ends: its beginning when
 * there is nothing behind it.
 */
export const findBegunStreams = one<
  Sql,
  { streamKind: StreamKind; after: bigint; limit: number },
  { streamIds: bigint[]; through: bigint; positions: bigint }
>(
  "events.find_begun_streams",
  `
  select coalesce(array_agg(stream_id order by position) filter (where stream_kind = :streamKind and sequence = 1), '{}')
           as stream_ids,
         coalesce(max(position), :after::bigint) as through,
         count(*) as positions
    from (select position, stream_kind, stream_id, sequence
            from events.feed
           where position > :after::bigint
           order by position
           limit :limit) as page`,
);
