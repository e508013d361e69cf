import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { keyOf } from "../http/idempotency.ts";
import { ifMatchOf } from "../http/match-request.ts";
import { getOrderId } from "./find-orders.ts";
import { listPayments } from "./list-order-money.ts";
import { PaymentView, paymentView } from "./order-payment-view.ts";
import { payOrder } from "./pay-order-flow.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

const path = "/api/v2/orders/:id/payments";
const tags = ["Orders"];
const mostOnPage = 100;
const onPage = 20;
const longestReference = 64;

const OrderParam = Type.Object({
  id: Type.String({
    maxLength: longestReference,
    description: "The order's UUID, its number `ORD-…`, or its id.",
    examples: ["ORD-27180435"],
  }),
});

const PaymentListView = Type.Object(
  { data: Type.Array(PaymentView), next_cursor: Type.Union([Type.String(), Type.Null()]) },
  { title: "PaymentList" },
);

const PaymentQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: mostOnPage,
      default: onPage,
      description: "How many payments at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestReference, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

/** Tries to have an order paid. */
export function orderPaymentRoutes(counter: Counter, desk: PaymentDesk): FastifyPluginAsyncTypebox {
  const { db } = counter;
  return async (app) => {
    app.post(path, {
      config: { scope: "payments:write" },
      schema: {
        tags,
        operationId: "createPayment",
        summary: "Try again to have an unpaid order paid",
        description:
          "Answers 201 whatever came of it: `order_status` is `paid`, `pending` when it was declined, or " +
          "`payment_processing` while nobody knows. `If-Match` takes the order's tag.",
        params: OrderParam,
        response: { 201: PaymentView },
      },
      async handler(request, reply) {
        const by = { actor: request.principal.id, cause: `request ${request.id}` };
        const orderId = await getOrderId(db, request.params.id);
        const asked = { orderId, by, ifMatch: ifMatchOf(request), key: keyOf(request) };
        return sendAnswer(reply, await payOrder(counter, desk, asked));
      },
    });

    app.get(path, {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "listPayments",
        summary: "List the tries to have an order paid, newest first",
        params: OrderParam,
        querystring: PaymentQuery,
        response: { 200: PaymentListView },
      },
      async handler({ params, query }) {
        const { order, rows, nextCursor } = await listPayments(db, await getOrderId(db, params.id), query);
        return { data: rows.map((attempt) => paymentView(order, attempt)), next_cursor: nextCursor };
      },
    });
  };
}
