import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { keyOf } from "../http/idempotency.ts";
import { placementAnswer, replayPlacement } from "./answer-placement.ts";
import { changeStatusV1 } from "./change-status-v1.ts";
import type { Author } from "./changes.ts";
import { customerIdOf, localeOf } from "./draft.ts";
import { listOrders, openOrderReader, parseOrderId } from "./find-orders.ts";
import { orderNotFound } from "./order-errors.ts";
import { OrderV1Body, readOrderV1 } from "./order-v1-body.ts";
import { OrderV1View } from "./order-v1-schema.ts";
import { ordersV1Text, orderV1Text } from "./order-v1-view.ts";
import { noOrigin } from "./origin.ts";
import { pageLinks } from "./page-links.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

const mostOnPage = 100;
const onPage = 20;
const mostSkipped = 1_000_000_000;

const path = "/api/v1/orders";
const tags = ["Orders v1"];
const OrderParams = Type.Object({ order_id: Type.String({ description: "The order's id.", examples: ["42"] }) });

/** What the API description says of the headers of a page. */
const pageHeaders = {
  "X-Total-Count": {
    description: "How many orders there are: exact to 10,000, then an estimate.",
    required: true,
    schema: { type: "integer" },
  },
  "X-Total-Count-Estimated": {
    description: "`true` when the count is an estimate.",
    schema: { type: "string", enum: ["true"] },
  },
  Link: {
    description: "The first, previous and next page (RFC 8288), as far as there are.",
    schema: { type: "string" },
  },
};

function getOrderIdV1(text: string): bigint {
  const orderId = parseOrderId(text);
  if (orderId === undefined) throw orderNotFound({ order: text });
  return orderId;
}

function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.id, cause: `request ${request.id}` };
}

/** DD-ORDER-001's create call: requests that come together are placed together. */
export function placeOrderV1Routes({ db, clock, gateway }: Counter, desk: PaymentDesk): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(path, {
      config: { scope: "orders:write" },
      schema: {
        tags,
        operationId: "placeOrderV1",
        summary: "Place an order and pay it",
        body: OrderV1Body,
        response: { 201: OrderV1View },
      },
      async handler(request, reply) {
        const order = readOrderV1(request.body);
        const key = keyOf(request);
        const wanted = {
          ...order,
          customerId: customerIdOf(order.customerEmail),
          locale: localeOf(request.headers["accept-language"], order.currency),
          discountMinor: 0n,
          taxMinor: 0n,
          shippingMinor: 0n,
          customerReference: null,
          payment: { kind: "charge", gateway: gateway.name } as const,
          origin: noOrigin,
          notify: true,
          by: authorOf(request),
        };
        const outcome = await desk.placeAndPay(wanted, key && { claim: key, answer: placementAnswer });
        if ("order" in outcome) return sendAnswer(reply, placementAnswer(outcome.order));
        if ("before" in outcome) throw new Error("An order of v1 has no reference that another one could have.");
        return sendAnswer(reply, await replayPlacement(db, clock, outcome.used, key?.fingerprint ?? ""));
      },
    });
  };
}

/** DD-ORDER-001's reading calls. */
export function readOrderV1Routes({ db }: Counter): FastifyPluginAsyncTypebox {
  const findOrder = openOrderReader(db);
  const page = Type.Object(
    {
      skip: Type.Integer({
        minimum: 0,
        maximum: mostSkipped,
        default: 0,
        description: "How many of the newest to pass over.",
        examples: [0],
      }),
      limit: Type.Integer({
        minimum: 1,
        maximum: mostOnPage,
        default: onPage,
        description: "How many orders at most.",
        examples: [20],
      }),
    },
    { additionalProperties: false },
  );
  return async (app) => {
    app.get(path, {
      config: { scope: "orders:read", answers: pageHeaders },
      schema: {
        tags,
        operationId: "listOrdersV1",
        summary: "List orders, newest first",
        querystring: page,
        response: { 200: Type.Array(OrderV1View) },
      },
      async handler({ query }, reply) {
        const { orders, total, estimated } = await listOrders(db, query);
        reply.header("x-total-count", total.toString());
        if (estimated) reply.header("x-total-count-estimated", "true");
        const links = pageLinks(`${path}/`, query, total);
        if (links !== "") reply.header("link", links);
        return sendAnswer(reply, { status: 200, body: ordersV1Text(orders) });
      },
    });

    app.get(`${path}/:order_id`, {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "getOrderV1",
        summary: "Read one order with its items",
        params: OrderParams,
        response: { 200: OrderV1View },
      },
      async handler({ params }, reply) {
        const order = await findOrder(getOrderIdV1(params.order_id));
        if (!order) throw orderNotFound({ order: params.order_id });
        return sendAnswer(reply, { status: 200, body: orderV1Text(order) });
      },
    });
  };
}

/** DD-ORDER-001's calls that move an order. */
export function moveOrderV1Routes({ db, clock, policy }: Counter): FastifyPluginAsyncTypebox {
  async function move(request: FastifyRequest, reply: FastifyReply, named: { order_id: string; status: string }) {
    const wanted = { orderId: getOrderIdV1(named.order_id), status: named.status, by: authorOf(request) };
    const answer = await answerOnce(db, request, clock, async (tx, now) => {
      const order = await changeStatusV1(tx, wanted, policy, now);
      return { status: 200, body: orderV1Text(order) };
    });
    return sendAnswer(reply, answer);
  }

  return async (app) => {
    app.put(`${path}/:order_id/status`, {
      config: { scope: "orders:write" },
      schema: {
        tags,
        operationId: "changeOrderStatusV1",
        summary: "Move an order to shipped, delivered or cancelled",
        params: OrderParams,
        body: Type.Object(
          { status: Type.String({ minLength: 1, maxLength: 40 }) },
          { additionalProperties: false, examples: [{ status: "shipped" }] },
        ),
        response: { 200: OrderV1View },
      },
      handler: (request, reply) => move(request, reply, { ...request.params, ...request.body }),
    });

    app.delete(`${path}/:order_id`, {
      config: { scope: "orders:write" },
      schema: {
        tags,
        operationId: "cancelOrderV1",
        summary: "Cancel an order; what was paid goes back",
        params: OrderParams,
        response: { 200: OrderV1View },
      },
      handler: (request, reply) => move(request, reply, { ...request.params, status: "cancelled" }),
    });
  };
}
