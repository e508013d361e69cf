import type { Sql, Tx } from "../platform/db.ts";
import type { Sellable } from "./sellable.ts";
import { listSellables, lockSoldPrices, lockSoldProducts } from "./sellable-queries.ts";

/** Prices, and the moment at which they would be sold. */
export interface SellablesAsked {
  readonly priceIds: readonly string[];
  readonly at: Date;
}

/** Prices with what one must know to sell them, in any order; those that are not there are left out. */
export function findSellables(sql: Sql, asked: SellablesAsked): Promise<Sellable[]> {
  return listSellables(sql, { ...asked });
}

/**
 * As `findSellables`, and nobody changes or withdraws any of it before the transaction ends.
 *
 * Locks the products, then the prices, both shared and in ascending order: checkouts don't wait for each other, whoever
 * changes a price waits for them, and they for whoever does.
 */
export async function lockSellables(tx: Tx, { priceIds, at }: SellablesAsked): Promise<Sellable[]> {
  // Each sees what was committed while the one before it waited; all travel together.
  const [, , sellables] = await Promise.all([
    lockSoldProducts(tx, { priceIds }),
    lockSoldPrices(tx, { priceIds }),
    listSellables(tx, { priceIds, at }),
  ]);
  return sellables;
}
