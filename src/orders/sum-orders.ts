import type { Sql } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";
import { sumOfBatch, sumOfImport } from "./order-sum-queries.ts";

/** Orders that came together: those of a file, or of one request. */
export type CameTogether = { readonly importId: string } | { readonly batchId: string };

/** Orders of one status and currency, and the money of them all. */
export interface OrderSum {
  readonly status: OrderStatus;
  readonly currency: string;
  readonly orders: number;
  /** Those that wait and were never tried to be paid. */
  readonly untried: number;
  readonly totalMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** When the first of them was placed. */
  readonly createdAt: Date;
}

/** How many orders that came together are of which status and currency now, and their money. Reads each of them. */
export async function sumOrders(sql: Sql, of: CameTogether): Promise<OrderSum[]> {
  const found = await ("importId" in of ? sumOfImport(sql, of) : sumOfBatch(sql, of));
  return found.map(({ total, captured, refunded, ...sum }) => ({
    ...sum,
    totalMinor: BigInt(total),
    capturedMinor: BigInt(captured),
    refundedMinor: BigInt(refunded),
  }));
}

/** The money of one currency, whatever became of its orders. */
export type CurrencySum = Pick<OrderSum, "currency" | "orders" | "totalMinor" | "capturedMinor" | "refundedMinor">;

/** Adds up what differs in status alone. */
export function sumsByCurrency(sums: readonly OrderSum[]): CurrencySum[] {
  const all = new Map<string, CurrencySum>();
  for (const { currency, ...sum } of sums) {
    const before = all.get(currency);
    all.set(currency, {
      currency,
      orders: (before?.orders ?? 0) + sum.orders,
      totalMinor: (before?.totalMinor ?? 0n) + sum.totalMinor,
      capturedMinor: (before?.capturedMinor ?? 0n) + sum.capturedMinor,
      refundedMinor: (before?.refundedMinor ?? 0n) + sum.refundedMinor,
    });
  }
  return [...all.values()];
}
