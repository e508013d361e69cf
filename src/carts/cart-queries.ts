import { change, many, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import type { Cart, CartLine } from "./cart.ts";

const columns = `
  cart_id, owner, kind, status, currency, order_id, merged_into, created_at, updated_at`;

export const findCart = maybeOne<Sql, { owner: string; cartId: string }, Cart>(
  "carts.find_cart",
  `
  select ${columns}
    from carts.carts
   where cart_id = :cartId and owner = :owner`,
);

/** Holds a shopper's cart until the transaction ends. */
export const lockCartRow = maybeOne<Tx, { owner: string; cartId: string }, Cart>(
  "carts.lock_cart_row",
  `
  select ${columns}
    from carts.carts
   where cart_id = :cartId and owner = :owner
     for update`,
);

/** The lines of a cart, in the order in which they were put in. */
export const listLines = many<Sql, { cartId: string; limit: number }, CartLine>(
  "carts.list_lines",
  `
  select line_id, price_id, quantity, agreed_unit_minor, added_at
    from carts.cart_lines
   where cart_id = :cartId
   order by line_id
   limit :limit`,
);

export const setCheckedOut = change<Tx, { cartId: string; orderId: bigint; now: Date }>(
  "carts.set_checked_out",
  `
  update carts.carts
     set status = 'checked_out', order_id = :orderId, updated_at = :now
   where cart_id = :cartId and status = 'open'`,
);
