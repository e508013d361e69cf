import { one, type Sql } from "../platform/db.ts";

/** How far the feed is behind what was committed. */
export interface FeedLag {
  /** Events that have no position yet. */
  readonly waiting: bigint;
  /** Since the first of them happened; null when there is none. */
  readonly oldestSeconds: number | null;
  /** The newest position: as many events have been numbered. */
  readonly lastPosition: bigint;
}

export const measureFeedLag = one<Sql, Record<never, never>, FeedLag>(
  "events.measure_feed_lag",
  `
  select (select coalesce(sum(cardinality(appended.sequences)), 0)::bigint from events.appended) as waiting,
         (select extract(epoch from now() - happened.occurred_at)::float8
            from (select stream_kinds[1] as stream_kind, stream_ids[1] as stream_id, sequences[1] as sequence
                    from events.appended
                   order by append_id
                   limit 1) as first
            join events.events as happened using (stream_kind, stream_id, sequence)) as oldest_seconds,
         sequencer.last_position
    from events.sequencer`,
);
