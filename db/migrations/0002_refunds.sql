-- Refunds in parts, payments tried again, and money that banks take back.

-- What banks took back. Apart from refunds: it comes whether or not the money was given back before.
alter table orders.orders
  add column charged_back_minor bigint not null default 0,
  add constraint orders_chargebacks_within_captures check (charged_back_minor between 0 and captured_minor);

-- A request that pays an order again, so that its answer can be completed when its process dies. Apart from `order_id`:
-- that one is of a request that placed its order, and answers with it.
alter table http.idempotency_keys
  add column payment_order_id bigint,
  add column payment_attempt int,
  add constraint idempotency_keys_payment_whole check ((payment_order_id is null) = (payment_attempt is null));
