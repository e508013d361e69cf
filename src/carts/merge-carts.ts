import type { Tx } from "../platform/db.ts";
import { type Cart, canMerge, mostLines } from "./cart.ts";
import {
  copyLines,
  deleteLines,
  listLines,
  lockCartsOf,
  lockCurrentCart,
  setMerged,
  setOwner,
  touchCart,
} from "./cart-queries.ts";

interface Owners {
  /** The anonymous shopper. */
  readonly from: string;
  /** The user who signed in. */
  readonly to: string;
}

async function isOneWith(tx: Tx, source: Cart, target: Cart): Promise<boolean> {
  const [lines, others] = await Promise.all([
    listLines(tx, { cartId: source.cartId, limit: mostLines }),
    listLines(tx, { cartId: target.cartId, limit: mostLines }),
  ]);
  return canMerge({ ...source, lines }, { ...target, lines: others });
}

/**
 * Makes an anonymous shopper's carts a user's. The one that each adds to become one: pieces at one price add up, at the
 * lower of what the shopper agreed to, so that a higher price is told of. Where two cannot be one without a loss, since
 * the currencies differ or it would be more than a cart may have, the anonymous one is kept beside the other, set aside.
 * Every other cart moves as it is, those of orders too.
 *
 * The caller holds both owners; locks the carts in ascending order. A second call finds nothing to do.
 */
export async function mergeCarts(tx: Tx, { from, to }: Owners, now: Date): Promise<void> {
  const [carts, target] = await Promise.all([lockCartsOf(tx, { owner: from }), lockCurrentCart(tx, { owner: to })]);
  const source = carts.find(({ kind, status }) => kind === "current" && status === "open");
  const merging = source && target && (await isOneWith(tx, source, target)) ? source : undefined;
  if (merging && target) {
    const [cartId, into] = [merging.cartId, target.cartId];
    await Promise.all([
      copyLines(tx, { from: cartId, to: into }),
      deleteLines(tx, { cartId }),
      setMerged(tx, { cartId, into, now }),
      touchCart(tx, { cartId: into, now }),
    ]);
  }
  const cartIds = carts.filter((cart) => cart !== merging).map(({ cartId }) => cartId);
  if (cartIds.length > 0) await setOwner(tx, { cartIds, owner: to, aside: target !== undefined });
}
