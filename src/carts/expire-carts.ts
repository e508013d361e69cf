import type { Sql } from "../platform/db.ts";
import { deleteUntouchedCarts } from "./cart-queries.ts";

const mostAtOnce = 500; // A short statement: nobody waits for a cart that goes.

/**
 * Takes away open carts that nobody touched for so long, 500 at most, and answers how many: the chore comes back while
 * there are more. A cart that became an order is never taken. One that somebody holds just now is not waited for.
 */
export function expireCarts(sql: Sql, keptMs: number, now: Date): Promise<number> {
  return deleteUntouchedCarts(sql, { before: new Date(now.getTime() - keptMs), most: mostAtOnce });
}
