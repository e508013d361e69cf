import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { answerTextWithTag } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import { acceptPrices } from "./accept-prices.ts";
import { answerCart, askedBy, type CartGround, shownCart } from "./answer-cart.ts";
import { AcceptBody, readSeen } from "./cart-body.ts";
import { cartNotFound } from "./cart-errors.ts";
import { type CartPlace, cartPlaces, PlaceQuery } from "./cart-params.ts";
import { CartListView, CartView, cartEntryView } from "./cart-view.ts";
import { findOpenCarts } from "./find-carts.ts";
import { emptyCart } from "./remove-line.ts";
import { showCart } from "./show-cart.ts";

const tags = ["Cart"];
const mostPages = 1000;
const mostOnPage = 100;
const onPage = 20;

const ListQuery = Type.Object(
  {
    page: Type.Integer({ minimum: 1, maximum: mostPages, default: 1, description: "Counted from 1.", examples: [1] }),
    page_size: Type.Integer({
      minimum: 1,
      maximum: mostOnPage,
      default: onPage,
      description: "How many carts at most.",
      examples: [20],
    }),
  },
  { additionalProperties: false },
);

/** What shoppers have put together, cart by cart. */
export function cartRoutes(ground: CartGround): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const place of cartPlaces) await app.register(routesAt(place, ground));

    app.get("/api/store/carts", {
      config: { shopper: "reads" },
      schema: {
        tags,
        operationId: "listCarts",
        summary: "List the shopper's open carts, newest first",
        querystring: ListQuery,
        response: { 200: CartListView },
      },
      async handler({ shopper, query: { page, page_size } }) {
        const none = { carts: [], total: 0 };
        const found = shopper
          ? await findOpenCarts(ground.db, { owner: shopper.owner, page, pageSize: page_size })
          : none;
        return { data: found.carts.map(cartEntryView), page, page_size, total: found.total };
      },
    });
  };
}

function routesAt({ path, member, which, ids }: CartPlace, ground: CartGround): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { shopper: "reads", tagged: true },
      schema: {
        tags,
        operationId: ids.get,
        summary: `Read ${which}, priced as of now`,
        params: Type.Object(member),
        querystring: PlaceQuery,
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const asked = askedBy(request, ground);
        const { id } = request.params;
        if (!asked && id !== undefined) throw cartNotFound({ cart: id });
        const cart = asked && (await showCart(ground.db, asked, ground.clock.now()));
        return answerTextWithTag(request, reply, writeJson(shownCart(cart, ground)));
      },
    });

    app.delete(path, {
      config: { shopper: "writes", tagged: true },
      schema: {
        tags,
        operationId: ids.clear,
        summary: `Take everything out of ${which}`,
        description: "A cart with nothing in it is kept by nobody.",
        params: Type.Object(member),
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const answer = await answerCart(ground, request, {
          async work(tx, asked) {
            await emptyCart(tx, asked);
            return undefined;
          },
        });
        return sendAnswer(reply, answer);
      },
    });

    app.post(`${path}/accept-prices`, {
      config: { shopper: "writes", tagged: true, refuses: [404] },
      schema: {
        tags,
        operationId: ids.accept,
        summary: `Agree to prices in ${which} that changed`,
        description:
          "A price that changed again since it was shown is not agreed to; the answer tells of it once more.",
        params: Type.Object(member),
        querystring: PlaceQuery,
        body: AcceptBody,
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const seen = readSeen(request.body);
        const answer = await answerCart(ground, request, {
          work: (tx, asked, now) => acceptPrices(tx, { ...asked, seen }, now),
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
