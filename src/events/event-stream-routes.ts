import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { eventTooManyStreams } from "./event-errors.ts";
import { stillThere, streamPage, streamStart } from "./event-stream-view.ts";
import type { FeedTail, Following } from "./open-feed-tail.ts";

export interface StreamLimits {
  /** Open at once in this process. */
  readonly streams: number;
  /** A stream says something at least so often, so that what is between does not take it for dead. */
  readonly quietMs: number;
  /** A stream ends after so long, and the client comes back with its key: a revoked one hears no more. */
  readonly longestMs: number;
}

const defaultLimits: StreamLimits = { streams: 200, quietMs: 15_000, longestMs: 900_000 };
const retryAfterSeconds = 5;

const StreamQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: "The last position that you have, 0 for the beginning. Without it: what comes from now on.",
        examples: [0],
      }),
    ),
  },
  { additionalProperties: false },
);

const StreamHeaders = Type.Object({
  "last-event-id": Type.Optional(
    Type.String({
      pattern: "^\\d{1,18}$",
      description: "Where a stream broke off, as browsers send it by themselves; wins over `after`.",
    }),
  ),
});

/** The feed as server-sent events. Streams end when the server drains; clients go on elsewhere where they were. */
export function eventStreamRoutes(tail: FeedTail, given: Partial<StreamLimits> = {}): FastifyPluginAsyncTypebox {
  const limits = { ...defaultLimits, ...given };
  return async (app) => {
    const draining = new AbortController();
    app.addHook("preClose", async () => draining.abort());
    app.get("/api/v2/events/stream", {
      config: { scope: "events:read" },
      schema: {
        tags: ["Events"],
        operationId: "streamEvents",
        summary: "What happens, as it happens (server-sent events)",
        description:
          "Each message has the event's type, the event as JSON, and its position as id. A stream ends after a quarter of an hour or when the server stops; connect again with the last id, as browsers do by themselves.",
        querystring: StreamQuery,
        headers: StreamHeaders,
        response: {
          200: {
            description: "A stream of events.",
            content: {
              "text/event-stream": {
                schema: Type.Unsafe<Readable>(
                  Type.String({ examples: ["event: OrderConfirmed\ndata: {}\nid: 4\n\n"] }),
                ),
              },
            },
          },
        },
      },
      async handler({ query, headers }, reply) {
        if (tail.followers >= limits.streams)
          throw eventTooManyStreams({ most: limits.streams }, { retryAfterSeconds });
        const given = headers["last-event-id"] ?? query.after;
        const after = given === undefined ? await tail.lastPosition() : BigInt(given);
        const ended = new AbortController();
        const signal = AbortSignal.any([draining.signal, ended.signal, AbortSignal.timeout(limits.longestMs)]);
        const stream = Readable.from(streamText(tail, { after, signal, quietMs: limits.quietMs }), {
          highWaterMark: 1, // Pages; the socket holds what a slow client does not take, and no more is read meanwhile.
        });
        // The stream's own end would come too late: it waits for the page that it asked for last.
        reply.raw.once("close", () => ended.abort());
        // A connection that outlived its stream would hold up a server that drains.
        reply.headers({ connection: "close", "x-accel-buffering": "no" });
        return reply.type("text/event-stream; charset=utf-8").send(stream);
      },
    });
  };
}

async function* streamText(tail: FeedTail, following: Following): AsyncGenerator<string> {
  yield streamStart(following.after);
  for await (const page of tail.follow(following)) yield page.length === 0 ? stillThere : streamPage(page);
}
