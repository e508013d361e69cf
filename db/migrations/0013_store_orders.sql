-- Orders of shoppers: whose they are, what was bought as it was then, and payments on a gateway's own page.

alter table orders.orders
  add column cart_id uuid,
  -- Tax that the prices have in them: a part of the items' sum, and not added to the total.
  add column tax_included_minor bigint not null default 0,
  add constraint orders_included_tax_within_items check (tax_included_minor between 0 and items_minor + shipping_minor);
create unique index orders_cart_once on orders.orders (cart_id) where cart_id is not null;

alter table orders.order_items
  add column tax_included_minor bigint not null default 0,
  add column provider_id text not null default 'own',
  add constraint order_items_included_tax_within_total check (tax_included_minor between 0 and line_total_minor);

create table orders.shopper_orders (
  order_id bigint primary key references orders.orders (order_id),
  -- `user/…` or `anonymous/…`.
  owner text not null,
  -- Lines, prices, tax, names, billing and pictures as they were at checkout.
  details json not null,
  -- When it was paid: from then on the details never change.
  frozen_at timestamptz,
  constraint shopper_orders_owner_known check (owner ~ '^(user|anonymous)/.')
);
create index shopper_orders_of_owner on orders.shopper_orders (owner, order_id);

create function orders.refuse_thaw() returns trigger language plpgsql as $$
begin
  if old.frozen_at is not null and (new.details::text is distinct from old.details::text
                                    or new.frozen_at is distinct from old.frozen_at
                                    or new.order_id is distinct from old.order_id) then
    raise exception 'The details of order % are frozen', old.order_id using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger shopper_orders_details_frozen before update on orders.shopper_orders
  for each row execute function orders.refuse_thaw();

-- A payment that the shopper makes on the gateway's page: the gateway's name of the session and where it is.
alter table payments.payment_attempts
  add column hosted boolean not null default false,
  add column session_reference text,
  add column session_url text,
  add constraint payment_attempts_session_whole check ((session_reference is null) = (session_url is null)),
  add constraint payment_attempts_sessions_are_hosted check (hosted or session_reference is null);
create unique index payment_attempts_session_once on payments.payment_attempts (gateway, session_reference)
  where session_reference is not null;

-- The sandbox's own books of its payment pages.
create table payments.sandbox_sessions (
  session_id text primary key,
  order_id bigint not null,
  idempotency_key text not null,
  status text not null,
  amount_minor bigint not null,
  currency text not null,
  description text not null,
  customer_email text not null,
  locale text not null,
  return_url text not null,
  cancel_url text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  constraint sandbox_sessions_status_known check (status in ('open', 'decided', 'expired')),
  constraint sandbox_sessions_key_once unique (order_id, idempotency_key)
);
