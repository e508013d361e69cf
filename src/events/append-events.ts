import type { Tx } from "../platform/db.ts";
import { copiedFrom } from "../platform/insert-rows.ts";
import { columnsOf } from "../platform/statements.ts";
import type { NewEvent } from "./event.ts";
import { copyEvents, insertAppended, insertEvents, textOf } from "./event-queries.ts";

const listeners = new Set<() => void>();

/**
 * Calls the listener whenever this process has appended events, shortly before they are committed or rolled back.
 * Answers how to end that.
 */
export function onAppended(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Appends events to their streams, in the transaction of the change that they tell of; many go by COPY.
 * The caller holds each stream's row and gives the numbers that follow; a number that is taken breaks the transaction.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await (events.length < copiedFrom ? appendFew(tx, events) : appendMany(tx, events));
  for (const listener of listeners) listener();
}

function keysOf(events: readonly NewEvent[]) {
  return columnsOf(events, {
    streamKinds: (event) => event.streamKind,
    streamIds: (event) => event.streamId,
    sequences: (event) => event.sequence,
  });
}

async function appendFew(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const columns = columnsOf(events, {
    eventIds: (event) => event.eventId,
    types: (event) => event.type,
    subjects: (event) => event.subject,
    occurredAts: (event) => event.occurredAt,
    fromStatuses: (event) => event.fromStatus,
    toStatuses: (event) => event.toStatus,
    actors: (event) => event.actor,
    causes: (event) => event.cause,
  });
  const datas = `[${events.map(({ data }) => textOf(data)).join(",")}]`;
  await insertEvents(tx, { ...keysOf(events), ...columns, datas });
}

async function appendMany(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const written = [copyEvents(tx, events), insertAppended(tx, keysOf(events))];
  await Promise.all(written);
}
