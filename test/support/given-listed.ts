import { randomUUID } from "node:crypto";
import { numberEvents } from "../../src/events/number-events.ts";
import { indexOrders } from "../../src/orders/index-orders.ts";
import type { NewOrder } from "../../src/orders/new-order.ts";
import { drawOrderIds } from "../../src/orders/order-queries.ts";
import { placeOrders } from "../../src/orders/place-orders.ts";
import type { Db } from "../../src/platform/db.ts";
import { giveUpLease, takeLease } from "../../src/platform/leases.ts";
import { ask } from "./ask.ts";
import { newOrder, noon, policy } from "./given-orders.ts";

/** What a listed order is about; the rest is as `newOrder` has it. */
export interface Wish extends Partial<Omit<NewOrder, "origin">> {
  readonly origin?: Partial<NewOrder["origin"]>;
  readonly status?: string;
  readonly createdAt?: Date;
}

export interface ListedWish {
  readonly orderId: bigint;
  readonly wish: Wish;
}

function orderOf(orderId: bigint, wish: Wish): NewOrder {
  const { status: _status, createdAt: _createdAt, origin, ...rest } = wish;
  const order = newOrder(orderId);
  return { ...order, payment: { kind: "none" }, notify: false, ...rest, origin: { ...order.origin, ...origin } };
}

/** Places orders, each at its time, and moves them to their statuses behind the verbs' back: lists show what is there. */
export async function givenListed(db: Db, wishes: readonly Wish[]): Promise<ListedWish[]> {
  const drawn = await drawOrderIds(db, { count: wishes.length });
  const listed = wishes.map((wish, index) => ({ orderId: drawn[index]?.orderId ?? 0n, wish }));
  const times = Map.groupBy(listed, ({ wish }) => (wish.createdAt ?? noon).getTime());
  for (const [time, placed] of times) {
    await db.transaction(async (tx) => {
      const orders = placed.map(({ orderId, wish }) => orderOf(orderId, wish));
      const placements = await placeOrders(tx, orders, policy, new Date(time));
      const missing = placements.find(({ outcome }) => outcome !== "placed");
      if (missing) throw new Error(`An order was not placed: ${JSON.stringify(missing)}`);
    });
  }
  for (const { orderId, wish } of listed) {
    if (wish.status !== undefined && wish.status !== "pending")
      await ask(db, "update orders.orders set status = $2::text, expires_at = null where order_id = $1::bigint", [
        orderId,
        wish.status,
      ]);
  }
  return listed;
}

/** Numbers all that was committed and has it found by its words. */
export async function givenIndexed(db: Db): Promise<void> {
  const lease = await takeLease(db, { name: "sequencer", holder: randomUUID(), seconds: 60 });
  if (!lease) throw new Error("Somebody else numbers events.");
  while ((await numberEvents(db, lease)).numbered > 0);
  await giveUpLease(db, lease);
  while ((await indexOrders(db)) > 0);
}
