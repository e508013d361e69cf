import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { listStream } from "../events/index.ts";
import { findProviderOrders } from "../fulfillment/index.ts";
import { answerWithTag } from "../http/match-request.ts";
import { findAttempts } from "../payments/index.ts";
import type { Db } from "../platform/db.ts";
import { findOrdersWithItems, getOrderId } from "./find-orders.ts";
import { orderNotFound } from "./order-errors.ts";
import { OrderView, orderView } from "./order-view.ts";
import { TimelineView, timelineView } from "./timeline-view.ts";

const tags = ["Orders"];
const OrderParams = Type.Object({
  id: Type.String({
    maxLength: 64,
    description: "The order's UUID, its number `ORD-…`, or its id.",
    examples: ["ORD-27180435"],
  }),
});

/** v2's reading calls for one order. */
export function orderRoutes(db: Db): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/orders/:id", {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "getOrder",
        summary: "Read one order with its items, payments and parts",
        params: OrderParams,
        response: { 200: OrderView },
      },
      async handler(request, reply) {
        const { params } = request;
        const orderIds = [await getOrderId(db, params.id)];
        const [[order], attempts, parts] = await Promise.all([
          findOrdersWithItems(db, orderIds),
          findAttempts(db, { orderIds }),
          findProviderOrders(db, { orderIds }),
        ]);
        if (!order) throw orderNotFound({ order: params.id });
        return answerWithTag(request, reply, orderView(order, attempts, parts));
      },
    });

    app.get("/api/v2/orders/:id/timeline", {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "getOrderTimeline",
        summary: "Everything that happened to an order, in its order",
        params: OrderParams,
        response: { 200: Type.Object({ data: Type.Array(TimelineView) }, { title: "Timeline" }) },
      },
      async handler({ params }) {
        const orderId = await getOrderId(db, params.id);
        const events = await listStream(db, "order", orderId);
        if (events.length === 0) throw orderNotFound({ order: params.id });
        return { data: events.map(timelineView) };
      },
    });
  };
}
