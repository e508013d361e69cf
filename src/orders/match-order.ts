import { assertMatch, type IfMatch } from "../http/match-request.ts";
import type { Tx } from "../platform/db.ts";
import { lockOrders } from "./order-queries.ts";
import { showOrders } from "./show-orders.ts";

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
  const [shown] = await showOrders(tx, orderIds);
  if (shown) assertMatch(ifMatch, shown);
}
