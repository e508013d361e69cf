import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { changePrice } from "./change-price.ts";
import { createPrice } from "./create-price.ts";
import { deletePrice } from "./delete-price.ts";
import { findPrices, getPrice, holdPrice, type PriceNamed } from "./find-prices.ts";
import { holdProduct } from "./find-products.ts";
import { pageMembers, productMember } from "./list-query.ts";
import { PriceListView, PriceView, priceView, productView } from "./product-view.ts";
import { PriceChange, PriceDraft, readPriceChange, readPriceDraft } from "./read-price-draft.ts";

const path = "/api/v2/products/:id/prices";
const tags = ["Catalogue"];
const created = 201;
const longestId = 64;

const ProductParams = Type.Object(productMember);
const PriceParams = Type.Object({
  ...productMember,
  price_id: Type.String({
    maxLength: longestId,
    description: "The price's UUID.",
    examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
  }),
});
const PriceQuery = Type.Object(pageMembers, { additionalProperties: false });

function namedBy({ id, price_id }: { id: string; price_id: string }): PriceNamed {
  return { product: id, price: price_id };
}

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
}

/** What products cost. */
export function priceRoutes(parts: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(readPrices(parts));
    await app.register(writePrices(parts));
  };
}

function readPrices({ db }: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "listPrices",
        summary: "List the prices of a product, newest first",
        params: ProductParams,
        querystring: PriceQuery,
        response: { 200: PriceListView },
      },
      async handler({ params, query }) {
        const { rows, nextCursor } = await findPrices(db, params.id, query);
        return { data: rows.map(priceView), next_cursor: nextCursor };
      },
    });

    app.get(`${path}/:price_id`, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "getPrice",
        summary: "Read one price of a product",
        params: PriceParams,
        response: { 200: PriceView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, priceView(await getPrice(db, namedBy(request.params))));
      },
    });
  };
}

function writePrices({ db, clock }: Parts): FastifyPluginAsyncTypebox {
  const seen = (named: PriceNamed) => async (tx: Tx) => priceView(await holdPrice(tx, named));

  return async (app) => {
    app.post(path, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "createPrice",
        summary: "Give a product another price",
        description: "Several may be valid at once. `If-Match` takes the product's tag.",
        params: ProductParams,
        body: PriceDraft,
        response: { 201: PriceView },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const wanted = { product: id, terms: readPriceDraft(request.body), by: doerOf(request) };
        const answer = await answerMatched(db, request, clock, {
          status: created,
          seen: async (tx) => productView(await holdProduct(tx, id)),
          work: async (tx, now) => priceView(await createPrice(tx, wanted, now)),
        });
        return sendAnswer(reply, answer);
      },
    });

    app.patch(`${path}/:price_id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "changePrice",
        summary: "Change the amount or the validity of a price",
        description: "What is left out stays. Carts are told of the new amount before anything is charged.",
        params: PriceParams,
        body: PriceChange,
        response: { 200: PriceView },
      },
      async handler(request, reply) {
        const named = namedBy(request.params);
        const wanted = { ...named, change: readPriceChange(request.body), by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => priceView(await changePrice(tx, wanted, now));
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(named), work }));
      },
    });

    app.delete(`${path}/:price_id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "deletePrice",
        summary: "Take a price away",
        description: "Carts that have it show it as withdrawn; orders keep what they froze.",
        params: PriceParams,
        response: { 204: Type.Null({ description: "It is gone." }) },
      },
      async handler(request, reply) {
        const named = namedBy(request.params);
        const work = (tx: Tx, now: Date) => deletePrice(tx, { ...named, by: doerOf(request) }, now);
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(named), work }));
      },
    });
  };
}
