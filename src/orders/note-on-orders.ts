import type { Tx } from "../platform/db.ts";
import { type Changes, noChanges } from "./changes.ts";
import { eventIdOf } from "./event-id.ts";
import { lockOrders } from "./order-queries.ts";
import { writeChanges } from "./write-changes.ts";

/** Something that happened around an order and moves nothing on it. */
export interface OrderNote {
  readonly orderId: bigint;
  readonly type: string;
  readonly data: object;
  readonly actor: string;
  readonly cause: string;
}

/** Notes change no status, so that no deadline is ever set by one. */
const noDeadlines = { expiryMs: 0, firstCheckMs: 0, againMs: 0 };

/**
 * Appends one event for each note to the streams of its order.
 *
 * Locks the orders in ascending order. Sends the events given. Notes for orders that are not there are dropped.
 */
export async function noteOnOrders(tx: Tx, notes: readonly OrderNote[], now: Date): Promise<void> {
  const orders = await lockOrders(tx, { orderIds: [...new Set(notes.map((note) => note.orderId))] });
  const changes = noChanges(now, noDeadlines);
  for (const order of orders) changes.orders.set(order.orderId, order);
  for (const note of notes) append(changes, note);
  writeChanges(tx, changes);
}

function append(changes: Changes, note: OrderNote): void {
  const order = changes.orders.get(note.orderId);
  if (!order) return;
  const sequence = order.lastSequence + 1;
  changes.orders.set(order.orderId, { ...order, lastSequence: sequence });
  changes.events.push({
    streamKind: "order",
    streamId: order.orderId,
    sequence,
    eventId: eventIdOf(order.uid, sequence),
    type: note.type,
    subject: order.uid,
    occurredAt: changes.now,
    fromStatus: null,
    toStatus: null,
    actor: note.actor,
    cause: note.cause,
    data: note.data,
  });
}
