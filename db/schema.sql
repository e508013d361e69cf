-- Written by npm run db:dump from the migrated database. Not run by anything.

create schema audit;

create schema carts;

create schema catalog;

create schema customers;

create schema events;

create schema fulfillment;

create schema http;

create schema identity;

create schema imports;

create schema notifications;

create schema orders;

create schema payments;

create schema platform;

create schema tasks;

create sequence orders.order_ids as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807;

create table audit.entries (
  entry_id bigint generated always as identity not null,
  actor text not null,
  actor_name text not null,
  action text not null,
  subject text not null,
  request_id text,
  detail jsonb not null,
  recorded_at timestamp with time zone not null,
  constraint entries_have_an_author CHECK (((actor <> ''::text) AND (action <> ''::text) AND (subject <> ''::text))),
  constraint entries_pkey PRIMARY KEY (entry_id)
);
CREATE INDEX entries_of_action ON audit.entries USING btree (action, entry_id);
CREATE INDEX entries_of_actor ON audit.entries USING btree (actor, entry_id);
CREATE INDEX entries_of_subject ON audit.entries USING btree (subject, entry_id);
CREATE TRIGGER entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.entries FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table carts.cart_lines (
  cart_id uuid not null,
  line_id uuid not null,
  price_id uuid not null,
  quantity bigint not null,
  agreed_unit_minor bigint not null,
  added_at timestamp with time zone not null,
  constraint cart_lines_price_within_bounds CHECK (((agreed_unit_minor >= 0) AND (agreed_unit_minor <= '999999999999999'::bigint))),
  constraint cart_lines_quantity_within_bounds CHECK (((quantity >= 1) AND (quantity <= 1000000))),
  constraint cart_lines_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES carts.carts(cart_id) ON DELETE CASCADE,
  constraint cart_lines_pkey PRIMARY KEY (cart_id, line_id),
  constraint cart_lines_price_once UNIQUE (cart_id, price_id)
) with (fillfactor=80);

create table carts.carts (
  cart_id uuid not null,
  owner text not null,
  kind text not null,
  status text not null,
  currency text not null,
  order_id bigint,
  merged_into uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint carts_checked_out_have_an_order CHECK (((status = 'checked_out'::text) = (order_id IS NOT NULL))),
  constraint carts_currency_is_a_code CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint carts_kind_known CHECK ((kind = ANY (ARRAY['current'::text, 'buy_now'::text, 'set_aside'::text]))),
  constraint carts_merge_into_another CHECK ((merged_into <> cart_id)),
  constraint carts_merged_say_into_what CHECK (((status = 'merged'::text) = (merged_into IS NOT NULL))),
  constraint carts_owner_known CHECK ((owner ~ '^(user|anonymous)/.'::text)),
  constraint carts_status_known CHECK ((status = ANY (ARRAY['open'::text, 'checked_out'::text, 'merged'::text]))),
  constraint carts_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES carts.carts(cart_id) ON DELETE CASCADE,
  constraint carts_pkey PRIMARY KEY (cart_id),
  constraint carts_order_once UNIQUE (order_id)
) with (fillfactor=80);
CREATE INDEX carts_left ON carts.carts USING btree (created_at) WHERE ((order_id IS NULL) AND (merged_into IS NULL));
CREATE INDEX carts_merged ON carts.carts USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX carts_of_owner ON carts.carts USING btree (owner, cart_id);
CREATE UNIQUE INDEX carts_one_current ON carts.carts USING btree (owner) WHERE ((status = 'open'::text) AND (kind = 'current'::text));

create table catalog.prices (
  price_id uuid not null,
  product_id uuid not null,
  unit_amount_minor bigint not null,
  currency text not null,
  "interval" text not null,
  interval_count integer not null,
  active boolean not null,
  valid_from timestamp with time zone,
  valid_until timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint prices_amount_within_bounds CHECK (((unit_amount_minor >= 0) AND (unit_amount_minor <= '999999999999999'::bigint))),
  constraint prices_currency_is_a_code CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint prices_interval_counted CHECK ((((interval_count >= 1) AND (interval_count <= 365)) AND (("interval" <> 'one_off'::text) OR (interval_count = 1)))),
  constraint prices_interval_known CHECK (("interval" = ANY (ARRAY['one_off'::text, 'day'::text, 'week'::text, 'month'::text, 'year'::text]))),
  constraint prices_validity_has_a_span CHECK ((valid_from < valid_until)),
  constraint prices_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(product_id) ON DELETE CASCADE,
  constraint prices_pkey PRIMARY KEY (price_id),
  constraint prices_changes_count TRIGGER DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX prices_by_end ON catalog.prices USING btree (valid_until) WHERE (valid_until IS NOT NULL);
CREATE INDEX prices_by_start ON catalog.prices USING btree (valid_from) WHERE (valid_from IS NOT NULL);
CREATE INDEX prices_of_product ON catalog.prices USING btree (product_id, currency);
CREATE CONSTRAINT TRIGGER prices_changes_count AFTER INSERT OR DELETE OR UPDATE ON catalog.prices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.count_change();

create table catalog.product_images (
  image_id uuid not null,
  product_id uuid not null,
  title text not null,
  sort_order integer not null,
  media_type text not null,
  bytes bigint not null,
  width integer not null,
  height integer not null,
  content_hash text not null,
  thumbnail_widths integer[] not null,
  created_at timestamp with time zone not null,
  constraint product_images_have_a_size CHECK (((bytes > 0) AND (width > 0) AND (height > 0))),
  constraint product_images_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(product_id) ON DELETE CASCADE,
  constraint product_images_pkey PRIMARY KEY (image_id),
  constraint product_images_changes_count TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint product_images_content_once UNIQUE (product_id, content_hash)
);
CREATE INDEX product_images_in_order ON catalog.product_images USING btree (product_id, sort_order, image_id);
CREATE CONSTRAINT TRIGGER product_images_changes_count AFTER INSERT OR DELETE OR UPDATE ON catalog.product_images DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.count_change();

create table catalog.product_translations (
  product_id uuid not null,
  language text not null,
  name text not null,
  checkout_description text not null,
  description text not null,
  statement_descriptor text not null,
  constraint product_translations_descriptor_can_be_printed CHECK (((statement_descriptor ~ '^[ -~]*$'::text) AND (statement_descriptor !~ '[<>\\''"*]'::text))),
  constraint product_translations_descriptor_is_short CHECK ((char_length(statement_descriptor) <= 22)),
  constraint product_translations_have_a_name CHECK ((name <> ''::text)),
  constraint product_translations_language_is_a_tag CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
  constraint product_translations_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products(product_id) ON DELETE CASCADE,
  constraint product_translations_pkey PRIMARY KEY (product_id, language),
  constraint product_translations_changes_count TRIGGER DEFERRABLE INITIALLY DEFERRED
);
CREATE CONSTRAINT TRIGGER product_translations_changes_count AFTER INSERT OR DELETE OR UPDATE ON catalog.product_translations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.count_change();

create table catalog.products (
  product_id uuid not null,
  key text not null,
  sku text not null,
  provider_id text not null,
  tax_code text not null,
  shippable boolean not null,
  consumable boolean not null,
  active boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint products_are_sent_or_handed_over CHECK ((NOT (shippable AND consumable))),
  constraint products_key_fits_an_address CHECK ((key ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$'::text)),
  constraint products_pkey PRIMARY KEY (product_id),
  constraint products_changes_count TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint products_key_once UNIQUE (key),
  constraint products_sku_once UNIQUE (sku)
);
CREATE CONSTRAINT TRIGGER products_changes_count AFTER INSERT OR DELETE OR UPDATE ON catalog.products DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.count_change();

create table catalog.tax_rates (
  tax_rate_id uuid not null,
  name text not null,
  rate_millionths integer not null,
  country text not null,
  region text,
  tax_code text,
  inclusive boolean not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint tax_rates_country_is_a_code CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint tax_rates_rate_within_bounds CHECK (((rate_millionths >= 0) AND (rate_millionths <= 1000000))),
  constraint tax_rates_region_is_in_the_country CHECK ((region ~~ (country || '-%'::text))),
  constraint tax_rates_validity_has_a_span CHECK ((valid_from < valid_until)),
  constraint tax_rates_pkey PRIMARY KEY (tax_rate_id),
  constraint tax_rates_changes_count TRIGGER DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX tax_rates_by_end ON catalog.tax_rates USING btree (valid_until) WHERE (valid_until IS NOT NULL);
CREATE INDEX tax_rates_by_start ON catalog.tax_rates USING btree (valid_from);
CREATE UNIQUE INDEX tax_rates_once ON catalog.tax_rates USING btree (country, COALESCE(region, ''::text), COALESCE(tax_code, ''::text), valid_from);
CREATE CONSTRAINT TRIGGER tax_rates_changes_count AFTER INSERT OR DELETE OR UPDATE ON catalog.tax_rates DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.count_change();

create table catalog.version (
  only_row boolean default true not null,
  number bigint not null,
  constraint version_has_one_row CHECK (only_row),
  constraint version_pkey PRIMARY KEY (only_row)
);

create table customers.customers (
  customer_id uuid not null,
  owner text not null,
  name text not null,
  email text not null,
  phone text,
  company text,
  line1 text not null,
  line2 text,
  city text not null,
  region text,
  postal_code text,
  country text not null,
  tax_id text,
  is_default boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint customers_country_is_a_code CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint customers_owner_known CHECK ((owner ~ '^(user|anonymous|organization)/.'::text)),
  constraint customers_pkey PRIMARY KEY (customer_id)
);
CREATE INDEX customers_by_country ON customers.customers USING btree (country, customer_id);
CREATE INDEX customers_by_email ON customers.customers USING btree (lower(email), customer_id);
CREATE INDEX customers_of_owner ON customers.customers USING btree (owner, customer_id);
CREATE UNIQUE INDEX customers_one_default ON customers.customers USING btree (owner) WHERE is_default;

create table events.appended (
  append_id bigint generated always as identity not null,
  stream_kinds text[] not null,
  stream_ids bigint[] not null,
  sequences integer[] not null,
  constraint appended_pkey PRIMARY KEY (append_id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=10000);

create table events.events (
  stream_kind text not null,
  stream_id bigint not null,
  sequence integer not null,
  event_id uuid not null,
  type text not null,
  subject uuid not null,
  occurred_at timestamp with time zone not null,
  from_status text,
  to_status text,
  actor text not null,
  cause text not null,
  data json not null,
  constraint events_sequence_from_one CHECK ((sequence >= 1)),
  constraint events_stream_kind_known CHECK ((stream_kind = ANY (ARRAY['order'::text, 'stock'::text, 'import'::text, 'subscription'::text, 'customer'::text]))),
  constraint events_pkey PRIMARY KEY (stream_kind, stream_id, sequence)
);
CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON events.events FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table events.feed (
  "position" bigint not null,
  stream_kind text not null,
  stream_id bigint not null,
  sequence integer not null,
  constraint feed_pkey PRIMARY KEY ("position")
);

create table events.sequencer (
  singleton boolean default true not null,
  last_position bigint not null,
  constraint sequencer_is_one CHECK (singleton),
  constraint sequencer_pkey PRIMARY KEY (singleton)
);

create table fulfillment.provider_orders (
  order_id bigint not null,
  provider_id text not null,
  processing text not null,
  fulfilment text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint provider_orders_fulfilled_are_confirmed CHECK (((fulfilment = 'none'::text) OR (processing = ANY (ARRAY['confirmed'::text, 'cancelled'::text])))),
  constraint provider_orders_fulfilment_known CHECK ((fulfilment = ANY (ARRAY['none'::text, 'received'::text, 'in_progress'::text, 'ready'::text, 'fulfilled'::text]))),
  constraint provider_orders_processing_known CHECK ((processing = ANY (ARRAY['pending'::text, 'sent'::text, 'confirmed'::text, 'rejected'::text, 'cancelled'::text]))),
  constraint provider_orders_pkey PRIMARY KEY (order_id, provider_id)
) with (fillfactor=80);

create table http.idempotency_keys (
  principal text not null,
  key text not null,
  fingerprint text not null,
  order_id bigint,
  answer_status integer,
  answer_body text,
  created_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  payment_order_id bigint,
  payment_attempt integer,
  constraint idempotency_keys_answered_whole CHECK (((answer_status IS NULL) = (answered_at IS NULL))),
  constraint idempotency_keys_payment_whole CHECK (((payment_order_id IS NULL) = (payment_attempt IS NULL))),
  constraint idempotency_keys_pkey PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_by_age ON http.idempotency_keys USING btree (created_at);
CREATE INDEX idempotency_keys_unanswered ON http.idempotency_keys USING btree (created_at) WHERE (answered_at IS NULL);

create table identity.accounts (
  id uuid not null,
  user_id uuid not null,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_known_once UNIQUE (provider_id, account_id)
);
CREATE INDEX accounts_of_user ON identity.accounts USING btree (user_id);

create table identity.api_keys (
  key_id uuid not null,
  name text not null,
  prefix text not null,
  secret_hash text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (key_id),
  constraint api_keys_prefix_once UNIQUE (prefix)
);

create table identity.attempts (
  name text not null,
  failures integer not null,
  window_ends_at timestamp with time zone not null,
  constraint attempts_counted CHECK ((failures >= 0)),
  constraint attempts_pkey PRIMARY KEY (name)
);
CREATE INDEX attempts_by_end ON identity.attempts USING btree (window_ends_at);

create table identity.invitations (
  id uuid not null,
  organization_id uuid not null,
  inviter_id uuid not null,
  email text not null,
  role text,
  status text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint invitations_inviter_id_fkey FOREIGN KEY (inviter_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id) ON DELETE CASCADE,
  constraint invitations_pkey PRIMARY KEY (id)
);
CREATE INDEX invitations_of_organization ON identity.invitations USING btree (organization_id);
CREATE INDEX invitations_to ON identity.invitations USING btree (email);

create table identity.members (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null,
  constraint members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id) ON DELETE CASCADE,
  constraint members_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint members_pkey PRIMARY KEY (id),
  constraint members_once UNIQUE (organization_id, user_id)
);
CREATE INDEX members_of_user ON identity.members USING btree (user_id);
CREATE TRIGGER organizations_have_an_owner AFTER DELETE OR UPDATE OF role ON identity.members FOR EACH ROW EXECUTE FUNCTION identity.keep_an_owner();

create table identity.merged_shoppers (
  owner text not null,
  user_id uuid not null,
  merged_at timestamp with time zone not null,
  constraint merged_shoppers_were_anonymous CHECK ((owner ~~ 'anonymous/%'::text)),
  constraint merged_shoppers_pkey PRIMARY KEY (owner)
);

create table identity.one_time_tokens (
  token_hash text not null,
  purpose text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint one_time_tokens_purpose_known CHECK ((purpose = ANY (ARRAY['setup_owner'::text, 'oidc_state'::text]))),
  constraint one_time_tokens_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX one_time_tokens_by_end ON identity.one_time_tokens USING btree (expires_at);

create table identity.organizations (
  id uuid not null,
  name text not null,
  slug text not null,
  logo text,
  metadata text,
  created_at timestamp with time zone not null,
  constraint organizations_pkey PRIMARY KEY (id),
  constraint organizations_slug_once UNIQUE (slug)
);

create table identity.rate_limits (
  id uuid not null,
  key text not null,
  count integer not null,
  last_request bigint not null,
  constraint rate_limits_pkey PRIMARY KEY (id),
  constraint rate_limits_key_once UNIQUE (key)
);

create table identity.sessions (
  id uuid not null,
  user_id uuid not null,
  token text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  active_organization_id uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_token_once UNIQUE (token)
);
CREATE INDEX sessions_by_end ON identity.sessions USING btree (expires_at);
CREATE INDEX sessions_of_user ON identity.sessions USING btree (user_id);

create table identity.staff (
  user_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  constraint staff_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'support'::text, 'fulfilment'::text, 'read_only'::text]))),
  constraint staff_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint staff_pkey PRIMARY KEY (user_id)
);
CREATE INDEX staff_owners ON identity.staff USING btree (user_id) WHERE (role = 'owner'::text);

create table identity.users (
  id uuid not null,
  name text not null,
  email text not null,
  email_verified boolean not null,
  image text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_once UNIQUE (email)
);

create table identity.verifications (
  id uuid not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint verifications_pkey PRIMARY KEY (id)
);
CREATE INDEX verifications_by_end ON identity.verifications USING btree (expires_at);
CREATE INDEX verifications_of ON identity.verifications USING btree (identifier);

create table imports.import_orders (
  import_id bigint not null,
  order_no integer not null,
  rows integer not null,
  live_rows integer not null,
  characters integer default 0 not null,
  fragments integer default 1 not null,
  merged_into integer,
  order_id bigint,
  exception text,
  unpaid boolean default false not null,
  reference text,
  source text,
  uid uuid,
  draft json,
  reason json,
  constraint import_orders_exception_known CHECK ((exception = ANY (ARRAY['rejected'::text, 'duplicate'::text, 'dropped'::text]))),
  constraint import_orders_merged_into_an_earlier CHECK ((merged_into < order_no)),
  constraint import_orders_pending_have_a_draft CHECK (((exception IS NOT NULL) OR (order_id IS NOT NULL) OR (draft IS NOT NULL) OR (merged_into IS NOT NULL))),
  constraint import_orders_rows_counted CHECK (((rows > 0) AND (live_rows >= 0) AND (fragments >= 0))),
  constraint import_orders_pkey PRIMARY KEY (import_id, order_no)
) with (fillfactor=75);
CREATE INDEX import_orders_exceptions ON imports.import_orders USING btree (import_id, exception, order_no) WHERE (exception IS NOT NULL);
CREATE INDEX import_orders_merged ON imports.import_orders USING btree (import_id, merged_into, order_no) WHERE (merged_into IS NOT NULL);

create table imports.import_rows (
  import_id bigint not null,
  row_no integer not null,
  order_no integer not null,
  line integer not null,
  dropped boolean not null,
  faults json,
  raw text not null,
  constraint import_rows_numbered CHECK (((order_no > 0) AND (row_no >= order_no) AND (line > 0))),
  constraint import_rows_pkey PRIMARY KEY (import_id, row_no)
);
CREATE INDEX import_rows_with_faults ON imports.import_rows USING btree (import_id, row_no) WHERE (faults IS NOT NULL);

create table imports.imports (
  import_id bigint generated always as identity not null,
  uid uuid not null,
  source text not null,
  name text not null,
  status text default 'received'::text not null,
  paused_at timestamp with time zone,
  options jsonb not null,
  plan jsonb,
  blob_key text,
  bytes bigint not null,
  content_hash text not null,
  options_hash text not null,
  generation integer not null,
  stage text,
  mark integer default 0 not null,
  read_bytes bigint default 0 not null,
  stage_at timestamp with time zone,
  stage_from integer default 0 not null,
  runner uuid,
  rows_read integer default 0 not null,
  rows_dropped integer default 0 not null,
  rows_placed integer default 0 not null,
  rows_rejected integer default 0 not null,
  rows_duplicate integer default 0 not null,
  orders_read integer default 0 not null,
  orders_dropped integer default 0 not null,
  orders_placed integer default 0 not null,
  orders_rejected integer default 0 not null,
  orders_duplicate integer default 0 not null,
  orders_unpaid integer default 0 not null,
  fault_counts jsonb default '[]'::jsonb not null,
  failure_code text,
  failure_detail text,
  created_by text not null,
  last_sequence integer default 0 not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint imports_completed_have_nothing_pending CHECK (((status <> ALL (ARRAY['completed'::text, 'completed_with_errors'::text])) OR (((((orders_dropped + orders_placed) + orders_rejected) + orders_duplicate) = orders_read) AND ((((rows_dropped + rows_placed) + rows_rejected) + rows_duplicate) = rows_read)))),
  constraint imports_counts_not_negative CHECK (((LEAST(mark, stage_from, rows_read, rows_dropped, rows_placed, rows_rejected, rows_duplicate, orders_read, orders_dropped, orders_placed, orders_rejected, orders_duplicate, orders_unpaid) >= 0) AND (LEAST(bytes, read_bytes) >= 0))),
  constraint imports_counts_within_what_was_read CHECK ((((((orders_dropped + orders_placed) + orders_rejected) + orders_duplicate) <= orders_read) AND ((((rows_dropped + rows_placed) + rows_rejected) + rows_duplicate) <= rows_read))),
  constraint imports_ended_say_when CHECK (((status = ANY (ARRAY['completed'::text, 'completed_with_errors'::text, 'cancelled'::text, 'failed'::text])) = (ended_at IS NOT NULL))),
  constraint imports_failed_say_why CHECK ((((status = 'failed'::text) = (failure_code IS NOT NULL)) AND ((failure_code IS NULL) = (failure_detail IS NULL)))),
  constraint imports_keep_their_file CHECK (((blob_key IS NOT NULL) OR (ended_at IS NOT NULL))),
  constraint imports_only_running_are_paused CHECK (((paused_at IS NULL) OR (status = 'running'::text))),
  constraint imports_stage_fits CHECK (
CASE status
    WHEN 'validating'::text THEN ((stage = ANY (ARRAY['reading'::text, 'merging'::text, 'checking'::text])) IS TRUE)
    WHEN 'running'::text THEN ((stage = ANY (ARRAY['placing'::text, 'paying'::text])) IS TRUE)
    ELSE (stage IS NULL)
END),
  constraint imports_status_known CHECK ((status = ANY (ARRAY['received'::text, 'validating'::text, 'ready'::text, 'running'::text, 'completed'::text, 'completed_with_errors'::text, 'cancelled'::text, 'failed'::text]))),
  constraint imports_pkey PRIMARY KEY (import_id),
  constraint imports_file_once UNIQUE (source, content_hash, options_hash, generation),
  constraint imports_uid_once UNIQUE (uid)
) with (fillfactor=50);
CREATE INDEX imports_by_content ON imports.imports USING btree (content_hash, import_id);

create table notifications.account_messages (
  message_id uuid not null,
  kind text not null,
  state text not null,
  channel text not null,
  tries integer not null,
  failure text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  constraint account_messages_sent_have_a_time CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
  constraint account_messages_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text]))),
  constraint account_messages_pkey PRIMARY KEY (message_id)
);

create table notifications.mailbox (
  singleton boolean default true not null,
  forgotten_before timestamp with time zone,
  constraint mailbox_is_one CHECK (singleton),
  constraint mailbox_pkey PRIMARY KEY (singleton)
);

create table notifications.mails (
  mail_id bigint generated always as identity not null,
  message_id text not null,
  order_id bigint not null,
  kind text not null,
  sender text not null,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text not null,
  sent_at timestamp with time zone not null,
  constraint mails_pkey PRIMARY KEY (mail_id),
  constraint mails_message_once UNIQUE (message_id)
);
CREATE INDEX mails_to ON notifications.mails USING hash (recipient);

create table notifications.messages (
  order_id bigint not null,
  kind text not null,
  state text not null,
  channel text not null,
  recipient text not null,
  locale text not null,
  message_id text not null,
  tries integer not null,
  failure text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  constraint messages_kind_known CHECK ((kind = ANY (ARRAY['order_confirmation'::text, 'order_shipped'::text, 'order_cancelled'::text]))),
  constraint messages_sent_have_a_time CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
  constraint messages_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text]))),
  constraint messages_pkey PRIMARY KEY (order_id, kind)
);

create table orders.legal_moves (
  from_status text not null,
  to_status text not null,
  only_when_free boolean default false not null,
  constraint legal_moves_pkey PRIMARY KEY (from_status, to_status)
);

create table orders.order_items (
  order_id bigint not null,
  line integer not null,
  sku text not null,
  product_name text not null,
  quantity bigint not null,
  unit_price_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  line_total_minor bigint not null,
  tax_included_minor bigint default 0 not null,
  provider_id text default 'own'::text not null,
  constraint order_items_included_tax_within_total CHECK (((tax_included_minor >= 0) AND (tax_included_minor <= line_total_minor))),
  constraint order_items_price_not_negative CHECK (((unit_price_minor >= 0) AND (discount_minor >= 0) AND (tax_minor >= 0))),
  constraint order_items_quantity_within_bounds CHECK (((quantity >= 1) AND (quantity <= 1000000))),
  constraint order_items_total_adds_up CHECK (((line_total_minor = ((quantity * unit_price_minor) - discount_minor)) AND (line_total_minor >= 0))),
  constraint order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders.orders(order_id),
  constraint order_items_pkey PRIMARY KEY (order_id, line)
);

create table orders.order_search (
  order_id bigint not null,
  created_at timestamp with time zone not null,
  currency text not null,
  total_minor bigint not null,
  words tsvector not null,
  constraint order_search_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders.orders(order_id),
  constraint order_search_pkey PRIMARY KEY (order_id)
);
CREATE INDEX order_search_by_amount ON orders.order_search USING btree (currency, total_minor, order_id);
CREATE INDEX order_search_words ON orders.order_search USING gin (words) WITH (gin_pending_list_limit='1024');

create table orders.orders (
  order_id bigint not null,
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
  captured_minor bigint default 0 not null,
  refunding_minor bigint default 0 not null,
  refunded_minor bigint default 0 not null,
  attempts integer default 0 not null,
  refunds integer default 0 not null,
  last_sequence integer not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  charged_back_minor bigint default 0 not null,
  source text,
  external_reference text,
  import_id uuid,
  import_row integer,
  csv_source text,
  batch_id uuid,
  uid_given boolean default false not null,
  ordered_at timestamp with time zone,
  customer_reference text,
  notify boolean default true not null,
  pay_until timestamp with time zone,
  cart_id uuid,
  tax_included_minor bigint default 0 not null,
  constraint orders_amounts_not_negative CHECK (((items_minor >= 0) AND (discount_minor >= 0) AND (tax_minor >= 0) AND (shipping_minor >= 0))),
  constraint orders_chargebacks_within_captures CHECK (((charged_back_minor >= 0) AND (charged_back_minor <= captured_minor))),
  constraint orders_currency_is_a_code CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint orders_import_row_has_import CHECK (((import_row IS NULL) OR ((import_id IS NOT NULL) AND (import_row > 0)))),
  constraint orders_included_tax_within_items CHECK (((tax_included_minor >= 0) AND (tax_included_minor <= (items_minor + shipping_minor)))),
  constraint orders_pending_expire CHECK (((status = 'pending'::text) = (expires_at IS NOT NULL))),
  constraint orders_reference_has_source CHECK (((external_reference IS NULL) OR (source IS NOT NULL))),
  constraint orders_refunds_within_captures CHECK (((refunding_minor >= 0) AND (refunded_minor >= 0) AND ((refunding_minor + refunded_minor) <= captured_minor))),
  constraint orders_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'payment_processing'::text, 'paid'::text, 'shipped'::text, 'delivered'::text, 'cancelled'::text]))),
  constraint orders_total_adds_up CHECK ((total_minor = (((items_minor - discount_minor) + tax_minor) + shipping_minor))),
  constraint orders_total_within_bounds CHECK (((total_minor >= 0) AND (total_minor <= '999999999999999'::bigint))),
  constraint orders_pkey PRIMARY KEY (order_id),
  constraint orders_uid_once UNIQUE (uid)
) with (fillfactor=80);
CREATE INDEX orders_by_date ON orders.orders USING btree (created_at, order_id);
CREATE INDEX orders_by_status ON orders.orders USING btree (status, created_at, order_id);
CREATE UNIQUE INDEX orders_cart_once ON orders.orders USING btree (cart_id) WHERE (cart_id IS NOT NULL);
CREATE INDEX orders_expiring ON orders.orders USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE UNIQUE INDEX orders_given_uid_once ON orders.orders USING btree ("left"((uid)::text, 32)) WHERE uid_given;
CREATE UNIQUE INDEX orders_import_row_once ON orders.orders USING btree (import_id, import_row) WHERE (import_id IS NOT NULL);
CREATE INDEX orders_of_batch ON orders.orders USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX orders_of_import ON orders.orders USING btree (import_id, status, created_at, order_id) WHERE (import_id IS NOT NULL);
CREATE UNIQUE INDEX orders_reference_once ON orders.orders USING btree (external_reference, source) WHERE (external_reference IS NOT NULL);

create table orders.search_mark (
  singleton boolean default true not null,
  "position" bigint not null,
  constraint search_mark_is_one CHECK (singleton),
  constraint search_mark_pkey PRIMARY KEY (singleton)
);

create table orders.shopper_orders (
  order_id bigint not null,
  owner text not null,
  details json not null,
  frozen_at timestamp with time zone,
  constraint shopper_orders_owner_known CHECK ((owner ~ '^(user|anonymous)/.'::text)),
  constraint shopper_orders_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders.orders(order_id),
  constraint shopper_orders_pkey PRIMARY KEY (order_id)
);
CREATE INDEX shopper_orders_of_owner ON orders.shopper_orders USING btree (owner, order_id);
CREATE TRIGGER shopper_orders_details_frozen BEFORE UPDATE ON orders.shopper_orders FOR EACH ROW EXECUTE FUNCTION orders.refuse_thaw();

create table payments.money_entries (
  order_id bigint not null,
  sequence integer not null,
  attempt integer not null,
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  gateway text not null,
  reference text not null,
  cause text not null,
  actor text not null,
  recorded_at timestamp with time zone not null,
  occurred_at timestamp with time zone,
  constraint money_entries_amount_positive CHECK ((amount_minor > 0)),
  constraint money_entries_kind_known CHECK ((kind = ANY (ARRAY['capture'::text, 'refund'::text, 'refund_failed'::text, 'chargeback'::text]))),
  constraint money_entries_have_an_attempt FOREIGN KEY (order_id, attempt) REFERENCES payments.payment_attempts(order_id, attempt),
  constraint money_entries_pkey PRIMARY KEY (order_id, sequence),
  constraint money_entries_reference_once UNIQUE (gateway, reference, kind)
);
CREATE TRIGGER money_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payments.money_entries FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

create table payments.payment_attempts (
  order_id bigint not null,
  attempt integer not null,
  key text not null,
  gateway text not null,
  state text not null,
  amount_minor bigint not null,
  currency text not null,
  reference text,
  failure text,
  checks integer default 0 not null,
  check_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  hosted boolean default false not null,
  session_reference text,
  session_url text,
  constraint payment_attempts_amount_positive CHECK ((amount_minor > 0)),
  constraint payment_attempts_open_are_checked CHECK (((state = ANY (ARRAY['created'::text, 'processing'::text, 'unknown'::text])) = (check_at IS NOT NULL))),
  constraint payment_attempts_session_whole CHECK (((session_reference IS NULL) = (session_url IS NULL))),
  constraint payment_attempts_sessions_are_hosted CHECK ((hosted OR (session_reference IS NULL))),
  constraint payment_attempts_state_known CHECK ((state = ANY (ARRAY['created'::text, 'processing'::text, 'paid'::text, 'failed'::text, 'unknown'::text, 'expired'::text, 'cancelled'::text]))),
  constraint payment_attempts_pkey PRIMARY KEY (order_id, attempt)
) with (fillfactor=80);
CREATE INDEX payment_attempts_due ON payments.payment_attempts USING btree (check_at) WHERE (check_at IS NOT NULL);
CREATE UNIQUE INDEX payment_attempts_one_paid ON payments.payment_attempts USING btree (order_id) WHERE (state = 'paid'::text);
CREATE UNIQUE INDEX payment_attempts_session_once ON payments.payment_attempts USING btree (gateway, session_reference) WHERE (session_reference IS NOT NULL);

create table payments.refunds (
  order_id bigint not null,
  refund integer not null,
  attempt integer not null,
  key text not null,
  state text not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  reference text,
  failure text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint refunds_amount_positive CHECK ((amount_minor > 0)),
  constraint refunds_state_known CHECK ((state = ANY (ARRAY['requested'::text, 'succeeded'::text, 'failed'::text]))),
  constraint refunds_have_an_attempt FOREIGN KEY (order_id, attempt) REFERENCES payments.payment_attempts(order_id, attempt),
  constraint refunds_pkey PRIMARY KEY (order_id, refund)
);

create table payments.sandbox_payments (
  order_id bigint not null,
  idempotency_key text not null,
  payment_id text not null,
  status text not null,
  amount_minor bigint not null,
  currency text not null,
  failure text,
  settles_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint sandbox_payments_status_known CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'pending'::text]))),
  constraint sandbox_payments_pkey PRIMARY KEY (order_id, idempotency_key)
);

create table payments.sandbox_refunds (
  order_id bigint not null,
  idempotency_key text not null,
  refund_id text not null,
  payment_id text not null,
  amount_minor bigint not null,
  currency text not null,
  created_at timestamp with time zone not null,
  constraint sandbox_refunds_amount_positive CHECK ((amount_minor > 0)),
  constraint sandbox_refunds_pkey PRIMARY KEY (order_id, idempotency_key)
);

create table payments.sandbox_sessions (
  session_id text not null,
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
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint sandbox_sessions_status_known CHECK ((status = ANY (ARRAY['open'::text, 'decided'::text, 'expired'::text]))),
  constraint sandbox_sessions_pkey PRIMARY KEY (session_id),
  constraint sandbox_sessions_key_once UNIQUE (order_id, idempotency_key)
);

create table payments.suspense (
  gateway text not null,
  reference text not null,
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  order_id bigint,
  task_cause text not null,
  heard_from text not null,
  held_at timestamp with time zone not null,
  constraint suspense_amount_not_negative CHECK ((amount_minor >= 0)),
  constraint suspense_kind_known CHECK ((kind = ANY (ARRAY['capture'::text, 'refund'::text, 'refund_failed'::text, 'chargeback'::text]))),
  constraint suspense_pkey PRIMARY KEY (gateway, reference, kind)
);

create table payments.webhook_inbox (
  gateway text not null,
  event_id text not null,
  fingerprint text not null,
  named_order text not null,
  body text not null,
  payment_id text not null,
  refund_id text,
  news text not null,
  amount_minor bigint not null,
  currency text not null,
  state text default 'received'::text not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone,
  outcome text,
  received_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint webhook_inbox_amount_not_negative CHECK ((amount_minor >= 0)),
  constraint webhook_inbox_body_within_bounds CHECK ((octet_length(body) <= 16384)),
  constraint webhook_inbox_ended_whole CHECK ((((state = 'received'::text) = (ended_at IS NULL)) AND ((ended_at IS NULL) = (outcome IS NULL)))),
  constraint webhook_inbox_news_known CHECK ((news = ANY (ARRAY['succeeded'::text, 'failed'::text, 'refunded'::text, 'refund_failed'::text, 'charged_back'::text]))),
  constraint webhook_inbox_received_are_tried CHECK (((state = 'received'::text) = (next_try_at IS NOT NULL))),
  constraint webhook_inbox_state_known CHECK ((state = ANY (ARRAY['received'::text, 'worked'::text, 'parked'::text]))),
  constraint webhook_inbox_pkey PRIMARY KEY (gateway, event_id)
) with (fillfactor=80);
CREATE INDEX webhook_inbox_by_age ON payments.webhook_inbox USING btree (ended_at) WHERE (state = 'worked'::text);
CREATE INDEX webhook_inbox_waiting ON payments.webhook_inbox USING btree (received_at) WHERE (state = 'received'::text);

create table platform.leases (
  name text not null,
  holder uuid not null,
  token bigint not null,
  lease_until timestamp with time zone not null,
  constraint leases_pkey PRIMARY KEY (name)
);

create table platform.processes (
  process_id uuid not null,
  kind text not null,
  worker_pool_id text,
  started_at timestamp with time zone default now() not null,
  lease_until timestamp with time zone not null,
  constraint processes_pkey PRIMARY KEY (process_id)
);

create table public.orderwell_migrations (
  version integer not null,
  name text not null,
  migrated_at timestamp with time zone default now() not null,
  constraint orderwell_migrations_pkey PRIMARY KEY (version)
);

create table tasks.tasks (
  task_id bigint generated always as identity not null,
  kind text not null,
  cause text not null,
  order_id bigint,
  detail jsonb not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  assignee text,
  assigned_at timestamp with time zone,
  assigned_by text,
  closed_by text,
  closed_reason text,
  constraint tasks_assigned_whole CHECK ((num_nulls(assignee, assigned_at, assigned_by) = ANY (ARRAY[0, 3]))),
  constraint tasks_closed_whole CHECK ((num_nulls(closed_at, closed_by, closed_reason) = ANY (ARRAY[0, 3]))),
  constraint tasks_pkey PRIMARY KEY (task_id),
  constraint tasks_cause_once UNIQUE (cause)
);
CREATE INDEX tasks_of_assignee ON tasks.tasks USING btree (assignee, task_id) WHERE (assignee IS NOT NULL);
CREATE INDEX tasks_of_kind ON tasks.tasks USING btree (kind, task_id);
CREATE INDEX tasks_of_order ON tasks.tasks USING btree (order_id, task_id) WHERE (order_id IS NOT NULL);
CREATE INDEX tasks_open ON tasks.tasks USING btree (task_id) WHERE (closed_at IS NULL);

CREATE OR REPLACE FUNCTION catalog.count_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('catalog.counted', true) is distinct from 'yes' then
    update catalog.version set number = number + 1;
    perform set_config('catalog.counted', 'yes', true);
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION identity.keep_an_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return null;
  end if;
  perform 1 from identity.organizations where id = old.organization_id for update;
  if found and not exists (
    select 1 from identity.members where organization_id = old.organization_id and role = 'owner'
  ) then
    raise exception 'The organization % would have no owner.', old.organization_id
      using errcode = 'check_violation', constraint = 'organizations_have_an_owner';
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION orders.refuse_thaw()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.frozen_at is not null and (new.details::text is distinct from old.details::text
                                    or new.frozen_at is distinct from old.frozen_at
                                    or new.order_id is distinct from old.order_id) then
    raise exception 'The details of order % are frozen', old.order_id using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION platform.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % is refused', tg_table_schema || '.' || tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation';
end
$function$;
