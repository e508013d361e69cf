import type { Sql } from "../platform/db.ts";
import { type OrderSum, sumOfBatch, sumOfImport } from "./order-sum-queries.ts";

/** Orders that came together: those of a file, or of one request. */
export type CameTogether = { readonly importId: string } | { readonly batchId: string };

/** How many orders that came together are of which status and currency now, and their money. Reads each of them. */
export function sumOrders(sql: Sql, of: CameTogether): Promise<OrderSum[]> {
  return "importId" in of ? sumOfImport(sql, of) : sumOfBatch(sql, of);
}
