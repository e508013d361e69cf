import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { isKnown } from "../http/match-request.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { cacheControl } from "./freshness.ts";
import type { Asked, StorePlace } from "./make-pages.ts";
import { openStorefront, type ShownPage } from "./open-storefront.ts";
import { StoreProductListView, StoreProductView } from "./store-product-view.ts";

const path = "/api/store/products";
const tags = ["Store catalogue"];
const longestKey = 100;
const mostPages = 10_000;
const mostOnPage = 100;
const onPage = 20;

const viewerMembers = {
  currency: Type.Optional(
    Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217; the store's when left out.", examples: ["JPY"] }),
  ),
  country: Type.Optional(
    Type.String({
      pattern: "^[A-Z]{2}$",
      description: "ISO 3166-1: whose taxes are shown; the store's when left out.",
      examples: ["JP"],
    }),
  ),
  region: Type.Optional(
    Type.String({
      pattern: "^[A-Z]{2}-[A-Z0-9]{1,3}$",
      description: "ISO 3166-2: a region of the country, where taxes differ by region.",
      examples: ["JP-13"],
    }),
  ),
};

const ProductQuery = Type.Object(viewerMembers, { additionalProperties: false });

const ProductsQuery = Type.Object(
  {
    ...viewerMembers,
    page: Type.Integer({
      minimum: 1,
      maximum: mostPages,
      default: 1,
      description: "Which page, from 1 on.",
      examples: [1],
    }),
    page_size: Type.Integer({
      minimum: 1,
      maximum: mostOnPage,
      default: onPage,
      description: "How many products on one.",
      examples: [20],
    }),
  },
  { additionalProperties: false },
);

const text = { type: "string" };

/** What the answers say besides, to readers and to caches. */
const answers = {
  "Content-Language": { description: "The languages of the words.", schema: text },
  "Cache-Control": {
    description: "How long the page may be kept: until a price or a tax ends, at most.",
    schema: text,
  },
  Vary: { description: "`Accept-Language`: who likes another language sees another page.", schema: text },
};

/** For whom a page is asked for: by the query, and by the language that the browser sends. */
function askedBy({
  headers,
  query,
}: {
  headers: FastifyRequest["headers"];
  query: Omit<Asked, "acceptLanguage">;
}): Asked {
  const { currency, country, region } = query;
  return { acceptLanguage: headers["accept-language"], currency, country, region };
}

function answerPage(request: FastifyRequest, reply: FastifyReply, { page, until }: ShownPage, now: Date): FastifyReply {
  reply.header("etag", page.tag);
  reply.header("cache-control", cacheControl(until, now));
  reply.header("vary", "Accept-Language");
  if (page.languages !== "") reply.header("content-language", page.languages);
  if (isKnown(request, page.tag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(page.body);
}

/** What shoppers see of the catalogue: the same for everybody who likes the same language and is taxed alike. */
export function storeProductRoutes(
  { db, clock }: { db: Db; clock: Clock },
  store: StorePlace,
): FastifyPluginAsyncTypebox {
  const storefront = openStorefront(db, clock, store);
  return async (app) => {
    app.get(path, {
      config: { open: true, answers, refuses: [503] },
      schema: {
        tags,
        operationId: "listStoreProducts",
        summary: "List what is sold in a currency, in the reader's language",
        description: "Shows the prices in that currency. `Accept-Language` chooses the words of each product.",
        querystring: ProductsQuery,
        response: { 200: StoreProductListView },
      },
      async handler(request, reply) {
        const { page, page_size: pageSize } = request.query;
        const shown = await storefront.products({ page, pageSize }, askedBy(request));
        return answerPage(request, reply, shown, clock.now());
      },
    });

    app.get(`${path}/:key`, {
      config: { open: true, answers, refuses: [503] },
      schema: {
        tags,
        operationId: "getStoreProduct",
        summary: "Show one product with its prices, in the reader's language",
        description: "Shows the prices in all currencies, those of the currency that is asked for first.",
        params: Type.Object({
          key: Type.String({ maxLength: longestKey, description: "The product's key.", examples: ["sencha-100g"] }),
        }),
        querystring: ProductQuery,
        response: { 200: StoreProductView },
      },
      async handler(request, reply) {
        const shown = await storefront.product(request.params.key, askedBy(request));
        return answerPage(request, reply, shown, clock.now());
      },
    });
  };
}
