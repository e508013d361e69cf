import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { ProviderOrder } from "./part.ts";
import { insertProviderOrders, updateProviderOrders } from "./part-queries.ts";

/** Adds the parts of orders that were just paid. The caller holds the orders' rows. */
export async function startProviderOrders(tx: Tx, parts: readonly ProviderOrder[], now: Date): Promise<void> {
  const rows = parts.map((part) => ({ ...part, at: now }));
  await insertProviderOrders(tx, rows);
}

/** Writes how far parts are now. The caller holds the orders' rows. */
export async function saveProviderOrders(tx: Tx, parts: readonly ProviderOrder[], now: Date): Promise<void> {
  if (parts.length === 0) return;
  const columns = columnsOf(parts, {
    orderIds: (part) => part.orderId,
    providerIds: (part) => part.providerId,
    processings: (part) => part.processing as string,
    fulfilments: (part) => part.fulfilment as string,
  });
  await updateProviderOrders(tx, { ...columns, now });
}
