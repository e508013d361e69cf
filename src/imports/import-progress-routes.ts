import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { getImport } from "./find-imports.ts";
import { isImportOver } from "./import.ts";
import { importTooManyWatchers } from "./import-errors.ts";
import { ImportParams } from "./import-params.ts";
import { ImportProgressView, importProgress } from "./import-progress-view.ts";
import type { ImportWatch, Sighting, Watching } from "./watch-imports.ts";

export interface WatchLimits {
  /** Open at once in this process. */
  readonly watchers: number;
  /** A stream says something at least so often, so that what is between does not take it for dead. */
  readonly quietMs: number;
  /** A stream ends after so long, and the client comes back with its key: a revoked one hears no more. */
  readonly longestMs: number;
}

const defaultLimits: WatchLimits = { watchers: 200, quietMs: 15_000, longestMs: 900_000 };
const retryAfterSeconds = 5;
const tags = ["Imports"];
const stillThere = ":\n\n";

/** How far an import is: asked for, or told as it happens. Streams end when the server drains. */
export function importProgressRoutes(
  { db, clock, watch }: { db: Db; clock: Clock; watch: ImportWatch },
  given: Partial<WatchLimits> = {},
): FastifyPluginAsyncTypebox {
  const limits = { ...defaultLimits, ...given };
  return async (app) => {
    const draining = new AbortController();
    app.addHook("preClose", async () => draining.abort());

    app.get("/api/v2/imports/:id/progress", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "getImportProgress",
        summary: "How far an import is, how fast it goes, and how long it will take",
        params: ImportParams,
        response: { 200: ImportProgressView },
      },
      async handler({ params }) {
        return importProgress(await getImport(db, params.id), clock.now());
      },
    });

    app.get("/api/v2/imports/:id/events", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "streamImportProgress",
        summary: "How far an import is, as it goes (server-sent events)",
        description:
          "Messages of type `progress` come once a second while something happens; the last one has type `end`. A stream ends after a quarter of an hour or when the server stops, too; connect again, as browsers do by themselves.",
        params: ImportParams,
        response: {
          200: {
            description: "A stream of what `GET …/progress` answers.",
            content: {
              "text/event-stream": {
                schema: Type.Unsafe<Readable>(Type.String({ examples: ["event: progress\ndata: {}\n\n"] })),
              },
            },
          },
        },
      },
      async handler({ params }, reply) {
        const { uid } = await getImport(db, params.id);
        if (watch.watchers >= limits.watchers)
          throw importTooManyWatchers({ most: limits.watchers }, { retryAfterSeconds });
        const ended = new AbortController();
        const signal = AbortSignal.any([draining.signal, ended.signal, AbortSignal.timeout(limits.longestMs)]);
        const stream = Readable.from(streamText(watch, uid, { signal, quietMs: limits.quietMs }), { highWaterMark: 1 });
        // The stream's own end would come too late: it waits for the news that it asked for last.
        reply.raw.once("close", () => ended.abort());
        // A connection that outlived its stream would hold up a server that drains.
        reply.headers({ connection: "close", "x-accel-buffering": "no" });
        return reply.type("text/event-stream; charset=utf-8").send(stream);
      },
    });
  };
}

async function* streamText(watch: ImportWatch, uid: string, watching: Watching): AsyncGenerator<string> {
  yield stillThere;
  for await (const sighting of watch.watch(uid, watching)) yield sighting ? messageOf(sighting) : stillThere;
}

/** Source: WHATWG HTML, server-sent events. */
function messageOf({ import: seen, at }: Sighting): string {
  const type = isImportOver(seen.status) ? "end" : "progress";
  return `event: ${type}\ndata: ${writeJson(importProgress(seen, at))}\n\n`;
}
