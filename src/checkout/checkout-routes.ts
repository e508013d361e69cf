import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { CustomerDraft } from "../customers/index.ts";
import { sendAnswer } from "../http/answer-once.ts";
import { invalidInput } from "../http/http-errors.ts";
import { keyOf } from "../http/idempotency.ts";
import type { Shopper } from "../http/shopper.ts";
import { exactText } from "../http/strict-json.ts";
import { openPayingPlace, type PayingPlaces, StoreOrderView } from "../orders/index.ts";
import { uuidV7 } from "../platform/ids.ts";
import { mostMinor, parseMinor } from "../platform/money.ts";
import { checkOut, type Till } from "./check-out-flow.ts";
import { billedTwice } from "./checkout-errors.ts";
import type { Billed } from "./prepare-order.ts";

const longestUrl = 2048;

const CheckoutBody = Type.Object(
  {
    cart_id: Type.String({ format: "uuid", description: "The cart that is ordered." }),
    total_amount: Type.Unsafe<number>(
      Type.Integer({
        minimum: 0,
        maximum: Number(mostMinor),
        description: "What the shopper was shown that it comes to. Anything else is not charged, but told.",
        examples: [2592],
      }),
    ),
    customer_id: Type.Optional(
      Type.String({ format: "uuid", description: "Who is billed; the shopper's default without it." }),
    ),
    billing: Type.Optional(CustomerDraft),
    return_url: Type.Optional(
      Type.String({
        maxLength: longestUrl,
        description: "Where the gateway's page sends the shopper back to; the order's own page without it.",
      }),
    ),
  },
  {
    title: "Checkout",
    additionalProperties: false,
    examples: [
      {
        cart_id: "019ab3c0-6fd2-7e61-8b0a-1f2e3d4c5b6a",
        total_amount: 2592,
        billing: {
          name: "田中花子",
          email: "hanako@example.co.jp",
          address: { line1: "丸の内1-1-1", city: "千代田区", postal_code: "100-0005", country: "JP" },
        },
      },
    ],
  },
);
type CheckoutBody = Static<typeof CheckoutBody>;

export interface CheckoutGround extends Till, PayingPlaces {
  /** Whose billing identities a shopper may have orders billed to: the own ones, and those of organizations. */
  billersOf(shopper: Shopper): Promise<readonly string[]>;
}

function billedOf({ customer_id: customerId, billing }: CheckoutBody, now: Date): Billed {
  if (customerId !== undefined && billing !== undefined) throw billedTwice({});
  if (billing !== undefined) return { kind: "new", customerId: uuidV7(now), draft: billing };
  return customerId === undefined ? { kind: "default" } : { kind: "known", customerId };
}

/**
 * What the shopper was shown, as it was written: a double may have rounded it to a whole number.
 * @throws http.invalid_input
 */
function readShown(body: CheckoutBody): bigint {
  const shownMinor = parseMinor(exactText(body, "total_amount"), 0);
  if (typeof shownMinor === "bigint") return shownMinor;
  throw invalidInput({ what: "body" }, { faults: [{ pointer: "/total_amount", detail: "Must be an integer." }] });
}

/** The route makes a shopper of whoever has none, so there always is one. */
function shopperOf({ shopper }: FastifyRequest): Shopper {
  if (!shopper) throw new Error("A route that writes was reached without a shopper.");
  return shopper;
}

/** From the cart to the order, and the page on which it is paid. */
export function checkoutRoutes(ground: CheckoutGround): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/store/checkout", {
      config: { shopper: "writes", refuses: [404] },
      schema: {
        tags: ["Checkout"],
        operationId: "checkOut",
        summary: "Order a cart, and begin to pay it",
        description:
          "Freezes the cart into an order and answers it, 201; `payment.url` is where the shopper pays. A cart that was " +
          "ordered before answers its order, 200. When something costs another amount than `total_amount` says or than " +
          "was agreed to, nothing is ordered: 409 `checkout.price_changed` has `old`, `new` and `lines`.",
        body: CheckoutBody,
        response: { 200: StoreOrderView, 201: StoreOrderView },
      },
      async handler(request, reply) {
        const { body } = request;
        const shopper = shopperOf(request);
        const answer = await checkOut(ground, {
          owner: shopper.owner,
          billers: await ground.billersOf(shopper),
          cartId: body.cart_id.toLowerCase(),
          billed: billedOf(body, ground.clock.now()),
          shownMinor: readShown(body),
          acceptLanguage: request.headers["accept-language"],
          place: openPayingPlace(ground, body.return_url),
          by: { actor: shopper.owner, cause: `request ${request.id}` },
          key: keyOf(request),
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
