import type { Sql } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";

/** Far from every other number that is shown, so that it says something where one of them is found. */
const firstOrderId = 610_000_000_019n;

/** The id of an order in any text, once they are counted from afar. */
export const anyOrderId = /61000000\d{4}/;

/** Has the next order's id be one that no other number is like. */
export async function countOrdersFromAfar(sql: Sql): Promise<void> {
  await ask(sql, `alter sequence orders.order_ids restart with ${firstOrderId}`);
}
