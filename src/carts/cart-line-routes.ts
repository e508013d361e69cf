import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { uuidV7 } from "../platform/ids.ts";
import { addLine } from "./add-line.ts";
import { answerCart, type CartGround } from "./answer-cart.ts";
import { buyNow } from "./buy-now.ts";
import { AddBody, ChangeBody, readAdded, readQuantity } from "./cart-body.ts";
import { type CartPlace, cartPlaces, lineMember, PlaceQuery } from "./cart-params.ts";
import { CartView } from "./cart-view.ts";
import { changeLine } from "./change-line.ts";
import { removeLine } from "./remove-line.ts";

const tags = ["Cart"];
const created = 201;
const config = { shopper: "writes", tagged: true, refuses: [404] } as const;

function newIds(now: Date) {
  return { cartId: uuidV7(now), lineId: uuidV7(now) };
}

/** What shoppers put into their carts. */
export function cartLineRoutes(ground: CartGround): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const place of cartPlaces) await app.register(routesAt(place, ground));

    app.post("/api/store/cart/buy-now", {
      config: { ...config, tagged: false },
      schema: {
        tags,
        operationId: "buyNow",
        summary: "Make a cart of its own for one purchase",
        description:
          "The cart that the shopper adds to stays as it is. Of more than twenty that were left, the oldest go.",
        querystring: PlaceQuery,
        body: AddBody,
        response: { [created]: CartView },
      },
      async handler(request, reply) {
        const added = readAdded(request.body);
        const answer = await answerCart(ground, request, {
          status: created,
          work: (tx, asked, now) => buyNow(tx, { ...asked, ...added, ids: newIds(now) }, now),
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}

function routesAt({ path, member, which, ids }: CartPlace, ground: CartGround): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(`${path}/lines`, {
      config,
      schema: {
        tags,
        operationId: ids.add,
        summary: `Put something into ${which}`,
        description: "There is one line for each price: what is added to it adds up.",
        params: Type.Object(member),
        querystring: PlaceQuery,
        body: AddBody,
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const added = readAdded(request.body);
        const answer = await answerCart(ground, request, {
          work: (tx, asked, now) => addLine(tx, { ...asked, ...added, ids: newIds(now) }, now),
        });
        return sendAnswer(reply, answer);
      },
    });

    app.patch(`${path}/lines/:line_id`, {
      config,
      schema: {
        tags,
        operationId: ids.change,
        summary: `Change how many pieces a line of ${which} has`,
        params: Type.Object({ ...member, ...lineMember }),
        querystring: PlaceQuery,
        body: ChangeBody,
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const wanted = { lineId: request.params.line_id, quantity: readQuantity(request.body) };
        const answer = await answerCart(ground, request, {
          work: (tx, asked, now) => changeLine(tx, { ...asked, ...wanted }, now),
        });
        return sendAnswer(reply, answer);
      },
    });

    app.delete(`${path}/lines/:line_id`, {
      config,
      schema: {
        tags,
        operationId: ids.remove,
        summary: `Take a line out of ${which}`,
        description: "The cart goes with its last line.",
        params: Type.Object({ ...member, ...lineMember }),
        querystring: PlaceQuery,
        response: { 200: CartView },
      },
      async handler(request, reply) {
        const { line_id: lineId } = request.params;
        const answer = await answerCart(ground, request, {
          work: (tx, asked, now) => removeLine(tx, { ...asked, lineId }, now),
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
