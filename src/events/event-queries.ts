import { change, type Tx } from "../platform/db.ts";

export const insertEvents = change<
  Tx,
  {
    streamKinds: string[];
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
    data: string[];
  }
>(
  "events.insert_events",
  `
  insert into events.events
    (stream_kind, stream_id, sequence, event_id, type, subject, occurred_at, from_status, to_status, actor, cause, data)
  select given.*
    from unnest(:streamKinds::text[], :streamIds::bigint[], :sequences::int[], :eventIds::uuid[], :types::text[],
                :subjects::uuid[], :occurredAts::timestamptz[], :fromStatuses::text[], :toStatuses::text[],
                :actors::text[], :causes::text[], :data::json[])
      as given`,
);

/** One row for all events of one append, so that the sequencer has little to find and to delete. */
export const insertAppended = change<Tx, { streamKinds: string[]; streamIds: bigint[]; sequences: number[] }>(
  "events.insert_appended",
  `
  insert into events.appended (stream_kinds, stream_ids, sequences)
  values (:streamKinds::text[], :streamIds::bigint[], :sequences::int[])`,
);
