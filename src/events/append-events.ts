import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { NewEvent } from "./event.ts";
import { insertEvents } from "./event-queries.ts";

const listeners = new Set<() => void>();

/**
 * Calls the listener whenever this process has appended events, shortly before they are committed or rolled back.
 * Answers how to end that.
 */
export function onAppended(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function dataText(data: object | string): string {
  return typeof data === "string" ? data : JSON.stringify(data);
}

/**
 * Appends events to their streams, in the transaction of the change that they tell of. One statement for all of them.
 * The caller holds each stream's row and gives the numbers that follow; a number that is taken breaks the transaction.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const columns = columnsOf(events, {
    streamKinds: (event) => event.streamKind,
    streamIds: (event) => event.streamId,
    sequences: (event) => event.sequence,
    eventIds: (event) => event.eventId,
    types: (event) => event.type,
    subjects: (event) => event.subject,
    occurredAts: (event) => event.occurredAt,
    fromStatuses: (event) => event.fromStatus,
    toStatuses: (event) => event.toStatus,
    actors: (event) => event.actor,
    causes: (event) => event.cause,
  });
  await insertEvents(tx, { ...columns, datas: `[${events.map(({ data }) => dataText(data)).join(",")}]` });
  for (const listener of listeners) listener();
}
