import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { Cart, CartKind, CartLine } from "./cart.ts";

const columns = `
  cart_id, owner, kind, status, currency, order_id, merged_into, created_at, updated_at`;
const lineColumns = "line_id, price_id, quantity, agreed_unit_minor, added_at";

/** A line with the cart that it is in: whoever only reads sees both as they were at one moment. */
export type LineOfCart = Cart & CartLine;

/** A shopper's cart, line by line; one that was merged has none. */
export const listCart = many<Sql, { owner: string; cartId: string; limit: number }, LineOfCart>(
  "carts.list_cart",
  `
  select ${columns}, ${lineColumns}
    from carts.carts
    join carts.cart_lines using (cart_id)
   where cart_id = :cartId::uuid and owner = :owner
   order by line_id
   limit :limit`,
);

/** The cart that a shopper adds to, line by line. */
export const listCurrentCart = many<Sql, { owner: string; limit: number }, LineOfCart>(
  "carts.list_current_cart",
  `
  select ${columns}, ${lineColumns}
    from carts.carts
    join carts.cart_lines using (cart_id)
   where owner = :owner and status = 'open' and kind = 'current'
   order by line_id
   limit :limit`,
);

/** Holds a shopper's cart until the transaction ends. */
export const lockCartRow = maybeOne<Tx, { owner: string; cartId: string }, Cart>(
  "carts.lock_cart_row",
  `
  select ${columns}
    from carts.carts
   where cart_id = :cartId::uuid and owner = :owner
     for update`,
);

/** Holds the cart that a shopper adds to until the transaction ends. */
export const lockCurrentCart = maybeOne<Tx, { owner: string }, Cart>(
  "carts.lock_current_cart",
  `
  select ${columns}
    from carts.carts
   where owner = :owner and status = 'open' and kind = 'current'
     for update`,
);

/** The lines of a cart that is held. */
export const listLines = many<Tx, { cartId: string; limit: number }, CartLine>(
  "carts.list_lines",
  `
  select ${lineColumns}
    from carts.cart_lines
   where cart_id = :cartId::uuid
   order by line_id
   limit :limit`,
);

/** The lines of the cart that a shopper adds to, which is held. */
export const listCurrentLines = many<Tx, { owner: string; limit: number }, CartLine>(
  "carts.list_current_lines",
  `
  select ${lineColumns}
    from carts.carts
    join carts.cart_lines using (cart_id)
   where owner = :owner and status = 'open' and kind = 'current'
   order by line_id
   limit :limit`,
);

/** Whichever of a shopper's carts has this line. */
export const findCartOfLine = maybeOne<Sql, { owner: string; lineId: string }, Pick<Cart, "cartId" | "status">>(
  "carts.find_cart_of_line",
  `
  select cart_id, status
    from carts.carts
    join carts.cart_lines using (cart_id)
   where owner = :owner and line_id = :lineId::uuid`,
);

export const insertCart = change<Tx, { cartId: string; owner: string; kind: CartKind; currency: string; now: Date }>(
  "carts.insert_cart",
  `
  insert into carts.carts (cart_id, owner, kind, status, currency, created_at, updated_at)
  values (:cartId::uuid, :owner, :kind, 'open', :currency, :now, :now)`,
);

/** Puts a line in, or its pieces on the line that has the same price. */
export const putLine = change<
  Tx,
  { cartId: string; lineId: string; priceId: string; quantity: bigint; agreedUnitMinor: bigint; addedAt: Date }
>(
  "carts.put_line",
  `
  insert into carts.cart_lines (cart_id, ${lineColumns})
  values (:cartId::uuid, :lineId::uuid, :priceId::uuid, :quantity, :agreedUnitMinor, :addedAt)
      on conflict (cart_id, price_id) do update set quantity = cart_lines.quantity + excluded.quantity`,
);

export const setQuantity = change<Tx, { cartId: string; lineId: string; quantity: bigint }>(
  "carts.set_quantity",
  `
  update carts.cart_lines
     set quantity = :quantity
   where cart_id = :cartId::uuid and line_id = :lineId::uuid`,
);

export const setAgreed = change<Tx, { cartId: string; lineIds: readonly string[]; agreedMinor: readonly bigint[] }>(
  "carts.set_agreed",
  `
  update carts.cart_lines
     set agreed_unit_minor = given.agreed_minor
    from unnest(:lineIds::uuid[], :agreedMinor::bigint[]) as given (line_id, agreed_minor)
   where cart_lines.cart_id = :cartId::uuid and cart_lines.line_id = given.line_id`,
);

/** Says that a cart was changed now; a clock that was set back does not make it older. */
export const touchCart = change<Tx, { cartId: string; now: Date }>(
  "carts.touch_cart",
  `
  update carts.carts
     set updated_at = greatest(updated_at, :now)
   where cart_id = :cartId::uuid`,
);

export const deleteLine = change<Tx, { cartId: string; lineId: string }>(
  "carts.delete_line",
  "delete from carts.cart_lines where cart_id = :cartId::uuid and line_id = :lineId::uuid",
);

/** Takes an open cart away with its lines, and what is left of carts that were merged into it. */
export const deleteCart = change<Tx, { cartId: string }>(
  "carts.delete_cart",
  "delete from carts.carts where cart_id = :cartId::uuid and status = 'open'",
);

/** Takes away what a shopper began to buy and left, but for the newest. */
export const deleteOldestBuyNow = change<Tx, { owner: string; kept: number }>(
  "carts.delete_oldest_buy_now",
  `
  delete from carts.carts
   where cart_id in (
         select cart_id
           from carts.carts
          where owner = :owner and status = 'open' and kind = 'buy_now'
          order by cart_id desc
         offset :kept)`,
);

export const setCheckedOut = change<Tx, { cartId: string; orderId: bigint; now: Date }>(
  "carts.set_checked_out",
  `
  update carts.carts
     set status = 'checked_out', order_id = :orderId, updated_at = greatest(updated_at, :now)
   where cart_id = :cartId::uuid and status = 'open'`,
);

/** Holds all carts of a shopper but merged ones until the transaction ends, in ascending order. */
export const lockCartsOf = many<Tx, { owner: string }, Cart>(
  "carts.lock_carts_of",
  `
  select ${columns}
    from carts.carts
   where owner = :owner and status <> 'merged'
   order by cart_id
     for update`,
);

/** Puts the lines of one cart into another: pieces at one price add up, at the lower of what the shopper agreed to. */
export const copyLines = change<Tx, { from: string; to: string }>(
  "carts.copy_lines",
  `
  insert into carts.cart_lines (cart_id, ${lineColumns})
  select :to::uuid, ${lineColumns}
    from carts.cart_lines
   where cart_id = :from::uuid
      on conflict (cart_id, price_id) do update
     set quantity = cart_lines.quantity + excluded.quantity,
         agreed_unit_minor = least(cart_lines.agreed_unit_minor, excluded.agreed_unit_minor)`,
);

export const deleteLines = change<Tx, { cartId: string }>(
  "carts.delete_lines",
  "delete from carts.cart_lines where cart_id = :cartId::uuid",
);

export const setMerged = change<Tx, { cartId: string; into: string; now: Date }>(
  "carts.set_merged",
  `
  update carts.carts
     set status = 'merged', merged_into = :into::uuid, updated_at = greatest(updated_at, :now)
   where cart_id = :cartId::uuid and status = 'open'`,
);

/** A current cart that has another one beside it at its new owner is set aside. */
export const setOwner = change<Tx, { cartIds: readonly string[]; owner: string; aside: boolean }>(
  "carts.set_owner",
  `
  update carts.carts
     set owner = :owner,
         kind = case when :aside and kind = 'current' and status = 'open' then 'set_aside' else kind end
   where cart_id = any(:cartIds::uuid[])`,
);

/** The open carts of a shopper, newest first, each with how many lines it has. */
export const listOpenCarts = many<Sql, { owner: string; limit: number; offset: number }, Cart & { lines: number }>(
  "carts.list_open_carts",
  `
  select ${columns},
         (select count(*)::int from carts.cart_lines where cart_lines.cart_id = carts.cart_id) as lines
    from carts.carts
   where owner = :owner and status = 'open'
   order by cart_id desc
   limit :limit offset :offset`,
);

export const countOpenCarts = one<Sql, { owner: string }, { count: number }>(
  "carts.count_open_carts",
  "select count(*)::int as count from carts.carts where owner = :owner and status = 'open'",
);

/** Takes open carts away that nobody touched since then, the oldest first; what is held is left for later. */
export const deleteUntouchedCarts = change<Sql, { before: Date; most: number }>(
  "carts.delete_untouched_carts",
  `
  delete from carts.carts
   where cart_id = any(array(
         select cart_id
           from carts.carts
          where order_id is null and merged_into is null and created_at < :before and updated_at < :before
          order by created_at
          limit :most
            for update skip locked))`,
);
