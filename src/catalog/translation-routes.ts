import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { preconditionFailed } from "../http/http-errors.ts";
import { answerWithTag, assertMatch, type IfMatch, ifMatchOf } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { deleteTranslation } from "./delete-translation.ts";
import {
  findTranslations,
  getTranslation,
  holdTranslation,
  holdTranslationIfAny,
  type TranslationNamed,
} from "./find-translations.ts";
import { productMember } from "./list-query.ts";
import { TranslationListView, TranslationView, translationView } from "./product-view.ts";
import { readTranslationDraft, TranslationDraft } from "./read-translation-draft.ts";
import { setTranslation } from "./set-translation.ts";
import { languagePattern } from "./translation.ts";

const path = "/api/v2/products/:id/translations";
const tags = ["Catalogue"];
const ok = 200;
const created = 201;
const longestTag = 35; // Source: RFC 5646, section 4.4.1.

const ProductParams = Type.Object(productMember);
const TranslationParams = Type.Object({
  ...productMember,
  language: Type.String({
    maxLength: longestTag,
    pattern: languagePattern,
    description: "A tag of BCP 47: language, script, region.",
    examples: ["ja"],
  }),
});

function namedBy({ id, language }: { id: string; language: string }): TranslationNamed {
  return { product: id, language };
}

/** Compares what there is; where there is nothing no tag fits, and `*` does neither. */
async function assertSame(tx: Tx, named: TranslationNamed, ifMatch: IfMatch | undefined): Promise<void> {
  if (ifMatch === undefined) return;
  const translation = await holdTranslationIfAny(tx, named);
  if (!translation) throw preconditionFailed({});
  assertMatch(ifMatch, translationView(translation));
}

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
}

/** What products are called and how they are described, language by language. */
export function translationRoutes(parts: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(readTranslations(parts));
    await app.register(writeTranslations(parts));
  };
}

function readTranslations({ db }: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "listTranslations",
        summary: "List a product's words in all languages, by tag",
        params: ProductParams,
        response: { 200: TranslationListView },
      },
      async handler({ params }) {
        const translations = await findTranslations(db, params.id);
        return { data: translations.map(translationView), next_cursor: null };
      },
    });

    app.get(`${path}/:language`, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "getTranslation",
        summary: "Read a product's words in one language",
        params: TranslationParams,
        response: { 200: TranslationView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, translationView(await getTranslation(db, namedBy(request.params))));
      },
    });
  };
}

function writeTranslations({ db, clock }: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.put(`${path}/:language`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "setTranslation",
        summary: "Say a product's words in one language, in place of what was said before",
        params: TranslationParams,
        body: TranslationDraft,
        response: { 200: TranslationView, 201: TranslationView },
      },
      async handler(request, reply) {
        const named = namedBy(request.params);
        const wanted = { ...named, words: readTranslationDraft(request.body), by: doerOf(request) };
        const ifMatch = ifMatchOf(request);
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          await assertSame(tx, named, ifMatch);
          const { translation, isNew } = await setTranslation(tx, wanted, now);
          return { status: isNew ? created : ok, body: writeJson(translationView(translation)) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.delete(`${path}/:language`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "deleteTranslation",
        summary: "Take a product's words in one language away",
        params: TranslationParams,
        response: { 204: Type.Null({ description: "They are gone." }) },
      },
      async handler(request, reply) {
        const named = namedBy(request.params);
        const seen = async (tx: Tx) => translationView(await holdTranslation(tx, named));
        const work = (tx: Tx, now: Date) => deleteTranslation(tx, { ...named, by: doerOf(request) }, now);
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen, work }));
      },
    });
  };
}
