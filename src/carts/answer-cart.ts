import { languagesOf } from "../catalog/index.ts";
import { answerOnce } from "../http/answer-once.ts";
import { unavailable } from "../http/http-errors.ts";
import type { Answer } from "../http/idempotency.ts";
import { assertMatch, ifMatchOf } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import { lockShopper } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { openTurns, type Turns } from "../platform/open-turns.ts";
import type { PlaceQuery } from "./cart-params.ts";
import { type CartView, cartView, emptyCartView } from "./cart-view.ts";
import type { CartAsked } from "./lock-cart.ts";
import type { PricedCart } from "./price-cart.ts";
import { showCart, type Viewing } from "./show-cart.ts";

const mostWrites = 200; // Of one shopper at once: more than any browser sends, few enough to be done within seconds.
const retryAfterSeconds = 1;

/** Turns for shoppers: the writes of each come one after the other, and wait in no connection of the database. */
export function openShopperTurns(): Turns {
  return openTurns({ most: mostWrites, refuse: () => unavailable({}, { retryAfterSeconds }) });
}

/** What the routes of carts stand on. */
export interface CartGround {
  readonly db: Db;
  readonly clock: Clock;
  readonly turns: Turns;
  /** Whose taxes are shown to whoever does not say where the bill goes. */
  readonly country: string;
  /** Of a cart with nothing in it. */
  readonly currency: string;
}

type Request = Parameters<typeof answerOnce>[1];

/** Which cart a request is about, and for whom it is shown. */
export type AskedCart = CartAsked & { readonly viewing: Viewing };

const countryLetters = 2;

function viewingOf(request: Request, ground: CartGround): Viewing {
  const { country, region } = request.query as PlaceQuery;
  return {
    country: country ?? region?.slice(0, countryLetters) ?? ground.country,
    region: region ?? null,
    languages: languagesOf(request.headers["accept-language"]),
  };
}

/** The cart that a request is about; undefined for nobody, who has none. */
export function askedBy(request: Request, ground: CartGround): AskedCart | undefined {
  const { id: cartId } = request.params as { id?: string };
  return request.shopper && { owner: request.shopper.owner, cartId, viewing: viewingOf(request, ground) };
}

/** A cart as it is answered, or that there is none. */
export function shownCart(cart: PricedCart | undefined, ground: CartGround): CartView {
  return cart ? cartView(cart) : emptyCartView(ground.currency);
}

const ok = 200;

export interface CartWrite {
  work(tx: Tx, asked: AskedCart, now: Date): Promise<PricedCart | undefined>;
  /** 201 for a cart that is made now, and was not seen before; 200 without it. */
  readonly status?: 200 | 201;
}

/** Holds the shopper and answers the cart as `GET` would: every write to it waits for the same lock. */
async function seenCart(tx: Tx, asked: AskedCart, ground: CartGround, now: Date): Promise<CartView> {
  await lockShopper(tx, asked.owner);
  return shownCart(await showCart(tx, asked, now), ground);
}

/** Does a shopper's write once for its key, and answers the whole cart. What its sender saw by `If-Match` must be so still. */
export function answerCart(ground: CartGround, request: Request, { work, status = ok }: CartWrite): Promise<Answer> {
  const asked = askedBy(request, ground);
  if (!asked) throw new Error("A route that writes carts has a shopper always.");
  const ifMatch = status === ok ? ifMatchOf(request) : undefined;
  const answer = async (tx: Tx, now: Date) => {
    if (ifMatch !== undefined) assertMatch(ifMatch, await seenCart(tx, asked, ground, now));
    return { status, body: writeJson(shownCart(await work(tx, asked, now), ground)) };
  };
  return ground.turns.take(asked.owner, () => answerOnce(ground.db, request, ground.clock, answer));
}
