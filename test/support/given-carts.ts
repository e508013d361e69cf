import { randomUUID } from "node:crypto";
import { addLine } from "../../src/carts/add-line.ts";
import type { PricedCart } from "../../src/carts/index.ts";
import type { Viewing } from "../../src/carts/show-cart.ts";
import type { PriceInterval } from "../../src/catalog/index.ts";
import type { Sql, Tx } from "../../src/platform/db.ts";
import { uuidV7 } from "../../src/platform/ids.ts";
import { ask } from "./ask.ts";
import { noon } from "./given-orders.ts";

/** A shopper in Japan who reads English. */
export const viewing: Viewing = { country: "JP", region: null, languages: ["en"] };

export function anyOwner(kind: "user" | "anonymous" = "anonymous"): string {
  return `${kind}/${randomUUID()}`;
}

interface WantedPrice {
  key?: string;
  unitMinor?: bigint;
  currency?: string;
  interval?: PriceInterval;
  providerId?: string;
  taxCode?: string;
  active?: boolean;
  validUntil?: Date | null;
  /** Names by language; none without it. */
  names?: Readonly<Record<string, string>>;
}

/** A product with one price, which is answered. */
export async function givenPrice(sql: Sql, wanted: WantedPrice = {}): Promise<string> {
  const [productId, priceId] = [uuidV7(noon), uuidV7(noon)];
  const key = wanted.key ?? `product-${productId}`;
  const { providerId = "own", taxCode = "txcd_10103001", active = true, names = {} } = wanted;
  await ask(
    sql,
    `insert into catalog.products
       (product_id, key, sku, provider_id, tax_code, shippable, consumable, active, created_at, updated_at)
     values ($1, $2, $3, $4, $5, true, false, $6, $7, $7)`,
    [productId, key, `SKU-${key}`, providerId, taxCode, active, noon],
  );
  await ask(
    sql,
    `insert into catalog.prices
       (price_id, product_id, unit_amount_minor, currency, interval, interval_count, active, valid_until, created_at,
        updated_at)
     values ($1, $2, $3, $4, $5, 1, true, $6, $7, $7)`,
    [
      priceId,
      productId,
      wanted.unitMinor ?? 100n,
      wanted.currency ?? "JPY",
      wanted.interval ?? "one_off",
      wanted.validUntil ?? null,
      noon,
    ],
  );
  for (const [language, name] of Object.entries(names)) {
    await ask(
      sql,
      `insert into catalog.product_translations
         (product_id, language, name, checkout_description, description, statement_descriptor)
       values ($1, $2, $3, $4, '', '')`,
      [productId, language, name, `${name}!`],
    );
  }
  return priceId;
}

/** The primary image of a price's product. */
export async function givenImage(sql: Sql, priceId: string): Promise<string> {
  const imageId = uuidV7(noon);
  await ask(
    sql,
    `insert into catalog.product_images
       (image_id, product_id, title, sort_order, media_type, bytes, width, height, content_hash, thumbnail_widths,
        created_at)
     select $1, product_id, 'A tin of tea', 0, 'image/webp', 1, 1, 1, 'x', '{160}', $2
       from catalog.prices where price_id = $3::uuid`,
    [imageId, noon, priceId],
  );
  return imageId;
}

export async function setUnitMinor(sql: Sql, priceId: string, unitMinor: bigint): Promise<void> {
  await ask(sql, "update catalog.prices set unit_amount_minor = $1 where price_id = $2::uuid", [unitMinor, priceId]);
}

export async function withdraw(sql: Sql, priceId: string): Promise<void> {
  await ask(sql, "update catalog.prices set active = false where price_id = $1::uuid", [priceId]);
}

interface WantedRate {
  name?: string;
  rateMillionths?: number;
  country?: string;
  region?: string | null;
  taxCode?: string | null;
  inclusive?: boolean;
}

/** A tax that is in force. */
export async function givenTaxRate(sql: Sql, wanted: WantedRate = {}): Promise<void> {
  const { name = "VAT", rateMillionths = 100_000, country = "JP", region = null, taxCode = null } = wanted;
  await ask(
    sql,
    `insert into catalog.tax_rates
       (tax_rate_id, name, rate_millionths, country, region, tax_code, inclusive, valid_from, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, '2020-01-01Z', $8, $8)`,
    [uuidV7(noon), name, rateMillionths, country, region, taxCode, wanted.inclusive ?? false, noon],
  );
}

export function newCartIds(now: Date = noon) {
  return { cartId: uuidV7(now), lineId: uuidV7(now) };
}

/** Puts so many pieces at each price into the cart that a shopper adds to, and answers it. */
export async function givenCart(
  tx: Tx,
  owner: string,
  lines: readonly (readonly [priceId: string, quantity: bigint])[],
  now: Date = noon,
): Promise<PricedCart> {
  let cart: PricedCart | undefined;
  for (const [index, [priceId, quantity]] of lines.entries()) {
    // Ids of one millisecond come in any order.
    const ids = newCartIds(new Date(now.getTime() + index));
    cart = await addLine(tx, { owner, priceId, quantity, ids, viewing }, now);
  }
  if (!cart) throw new Error("A cart has a line.");
  return cart;
}

/** What is in a shopper's carts, cart by cart: kind, status, and the pieces at each price. */
export async function cartsOf(
  sql: Sql,
  owner: string,
): Promise<{ kind: string; status: string; pieces: Record<string, number> }[]> {
  const rows = await ask<{ kind: string; status: string; pieces: Record<string, number> | null }>(
    sql,
    `select kind, status,
            (select json_object_agg(price_id, quantity) from carts.cart_lines where cart_id = carts.cart_id) as pieces
       from carts.carts
      where owner = $1
      order by cart_id`,
    [owner],
  );
  return rows.map(({ pieces, ...cart }) => ({ ...cart, pieces: pieces ?? {} }));
}
