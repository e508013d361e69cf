import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { answerWithTag } from "../http/match-request.ts";
import { tellOrders } from "../orders/index.ts";
import type { Db } from "../platform/db.ts";
import { getImport, listImports } from "./find-imports.ts";
import { importRowStatuses, importStatuses } from "./import.ts";
import { ImportParams } from "./import-params.ts";
import { ImportPreviewView, previewView } from "./import-preview-view.ts";
import { ImportRowListView, rejectedName, rowView } from "./import-row-view.ts";
import { ImportSumView, sumView } from "./import-sum-view.ts";
import { ImportListView, ImportView, importView } from "./import-view.ts";
import { listImportRows } from "./list-import-rows.ts";
import { previewImport } from "./preview-import.ts";
import { sumImport } from "./sum-import.ts";
import { planOf, writeRejectedFile } from "./write-rejected-file.ts";

const tags = ["Imports"];
const defaultLimit = 20;
const mostLimit = 100;
const longestCursor = 64;
const longestSource = 200;

const page = {
  limit: Type.Integer({
    minimum: 1,
    maximum: mostLimit,
    default: defaultLimit,
    description: "How many at most.",
    examples: [20],
  }),
  cursor: Type.Optional(Type.String({ maxLength: longestCursor, description: "The `next_cursor` of a page." })),
};

const ImportQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...importStatuses], { description: "Any without it.", examples: ["ready"] })),
    source: Type.Optional(Type.String({ maxLength: longestSource, description: "Whose references they are." })),
    ...page,
  },
  { additionalProperties: false },
);

const RowQuery = Type.Object(
  {
    status: Type.Optional(
      Type.Enum([...importRowStatuses], { description: "Any without it.", examples: ["rejected"] }),
    ),
    ...page,
  },
  { additionalProperties: false },
);

const rejectedText = Type.Unsafe<Readable>(
  Type.String({ examples: ['Order,Qty,import_line,import_reason\r\nA-2,-2,4,"Qty is -2; it must be 1 or more."\r\n'] }),
);

/** Imports to look at. */
export function importRoutes(db: Db): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/imports", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "listImports",
        summary: "List imports, newest first",
        querystring: ImportQuery,
        response: { 200: ImportListView },
      },
      async handler({ query: { status, source, ...wanted } }) {
        const { rows, nextCursor } = await listImports(db, { status, source }, wanted);
        return { data: rows.map(importView), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/imports/:id", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "getImport",
        summary: "Read one import with its counts",
        params: ImportParams,
        response: { 200: ImportView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, importView(await getImport(db, request.params.id)));
      },
    });

    app.get("/api/v2/imports/:id/preview", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "previewImport",
        summary: "How an import's file is understood, and what is wrong with it",
        description: "Complete as soon as the import is `ready`; before that it tells what is known so far.",
        params: ImportParams,
        response: { 200: ImportPreviewView },
      },
      async handler({ params }) {
        return previewView(await previewImport(db, await getImport(db, params.id)));
      },
    });

    app.get("/api/v2/imports/:id/rows", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "listImportRows",
        summary: "List the rows of an import with what became of each, in the order of the file",
        params: ImportParams,
        querystring: RowQuery,
        response: { 200: ImportRowListView },
      },
      async handler({ params, query }) {
        const { rows, nextCursor } = await listImportRows(db, await getImport(db, params.id), query);
        const orders = await tellOrders(
          db,
          rows.flatMap(({ orderId }) => orderId ?? []),
        );
        return { data: rows.map((row) => rowView(row, orders)), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/imports/:id/summary", {
      config: { scope: "imports:read" },
      schema: {
        tags,
        operationId: "sumImport",
        summary: "What an import brought: its orders as they are now, and their money",
        params: ImportParams,
        response: { 200: ImportSumView },
      },
      async handler({ params }) {
        return sumView(await sumImport(db, await getImport(db, params.id)));
      },
    });

    rejectedRoute(app, db);
  };
}

type App = Parameters<FastifyPluginAsyncTypebox>[0];

function rejectedRoute(app: App, db: Db): void {
  app.get("/api/v2/imports/:id/rejected.csv", {
    config: {
      scope: "imports:read",
      refuses: [409],
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
      operationId: "getRejectedRows",
      summary: "Take the rejected rows away, to be corrected and uploaded again",
      description:
        "All rows of the orders that were rejected, in the original columns, with their line and the reason behind them; an upload passes these two over. Cells are as they came; one that a spreadsheet would take for a formula has one ' in front, which the upload takes away again while those two columns are there. An import of NDJSON has its lines. When something goes wrong on the way, the connection breaks before the file's end.",
      params: ImportParams,
      response: {
        200: {
          description: "The rejected rows in UTF-8, with the header of the original.",
          content: { "text/csv": { schema: rejectedText }, "application/x-ndjson": { schema: rejectedText } },
        },
      },
    },
    async handler({ params }, reply) {
      const given = await getImport(db, params.id);
      const plan = planOf(given);
      // One part at a time: a slow reader is not read for.
      const stream = Readable.from(writeRejectedFile(db, given, plan), { highWaterMark: 1 });
      reply.header("content-disposition", `attachment; filename="${rejectedName(given.name, plan)}"`);
      const type = plan.format === "csv" ? "text/csv" : "application/x-ndjson";
      return reply.type(`${type}; charset=utf-8`).send(stream);
    },
  });
}
