import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { answerRepeatable } from "../http/answer-repeatable.ts";
import type { Answer } from "../http/idempotency.ts";
import { answerWithTag, assertMatch, ifMatchOf } from "../http/match-request.ts";
import {
  getBoughtOrder,
  getShopperOrderId,
  getUserOrder,
  getUserOrders,
  type OrderSeeker,
} from "./find-shopper-orders.ts";
import { opensOrder } from "./link.ts";
import { orderLinkInvalid, orderNotFound } from "./order-errors.ts";
import { orderPageFiles, orderPageHeaders } from "./order-page-view.ts";
import { openPayingPlace, type PayingPlaces } from "./paying-place.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { attemptToPayForOrder } from "./payment-page-flow.ts";
import { refreshPayment } from "./refresh-payment-flow.ts";
import { type BoughtOrder, StoreOrderView, storeOrderText, storeOrderView } from "./store-order-view.ts";

const path = "/api/store/orders";
const tags = ["Checkout"];
const longestId = 64;
const longestUrl = 2048;
const longestLink = 64;
const mostOnPage = 100;
const onPage = 20;
const mostPage = 10_000; // Further than any shopper's orders go.

const OrderParams = Type.Object({
  id: Type.String({
    maxLength: longestId,
    description: "The order's UUID.",
    examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
  }),
});

const PageQuery = Type.Object(
  {
    page: Type.Integer({ minimum: 1, maximum: mostPage, default: 1, description: "Counted from 1.", examples: [1] }),
    page_size: Type.Integer({
      minimum: 1,
      maximum: mostOnPage,
      default: onPage,
      description: "How many orders at most.",
      examples: [20],
    }),
  },
  { additionalProperties: false },
);

const OrderPageView = Type.Object(
  {
    data: Type.Array(StoreOrderView),
    page: Type.Integer({ examples: [1] }),
    page_size: Type.Integer({ examples: [20] }),
    total: Type.Unsafe<bigint>(Type.Integer({ description: "All orders of the shopper.", examples: [1] })),
  },
  { title: "StoreOrderPage" },
);

const LinkHeader = Type.Object({
  "order-link": Type.Optional(
    Type.String({
      maxLength: longestLink,
      description: "What stands behind `key=` in a mail's link: it opens this one order until its time is over.",
      examples: ["1798027200.Zk3vJq0o1uQm8yYx5tWc2bLr9sPdEfGhIjKlMnOpQrs"],
    }),
  ),
});

const PayBody = Type.Object(
  {
    return_url: Type.Optional(
      Type.String({
        maxLength: longestUrl,
        description: "Where the gateway's page sends the shopper back to; the order's own page without it.",
      }),
    ),
  },
  { title: "PayOrder", additionalProperties: false, examples: [{}] },
);

export interface StoreOrders extends Counter, PayingPlaces {
  readonly desk: PaymentDesk;
  /** Signs links to orders. */
  readonly linkSecret: string;
}

type Seek = (request: FastifyRequest, uid: string) => OrderSeeker;

/** A link that is brought must be good: else whoever has a cookie, too, would not notice that it is not. */
function openSeek({ clock, linkSecret }: StoreOrders): Seek {
  return (request, uid) => {
    const link = request.headers["order-link"];
    if (link !== undefined) {
      if (typeof link === "string" && opensOrder(link, uid, linkSecret, clock.now())) return "linked";
      throw orderLinkInvalid({});
    }
    if (!request.shopper) throw orderNotFound({ order: uid });
    return { owner: request.shopper.owner };
  };
}

/** The page of an order, and the shopper's own orders, also for who has the link of one. */
export function storeOrderRoutes(ground: StoreOrders): FastifyPluginAsyncTypebox {
  const { db } = ground;
  const seekerOf = openSeek(ground);
  return async (app) => {
    for (const { path: at, type, text } of orderPageFiles) {
      app.get(at, { config: { open: true }, schema: { hide: true } }, async (_request, reply) =>
        reply.type(type).headers(orderPageHeaders).send(text),
      );
    }

    app.get(path, {
      config: { shopper: "reads" },
      schema: {
        tags,
        operationId: "listStoreOrders",
        summary: "The shopper's orders, newest first",
        querystring: PageQuery,
        response: { 200: OrderPageView },
      },
      async handler({ shopper, query }) {
        const { page, page_size: pageSize } = query;
        const found = shopper ? await getUserOrders(db, shopper.owner, { page, pageSize }) : { orders: [], total: 0n };
        return { data: found.orders.map(storeOrderView), page, page_size: pageSize, total: found.total };
      },
    });

    app.get(`${path}/:id`, {
      config: { shopper: "reads" },
      schema: {
        tags,
        operationId: "getStoreOrder",
        summary: "One of the shopper's orders",
        params: OrderParams,
        headers: LinkHeader,
        response: { 200: StoreOrderView },
      },
      async handler(request, reply) {
        const { id } = request.params;
        const bought = await getUserOrder(db, id, seekerOf(request, id));
        return answerWithTag(request, reply, storeOrderView(bought));
      },
    });
  };
}

/** What shoppers do about the payment of an order. */
export function storePaymentRoutes(ground: StoreOrders): FastifyPluginAsyncTypebox {
  const { db, clock, desk } = ground;
  const seekerOf = openSeek(ground);

  /**
   * Does it, and answers the order as it is then. `If-Match` is compared before, under no lock: what is done here comes to
   * the same however often it is done, and whatever is done meanwhile.
   */
  async function answerOrder(
    request: FastifyRequest,
    uid: string,
    work: (bought: BoughtOrder) => Promise<unknown>,
  ): Promise<Answer> {
    const seeker = seekerOf(request, uid);
    const ifMatch = ifMatchOf(request);
    // Before an answer that is kept is given again: the link that opened the order may be over since.
    const orderId = await getShopperOrderId(db, uid, seeker);
    return answerRepeatable(db, request, clock, async () => {
      const before = await getBoughtOrder(db, orderId);
      if (ifMatch !== undefined) assertMatch(ifMatch, storeOrderView(before));
      const became = await work(before);
      const bought = became === "unchanged" ? before : await getBoughtOrder(db, orderId);
      return { status: 200, body: storeOrderText(bought) };
    });
  }

  return async (app) => {
    app.post(`${path}/:id/pay`, {
      config: { shopper: "reads", tagged: false },
      schema: {
        tags,
        operationId: "payStoreOrder",
        summary: "Pay an order that is not paid yet",
        description:
          "Answers the order; `payment.url` is where the shopper pays. While a page is open it stays the same.",
        params: OrderParams,
        headers: LinkHeader,
        body: PayBody,
        response: { 200: StoreOrderView },
      },
      async handler(request, reply) {
        const place = openPayingPlace(ground, request.body.return_url);
        const by = { actor: request.principal.id, cause: `request ${request.id}` };
        const pay = ({ order: { orderId } }: BoughtOrder) => attemptToPayForOrder(ground, desk, { orderId, by, place });
        return sendAnswer(reply, await answerOrder(request, request.params.id, pay));
      },
    });

    app.post(`${path}/:id/return`, {
      config: { shopper: "reads", tagged: false },
      schema: {
        tags,
        operationId: "returnToStoreOrder",
        summary: "The shopper is back from the gateway's page",
        description:
          "Asks the gateway what became of the payment, in case its webhook is slower, and answers the order.",
        params: OrderParams,
        headers: LinkHeader,
        response: { 200: StoreOrderView },
      },
      async handler(request, reply) {
        const refresh = (bought: BoughtOrder) => refreshPayment(ground, bought);
        return sendAnswer(reply, await answerOrder(request, request.params.id, refresh));
      },
    });
  };
}
