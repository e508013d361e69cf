import { type ChargeFailure, findAttemptBySession } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Author, OrderPolicy } from "./changes.ts";
import type { Order } from "./order.ts";
import { orderSessionNotFound } from "./order-errors.ts";
import { processOrderToPaid } from "./process-order-to-paid.ts";
import { settlePayments } from "./settle-payments.ts";

/** What a gateway says became of one of its payment pages. */
export interface AttemptUpdate {
  readonly gateway: string;
  /** The gateway's name of the page. */
  readonly externalId: string;
  readonly outcome:
    | {
        readonly status: "paid";
        /** The gateway's name of the payment. */
        readonly reference: string;
        readonly totalMinor: bigint;
        readonly currency: string;
      }
    | { readonly status: "failed"; readonly failure: ChargeFailure; readonly reference: string | null };
  readonly by: Author;
}

/**
 * Takes in what became of a payment page, and has the order paid if the money fits: amount and currency must be those that
 * were asked for, else nothing is paid and a task is opened. Answers whether the order is paid by it, and the order.
 *
 * Locks the order. Sends what `settlePayments` does. A second call changes nothing.
 * Source: BOB OrderService, `update_attempt_to_pay`.
 * @throws order.session_not_found
 */
export async function updateAttemptToPay(
  tx: Tx,
  { gateway, externalId, outcome, by }: AttemptUpdate,
  policy: OrderPolicy,
  now: Date,
): Promise<{ success: boolean; order: Order | undefined }> {
  const found = await findAttemptBySession(tx, { gateway, sessionReference: externalId });
  if (!found) throw orderSessionNotFound({ session: externalId });
  if (outcome.status === "paid") return processOrderToPaid(tx, { ...found, ...outcome, by }, policy, now);
  const { failure, reference } = outcome;
  const answer = { outcome: "failed", failure, reference } as const;
  const [settled] = await settlePayments(tx, [{ ...found, readBack: true, answer, by }], policy, now);
  return { success: false, order: settled?.order };
}
