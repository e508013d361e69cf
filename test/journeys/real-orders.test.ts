import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import type { Sql } from "../../src/platform/db.ts";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { importFile, read, type ShownImport } from "../support/import-over-http.ts";
import { northwindFile, type RealFile, retailFile } from "../support/real-files.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

type Chosen = Partial<ImportOptions> & { source: string };

async function bring(server: ServingProcess, { text, options }: RealFile, chosen: Chosen): Promise<ShownImport> {
  return importFile(server, { content: text, name: `${chosen.source}.csv`, options: { ...options, ...chosen } });
}

/** What each order of a source comes to, and what came in for it. */
async function totalsOf(sql: Sql, source: string): Promise<Map<string, bigint>> {
  const rows = await ask<{ externalReference: string; totalMinor: bigint }>(
    sql,
    "select external_reference, total_minor from orders.orders where source = $1",
    [source],
  );
  return new Map(rows.map(({ externalReference, totalMinor }) => [externalReference, totalMinor]));
}

const inOrder = (totals: ReadonlyMap<string, bigint>) => [...totals].sort(([one], [other]) => (one < other ? -1 : 1));

/** All that makes an order what it is, wherever it stands: by UUID, with its lines and what came in for it. */
const essence = `
  select orders.uid, source, external_reference, status, customer_email, customer_name, customer_reference, locale,
         orders.currency, discount_minor, tax_minor, shipping_minor, total_minor, captured_minor, ordered_at,
         (select array_agg(row(line, sku, product_name, quantity, unit_price_minor, items.discount_minor,
                               items.tax_minor, line_total_minor)::text order by line)
            from orders.order_items as items where items.order_id = orders.order_id) as items,
         (select array_agg(row(kind, amount_minor, reference,
                               date_trunc('milliseconds', coalesce(occurred_at, recorded_at)))::text)
            from payments.money_entries as entries where entries.order_id = orders.order_id) as money
    from orders.orders
   order by orders.uid`;

interface ShownRow {
  readonly reference: string;
  readonly status: string;
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
}

/** Every row that was refused, page by page. */
async function refusedRows(server: ServingProcess, { id }: ShownImport): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const from = cursor === "" ? "" : `&cursor=${cursor}`;
    const path = `imports/${id}/rows?status=rejected&limit=50${from}`;
    const page: { data: ShownRow[]; next_cursor: string | null } = await read(server, path);
    rows.push(...page.data);
    cursor = page.next_cursor;
  }
  return rows;
}

async function exported(server: ServingProcess): Promise<string> {
  const answer = await server.send("GET", "/api/v2/orders.csv");
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
}

async function verified({ db, url }: Site): Promise<void> {
  await untilDrained(db);
  await assertVerified(url);
}

/** Why each refused invoice of the retailer is, by the kinds of its reasons. */
const nothing = ["price_zero", "product_missing"];
const reasons = {
  563101: nothing,
  563102: nothing,
  563105: nothing,
  563106: nothing,
  563108: nothing,
  563148: ["price_zero", "product_missing", "quantity_negative"],
  A563186: ["price_negative"],
  A563187: ["price_negative"],
  C563107: ["cancellation"],
  C563109: ["cancellation"],
};

async function assertNorthwind({ db }: Site, done: ShownImport, source: string): Promise<void> {
  const { totals } = northwindFile();
  assert.equal(totals.size, 830);
  assert.deepEqual([done.status, done.orders.placed, done.rows.placed], ["completed", 830, 2_155]);
  assert.deepEqual(inOrder(await totalsOf(db, source)), inOrder(totals));
}

async function assertRetail(site: Site, server: ServingProcess, done: ShownImport, source: string): Promise<void> {
  const { totals } = retailFile();
  const refused = Object.keys(reasons);
  assert.equal(totals.size, 61);
  assert.deepEqual(
    [done.status, done.orders.read, done.orders.placed, done.orders.rejected, done.rows.read],
    ["completed_with_errors", 61, 51, 10, 1_122],
  );
  const accepted = new Map([...totals].filter(([invoice]) => !refused.includes(invoice)));
  assert.deepEqual(inOrder(await totalsOf(site.db, source)), inOrder(accepted));

  const rows = await refusedRows(server, done);
  assert.equal(rows.length, done.rows.rejected);
  const told = Map.groupBy(rows, ({ reference }) => reference);
  const codes = [...told].map(([invoice, own]) => {
    const found = own.flatMap((row) => row.reasons.map(({ code }) => code));
    return [invoice, [...new Set(found)].sort()] as const;
  });
  assert.deepEqual(Object.fromEntries(codes), reasons);
  for (const { detail } of rows.flatMap((row) => row.reasons)) assert.match(detail, /^\S.{20,}\.$/);
}

/** Both files into one shop, and one again from another source. Answers the shop's export, and what its orders are. */
async function fillShop(site: Site, server: ServingProcess, payment: "none" | "recorded") {
  for (const source of ["northwind", "branch"])
    await assertNorthwind(site, await bring(server, northwindFile(), { source, payment }), source);
  const retail = await bring(server, retailFile(), { source: "retail", payment });
  await assertRetail(site, server, retail, "retail");
  await verified(site);
  return { file: await exported(server), orders: await ask(site.db, essence) };
}

describe("orders that shops really had", () => {
  for (const payment of ["none", "recorded"] as const)
    test(`stand to the cent and come out and in again as they are, with payment ${payment}`, async () => {
      const site = await givenSite();
      const server = await startServing(site);
      const { file, orders } = await fillShop(site, server, payment);
      assert.deepEqual([...new Set(orders.map(({ status }) => status))], [payment === "recorded" ? "paid" : "pending"]);

      // Where they came from they are known, whoever says that they are his.
      const again = { content: file, options: { missing_email: "accept", payment } } as const;
      const known = await importFile(server, again);
      assert.deepEqual([known.status, known.orders.duplicate, known.orders.placed], ["completed", 1_711, 0]);
      const other = await importFile(server, { ...again, options: { ...again.options, source: "another" } });
      assert.deepEqual([other.orders.duplicate, other.orders.placed], [1_711, 0]);
      assert.equal(await exported(server), file);
      await server.kill();

      const elsewhere = await givenSite();
      const empty = await startServing(elsewhere);
      const moved = await importFile(empty, again);
      assert.deepEqual([moved.status, moved.orders.placed, moved.rows.rejected], ["completed", 1_711, 0]);
      assert.deepEqual(await ask(elsewhere.db, essence), orders);
      await verified(elsewhere);
      await empty.kill();
      await Promise.all([site.close(), elsewhere.close()]);
    });
});
