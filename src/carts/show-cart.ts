import { findSellables, findTaxRates } from "../catalog/index.ts";
import type { Sql } from "../platform/db.ts";
import type { CartWithLines } from "./cart.ts";
import { findCart } from "./find-carts.ts";
import type { CartAsked } from "./lock-cart.ts";
import { type PriceBasis, type PricedCart, priceCart } from "./price-cart.ts";

/** For whom a cart is priced: whose taxes, and in which languages. */
export interface Viewing {
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** ISO 3166-2, with the country before it: `US-NY`. */
  readonly region: string | null;
  readonly languages: readonly string[];
}

/** What prices cost at a moment and how they are taxed there, in one round trip. */
export async function findPriceBasis(
  sql: Sql,
  { priceIds, viewing }: { priceIds: readonly string[]; viewing: Viewing },
  at: Date,
): Promise<PriceBasis> {
  const [sellables, rates] = await Promise.all([
    findSellables(sql, { priceIds, at }),
    findTaxRates(sql, { country: viewing.country, at }),
  ]);
  return { sellables, rates, region: viewing.region, languages: viewing.languages };
}

/** Prices a cart as the catalogue is at a moment. */
export async function priceAt(sql: Sql, cart: CartWithLines, viewing: Viewing, at: Date): Promise<PricedCart> {
  const priceIds = cart.lines.map(({ priceId }) => priceId);
  return priceCart(cart, await findPriceBasis(sql, { priceIds, viewing }, at));
}

/**
 * A shopper's cart with its prices; undefined when they have none that they add to.
 * @throws cart.not_found
 */
export async function showCart(
  sql: Sql,
  { viewing, ...asked }: CartAsked & { viewing: Viewing },
  at: Date,
): Promise<PricedCart | undefined> {
  const cart = await findCart(sql, asked);
  return cart && priceAt(sql, cart, viewing, at);
}
