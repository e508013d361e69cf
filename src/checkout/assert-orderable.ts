import type { PricedCart, PricedLine } from "../carts/index.ts";
import { cartEmpty, notForSale, priceChanged, recurringPrice } from "./checkout-errors.ts";
import type { OrderableLine } from "./describe-purchase.ts";

function named(lines: readonly PricedLine[]): { lines: object[] } {
  return { lines: lines.map(({ lineId, priceId }) => ({ line_id: lineId, price_id: priceId })) };
}

function assertNoProblem(lines: readonly PricedLine[]): void {
  const recurring = lines.filter(({ problem }) => problem === "recurring");
  const gone = lines.filter(({ problem }) => problem !== null && problem !== "recurring");
  if (gone.length > 0) throw notForSale({}, { members: named(gone) });
  if (recurring.length > 0) throw recurringPrice({}, { members: named(recurring) });
}

function isOrderable(line: PricedLine): line is OrderableLine {
  return line.product !== null && line.unitMinor !== null && line.amounts !== null;
}

/** Below 10^15, so a JSON number holds it exactly. */
function amount(minor: bigint | null): number | null {
  return minor === null ? null : Number(minor);
}

function assertAgreed({ lines, totals }: PricedCart, shownMinor: bigint): void {
  const changed = lines.filter(({ priceChanged: isChanged }) => isChanged);
  if (changed.length === 0 && totals.totalMinor === shownMinor) return;
  const members = {
    old: { total_amount: amount(shownMinor) },
    new: { total_amount: amount(totals.totalMinor) },
    lines: changed.map(({ lineId, priceId, agreedUnitMinor, unitMinor }) => ({
      line_id: lineId,
      price_id: priceId,
      old_unit_amount: amount(agreedUnitMinor),
      new_unit_amount: amount(unitMinor),
    })),
  };
  throw priceChanged({}, { members });
}

/**
 * Makes sure that a cart can be ordered as it is, for what its shopper was shown: everything in it is sold, and costs what
 * was agreed to; price and tax may both have changed meanwhile. Answers its lines.
 * @throws checkout.cart_empty, checkout.not_for_sale, checkout.recurring_price, checkout.price_changed
 */
export function assertOrderable(cart: PricedCart, shownMinor: bigint): OrderableLine[] {
  if (cart.lines.length === 0) throw cartEmpty({});
  assertNoProblem(cart.lines);
  assertAgreed(cart, shownMinor);
  const lines = cart.lines.filter(isOrderable);
  if (lines.length < cart.lines.length)
    throw notForSale({}, { members: named(cart.lines.filter((line) => !isOrderable(line))) });
  return lines;
}
