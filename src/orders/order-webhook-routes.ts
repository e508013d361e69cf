import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { exactText } from "../http/strict-json.ts";
import { verifyWebhook, type WebhookSecrets } from "../payments/index.ts";
import { exponentOf, parseMinor } from "../platform/money.ts";
import { parseOrderId } from "./find-orders.ts";
import { type PaymentNews as Heard, hearPayment } from "./hear-payment-flow.ts";
import { hearRefund } from "./hear-refund.ts";
import { orderInvalid, orderNotFound } from "./order-errors.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

const PaymentNews = Type.Object(
  {
    payment_id: Type.String({ minLength: 1, maxLength: 255 }),
    status: Type.Enum(["succeeded", "failed", "refunded"]),
    amount: Type.Number({ minimum: 0, description: "Major units, exact." }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  },
  { examples: [{ payment_id: "pay_1", status: "succeeded", amount: 179600.0, currency: "JPY" }] },
);
type PaymentNews = Static<typeof PaymentNews>;

/** The amount as it was written, in minor units. */
function readAmount(news: PaymentNews): bigint {
  const exponent = exponentOf(news.currency);
  const amount = exponent === undefined ? undefined : parseMinor(exactText(news, "amount"), exponent);
  if (typeof amount === "bigint") return amount;
  throw orderInvalid({}, { faults: [{ pointer: "/amount", detail: `Is no amount in ${news.currency}.` }] });
}

function answerOf(news: PaymentNews, amountMinor: bigint): Heard["answer"] {
  const { payment_id: reference, currency } = news;
  return news.status === "succeeded"
    ? { outcome: "paid", reference, amountMinor, currency }
    : { outcome: "failed", failure: "processing_error", reference };
}

/** The payment service's news of one order. No API key: the signature says who speaks. */
export function orderWebhookRoutes(
  counter: Counter,
  desk: PaymentDesk,
  secrets: WebhookSecrets,
): FastifyPluginAsyncTypebox {
  const { db, clock } = counter;
  return async (app) => {
    app.post("/api/v1/orders/:order_id/webhook", {
      config: { open: true },
      schema: {
        tags: ["Orders v1"],
        operationId: "hearPaymentV1",
        summary: "Payment status from the payment service, signed as Standard Webhooks has it",
        params: Type.Object({ order_id: Type.String() }),
        body: PaymentNews,
        response: { 200: Type.Object({ outcome: Type.String() }) },
      },
      // Before the body is looked at: what is not signed is not answered in detail.
      async preValidation(request) {
        verifyWebhook(secrets, request.headers, request.bodyBytes ?? Buffer.alloc(0), clock.now());
      },
      async handler({ params, body, headers }) {
        const orderId = parseOrderId(params.order_id);
        if (orderId === undefined) throw orderNotFound({ order: params.order_id });
        const amountMinor = readAmount(body);
        const cause = `webhook ${headers["webhook-id"]}`;
        if (body.status === "refunded") {
          const news = { orderId, reference: body.payment_id, amountMinor, currency: body.currency, cause };
          return { outcome: await db.transaction((tx) => hearRefund(tx, news, clock.now())) };
        }
        const by = { actor: "payment service", cause };
        const outcome = await hearPayment(counter, desk, { orderId, answer: answerOf(body, amountMinor), by });
        if (outcome === "no_order") throw orderNotFound({ order: params.order_id });
        return { outcome };
      },
    });
  };
}
