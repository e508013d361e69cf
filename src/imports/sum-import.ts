import { type OrderSum, sumOrders } from "../orders/index.ts";
import type { Sql } from "../platform/db.ts";
import type { Import } from "./import.ts";

/** What an import brought: its orders as they are now. */
export interface ImportSum {
  /** Orders by status and currency, with their money. */
  readonly orders: readonly OrderSum[];
}

/** Sums up the orders of an import as they are now, whoever changed them since. */
export async function sumImport(sql: Sql, given: Import): Promise<ImportSum> {
  return { orders: await sumOrders(sql, { importId: given.uid }) };
}
