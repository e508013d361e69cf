import { mergeCarts } from "../carts/index.ts";
import { moveCustomers } from "../customers/index.ts";
import { lockOwners, markMerged } from "../identity/index.ts";
import { moveShopperOrders } from "../orders/index.ts";
import type { Tx } from "../platform/db.ts";

export interface MergeShopper {
  /** `anonymous/…` */
  readonly from: string;
  readonly userId: string;
}

/**
 * Makes everything that an anonymous shopper has the user's who turned out to be the same person: the cart's lines, where
 * the same price adds up, billing identities and orders. The anonymous shopper owns nothing afterwards, and can write
 * nothing. Repeated or at once from several places, it is done once.
 *
 * Locks both shoppers, so a checkout of either comes before or after it. Source: BOB StoreInteractor, `anonymous_to_user`.
 */
export async function mergeShopper(tx: Tx, { from, userId }: MergeShopper, now: Date): Promise<void> {
  const to = `user/${userId}`;
  await lockOwners(tx, [from, to]);
  if ((await markMerged(tx, { from, userId }, now)) === "already") return;
  await mergeCarts(tx, { from, to }, now);
  await moveCustomers(tx, { from, to }, now);
  await moveShopperOrders(tx, { from, to });
}
