import type { Sellable } from "../catalog/index.ts";
import type { Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type CartKind, type CartWithLines, newCart, touched, withPieces } from "./cart.ts";
import { otherCurrency, unknownPrice, unsoldPrice, worthTooMuch } from "./cart-errors.ts";
import { insertCart, putLine, touchCart } from "./cart-queries.ts";
import { type PricedCart, priceCart } from "./price-cart.ts";
import { findPriceBasis, type Viewing } from "./show-cart.ts";

/** So many pieces at a price, for whoever puts them in. */
export interface AddedPieces {
  readonly owner: string;
  readonly priceId: string;
  readonly quantity: bigint;
  /** For the cart and the line, where they are new. */
  readonly ids: { readonly cartId: string; readonly lineId: string };
  readonly viewing: Viewing;
}

function getSold(sellables: readonly Sellable[], price: string): Sellable {
  const product = sellables.find(({ priceId }) => priceId === price.toLowerCase());
  if (!product) throw unknownPrice({ price });
  if (!product.sellable) throw unsoldPrice({ price });
  return product;
}

/**
 * Refuses what makes a cart worth more than an order may be.
 * @throws cart.worth_too_much
 */
export function assertWorth(cart: PricedCart): void {
  if (cart.lines.every(({ problem }) => problem !== "worth_too_much")) return;
  throw worthTooMuch({}, { faults: [{ pointer: "/quantity", detail: "Is more than the cart has room for." }] });
}

/**
 * Puts pieces into an open cart that is held, or into a new one of this kind, whose owner is held: on the line with the
 * same price, or on one of their own. Recurring prices go in too; they are marked.
 *
 * What it writes travels with the commit.
 * @throws cart.price_not_found, cart.price_not_sold, cart.other_currency, cart.too_many_lines, cart.too_many_pieces,
 *   cart.worth_too_much
 */
export async function putPieces(
  tx: Tx,
  { owner, priceId, quantity, ids, viewing }: AddedPieces,
  { held, kind }: { held: CartWithLines | undefined; kind: CartKind },
  now: Date,
): Promise<PricedCart> {
  const there = held?.lines.map((line) => line.priceId) ?? [];
  const asked = { priceIds: isUuid(priceId) ? [...there, priceId] : there, viewing };
  const basis = await findPriceBasis(tx, asked, now);
  const product = getSold(basis.sellables, priceId);
  const { currency } = product;
  const before = held ?? newCart({ cartId: ids.cartId, owner, kind, currency }, now);
  if (currency !== before.currency) throw otherCurrency({ currency, cart: before.currency });
  const line = {
    lineId: ids.lineId,
    priceId: product.priceId,
    quantity,
    agreedUnitMinor: product.unitAmountMinor,
    addedAt: now,
  };
  const cart = priceCart(touched(withPieces(before, line), now), basis);
  assertWorth(cart);
  const { cartId } = cart;
  tx.finish([
    held ? touchCart(tx, { cartId, now }) : insertCart(tx, { cartId, owner, kind, currency, now }),
    putLine(tx, { cartId, ...line }),
  ]);
  return cart;
}
