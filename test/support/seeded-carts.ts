import type { SeededViolation } from "./seeded-violations.ts";

const owner = "anonymous/4hZ0c1o0V8sX2yq7bq0b3e9kYV1mJ6b0N8wQmJm1x9E";
const user = "019ab3c0-7a01-7d55-8c2e-0b1a2c3d4e5f";
const cart = "019ab3c0-0000-7000-8000-00000000ca01";
const target = "019ab3c0-0000-7000-8000-00000000ca02";
const price = "019ab3c0-0000-7000-8000-0000000000a1";

const giveCart = (cartId: string, whose: string, state: string) => `
  insert into carts.carts (cart_id, owner, kind, currency, created_at, updated_at, status, order_id, merged_into)
  values ('${cartId}', '${whose}', 'current', 'USD', now(), now(), ${state});`;

const giveLine = (cartId: string) => `
  insert into carts.cart_lines (cart_id, line_id, price_id, quantity, agreed_unit_minor, added_at)
  values ('${cartId}', gen_random_uuid(), '${price}', 1, 100, now());`;

/** Order 1, as the shopper was shown it. */
const keepDetails = (orderId: number) => `
  insert into orders.shopper_orders (order_id, owner, details, frozen_at)
  select order_id, '${owner}', json_build_object(
           'total_amount', total_minor, 'currency', currency, 'items_amount', items_minor, 'tax_amount', tax_minor,
           'tax_included_amount', tax_included_minor, 'shipping_amount', shipping_minor, 'cart_id', cart_id, 'lines',
           (select json_agg(json_build_object(
                     'line', line, 'quantity', quantity, 'unit_amount', unit_price_minor, 'discount_amount', discount_minor,
                     'line_total', line_total_minor, 'tax_amount', tax_minor, 'tax_included_amount', tax_included_minor))
              from orders.order_items as items where items.order_id = orders.order_id)),
         (select occurred_at from events.events where stream_id = order_id and to_status = 'paid')
    from orders.orders where order_id = ${orderId};`;

/** A cart that became order 1. */
const ordered = `
  ${giveCart(cart, owner, "'checked_out', 1, null")} ${giveLine(cart)}
  update orders.orders set cart_id = '${cart}' where order_id = 1;
  ${keepDetails(1)}`;

/** The order forgets that it was a cart. */
const forgets =
  "update orders.orders set cart_id = null where order_id = 1; delete from orders.shopper_orders where order_id = 1";

const open = `${giveCart(cart, owner, "'open', null, null")} ${giveLine(cart)}`;

const merged = `
  ${giveCart(target, `user/${user}`, "'open', null, null")} ${giveLine(target)}
  ${giveCart(cart, owner, `'merged', null, '${target}'`)}
  insert into identity.merged_shoppers (owner, user_id, merged_at) values ('${owner}', '${user}', now());`;

/** What breaks when carts are not looked after. */
export const seededCarts: readonly SeededViolation[] = [
  {
    breaks: "I01",
    by: "a second order of one cart",
    sql: `${ordered}
          drop index orders.orders_cart_once;
          update orders.orders set cart_id = '${cart}' where order_id = 2;
          ${keepDetails(2)}
          create unique index orders_cart_once on orders.orders (cart_id, order_id) where cart_id is not null`,
    says: `Cart ${cart} has 2 orders.`,
  },
  {
    breaks: "I01",
    by: "a cart whose order is not there",
    sql: `${ordered} update carts.carts set order_id = 999 where cart_id = '${cart}'; ${forgets}`,
    says: `Cart ${cart} became order 999, which is not there.`,
  },
  {
    breaks: "I01",
    by: "a cart whose order knows nothing of it",
    sql: `${ordered} ${forgets}`,
    says: `Cart ${cart} became order 1, which was no cart.`,
  },
  {
    breaks: "I01",
    by: "an order whose cart goes on",
    sql: `${ordered} update carts.carts set status = 'open', order_id = null where cart_id = '${cart}'`,
    says: `Order 1 was cart ${cart}, which is open.`,
  },
  {
    breaks: "I01",
    by: "an order whose cart is not there",
    sql: `${ordered} delete from carts.carts where cart_id = '${cart}'; delete from carts.cart_lines where cart_id = '${cart}'`,
    says: `Order 1 was cart ${cart}, which is not there.`,
  },
  {
    breaks: "I25",
    by: "a line left in a merged cart",
    sql: `${merged} ${giveLine(cart)}`,
    says: `Cart ${cart} is merged and has 1 lines.`,
  },
  {
    breaks: "I25",
    by: "an open cart with nothing in it",
    sql: giveCart(cart, owner, "'open', null, null"),
    says: `Cart ${cart} is open and has 0 lines.`,
  },
  {
    breaks: "I25",
    by: "a price on two lines",
    sql: `alter table carts.cart_lines drop constraint cart_lines_price_once;
          create unique index cart_lines_price_once on carts.cart_lines (cart_id, price_id, line_id);
          ${open} ${giveLine(cart)}`,
    says: `Cart ${cart} has 2 lines with the price ${price}.`,
  },
  {
    breaks: "I28",
    by: "current carts of which a shopper may have two",
    sql: "drop index carts.carts_one_current",
    says: "carts.carts_one_current promises that something stands once",
  },
  {
    breaks: "I52",
    by: "a cart of one shopper whose order is another's",
    sql: `${ordered} update orders.shopper_orders set owner = 'user/${user}' where order_id = 1`,
    says: `Cart ${cart} is of ${owner}, and its order 1 of user/${user}.`,
  },
  {
    breaks: "I52",
    by: "a cart that its shopper did not take along",
    sql: `${open} insert into identity.merged_shoppers (owner, user_id, merged_at) values ('${owner}', '${user}', now())`,
    says: `${owner} became user ${user} and has 1 carts still.`,
  },
];

/** The same, done as it should be: no invariant may find anything. */
export const soundCarts: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "a cart that somebody fills", sql: open },
  { what: "a cart that became an order", sql: ordered },
  { what: "a cart that was merged into another", sql: merged },
];
