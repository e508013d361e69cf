-- Lists of orders that cost the same on every page, and what orders are found by.

create index orders_by_date on orders.orders (created_at, order_id);
create index orders_by_status on orders.orders (status, created_at, order_id);
create index orders_of_import on orders.orders (import_id, status, created_at, order_id) where import_id is not null;

-- What never changes of an order and would be dear to keep in order while it is placed: written a moment afterwards.
-- Searched by its words, and walked by amount.
create table orders.order_search (
  order_id bigint primary key references orders.orders (order_id),
  created_at timestamptz not null,
  currency text not null,
  total_minor bigint not null,
  words tsvector not null
);
create index order_search_by_amount on orders.order_search (currency, total_minor, order_id);
-- What a search reads one by one before it is merged into the index stays small.
create index order_search_words on orders.order_search using gin (words) with (gin_pending_list_limit = 1024);

-- As far as the feed is indexed. The first run begins at its beginning, and so takes in every order that is there.
create table orders.search_mark (
  singleton boolean primary key default true,
  position bigint not null,
  constraint search_mark_is_one check (singleton)
);
insert into orders.search_mark (position) values (0);
