import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { withClient } from "./count-rows.ts";
import type { Server } from "./start-server.ts";

/**
 * How each table is copied: columns that are not named stay as they are, `:copy` is the number of the copy. Mails are
 * left out: they are the largest part by far, and nothing that is measured reads them.
 */
const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "orders.orders": {
    order_id: "order_id + ids",
    uid: "pg_temp.moved(uid, :copy)",
    created_at: "pg_temp.moved_time(created_at, :copy)",
  },
  "orders.order_search": { order_id: "order_id + ids", created_at: "pg_temp.moved_time(created_at, :copy)" },
  "orders.order_items": { order_id: "order_id + ids" },
  "payments.payment_attempts": {
    order_id: "order_id + ids",
    key: "pg_temp.moved_text(key, :copy)",
    reference: "pg_temp.moved_text(reference, :copy)",
  },
  "payments.money_entries": { order_id: "order_id + ids", reference: "pg_temp.moved_text(reference, :copy)" },
  "payments.sandbox_payments": {
    order_id: "order_id + ids",
    idempotency_key: "pg_temp.moved_text(idempotency_key, :copy)",
    payment_id: "pg_temp.moved_text(payment_id, :copy)",
  },
  "fulfillment.provider_orders": { order_id: "order_id + ids" },
  "events.events": {
    stream_id: "stream_id + ids",
    event_id: "pg_temp.moved(event_id, :copy)",
    subject: "pg_temp.moved(subject, :copy)",
    data: "replace(data::text, subject::text, pg_temp.moved(subject, :copy)::text)::json",
  },
  "events.feed": { position: "position + positions", stream_id: "stream_id + ids" },
  "notifications.messages": { order_id: "order_id + ids", message_id: "'copy-' || :copy || '-' || message_id" },
};

/** Ids that begin with a time get an earlier one, each copy its own: sorted as if they had been made one after the other. */
const functions = `
  create function pg_temp.moved(id uuid, copy int) returns uuid language sql immutable return
    (lpad(to_hex(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - (10000 - copy) * 1000000::bigint), 12, '0')
      || substr(replace(id::text, '-', ''), 13))::uuid;
  create function pg_temp.moved_time(made timestamptz, copy int) returns timestamptz language sql immutable return
    made - (10000 - copy) * interval '1000 seconds';
  create function pg_temp.moved_text(id text, copy int) returns text language sql immutable return
    left(id, -36) || pg_temp.moved(right(id, 36)::uuid, copy)::text`;

async function columnsOf(client: pg.Client, table: string): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' order by attnum`,
    [table],
  );
  return found.rows.map(({ name }) => name);
}

/** Which rows are the first orders', found by the table's key however large it has become. */
function patternOf(table: string): string {
  if (table === "events.feed") return "position <= pattern.last_position";
  return table === "events.events" ? "stream_kind = 'order' and stream_id <= pattern.last" : "order_id <= pattern.last";
}

/** The statement that makes one copy of what a table holds of the orders that were placed. */
function copyStatement(table: string, columns: readonly string[], copy: number): string {
  const changed = tables[table] ?? {};
  const values = columns.map((column) => (changed[column] ?? column).replaceAll(":copy", String(copy)));
  return `insert into ${table} (${columns.join(", ")})
          select ${values.join(", ")}
            from ${table}, (select ${copy} * pattern.ids as ids, ${copy} * pattern.positions as positions, pattern.last,
                                   pattern.positions as last_position
                              from pg_temp.pattern) as pattern
           where ${patternOf(table)}`;
}

const shippedOfAll = 3; // Every third order is shipped, and every third of those delivered.
const movesAtOnce = 8;
const pollMs = 50;

async function move(server: Server, orderId: number, status: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/orders/${orderId}/status`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ status }),
  });
  if (!answer.ok) throw new Error(`Order ${orderId} is not ${status}: ${await answer.text()}`);
}

/** Has some of the paid orders shipped and delivered, so that there is more than one status to list. */
export async function shipSome(server: Server, url: string): Promise<void> {
  const found = await withClient(url, (client) =>
    client.query<{ id: string }>("select order_id as id from orders.orders"),
  );
  const ids = found.rows.map(({ id }) => Number(id)).filter((id) => id % shippedOfAll === 0);
  const workers = Array.from({ length: movesAtOnce }, async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      await move(server, id, "shipped");
      if (id % shippedOfAll ** 2 === 0) await move(server, id, "delivered");
    }
  });
  await Promise.all(workers);
}

/** Waits until every order there is found by its words. */
export async function searchable(url: string): Promise<void> {
  const behind = "select (select last_position from events.sequencer) > position as behind from orders.search_mark";
  const isBehind = () =>
    withClient(url, async (client) => (await client.query<{ behind: boolean }>(behind)).rows[0]?.behind === true);
  while (await isBehind()) await sleep(pollMs);
}

/**
 * Multiplies the orders that a database has until it has so many, with all that they left but their mails. The orders
 * there are the first ones, done with. What results is what so many real orders would have left: verify finds nothing.
 */
export async function fillOrders(url: string, count: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(functions);
    await client.query(`
      create temp table pattern as
      select (select max(order_id) from orders.orders) as last, (select max(order_id) from orders.orders) as ids,
             (select last_position from events.sequencer) as positions`);
    const placed = await client.query<{ orders: string }>("select count(*) as orders from orders.orders");
    const copies = Math.ceil(count / Number(placed.rows[0]?.orders)) - 1;
    const columns = new Map<string, string[]>();
    for (const table of Object.keys(tables)) columns.set(table, await columnsOf(client, table));
    for (let copy = 1; copy <= copies; copy += 1) {
      await client.query("begin");
      for (const [table, names] of columns) await client.query(copyStatement(table, names, copy));
      await client.query("commit");
    }
    await client.query("select setval('orders.order_ids', (select max(order_id) from orders.orders))");
    await client.query("update events.sequencer set last_position = (select max(position) from events.feed)");
    // Their mails are left out: as if they had been kept for their days and forgotten.
    await client.query("update notifications.mailbox set forgotten_before = clock_timestamp()");
    await client.query("update orders.search_mark set position = (select max(position) from events.feed)");
    await client.query("vacuum (analyze)");
  });
}
