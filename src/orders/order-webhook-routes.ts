import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { exactText } from "../http/strict-json.ts";
import { newsKinds, verifyWebhook, type WebhookInbox, type WebhookSecrets } from "../payments/index.ts";
import type { Clock } from "../platform/clock.ts";
import { exponentOf, mostMinor, parseMinor } from "../platform/money.ts";
import { orderInvalid } from "./order-errors.ts";

const longestBody = 16_384; // Five short members; a service that adds its own has room for them.
const longestReference = 255;
const reference = Type.String({ minLength: 1, maxLength: longestReference });

const PaymentNews = Type.Object(
  {
    payment_id: reference,
    status: Type.Enum(newsKinds),
    amount: Type.Number({ minimum: 0, description: "Major units, exact." }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
    refund_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: longestReference,
        description: "The service's name of the refund or of the chargeback, where it is about one.",
      }),
    ),
  },
  { title: "PaymentNews", examples: [{ payment_id: "pay_1", status: "succeeded", amount: 179600.0, currency: "JPY" }] },
);
type PaymentNews = Static<typeof PaymentNews>;

/** The amount as it was written, in minor units. More than any order can be worth is no amount. */
function readAmount(news: PaymentNews): bigint {
  const exponent = exponentOf(news.currency);
  const amount = exponent === undefined ? undefined : parseMinor(exactText(news, "amount"), exponent);
  if (typeof amount === "bigint" && amount <= mostMinor) return amount;
  throw orderInvalid({}, { faults: [{ pointer: "/amount", detail: `Is no amount in ${news.currency}.` }] });
}

function bytesOf(request: FastifyRequest): Buffer {
  return request.bodyBytes ?? Buffer.alloc(0);
}

/** What the route stands on. */
export interface WebhookDoor {
  readonly inbox: WebhookInbox;
  readonly clock: Clock;
  readonly secrets: WebhookSecrets;
  /** Whose secrets they are. */
  readonly gateway: string;
}

/** The payment service's news of one order. No API key: the signature says who speaks. */
export function orderWebhookRoutes({ inbox, clock, secrets, gateway }: WebhookDoor): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/v1/orders/:order_id/webhook", {
      config: { open: true, signed: true },
      bodyLimit: longestBody,
      schema: {
        tags: ["Orders v1"],
        operationId: "hearPaymentV1",
        summary: "Payment status from the payment service, signed as Standard Webhooks has it",
        description:
          "Answered as soon as it is stored; what it means for the order is worked out afterwards. An order that is not known yet is no reason to refuse it.",
        params: Type.Object({ order_id: Type.String({ description: "The order's id.", examples: ["42"] }) }),
        body: PaymentNews,
        response: { 200: Type.Object({ outcome: Type.Enum(["received", "duplicate"]) }, { title: "WebhookReceipt" }) },
      },
      // Before the body is looked at: what is not signed is not answered in detail.
      async preValidation(request) {
        verifyWebhook(secrets, request.headers, bytesOf(request), clock.now());
      },
      async handler(request) {
        const { params, body } = request;
        const outcome = await inbox.receive({
          gateway,
          // Whoever reads this far has a signature over this very header.
          eventId: String(request.headers["webhook-id"]),
          namedOrder: params.order_id,
          body: bytesOf(request).toString("utf8"),
          paymentId: body.payment_id,
          refundId: body.refund_id ?? null,
          news: body.status,
          amountMinor: readAmount(body),
          currency: body.currency,
        });
        return { outcome };
      },
    });
  };
}
