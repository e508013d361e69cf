-- Where orders came from, when not from a single request; payments that were made elsewhere; customers who are told nothing.

alter table orders.orders
  add column source text,
  add column external_reference text,
  add column import_id uuid,
  add column import_row int,
  add column csv_source text,
  add column batch_id uuid,
  -- Whether the UUID came with the order instead of being drawn.
  add column uid_given boolean not null default false,
  add column ordered_at timestamptz,
  add column customer_reference text,
  -- Whether the customer is told of it.
  add column notify boolean not null default true,
  -- The deadline that it was placed with: it holds again whenever a payment failed.
  add column pay_until timestamptz,
  add constraint orders_reference_has_source check (external_reference is null or source is not null),
  add constraint orders_import_row_has_import check (import_row is null or import_id is not null and import_row > 0);
-- One order for each reference of a source, and for each row of an import that begins one: a repeat is a duplicate.
create unique index orders_reference_once on orders.orders (external_reference, source)
  where external_reference is not null;
create unique index orders_import_row_once on orders.orders (import_id, import_row) where import_id is not null;
-- Attempts and events are called as their order, with numbers in place of the last four digits: a given UUID leaves no
-- room for another one that shares the others.
create unique index orders_given_uid_once on orders.orders (left(uid::text, 32)) where uid_given;
create index orders_of_batch on orders.orders (batch_id) where batch_id is not null;

-- When the money moved, where somebody else took it earlier; null: when it was written down.
alter table payments.money_entries add column occurred_at timestamptz;
