-- What is sold: products with their prices, their words in several languages, their pictures, and the taxes on them.

create schema catalog;

create table catalog.products (
  product_id uuid primary key,
  key text not null,
  sku text not null,
  provider_id text not null,
  tax_code text not null,
  -- Goods that are sent.
  shippable boolean not null,
  -- Food and drink that is handed over at a counter.
  consumable boolean not null,
  active boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint products_key_once unique (key),
  constraint products_key_fits_an_address check (key ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$'),
  constraint products_sku_once unique (sku),
  constraint products_are_sent_or_handed_over check (not (shippable and consumable))
);

-- A price is one product's amount in one currency: one-off, or again in each interval.
create table catalog.prices (
  price_id uuid primary key,
  product_id uuid not null references catalog.products (product_id) on delete cascade,
  unit_amount_minor bigint not null,
  currency text not null,
  interval text not null,
  interval_count int not null,
  active boolean not null,
  valid_from timestamptz,
  valid_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint prices_amount_within_bounds check (unit_amount_minor between 0 and 999999999999999),
  constraint prices_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint prices_interval_known check (interval in ('one_off', 'day', 'week', 'month', 'year')),
  constraint prices_interval_counted check (interval_count between 1 and 365 and (interval <> 'one_off' or interval_count = 1)),
  constraint prices_validity_has_a_span check (valid_from < valid_until)
);
create index prices_of_product on catalog.prices (product_id, currency);
-- Where the next price begins or ends by itself.
create index prices_by_start on catalog.prices (valid_from) where valid_from is not null;
create index prices_by_end on catalog.prices (valid_until) where valid_until is not null;

create table catalog.product_translations (
  product_id uuid not null references catalog.products (product_id) on delete cascade,
  language text not null,
  name text not null,
  checkout_description text not null,
  description text not null,
  statement_descriptor text not null,
  primary key (product_id, language),
  constraint product_translations_language_is_a_tag check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  constraint product_translations_have_a_name check (name <> ''),
  -- What a bank prints has no room for more.
  constraint product_translations_descriptor_is_short check (char_length(statement_descriptor) <= 22),
  constraint product_translations_descriptor_can_be_printed check (statement_descriptor ~ '^[ -~]*$' and statement_descriptor !~ '[<>\\''"*]')
);

-- The file itself and its thumbnails are in the blob store, under names made of the image's id.
create table catalog.product_images (
  image_id uuid primary key,
  product_id uuid not null references catalog.products (product_id) on delete cascade,
  title text not null,
  -- The lowest is the primary image.
  sort_order int not null,
  media_type text not null,
  bytes bigint not null,
  width int not null,
  height int not null,
  content_hash text not null,
  -- The widths for which there are thumbnails, each as WebP and AVIF.
  thumbnail_widths int[] not null,
  created_at timestamptz not null,
  constraint product_images_content_once unique (product_id, content_hash),
  constraint product_images_have_a_size check (bytes > 0 and width > 0 and height > 0)
);
create index product_images_in_order on catalog.product_images (product_id, sort_order, image_id);

-- How much tax there is where, on what, from when on. Of several that fit the most exact one counts, then the newest.
create table catalog.tax_rates (
  tax_rate_id uuid primary key,
  name text not null,
  -- Millionths of the amount: 20 % is 200000, and a percentage has four decimals.
  rate_millionths int not null,
  country text not null,
  -- Null: the whole country.
  region text,
  -- Null: whatever is sold.
  tax_code text,
  -- Whether prices have it in them.
  inclusive boolean not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint tax_rates_rate_within_bounds check (rate_millionths between 0 and 1000000),
  constraint tax_rates_country_is_a_code check (country ~ '^[A-Z]{2}$'),
  constraint tax_rates_region_is_in_the_country check (region like country || '-%'),
  constraint tax_rates_validity_has_a_span check (valid_from < valid_until)
);
create unique index tax_rates_once on catalog.tax_rates (country, coalesce(region, ''), coalesce(tax_code, ''), valid_from);
create index tax_rates_by_start on catalog.tax_rates (valid_from);
create index tax_rates_by_end on catalog.tax_rates (valid_until) where valid_until is not null;

-- Counts the changes of all of this: what a process remembers of the catalogue is good as long as the number stays.
create table catalog.version (
  only_row boolean primary key default true,
  number bigint not null,
  constraint version_has_one_row check (only_row)
);
insert into catalog.version (number) values (1);

-- Once in a transaction, at its end: whoever waits for the row there holds up nobody but those who commit too.
create function catalog.count_change() returns trigger language plpgsql as $$
begin
  if current_setting('catalog.counted', true) is distinct from 'yes' then
    update catalog.version set number = number + 1;
    perform set_config('catalog.counted', 'yes', true);
  end if;
  return null;
end
$$;

create constraint trigger products_changes_count after insert or update or delete on catalog.products
  deferrable initially deferred for each row execute function catalog.count_change();
create constraint trigger prices_changes_count after insert or update or delete on catalog.prices
  deferrable initially deferred for each row execute function catalog.count_change();
create constraint trigger product_translations_changes_count after insert or update or delete on catalog.product_translations
  deferrable initially deferred for each row execute function catalog.count_change();
create constraint trigger product_images_changes_count after insert or update or delete on catalog.product_images
  deferrable initially deferred for each row execute function catalog.count_change();
create constraint trigger tax_rates_changes_count after insert or update or delete on catalog.tax_rates
  deferrable initially deferred for each row execute function catalog.count_change();
