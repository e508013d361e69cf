import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from, to } from "pg-copy-streams";
import { withClient } from "./count-rows.ts";

const twins = "bench_twins";

/** Of which table which rows an import left, by the ids that its orders got, or by the import's own. */
export interface Left {
  readonly table: string;
  readonly of: (range: Range) => string;
}

/** Whose rows: the orders from one id to another, of this import. */
export interface Range {
  readonly firstOrderId: bigint;
  readonly lastOrderId: bigint;
  readonly importUid: string;
}

const byOrder = ({ firstOrderId, lastOrderId }: Range) => `order_id between ${firstOrderId} and ${lastOrderId}`;
const byImport = ({ importUid }: Range) =>
  `import_id = (select import_id from imports.imports where uid = '${importUid}')`;
const ofTable = (table: string): Left => ({ table, of: byOrder });

/** What the orders of an import leave. */
export const leftByOrders: readonly Left[] = [
  ...["orders.orders", "orders.order_items", "payments.payment_attempts", "payments.money_entries"].map(ofTable),
  ofTable("fulfillment.provider_orders"),
  {
    table: "events.events",
    of: (range) => `stream_kind = 'order' and ${byOrder(range).replace("order_id", "stream_id")}`,
  },
];

/** What the import leaves beside them: its rows as they were read, and what became of them. */
export const leftByImport: readonly Left[] = ["imports.import_orders", "imports.import_rows"].map((table) => ({
  table,
  of: byImport,
}));

const twinOf = (table: string) => `${twins}.${table.replace(".", "_")}`;

/** Makes an empty copy of each table, with the same columns, constraints and indexes. */
export async function makeTwins(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`drop schema if exists ${twins} cascade`);
    await client.query(`create schema ${twins}`);
    for (const { table } of [...leftByOrders, ...leftByImport]) {
      await client.query(`create table ${twinOf(table)} (like ${table} including all)`);
    }
  });
}

export interface Taken {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
}

/** Keeps the rows in files, in COPY's own format, so that reading them back costs nothing but reading. */
export async function takeRows(url: string, tables: readonly Left[], given: Range & { folder: string }) {
  return withClient(url, async (client) => {
    const taken: Taken[] = [];
    for (const { table, of } of tables) {
      const path = join(given.folder, table);
      const copying = client.query(to(`copy (select * from ${table} where ${of(given)}) to stdout`));
      await pipeline(copying, createWriteStream(path));
      taken.push({ table, path, rows: copying.rowCount });
    }
    return taken;
  });
}

async function copyBack(client: pg.Client, { table, path }: Taken): Promise<void> {
  const copying = client.query(from(`copy ${twinOf(table)} from stdin`));
  await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), copying);
}

/** The other side of P4: COPY into the copies, over one connection, table after table. Answers how long that took. */
export async function copyTwins(url: string, taken: readonly Taken[]): Promise<number> {
  return withClient(url, async (client) => {
    for (const { table } of taken) await client.query(`truncate ${twinOf(table)}`);
    await client.query("checkpoint").catch(() => {}); // Only a superuser may; it makes turns more alike.
    const startedAt = performance.now();
    for (const one of taken) await copyBack(client, one);
    return performance.now() - startedAt;
  });
}
