import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { SuspendedMoney } from "./suspense.ts";
import { insertSuspended } from "./suspense-queries.ts";

/**
 * Keeps money in suspense until a person decides. The caller opens the task in the same transaction. What is kept
 * already stays as it was told first.
 */
export async function suspendMoney(tx: Tx, money: readonly SuspendedMoney[], now: Date): Promise<void> {
  if (money.length === 0) return;
  const columns = columnsOf(money, {
    gateways: (one) => one.gateway,
    references: (one) => one.reference,
    kinds: (one) => one.kind as string,
    amounts: (one) => one.amountMinor,
    currencies: (one) => one.currency,
    orderIds: (one) => one.orderId,
    taskCauses: (one) => one.taskCause,
    heardFroms: (one) => one.heardFrom,
  });
  await insertSuspended(tx, { ...columns, now });
}
