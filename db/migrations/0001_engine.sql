-- The engine: orders, their money, their parts, their events, what people are told, and who may ask.
-- One schema for each module; money is bigint minor units beside its currency; all times have a zone.

create schema platform;

-- The processes that are alive: each renews its row by database time; one whose lease is over is taken for dead.
create table platform.processes (
  process_id uuid primary key,
  kind text not null,
  worker_pool_id text,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null
);

-- A role that one process holds at a time. The token grows with every holder; writes made under an old one are refused.
create table platform.leases (
  name text primary key,
  holder uuid not null,
  token bigint not null,
  lease_until timestamptz not null
);

create schema http;

-- One row for each Idempotency-Key. The answer is written in the transaction of the change, or completed by recovery.
create table http.idempotency_keys (
  principal text not null,
  key text not null,
  fingerprint text not null,
  order_id bigint,
  answer_status int,
  answer_body text,
  created_at timestamptz not null,
  answered_at timestamptz,
  primary key (principal, key),
  constraint idempotency_keys_answered_whole check ((answer_status is null) = (answered_at is null))
);
create index idempotency_keys_by_age on http.idempotency_keys (created_at);
create index idempotency_keys_unanswered on http.idempotency_keys (created_at) where answered_at is null;

create schema identity;

create table identity.api_keys (
  key_id uuid primary key,
  name text not null,
  prefix text not null,
  secret_hash text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint api_keys_prefix_once unique (prefix)
);

create schema tasks;

-- What needs a person. The cause is unique, so that the same trouble met twice opens one task.
create table tasks.tasks (
  task_id bigint generated always as identity primary key,
  kind text not null,
  cause text not null,
  order_id bigint,
  detail jsonb not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  constraint tasks_cause_once unique (cause)
);

create schema events;

-- What happened, numbered without gaps in each stream. A move of an order's status stands in the row of its event.
create table events.events (
  stream_kind text not null,
  stream_id bigint not null,
  sequence int not null,
  event_id uuid not null,
  type text not null,
  subject uuid not null,
  occurred_at timestamptz not null,
  from_status text,
  to_status text,
  actor text not null,
  cause text not null,
  data json not null,
  primary key (stream_kind, stream_id, sequence),
  constraint events_sequence_from_one check (sequence >= 1),
  constraint events_stream_kind_known check (stream_kind in ('order', 'stock', 'import', 'subscription', 'customer'))
);

-- What was appended and has no place in the feed yet: one row for each call of append, however many events it wrote.
create table events.appended (
  append_id bigint generated always as identity primary key,
  stream_kinds text[] not null,
  stream_ids bigint[] not null,
  sequences int[] not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- The order in which subscribers hear of events. Positions are given after commit, so a late commit is never skipped.
create table events.feed (
  position bigint primary key,
  stream_kind text not null,
  stream_id bigint not null,
  sequence int not null
);

create table events.sequencer (
  singleton boolean primary key default true,
  last_position bigint not null,
  constraint sequencer_is_one check (singleton)
);
insert into events.sequencer (last_position) values (0);

create schema payments;

create table payments.payment_attempts (
  order_id bigint not null,
  attempt int not null,
  key text not null,
  gateway text not null,
  state text not null,
  amount_minor bigint not null,
  currency text not null,
  reference text,
  failure text,
  checks int not null default 0,
  check_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (order_id, attempt),
  constraint payment_attempts_state_known
    check (state in ('created', 'processing', 'paid', 'failed', 'unknown', 'expired', 'cancelled')),
  constraint payment_attempts_amount_positive check (amount_minor > 0),
  -- An attempt that is not settled is always due for a look at some time; a settled one never is.
  constraint payment_attempts_open_are_checked
    check ((state in ('created', 'processing', 'unknown')) = (check_at is not null))
) with (fillfactor = 80);
create index payment_attempts_due on payments.payment_attempts (check_at) where check_at is not null;
create unique index payment_attempts_one_paid on payments.payment_attempts (order_id) where state = 'paid';

-- The ledger: append-only. An entry has the number of the event that recorded it.
create table payments.money_entries (
  order_id bigint not null,
  sequence int not null,
  attempt int not null,
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  gateway text not null,
  reference text not null,
  cause text not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (order_id, sequence),
  constraint money_entries_kind_known check (kind in ('capture', 'refund', 'refund_failed', 'chargeback')),
  constraint money_entries_amount_positive check (amount_minor > 0),
  constraint money_entries_reference_once unique (gateway, reference, kind),
  constraint money_entries_have_an_attempt
    foreign key (order_id, attempt) references payments.payment_attempts (order_id, attempt)
);

create table payments.refunds (
  order_id bigint not null,
  refund int not null,
  attempt int not null,
  key text not null,
  state text not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  reference text,
  failure text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (order_id, refund),
  constraint refunds_state_known check (state in ('requested', 'succeeded', 'failed')),
  constraint refunds_amount_positive check (amount_minor > 0),
  constraint refunds_have_an_attempt
    foreign key (order_id, attempt) references payments.payment_attempts (order_id, attempt)
);

-- The embedded payment service's own books. It stands for another company: nothing of ours joins them but verify.
create table payments.sandbox_payments (
  order_id bigint not null,
  idempotency_key text not null,
  payment_id text not null,
  status text not null,
  amount_minor bigint not null,
  currency text not null,
  failure text,
  settles_at timestamptz,
  created_at timestamptz not null,
  primary key (order_id, idempotency_key),
  constraint sandbox_payments_status_known check (status in ('succeeded', 'failed', 'pending'))
);

create table payments.sandbox_refunds (
  order_id bigint not null,
  idempotency_key text not null,
  refund_id text not null,
  payment_id text not null,
  amount_minor bigint not null,
  currency text not null,
  created_at timestamptz not null,
  primary key (order_id, idempotency_key),
  constraint sandbox_refunds_amount_positive check (amount_minor > 0)
);

create schema fulfillment;

-- The part of an order that one provider handles; the merchant itself is the provider `own`.
create table fulfillment.provider_orders (
  order_id bigint not null,
  provider_id text not null,
  processing text not null,
  fulfilment text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (order_id, provider_id),
  constraint provider_orders_processing_known
    check (processing in ('pending', 'sent', 'confirmed', 'rejected', 'cancelled')),
  constraint provider_orders_fulfilment_known
    check (fulfilment in ('none', 'received', 'in_progress', 'ready', 'fulfilled')),
  constraint provider_orders_fulfilled_are_confirmed check (fulfilment = 'none' or processing in ('confirmed', 'cancelled'))
) with (fillfactor = 80);

create schema orders;

create sequence orders.order_ids;

create table orders.orders (
  order_id bigint primary key,
  uid uuid not null,
  customer_id uuid not null,
  customer_email text not null,
  customer_name text not null,
  locale text not null,
  currency text not null,
  status text not null,
  items_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  shipping_minor bigint not null,
  total_minor bigint not null,
  captured_minor bigint not null default 0,
  refunding_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  attempts int not null default 0,
  refunds int not null default 0,
  last_sequence int not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint orders_uid_once unique (uid),
  constraint orders_status_known
    check (status in ('pending', 'payment_processing', 'paid', 'shipped', 'delivered', 'cancelled')),
  constraint orders_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint orders_amounts_not_negative
    check (items_minor >= 0 and discount_minor >= 0 and tax_minor >= 0 and shipping_minor >= 0),
  constraint orders_total_adds_up check (total_minor = items_minor - discount_minor + tax_minor + shipping_minor),
  constraint orders_total_within_bounds check (total_minor between 0 and 999999999999999),
  constraint orders_refunds_within_captures
    check (refunding_minor >= 0 and refunded_minor >= 0 and refunding_minor + refunded_minor <= captured_minor),
  -- Nothing waits without a driver: an unpaid order has its deadline.
  constraint orders_pending_expire check ((status = 'pending') = (expires_at is not null))
) with (fillfactor = 80);
create index orders_expiring on orders.orders (expires_at) where expires_at is not null;

create table orders.order_items (
  order_id bigint not null references orders.orders (order_id),
  line int not null,
  sku text not null,
  product_name text not null,
  quantity bigint not null,
  unit_price_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  line_total_minor bigint not null,
  primary key (order_id, line),
  constraint order_items_quantity_within_bounds check (quantity between 1 and 1000000),
  constraint order_items_price_not_negative check (unit_price_minor >= 0 and discount_minor >= 0 and tax_minor >= 0),
  constraint order_items_total_adds_up
    check (line_total_minor = quantity * unit_price_minor - discount_minor and line_total_minor >= 0)
);

-- The moves that an order's status may make; the code has the same table, and a test compares them.
create table orders.legal_moves (
  from_status text not null,
  to_status text not null,
  only_when_free boolean not null default false,
  primary key (from_status, to_status)
);
insert into orders.legal_moves (from_status, to_status, only_when_free) values
  ('new', 'pending', false),
  ('pending', 'payment_processing', false),
  ('pending', 'paid', true),
  ('pending', 'cancelled', false),
  ('payment_processing', 'paid', false),
  ('payment_processing', 'pending', false),
  ('paid', 'shipped', false),
  ('paid', 'cancelled', false),
  ('shipped', 'delivered', false);

create schema notifications;

-- One row for each thing that a person is told: the order and the kind are the cause, so it is told once.
create table notifications.messages (
  order_id bigint not null,
  kind text not null,
  state text not null,
  channel text not null,
  recipient text not null,
  locale text not null,
  message_id text not null,
  tries int not null,
  failure text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (order_id, kind),
  constraint messages_kind_known check (kind in ('order_confirmation', 'order_shipped', 'order_cancelled')),
  constraint messages_state_known check (state in ('queued', 'sent', 'failed')),
  constraint messages_sent_have_a_time check ((state = 'sent') = (sent_at is not null))
);

-- The embedded mailbox: what would have gone out, readable at /api/v2/mails.
create table notifications.mails (
  mail_id bigint generated always as identity primary key,
  message_id text not null,
  order_id bigint not null,
  kind text not null,
  sender text not null,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text not null,
  sent_at timestamptz not null,
  constraint mails_message_once unique (message_id)
);

-- History cannot be edited, whoever is connected.
create function platform.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_schema || '.' || tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end
$$;
create trigger events_append_only before update or delete or truncate on events.events
  for each statement execute function platform.refuse_change();
create trigger money_entries_append_only before update or delete or truncate on payments.money_entries
  for each statement execute function platform.refuse_change();
