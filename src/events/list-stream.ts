import type { Sql } from "../platform/db.ts";
import type { StoredEvent, StreamKind } from "./event.ts";
import { listEvents } from "./event-queries.ts";

/** Far more than happens to one thing; a stream that is longer shows its beginning. */
const longestStream = 1_000;

/** Everything that happened to one thing, oldest first. */
export function listStream(sql: Sql, streamKind: StreamKind, streamId: bigint): Promise<StoredEvent[]> {
  return listEvents(sql, { streamKind, streamId, limit: longestStream });
}
