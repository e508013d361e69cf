-- Who is billed: a user, an anonymous shopper or an organization may have several, one of them the default.

create schema customers;

create table customers.customers (
  customer_id uuid primary key,
  -- `user/…`, `anonymous/…` or `organization/…`.
  owner text not null,
  name text not null,
  email text not null,
  phone text,
  company text,
  line1 text not null,
  line2 text,
  city text not null,
  -- ISO 3166-2, as tax rates have it, where the country has such.
  region text,
  postal_code text,
  country text not null,
  tax_id text,
  is_default boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint customers_owner_known check (owner ~ '^(user|anonymous|organization)/.'),
  constraint customers_country_is_a_code check (country ~ '^[A-Z]{2}$')
);
create unique index customers_one_default on customers.customers (owner) where is_default;
create index customers_of_owner on customers.customers (owner, customer_id);
create index customers_by_email on customers.customers (lower(email), customer_id);
create index customers_by_country on customers.customers (country, customer_id);
