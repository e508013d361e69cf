import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { writeJson } from "../http/write-json.ts";
import { ApiKeyBody, ApiKeyListView, ApiKeyView, apiKeyView, NewApiKeyView } from "./api-key-view.ts";
import { deciderOf } from "./change-staff.ts";
import { grantApiKey, withdrawApiKey } from "./grant-api-key.ts";
import { findApiKeyPage } from "./list-api-keys.ts";
import type { Accounts } from "./open-accounts.ts";
import { PageQuery } from "./staff-view.ts";

const tags = ["Staff"];
const KeyParams = Type.Object({
  id: Type.String({ description: "The key's id, or its prefix.", examples: ["3f9c2a7b10"] }),
});

/** API keys, for whoever decides on who works here. */
export function apiKeyRoutes({ db, clock }: Pick<Accounts, "db" | "clock">): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/api-keys", {
      config: { scope: "staff:read" },
      schema: {
        tags,
        operationId: "listApiKeys",
        summary: "List the API keys, newest first, the revoked ones too",
        querystring: PageQuery,
        response: { 200: ApiKeyListView },
      },
      async handler({ query }) {
        const { rows, nextCursor } = await findApiKeyPage(db, query);
        return { data: rows.map(apiKeyView), next_cursor: nextCursor };
      },
    });

    app.post("/api/v2/api-keys", {
      config: { scope: "staff:write" },
      schema: {
        tags,
        operationId: "createApiKey",
        summary: "Make an API key, shown this once",
        body: ApiKeyBody,
        response: { 201: NewApiKeyView },
      },
      async handler(request, reply) {
        const decider = deciderOf(request);
        let secret: string | undefined;
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          const made = await grantApiKey(tx, { ...request.body, decider }, now);
          secret = made.secret;
          // What is kept under an Idempotency-Key does not have it.
          return { status: 201, body: writeJson({ ...apiKeyView(made), key: null }) };
        });
        if (answer.replayed || secret === undefined) return sendAnswer(reply, answer);
        return sendAnswer(reply, { ...answer, body: writeJson({ ...JSON.parse(answer.body), key: secret }) });
      },
    });

    app.post("/api/v2/api-keys/:id/revoke", {
      config: { scope: "staff:write" },
      schema: {
        tags,
        operationId: "revokeApiKey",
        summary: "Revoke an API key; servers refuse it within a second",
        params: KeyParams,
        response: { 200: ApiKeyView },
      },
      async handler(request, reply) {
        const wanted = { key: request.params.id, decider: deciderOf(request) };
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          return { status: 200, body: writeJson(apiKeyView(await withdrawApiKey(tx, wanted, now))) };
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
