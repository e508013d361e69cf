-- id: I28
-- title: Every index is valid, every constraint checked, every promised uniqueness kept
-- when: always
with ours as (
  select oid
    from pg_namespace
   where nspname in ('platform', 'http', 'audit', 'identity', 'tasks', 'events', 'payments', 'fulfillment', 'orders',
                     'notifications', 'imports', 'catalog', 'customers', 'carts', 'graphile_worker')
)
select format('The index %s is not valid.', indexrelid::regclass) as what
  from pg_index
  join pg_class on pg_class.oid = indexrelid
 where relnamespace in (select oid from ours) and not (indisvalid and indisready)
union all
select format('The constraint %I of %s was never checked.', conname, conrelid::regclass)
  from pg_constraint
 where connamespace in (select oid from ours) and not convalidated
union all
select format('%s promises that something stands once, and is not there or not unique.', promised)
  from unnest(array[
         'carts.cart_lines_price_once', 'carts.carts_one_current', 'carts.carts_order_once', 'carts.carts_pkey',
         'catalog.prices_pkey', 'catalog.product_images_content_once', 'catalog.products_key_once', 'catalog.products_sku_once',
         'catalog.tax_rates_once', 'catalog.version_pkey', 'customers.customers_one_default', 'customers.customers_pkey',
         'events.events_pkey', 'events.feed_pkey', 'events.sequencer_pkey', 'fulfillment.provider_orders_pkey',
         'http.idempotency_keys_pkey', 'identity.accounts_known_once', 'identity.api_keys_prefix_once',
         'identity.members_once', 'identity.merged_shoppers_pkey', 'identity.one_time_tokens_pkey',
         'identity.sessions_token_once', 'identity.staff_pkey', 'identity.users_email_once', 'imports.import_orders_pkey',
         'imports.import_rows_pkey', 'imports.imports_file_once', 'imports.imports_pkey', 'imports.imports_uid_once',
         'notifications.account_messages_pkey', 'notifications.mails_message_once', 'notifications.messages_pkey',
         'orders.order_items_pkey', 'orders.orders_cart_once', 'orders.orders_pkey', 'orders.orders_uid_once',
         'orders.shopper_orders_pkey', 'payments.payment_attempts_session_once', 'payments.sandbox_sessions_key_once',
         'payments.sandbox_sessions_pkey',
         'orders.orders_given_uid_once', 'orders.orders_reference_once', 'orders.orders_import_row_once',
         'payments.money_entries_pkey', 'payments.money_entries_reference_once', 'payments.payment_attempts_one_paid',
         'payments.payment_attempts_pkey', 'payments.refunds_pkey', 'payments.sandbox_payments_pkey',
         'payments.sandbox_refunds_pkey', 'payments.suspense_pkey', 'payments.webhook_inbox_pkey',
         'platform.leases_pkey', 'tasks.tasks_cause_once']) as promised
 where not exists (select from pg_index where indexrelid = to_regclass(promised) and indisunique)
