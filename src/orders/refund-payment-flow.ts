import {
  findAttempts,
  findRefunds,
  type Gateway,
  type Refund,
  type RefundAnswer,
  recordedGateway,
} from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import { openTasks } from "../tasks/index.ts";
import type { Counter } from "./payment-desk-flow.ts";
import { settleRefund } from "./settle-refund.ts";

/** A refund that has not gone through by then needs a person, though it is tried further. */
const triesBeforeTask = 5;

/**
 * Asks the gateway to give promised money back and writes down what it did. May run twice: the gateway knows the key,
 * and a refund that is settled is left alone. Throws while the outcome is unknown, so that the job runs again.
 */
export async function payBack(
  counter: Counter,
  wanted: { orderId: bigint; refund: number },
  tries: number,
): Promise<void> {
  const { db, gateway, clock, policy } = counter;
  const refunds = await findRefunds(db, wanted);
  const refund = refunds.find((one) => one.refund === wanted.refund);
  if (refund?.state !== "requested") return;
  const others = refunds.flatMap(({ reference }) => reference ?? []);
  const attempts = await findAttempts(db, { orderIds: [wanted.orderId] });
  const charged = attempts.find((attempt) => attempt.attempt === refund.attempt);
  if (!charged?.reference)
    throw new Error(`Refund ${wanted.refund} of order ${wanted.orderId} has no payment to go back on.`);

  // No transaction is open here: the gateway may take seconds.
  await reach("before-refund");
  const answer = await askToRefund(gateway, { ...refund, others }, { ...charged, reference: charged.reference });
  await reach("after-refund");
  if (answer.outcome === "refunded" || answer.outcome === "failed") {
    const by = { actor: "gateway", cause: `answer to refund ${wanted.refund}` };
    const settled = await db.transaction(async (tx) => {
      const result = { ...wanted, answer, by, isGuess: !gateway.keysAreSafe };
      const isSettled = await settleRefund(tx, result, policy, clock.now());
      await reach("inside-refund-settle");
      return isSettled;
    });
    await reach("after-refund-settle");
    if (settled) return;
  }
  const reason = "reason" in answer ? answer.reason : `its refund ${answer.reference} stands for another one`;
  if (tries >= triesBeforeTask) await askForHelp(counter, wanted, reason);
  throw new Error(`Refund ${wanted.refund} of order ${wanted.orderId} is not settled: ${reason}`);
}

/**
 * Another gateway than the one that took the money knows nothing of it, or something else by the same name. What was paid
 * elsewhere no gateway took: a person gives it back there.
 */
async function askToRefund(
  gateway: Gateway,
  refund: Refund & { others: readonly string[] },
  charged: { gateway: string; reference: string },
): Promise<RefundAnswer> {
  if (charged.gateway === recordedGateway) return { outcome: "failed", reason: "paid_elsewhere" };
  if (charged.gateway !== gateway.name) return { outcome: "not_sent", reason: `${charged.gateway} is not configured` };
  return gateway.refund({ ...refund, chargeReference: charged.reference });
}

async function askForHelp(
  { db, clock }: Counter,
  wanted: { orderId: bigint; refund: number },
  reason: string,
): Promise<void> {
  const task = {
    kind: "refund_unresolved" as const,
    cause: `refund_unresolved order ${wanted.orderId} refund ${wanted.refund}`,
    orderId: wanted.orderId,
    detail: { refund: wanted.refund, reason },
  };
  await db.transaction((tx) => openTasks(tx, [task], clock.now()));
}
