import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { sendAnswer } from "../http/answer-once.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { cancelImport } from "./cancel-import.ts";
import { holdImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { ImportOptionChanges } from "./import-options.ts";
import { ImportParams } from "./import-params.ts";
import { ImportView, importView } from "./import-view.ts";
import { pauseImport } from "./pause-import.ts";
import { resumeImport } from "./resume-import.ts";
import { changeImportOptions } from "./revise-import.ts";
import { type AskedOfImport, startImport } from "./start-import.ts";
import { tellEnd } from "./tell-end.ts";

const tags = ["Imports"];

const ReviseBody = Type.Object(
  { options: ImportOptionChanges },
  {
    additionalProperties: false,
    title: "ImportRevision",
    examples: [{ options: { locale: "de-DE", mapping: { Bestellnr: "order_reference" } } }],
  },
);

type Verb = (tx: Tx, asked: AskedOfImport, now: Date) => Promise<Import>;

interface VerbRoute {
  readonly verb: Verb;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
}

const verbs: Readonly<Record<string, VerbRoute>> = {
  start: {
    verb: startImport,
    operationId: "startImport",
    summary: "Start to place the orders of an import that is ready",
    description: "Orders with something wrong are rejected, the others are placed. A second call changes nothing.",
  },
  pause: {
    verb: pauseImport,
    operationId: "pauseImport",
    summary: "Let a running import rest",
    description: "What is being placed is placed; nothing more is begun. A second call changes nothing.",
  },
  resume: {
    verb: resumeImport,
    operationId: "resumeImport",
    summary: "Have an import that rests go on",
    description: "A second call changes nothing.",
  },
  cancel: {
    verb: cancelImport,
    operationId: "cancelImport",
    summary: "End an import before its end",
    description: "Orders that it placed stay as they are. A second call changes nothing.",
  },
};

/** What can be done with an import. */
export function importVerbRoutes({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncTypebox {
  const seen = (id: string) => async (tx: Tx) => importView(await holdImport(tx, id));
  return async (app) => {
    app.patch("/api/v2/imports/:id", {
      config: { scope: "imports:write" },
      schema: {
        tags,
        operationId: "reviseImport",
        summary: "Have an import's file read again with other options",
        description:
          "Options that are left out stay as they are; a mapping is given whole. For an import that is `ready` or `failed` and has placed nothing.",
        params: ImportParams,
        body: ReviseBody,
        response: { 200: ImportView },
      },
      async handler(request, reply) {
        const { id: uid } = request.params;
        const changed = { uid, changes: request.body.options, by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => importView(await changeImportOptions(tx, changed, now));
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(uid), work }));
      },
    });

    for (const [word, { verb, ...described }] of Object.entries(verbs)) {
      app.post(`/api/v2/imports/:id/${word}`, {
        config: { scope: "imports:write" },
        schema: { tags, ...described, params: ImportParams, response: { 200: ImportView } },
        async handler(request, reply) {
          const asked = { uid: request.params.id, by: doerOf(request) };
          let ended: Import | undefined;
          const work = async (tx: Tx, now: Date) => {
            const moved = await verb(tx, asked, now);
            ended = moved.endedAt === now ? moved : undefined;
            return importView(moved);
          };
          const answer = await answerMatched(db, request, clock, { seen: seen(asked.uid), work });
          if (ended) tellEnd(request.log, ended);
          return sendAnswer(reply, answer);
        },
      });
    }
  };
}
