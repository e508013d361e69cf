import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { NewEvent } from "./event.ts";
import { insertAppended, insertEvents } from "./event-queries.ts";

/**
 * Writes events in the transaction of the change that they tell of, and notes for the sequencer that they wait for
 * their place in the feed: one note for all of them.
 *
 * The caller holds the lock of every stream. A number that is taken makes the whole transaction fail.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const places = columnsOf(events, {
    streamKinds: (event) => event.streamKind as string,
    streamIds: (event) => event.streamId,
    sequences: (event) => event.sequence,
  });
  const facts = columnsOf(events, {
    eventIds: (event) => event.eventId,
    types: (event) => event.type,
    subjects: (event) => event.subject,
    occurredAts: (event) => event.occurredAt,
    fromStatuses: (event) => event.fromStatus,
    toStatuses: (event) => event.toStatus,
    actors: (event) => event.actor,
    causes: (event) => event.cause,
    data: (event) => (typeof event.data === "string" ? event.data : JSON.stringify(event.data)),
  });
  await Promise.all([insertEvents(tx, { ...places, ...facts }), insertAppended(tx, places)]);
}
