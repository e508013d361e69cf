import pg from "pg";
import { uuidV5, uuidV7 } from "../src/platform/ids.ts";

/**
 * An order placed and paid by two statements written by hand for it alone, each committing by itself: a stricter
 * comparison than R, with nothing of ours in it but the schema. It leaves the same rows.
 */
const place = `
  with placed as (
    insert into orders.orders
      (order_id, uid, customer_id, customer_email, customer_name, locale, currency, status, items_minor, discount_minor,
       tax_minor, shipping_minor, total_minor, attempts, last_sequence, expires_at, created_at, updated_at)
    values (nextval('orders.order_ids'), $1, $2, $3, $4, 'ja', 'JPY', 'payment_processing', 190600, 0, 0, 0, 190600, 1, 2,
            null, $5, $5)
    returning order_id
  ), lines as (
    insert into orders.order_items
      (order_id, line, sku, product_name, quantity, unit_price_minor, discount_minor, tax_minor, line_total_minor)
    select order_id, line, 'item-' || line, name, quantity, price, 0, 0, quantity * price
      from placed, (values (1, $6, 2::bigint, 89800::bigint), (2, $7, 1, 11000)) as given(line, name, quantity, price)
  ), attempts as (
    insert into payments.payment_attempts
      (order_id, attempt, key, gateway, state, amount_minor, currency, check_at, created_at, updated_at)
    select order_id, 1, $8, 'sandbox', 'processing', 190600, 'JPY', $5::timestamptz + interval '40 s', $5, $5 from placed
  ), told as (
    insert into events.events
      (stream_kind, stream_id, sequence, event_id, type, subject, occurred_at, from_status, to_status, actor, cause, data)
    select 'order', order_id, sequence, event_id, type, $1, $5, from_status, to_status, 'bench', 'bench', data
      from placed, (values (1, $9::uuid, 'OrderCreated', 'new', 'pending', $10::json),
                           (2, $11::uuid, 'PaymentInitiated', 'pending', 'payment_processing', $12::json))
        as given(sequence, event_id, type, from_status, to_status, data)
  ), waiting as (
    insert into events.appended (stream_kinds, stream_ids, sequences)
    select array['order', 'order'], array[order_id, order_id], array[1, 2] from placed
  )
  select order_id from placed`;

const settle = `
  with held as (
    update orders.orders set status = 'paid', captured_minor = total_minor, last_sequence = 4, updated_at = $2
     where order_id = $1 and status = 'payment_processing' returning order_id, uid
  ), charged as (
    insert into payments.sandbox_payments
      (order_id, idempotency_key, payment_id, status, amount_minor, currency, created_at)
    select order_id, $3, $4, 'succeeded', 190600, 'JPY', $2 from held
  ), attempt as (
    update payments.payment_attempts set state = 'paid', reference = $4, check_at = null, updated_at = $2
     where order_id = $1 and attempt = 1
  ), entry as (
    insert into payments.money_entries
      (order_id, sequence, attempt, kind, amount_minor, currency, gateway, reference, cause, actor, recorded_at)
    select order_id, 3, 1, 'capture', 190600, 'JPY', 'sandbox', $4, 'bench', 'bench', $2 from held
  ), part as (
    insert into fulfillment.provider_orders (order_id, provider_id, processing, fulfilment, created_at, updated_at)
    select order_id, 'own', 'confirmed', 'none', $2, $2 from held
  ), told as (
    insert into events.events
      (stream_kind, stream_id, sequence, event_id, type, subject, occurred_at, from_status, to_status, actor, cause, data)
    select 'order', order_id, sequence, event_id, type, uid, $2, from_status, to_status, 'bench', 'bench', data
      from held, (values (3, $5::uuid, 'PaymentProcessed', null, null, $6::json),
                         (4, $7::uuid, 'OrderConfirmed', 'payment_processing', 'paid', $8::json))
        as given(sequence, event_id, type, from_status, to_status, data)
  ), waiting as (
    insert into events.appended (stream_kinds, stream_ids, sequences)
    select array['order', 'order'], array[order_id, order_id], array[3, 4] from held
  ), job as (
    select (graphile_worker.add_jobs(array[('tell-customer', json_build_object('orderId', $1::text, 'kind',
            'order_confirmation'), null, null, 20, null, null, null)::graphile_worker.job_spec])).id
  )
  select (select count(*) from held) as paid, (select count(*) from job) as jobs`;

const customerEmail = "tanaka@example.co.jp";
const customerName = "田中太郎";
const productNames = ["ノートPC", "マウス"] as const;
const namespace = "6f72a3b0-5d0c-5e8f-9a41-0c1d3f1b7a52";

/** Texts of the length that our events have. */
function createdText(uid: string, customerId: string, at: string): string {
  const items = [
    { sku: "item-1", quantity: 2, unitPrice: 89800 },
    { sku: "item-2", quantity: 1, unitPrice: 11000 },
  ];
  return JSON.stringify({
    orderId: uid,
    customerId,
    total: 190600,
    currency: "JPY",
    status: "created",
    items,
    createdAt: at,
  });
}

function paymentText(uid: string, paymentId: string, at: string): string {
  return JSON.stringify({
    paymentId,
    orderId: uid,
    attempt: 1,
    gateway: "sandbox",
    amount: 190600,
    currency: "JPY",
    initiatedAt: at,
  });
}

async function placeAndPay(client: pg.PoolClient): Promise<void> {
  const now = new Date();
  const at = now.toISOString();
  const uid = uuidV7(now);
  const customerId = uuidV5(namespace, customerEmail);
  const key = `${uid.slice(0, -4)}8001`;
  const eventIds = [1, 2, 3, 4].map((sequence) => `${uid.slice(0, -4)}${sequence.toString(16).padStart(4, "0")}`);
  const placed = await client.query<{ order_id: string }>({
    name: "handwritten.place",
    text: place,
    values: [
      uid,
      customerId,
      customerEmail,
      customerName,
      at,
      productNames[0],
      productNames[1],
      key,
      eventIds[0],
      createdText(uid, customerId, at),
      eventIds[1],
      paymentText(uid, key, at),
    ],
  });
  const orderId = placed.rows[0]?.order_id;
  const reference = `pay_${orderId}_${key}`;
  const settled = await client.query<{ paid: string; jobs: string }>({
    name: "handwritten.settle",
    text: settle,
    values: [
      orderId,
      at,
      key,
      reference,
      eventIds[2],
      paymentText(uid, key, at),
      eventIds[3],
      paymentText(uid, key, at),
    ],
  });
  if (Number(settled.rows[0]?.paid) !== 1 || Number(settled.rows[0]?.jobs) !== 1) {
    throw new Error("The handwritten statements did not pay their order.");
  }
}

/** Runs it for so long and answers orders a second. */
export async function measureHandwritten(url: string, seconds: number, connections = 16): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections, application_name: "bench handwritten" });
  const until = performance.now() + seconds * 1000;
  let orders = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = await pool.connect();
      while (performance.now() < until) {
        await placeAndPay(client);
        orders += 1;
      }
      client.release();
    }),
  );
  const elapsedSeconds = (performance.now() - started) / 1000;
  await pool.end();
  return orders / elapsedSeconds;
}
