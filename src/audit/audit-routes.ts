import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Db } from "../platform/db.ts";
import { EntryListView, entryView } from "./audit-view.ts";
import { findEntries } from "./find-entries.ts";

const defaultLimit = 20;
const mostLimit = 100;
const longestWord = 100;

const AuditQuery = Type.Object(
  {
    actor: Type.Optional(
      Type.String({
        maxLength: longestWord,
        description: "Whose actions: the id of an API key, `cli` or `start`.",
        examples: ["cli"],
      }),
    ),
    action: Type.Optional(
      Type.String({ maxLength: longestWord, description: "One kind of action.", examples: ["task.closed"] }),
    ),
    subject: Type.Optional(
      Type.String({ maxLength: longestWord, description: "What they were done to.", examples: ["task/12"] }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: defaultLimit,
      description: "How many entries at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestWord, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

/** Who did what, where no order's history tells it. */
export function auditRoutes(db: Db): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/audit", {
      config: { scope: "audit:read" },
      schema: {
        tags: ["Audit"],
        operationId: "listAuditEntries",
        summary: "List who did what to keys, tasks and jobs, and who asked for refunds, newest first",
        description:
          "What else happened to an order, and who made it happen, is in the order's timeline and not repeated here.",
        querystring: AuditQuery,
        response: { 200: EntryListView },
      },
      async handler({ query }) {
        const { rows, nextCursor } = await findEntries(db, query, query);
        return { data: rows.map(entryView), next_cursor: nextCursor };
      },
    });
  };
}
