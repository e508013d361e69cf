import type { Sql } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type Cart, type CartLine, type CartWithLines, mostLines } from "./cart.ts";
import { cartNotFound } from "./cart-errors.ts";
import { countOpenCarts, type LineOfCart, listCart, listCurrentCart, listOpenCarts } from "./cart-queries.ts";
import type { CartAsked } from "./lock-cart.ts";

function gather(rows: readonly LineOfCart[]): CartWithLines | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const { cartId, owner, kind, status, currency, orderId, mergedInto, createdAt, updatedAt } = first;
  const lines = rows.map(
    ({ lineId, priceId, quantity, agreedUnitMinor, addedAt }): CartLine => ({
      lineId,
      priceId,
      quantity,
      agreedUnitMinor,
      addedAt,
    }),
  );
  return { cartId, owner, kind, status, currency, orderId, mergedInto, createdAt, updatedAt, lines };
}

/**
 * A shopper's cart as it is; undefined when they have none that they add to.
 * @throws cart.not_found
 */
export async function findCart(sql: Sql, { owner, cartId }: CartAsked): Promise<CartWithLines | undefined> {
  if (cartId === undefined) return gather(await listCurrentCart(sql, { owner, limit: mostLines }));
  const cart = isUuid(cartId) ? gather(await listCart(sql, { owner, cartId, limit: mostLines })) : undefined;
  if (!cart) throw cartNotFound({ cart: cartId });
  return cart;
}

/** A page of a list, counted from 1. */
export interface PageByNumber {
  readonly page: number;
  readonly pageSize: number;
}

/** The open carts of a shopper, newest first: the one that they add to, and those beside it. */
export async function findOpenCarts(
  sql: Sql,
  { owner, page, pageSize }: PageByNumber & { owner: string },
): Promise<{ carts: (Cart & { lines: number })[]; total: number }> {
  const [carts, { count }] = await Promise.all([
    listOpenCarts(sql, { owner, limit: pageSize, offset: (page - 1) * pageSize }),
    countOpenCarts(sql, { owner }),
  ]);
  return { carts, total: count };
}
