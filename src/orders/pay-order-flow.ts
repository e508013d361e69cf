import { claimKeys, notePayment } from "../http/claim-keys.ts";
import type { Answer, IdempotencyKey, KeyRow } from "../http/idempotency.ts";
import type { IfMatch } from "../http/match-request.ts";
import type { PaymentAttempt } from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import { paymentAnswer, replayPayment } from "./answer-payment.ts";
import type { Author } from "./changes.ts";
import { assertOrderMatches } from "./match-order.ts";
import type { Order } from "./order.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { startPayment } from "./start-payment.ts";

export interface PayOrder {
  readonly orderId: bigint;
  readonly by: Author;
  readonly ifMatch: IfMatch | undefined;
  readonly key: IdempotencyKey | undefined;
}

type Started = { readonly order: Order; readonly attempt: PaymentAttempt } | { readonly used: KeyRow };

/**
 * Has an unpaid order paid once more: commits the intent, asks the gateway, settles what it said. A process that dies in
 * between leaves an attempt that the reconciler settles, and a key whose answer is completed from it.
 * @throws order.not_found, order.payment_under_way, order.cannot_move, order.payments_too_many, http.precondition_failed,
 * http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function payOrder(counter: Counter, desk: Pick<PaymentDesk, "pay">, asked: PayOrder): Promise<Answer> {
  const { key } = asked;
  const started = await start(counter, asked);
  if ("used" in started) return replayPayment(counter.db, counter.clock, started.used, key?.fingerprint ?? "");
  await reach("after-payment-start");
  const answer = (order: Order, attempt = started.attempt) => paymentAnswer(order, attempt);
  const charged = await desk.pay(started.order, key && { claim: key, answer });
  return answer(charged.order, charged.attempt);
}

async function start({ db, gateway, clock, policy }: Counter, asked: PayOrder): Promise<Started> {
  const { orderId, by, ifMatch, key } = asked;
  const now = clock.now();
  return db.transaction(async (tx) => {
    const [claimed] = key ? await claimKeys(tx, [{ ...key, orderId: null }], now) : [];
    if (claimed !== undefined && claimed !== "claimed") return { used: claimed };
    await assertOrderMatches(tx, orderId, ifMatch);
    const started = await startPayment(tx, { orderId, gateway: gateway.name, by }, policy, now);
    if (key) await notePayment(tx, key, { orderId, attempt: started.attempt.attempt });
    await reach("inside-payment-start");
    return started;
  });
}
