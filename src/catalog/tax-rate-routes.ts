import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { changeTaxRate } from "./change-tax-rate.ts";
import { createTaxRate } from "./create-tax-rate.ts";
import { deleteTaxRate } from "./delete-tax-rate.ts";
import { findKeptTaxRates, getTaxRate, holdTaxRate } from "./find-tax-rates.ts";
import { pageMembers } from "./list-query.ts";
import { readTaxRateChange, readTaxRateDraft, TaxRateChange, TaxRateDraft } from "./read-tax-rate-draft.ts";
import { TaxRateListView, TaxRateView, taxRateView } from "./tax-rate-view.ts";

const path = "/api/v2/tax-rates";
const tags = ["Catalogue"];
const created = 201;
const longestWord = 64;

const TaxRateParams = Type.Object({
  id: Type.String({
    maxLength: longestWord,
    description: "The tax rate's UUID.",
    examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
  }),
});

const word = (description: string, example: string) =>
  Type.Optional(Type.String({ maxLength: longestWord, description, examples: [example] }));

const TaxRateQuery = Type.Object(
  {
    country: word("Those of one country.", "JP"),
    region: word("Those of one region, without those of its whole country.", "JP-13"),
    tax_code: word("Those for one tax code, without those for whatever is sold.", "food"),
    ...pageMembers,
  },
  { additionalProperties: false },
);

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
}

/** How much tax there is where, on what. */
export function taxRateRoutes(parts: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(readTaxRates(parts));
    await app.register(writeTaxRates(parts));
  };
}

function readTaxRates({ db }: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "listTaxRates",
        summary: "List tax rates, newest first",
        querystring: TaxRateQuery,
        response: { 200: TaxRateListView },
      },
      async handler({ query }) {
        const { country, region, tax_code: taxCode } = query;
        const { rows, nextCursor } = await findKeptTaxRates(db, { country, region, taxCode }, query);
        return { data: rows.map(taxRateView), next_cursor: nextCursor };
      },
    });

    app.get(`${path}/:id`, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "getTaxRate",
        summary: "Read one tax rate",
        params: TaxRateParams,
        response: { 200: TaxRateView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, taxRateView(await getTaxRate(db, request.params.id)));
      },
    });
  };
}

function writeTaxRates({ db, clock }: Parts): FastifyPluginAsyncTypebox {
  const seen = (id: string) => async (tx: Tx) => taxRateView(await holdTaxRate(tx, id));

  return async (app) => {
    app.post(path, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "createTaxRate",
        summary: "Add a tax rate",
        description:
          "Of the rates in force in a country, one for the region and the tax code goes before one for the code, that " +
          "before one for the region, that before the country's; of equals the one that began last counts.",
        body: TaxRateDraft,
        response: { 201: TaxRateView },
      },
      async handler(request, reply) {
        const by = doerOf(request);
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          const rate = await createTaxRate(tx, { rate: readTaxRateDraft(request.body, now), by }, now);
          return { status: created, body: writeJson(taxRateView(rate)) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.patch(`${path}/:id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "changeTaxRate",
        summary: "Change how much a tax rate is, or when it is in force",
        description: "What is left out stays. Orders keep the rates that they froze.",
        params: TaxRateParams,
        body: TaxRateChange,
        response: { 200: TaxRateView },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const wanted = { taxRateId: id, change: readTaxRateChange(request.body), by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => taxRateView(await changeTaxRate(tx, wanted, now));
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(id), work }));
      },
    });

    app.delete(`${path}/:id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "deleteTaxRate",
        summary: "Take a tax rate away",
        description:
          "Better end it with `valid_until`: then it can be seen what was in force. Orders keep what they froze.",
        params: TaxRateParams,
        response: { 204: Type.Null({ description: "It is gone." }) },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const work = (tx: Tx, now: Date) => deleteTaxRate(tx, { taxRateId: id, by: doerOf(request) }, now);
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(id), work }));
      },
    });
  };
}
