import type { Sql } from "../platform/db.ts";
import type { SandboxPayment, SandboxRefund } from "./sandbox.ts";
import { listSandboxPayments, listSandboxRefunds } from "./sandbox-queries.ts";
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
