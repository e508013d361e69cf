-- What shoppers have put together and not ordered yet.

create schema carts;

create table carts.carts (
  cart_id uuid primary key,
  -- `user/…` or `anonymous/…`.
  owner text not null,
  -- Current is what the shopper adds to; buy_now is for one purchase; set_aside could not become one with the current one.
  kind text not null,
  status text not null,
  currency text not null,
  -- The order that it became; from then on it is locked.
  order_id bigint,
  -- Where its lines are now; it goes when that one goes.
  merged_into uuid references carts.carts (cart_id) on delete cascade,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint carts_owner_known check (owner ~ '^(user|anonymous)/.'),
  constraint carts_kind_known check (kind in ('current', 'buy_now', 'set_aside')),
  constraint carts_status_known check (status in ('open', 'checked_out', 'merged')),
  constraint carts_checked_out_have_an_order check ((status = 'checked_out') = (order_id is not null)),
  constraint carts_merged_say_into_what check ((status = 'merged') = (merged_into is not null)),
  constraint carts_merge_into_another check (merged_into <> cart_id),
  constraint carts_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint carts_order_once unique (order_id)
) with (fillfactor = 80);
create unique index carts_one_current on carts.carts (owner) where status = 'open' and kind = 'current';
create index carts_of_owner on carts.carts (owner, cart_id);
create index carts_merged on carts.carts (merged_into) where merged_into is not null;
-- Not by the time of the last change: an update of what no index has stays on its page, and a cart has many. Open carts, in
-- words that no statement about one shopper uses: the planner took it for those while the table was empty.
create index carts_left on carts.carts (created_at) where order_id is null and merged_into is null;

create table carts.cart_lines (
  cart_id uuid not null references carts.carts (cart_id) on delete cascade,
  line_id uuid not null,
  price_id uuid not null,
  quantity bigint not null,
  -- What one cost when the shopper put it in, or agreed to a new price.
  agreed_unit_minor bigint not null,
  added_at timestamptz not null,
  primary key (cart_id, line_id),
  constraint cart_lines_price_once unique (cart_id, price_id),
  constraint cart_lines_quantity_within_bounds check (quantity between 1 and 1000000),
  constraint cart_lines_price_within_bounds check (agreed_unit_minor between 0 and 999999999999999)
) with (fillfactor = 80);
