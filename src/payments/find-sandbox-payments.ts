import type { Sql } from "../platform/db.ts";
import { isDue, type SandboxPayment, type SandboxRefund } from "./sandbox.ts";
import { findSandboxPaymentsByKey, listSandboxPayments, listSandboxRefunds } from "./sandbox-queries.ts";
import { settleSandbox } from "./settle-sandbox.ts";

/** What the embedded payment service knows of one order. */
export interface SandboxBooks {
  readonly payments: readonly SandboxPayment[];
  readonly refunds: readonly SandboxRefund[];
}

/** More refunds of one order than anybody makes; a list needs a limit. */
const mostRefunds = 1000;

/** Answers the payments of an order, newest first, and its refunds. Those whose time has come have succeeded first. */
export async function findSandboxPayments(sql: Sql, orderId: bigint, now: Date): Promise<SandboxBooks> {
  await settleSandbox(sql, [orderId], now);
  const [payments, refunds] = await Promise.all([
    listSandboxPayments(sql, { orderId }),
    listSandboxRefunds(sql, { orderId, limit: mostRefunds }),
  ]);
  return { payments, refunds };
}

/** The payment that was made with a key. One whose time has come has succeeded first. */
export async function findSandboxPayment(
  sql: Sql,
  { orderId, key }: { orderId: bigint; key: string },
  now: Date,
): Promise<SandboxPayment | undefined> {
  const asked = { orderIds: [orderId], keys: [key] };
  const [found] = await findSandboxPaymentsByKey(sql, asked);
  if (!found || !isDue(found, now)) return found;
  await settleSandbox(sql, [orderId], now);
  return (await findSandboxPaymentsByKey(sql, asked))[0];
}
