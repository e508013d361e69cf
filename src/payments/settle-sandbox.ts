import type { Sql } from "../platform/db.ts";
import type { SandboxPayment } from "./sandbox.ts";
import { settleSandboxPayments } from "./sandbox-queries.ts";

/**
 * Lets the pending payments of these orders succeed whose time has come, and answers them.
 * A second call finds none: who gets a payment here is the one to tell of it.
 */
export function settleSandbox(sql: Sql, orderIds: bigint[], now: Date): Promise<SandboxPayment[]> {
  return settleSandboxPayments(sql, { orderIds, now });
}
