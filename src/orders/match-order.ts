import { findProviderOrders } from "../fulfillment/index.ts";
import { assertMatch, type IfMatch } from "../http/match-request.ts";
import { findAttempts } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { lockOrders } from "./order-queries.ts";
import { orderView } from "./order-view.ts";

/**
 * Makes sure that an order is as the caller saw it, for writes on it that brought an `If-Match`; without one it asks
 * nothing. One that does not exist is left to the write to refuse.
 *
 * Locks the order, so that it is still so when the write is made in the same transaction.
 * @throws http.precondition_failed
 */
export async function assertOrderMatches(tx: Tx, orderId: bigint, ifMatch: IfMatch | undefined): Promise<void> {
  if (ifMatch === undefined) return;
  const orderIds = [orderId];
  await lockOrders(tx, { orderIds });
  const [[order], attempts, parts] = await Promise.all([
    findOrdersWithItems(tx, orderIds),
    findAttempts(tx, { orderIds }),
    findProviderOrders(tx, { orderIds }),
  ]);
  if (order) assertMatch(ifMatch, orderView(order, attempts, parts));
}
