import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { type CartLine, touched } from "./cart.ts";
import { lineNotFound } from "./cart-errors.ts";
import { setAgreed, touchCart } from "./cart-queries.ts";
import { type CartAsked, holdCart } from "./lock-cart.ts";
import { type PricedCart, priceCart } from "./price-cart.ts";
import { findPriceBasis, type Viewing } from "./show-cart.ts";

/** What the shopper was shown of a line, and agrees to. */
export interface SeenPrice {
  readonly lineId: string;
  readonly unitMinor: bigint;
}

/**
 * Notes that the shopper agrees to what lines cost now. A price that changed again since it was shown is not agreed to:
 * the answer tells of it once more.
 *
 * Locks the shopper, then the cart. A second call changes nothing more.
 * @throws cart.not_found, cart.checked_out, cart.line_not_found, identity.shopper_merged
 */
export async function acceptPrices(
  tx: Tx,
  { seen, viewing, ...asked }: CartAsked & { seen: readonly SeenPrice[]; viewing: Viewing },
  now: Date,
): Promise<PricedCart> {
  const held = await holdCart(tx, asked);
  const known = new Map(held?.lines.map((line) => [line.lineId, line]));
  const unknown = seen.find(({ lineId }) => !known.has(lineId.toLowerCase()));
  if (!held || unknown) throw lineNotFound({ line: unknown?.lineId ?? "" });

  const basis = await findPriceBasis(tx, { priceIds: held.lines.map(({ priceId }) => priceId), viewing }, now);
  const shown = new Map(seen.map(({ lineId, unitMinor }) => [lineId.toLowerCase(), unitMinor]));
  const accepted = priceCart(held, basis).lines.filter(
    ({ lineId, unitMinor, priceChanged }) => priceChanged && unitMinor !== null && shown.get(lineId) === unitMinor,
  );
  if (accepted.length === 0) return priceCart(held, basis);
  const agreed = new Map(accepted.map(({ lineId, unitMinor }) => [lineId, unitMinor]));
  const lines = held.lines.map(
    (line): CartLine => ({ ...line, agreedUnitMinor: agreed.get(line.lineId) ?? line.agreedUnitMinor }),
  );
  const { cartId } = held;
  const columns = columnsOf(accepted, {
    lineIds: ({ lineId }) => lineId,
    agreedMinor: ({ unitMinor }) => unitMinor ?? 0n,
  });
  tx.finish([setAgreed(tx, { cartId, ...columns }), touchCart(tx, { cartId, now })]);
  return priceCart(touched({ ...held, lines }, now), basis);
}
