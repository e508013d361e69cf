import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { changeProduct } from "./change-product.ts";
import { createProduct } from "./create-product.ts";
import { deleteProduct } from "./delete-product.ts";
import { findProducts, getProduct, holdProduct } from "./find-products.ts";
import { pageMembers, productMember } from "./list-query.ts";
import { ProductListView, ProductView, productView } from "./product-view.ts";
import { ProductChange, ProductDraft, readProductChange, readProductDraft } from "./read-product-draft.ts";

const path = "/api/v2/products";
const tags = ["Catalogue"];
const created = 201;
const longestWord = 100;

const ProductParams = Type.Object(productMember);

const ProductQuery = Type.Object(
  {
    active: Type.Optional(Type.Boolean({ description: "Only those that are sold, or only those that are not." })),
    provider: Type.Optional(Type.String({ maxLength: longestWord, description: "Whose products.", examples: ["own"] })),
    q: Type.Optional(
      Type.String({ maxLength: longestWord, description: "What the key begins with.", examples: ["sencha"] }),
    ),
    ...pageMembers,
  },
  { additionalProperties: false },
);

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
}

/** What is sold, as the back office keeps it. */
export function productRoutes(parts: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(readProducts(parts));
    await app.register(writeProducts(parts));
  };
}

function readProducts({ db }: Parts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "listProducts",
        summary: "List products, newest first",
        querystring: ProductQuery,
        response: { 200: ProductListView },
      },
      async handler({ query }) {
        const { active, provider, q: keyPrefix } = query;
        const { rows, nextCursor } = await findProducts(db, { active, provider, keyPrefix }, query);
        return { data: rows.map(productView), next_cursor: nextCursor };
      },
    });

    app.get(`${path}/:id`, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "getProduct",
        summary: "Read one product",
        params: ProductParams,
        response: { 200: ProductView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, productView(await getProduct(db, request.params.id)));
      },
    });
  };
}

function writeProducts({ db, clock }: Parts): FastifyPluginAsyncTypebox {
  const seen = (id: string) => async (tx: Tx) => productView(await holdProduct(tx, id));

  return async (app) => {
    app.post(path, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "createProduct",
        summary: "Add a product",
        description: "Shoppers see it as soon as it has a price.",
        body: ProductDraft,
        response: { 201: ProductView },
      },
      async handler(request, reply) {
        const wanted = { fields: readProductDraft(request.body), by: doerOf(request) };
        const answer = await answerOnce(db, request, clock, async (tx, now) => ({
          status: created,
          body: writeJson(productView(await createProduct(tx, wanted, now))),
        }));
        return sendAnswer(reply, answer);
      },
    });

    app.patch(`${path}/:id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "changeProduct",
        summary: "Change what is said of a product",
        description: "What is left out stays. A product that is not active is not sold, and carts that have it say so.",
        params: ProductParams,
        body: ProductChange,
        response: { 200: ProductView },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const wanted = { product: id, change: readProductChange(request.body), by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => productView(await changeProduct(tx, wanted, now));
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(id), work }));
      },
    });

    app.delete(`${path}/:id`, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "deleteProduct",
        summary: "Take a product away, with its prices, words and pictures",
        description: "Carts that have it show it as withdrawn; orders keep what they froze.",
        params: ProductParams,
        response: { 204: Type.Null({ description: "It is gone." }) },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const work = (tx: Tx, now: Date) => deleteProduct(tx, { product: id, by: doerOf(request) }, now);
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(id), work }));
      },
    });
  };
}
