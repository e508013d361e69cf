import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { type ExportedPart, exportOrders } from "./export-orders.ts";
import { listOrderPage } from "./list-orders.ts";
import { OrderFilterQuery, OrderListQuery, readOrderFilter, readOrderListing } from "./order-list-filter.ts";
import { OrderListView, orderSummary } from "./order-list-view.ts";

const tags = ["Orders"];

async function* textOf(first: ExportedPart | undefined, rest: AsyncIterable<ExportedPart>): AsyncGenerator<string> {
  if (first) yield first.text;
  for await (const { text } of rest) if (text !== "") yield text;
}

/** v2's lists of orders: pages to look at, and a file to take away. */
export function orderListRoutes({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/orders", {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "listOrders",
        summary: "List orders, filtered, searched and sorted",
        description:
          "All filters must hold. Every page costs the same, and orders that arrive meanwhile move none. Text search, and lists sorted by amount, have an order about a second after it was placed; all other lists have it at once.",
        querystring: OrderListQuery,
        response: { 200: OrderListView },
      },
      async handler({ query }) {
        const { limit, cursor, ...listing } = query;
        const { rows, nextCursor } = await listOrderPage(db, readOrderListing(listing), { limit, cursor });
        return { data: rows.map(orderSummary), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/orders.csv", {
      config: {
        scope: "orders:read",
        answers: {
          "Content-Disposition": {
            description: "The name under which to keep the file.",
            required: true,
            schema: { type: "string" },
          },
        },
      },
      schema: {
        tags,
        operationId: "exportOrders",
        summary: "Take orders away as CSV, one row for each item, the oldest order first",
        description:
          "Has the orders that are there when it begins. Amounts are decimals in major units. A cell that a spreadsheet would take for a formula has one ' in front; an import takes it away again. When something goes wrong on the way, the connection breaks before the file's end.",
        querystring: OrderFilterQuery,
        response: {
          200: {
            description: "A file of CSV (RFC 4180) in UTF-8, with a header.",
            content: {
              "text/csv": {
                schema: Type.Unsafe<Readable>(Type.String({ examples: ["order_uuid,order_number\r\n"] })),
              },
            },
          },
        },
      },
      async handler({ query }, reply) {
        const parts = exportOrders(db, readOrderFilter(query), clock.now());
        const { value: first } = await parts.next(); // Headers come after it, so that what fails until then can be said.
        // One part at a time: a slow reader is not read for.
        const stream = Readable.from(textOf(first ?? undefined, parts), { highWaterMark: 1 });
        reply.header("content-disposition", 'attachment; filename="orders.csv"');
        return reply.type("text/csv; charset=utf-8").send(stream);
      },
    });
  };
}
