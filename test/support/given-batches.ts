import type { NewOrder } from "../../src/orders/new-order.ts";
import type { OrderWithItems } from "../../src/orders/order.ts";
import { drawOrderIds } from "../../src/orders/order-queries.ts";
import { placeOrders } from "../../src/orders/place-orders.ts";
import type { Db } from "../../src/platform/db.ts";
import { newOrder, noon, orderPlaced, policy } from "./given-orders.ts";

export const batchId = "019ab3c0-0000-7000-8000-00000000b001";
export const importId = "019ab3c0-0000-7000-8000-00000000f001";

/** Where the orders of a test come from: one batch, or the rows of one import. */
export type Together = "batch" | "import";

/** Places orders that wait to be paid, one for each address. */
export async function givenUnpaid(
  db: Db,
  emails: readonly string[],
  together: Together = "batch",
): Promise<OrderWithItems[]> {
  const ids = await drawOrderIds(db, { count: emails.length });
  const orders = emails.map((email, index): NewOrder => {
    const order = newOrder(ids[index]?.orderId ?? 0n, { email });
    const from = together === "batch" ? { batchId } : { importId, importRow: index + 1 };
    return { ...order, payment: { kind: "none" }, origin: { ...order.origin, source: "test", ...from } };
  });
  const placements = await db.transaction((tx) => placeOrders(tx, orders, policy, noon));
  return placements.map(orderPlaced);
}
