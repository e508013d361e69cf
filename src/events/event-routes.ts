import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Db } from "../platform/db.ts";
import { EventView } from "./event-view.ts";
import { listFeed, longestFeedPage } from "./list-feed.ts";

const defaultLimit = 100;

const FeedQuery = Type.Object(
  {
    after: Type.Integer({
      minimum: 0,
      default: 0,
      description: "The last position that you have; 0 for the beginning.",
      examples: [0],
    }),
    limit: Type.Integer({
      minimum: 1,
      maximum: longestFeedPage,
      default: defaultLimit,
      description: "How many positions. An OrderStatusChanged does not count: it has that of its event.",
      examples: [100],
    }),
  },
  { additionalProperties: false },
);

const FeedPage = Type.Object(
  {
    data: Type.Array(EventView),
    next_after: Type.Unsafe<bigint>(
      Type.Integer({ description: "Give it as `after` for what comes next.", examples: [4] }),
    ),
  },
  { title: "EventPage" },
);

export function eventRoutes(db: Db): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/v2/events",
      {
        config: { scope: "events:read" },
        schema: {
          tags: ["Events"],
          operationId: "listEvents",
          summary: "What happened, in the order in which subscribers hear of it",
          querystring: FeedQuery,
          response: { 200: FeedPage },
        },
      },
      async ({ query }) => {
        const page = await listFeed(db, { after: BigInt(query.after), limit: query.limit });
        return { data: page.events, next_after: page.nextAfter };
      },
    );
  };
}
