import { ownPart } from "../fulfillment/index.ts";
import type { Answer, IdempotencyKey } from "../http/idempotency.ts";
import { writeJson } from "../http/write-json.ts";
import type { PaymentAttempt } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { createdStatus, replayPlacement } from "./answer-placement.ts";
import type { Author } from "./changes.ts";
import { newOrderOf } from "./new-order.ts";
import type { OrderWithItems } from "./order.ts";
import { orderView } from "./order-view.ts";
import { noOrigin } from "./origin.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import type { PaymentKind } from "./read-batch-member.ts";
import type { DraftedOrder } from "./read-order-draft.ts";
import { showOrders } from "./show-orders.ts";

export interface CreateOrder {
  readonly drafted: DraftedOrder;
  readonly source: string;
  readonly payment: PaymentKind;
  readonly notify: boolean;
  /** How long it may stay unpaid; the policy's time when left out. */
  readonly payWithinMs: number | undefined;
  readonly by: Author;
  readonly key: IdempotencyKey | undefined;
}

/**
 * Places one order of v2, and has it paid if it is to be charged; answers 201 with it. When its source's reference has an
 * order already, that one stays as it is, and is the answer, 200. A process that dies in between leaves what v1's leaves.
 * @throws order.invalid, http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function createOrder(
  { db, clock, gateway }: Counter,
  desk: Pick<PaymentDesk, "placeAndPay">,
  asked: CreateOrder,
): Promise<Answer> {
  const { key, payment, payWithinMs, drafted, notify, by } = asked;
  const now = clock.now();
  const { orderId: _drawnLater, ...request } = newOrderOf(drafted, {
    orderId: 0n,
    uid: uuidV7(now),
    notify,
    by,
    origin: { ...noOrigin, source: asked.source },
    payment: payment === "charge" ? { kind: payment, gateway: gateway.name } : { kind: payment },
    ...(payWithinMs === undefined ? {} : { expiresAt: new Date(now.getTime() + payWithinMs) }),
  });
  const answer = (order: OrderWithItems, attempt?: PaymentAttempt): Answer => {
    // Whoever is paid just now has the merchant's own part, and nobody has touched it.
    const parts = order.status === "paid" ? [ownPart(order.orderId)] : [];
    const origin = { ...request.origin, customerReference: request.customerReference };
    const view = orderView(order, { attempts: attempt ? [attempt] : [], parts, origin });
    return { status: createdStatus, body: writeJson(view) };
  };
  const keyed = key && { claim: key, answer, answerBefore };
  const ended = await desk.placeAndPay(request, keyed);
  if ("order" in ended) return answer(ended.order, ended.attempt);
  if ("before" in ended) return answerBefore(db, ended.before);
  return replayPlacement(db, clock, ended.used, key?.fingerprint ?? "");
}

const foundStatus = 200;

async function answerBefore(sql: Sql, { orderId }: { orderId: bigint }): Promise<Answer> {
  const [view] = await showOrders(sql, [orderId]);
  return { status: foundStatus, body: writeJson(view) };
}
