import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { listStream } from "../events/index.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Db } from "../platform/db.ts";
import { getOrderId } from "./find-orders.ts";
import { orderNotFound } from "./order-errors.ts";
import { OrderView } from "./order-view.ts";
import { showOrders } from "./show-orders.ts";
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
        const [order] = await showOrders(db, [await getOrderId(db, params.id)]);
        if (!order) throw orderNotFound({ order: params.id });
        return answerWithTag(request, reply, order);
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
