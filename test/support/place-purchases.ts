import type { SettlementOutcome } from "../../src/orders/index.ts";
import { cancelOrder, settlePayments } from "../../src/orders/index.ts";
import type { PaymentResult } from "../../src/orders/payment-result.ts";
import { findAttempts, setAttemptSession } from "../../src/payments/index.ts";
import type { Tx } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { givenPurchase } from "./given-bought.ts";
import { by, noon, policy } from "./given-orders.ts";

/** Whose the orders are. */
export const purchaser = "anonymous/4hZ0c1o0V8sX2yq7bq0b3e9kYV1mJ6b0N8wQmJm1xAA";

interface Page {
  readonly orderId: bigint;
  readonly key: string;
}

async function setPage(tx: Tx, { orderId, key }: Page, status: "decided" | "expired"): Promise<void> {
  await ask(tx, "update payments.sandbox_sessions set status = $1 where order_id = $2 and idempotency_key = $3", [
    status,
    orderId,
    key,
  ]);
}

/** An order that was a cart, and its page, where nothing was done yet. */
async function placePurchase(tx: Tx): Promise<Page> {
  const order = await givenPurchase(tx, { owner: purchaser });
  const { orderId, totalMinor, currency, cartId } = order;
  const [attempt] = await findAttempts(tx, { orderIds: [orderId] });
  if (!attempt || cartId === null) throw new Error(`Order ${orderId} was no cart, or is not to be paid.`);
  await ask(
    tx,
    `insert into carts.carts (cart_id, owner, kind, status, currency, order_id, created_at, updated_at)
     values ($1::uuid, $2, 'current', 'checked_out', $3, $4, $5, $5)`,
    [cartId, purchaser, currency, orderId, noon],
  );
  await ask(
    tx,
    `insert into carts.cart_lines (cart_id, line_id, price_id, quantity, agreed_unit_minor, added_at)
     values ($1::uuid, $1::uuid, $1::uuid, 1, $2, $3)`,
    [cartId, totalMinor, noon],
  );
  const page = { sessionReference: `cs-${orderId}`, sessionUrl: `http://shop.example/sandbox/pay/cs-${orderId}` };
  await setAttemptSession(tx, { orderId, attempt: attempt.attempt, ...page, now: noon });
  await ask(
    tx,
    `insert into payments.sandbox_sessions
       (session_id, order_id, idempotency_key, status, amount_minor, currency, description, customer_email, locale,
        return_url, cancel_url, expires_at, created_at)
     values ($1, $2, $3, 'open', $4, $5, 'An order', 'ann@example.com', 'en', '/', '/', now() + interval '1 day', $6)`,
    [page.sessionReference, orderId, attempt.key, totalMinor, currency, noon],
  );
  return { orderId, key: attempt.key };
}

async function settle(
  tx: Tx,
  { orderId }: Page,
  answer: PaymentResult["answer"],
): Promise<SettlementOutcome | undefined> {
  const [settled] = await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon);
  return settled?.outcome;
}

async function payOnPage(tx: Tx, page: Page): Promise<void> {
  const reference = `pay-${page.orderId}`;
  await settle(tx, page, { outcome: "paid", reference, amountMinor: 300n, currency: "USD" });
  await setPage(tx, page, "decided");
}

/**
 * Orders that were carts, one after the other: paid on the gateway's page, waiting there, declined there, never paid and
 * cancelled, paid and cancelled.
 */
export async function placePurchases(tx: Tx): Promise<void> {
  await payOnPage(tx, await placePurchase(tx));
  await placePurchase(tx);

  const declined = await placePurchase(tx);
  await settle(tx, declined, { outcome: "failed", failure: "card_declined", reference: `pay-${declined.orderId}` });
  await setPage(tx, declined, "decided");
  await ask(
    tx,
    `insert into payments.sandbox_payments
       (order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, created_at)
     values ($1, $2, $3, 'failed', 300, 'USD', 'card_declined', $4)`,
    [declined.orderId, declined.key, `pay-${declined.orderId}`, noon],
  );

  const left = await placePurchase(tx);
  await settle(tx, left, { outcome: "failed", failure: "session_expired", reference: null });
  await setPage(tx, left, "expired");
  await cancelOrder(tx, { orderId: left.orderId, reason: "PAYMENT_FAILED", by }, policy, noon);

  const given = await placePurchase(tx);
  await payOnPage(tx, given);
  await cancelOrder(tx, { orderId: given.orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
}
