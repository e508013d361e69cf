import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenListed, type Wish } from "../../test/support/given-listed.ts";
import { newOrder, noon } from "../../test/support/given-orders.ts";
import { type Db, openDb } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { exportOrders } from "./export-orders.ts";
import { orderNumber } from "./number.ts";
import { type ExportedOrder, exportColumns, headerText, rowsText } from "./order-export.ts";
import { parseOrderFilter } from "./order-list-filter.ts";

const later = new Date(noon.getTime() + 86_400_000);

/** What a reader of our file does with a cell. */
function undefused(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function rowsOf(text: string): Record<string, string>[] {
  const rows = parse(text, { columns: true, record_delimiter: "\r\n" }) as Record<string, string>[];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, undefused(cell)])));
}

async function exported(db: Db, filter: Record<string, string> = {}, now = later): Promise<string> {
  let text = "";
  for await (const part of exportOrders(db, parseOrderFilter(filter), now)) text += part.text;
  return text;
}

/** An order with these texts wherever a caller can put one. */
function orderWith(texts: readonly string[]): ExportedOrder {
  const [sku = "", productName = "", customerName = "", source = "", reference = "", file = "", payment = ""] = texts;
  const { payment: _payment, origin, by: _by, ...order } = newOrder(7n);
  return {
    ...order,
    ...origin,
    items: [{ ...(order.items[0] as ExportedOrder["items"][number]), sku, productName }],
    status: "paid",
    customerName,
    customerReference: customerName,
    customerEmail: `${sku}@example.com`,
    source,
    externalReference: reference,
    csvSource: file,
    capture: { orderId: 7n, reference: payment, paidAt: noon },
    itemsMinor: 100n,
    totalMinor: 100n,
    capturedMinor: 100n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    chargedBackMinor: 0n,
    expiresAt: null,
    createdAt: noon,
    createdKey: "",
    updatedAt: noon,
  };
}

const nasty = [
  "=1+1",
  "'=1+1",
  "''+",
  "-5",
  "@SUM(A1)",
  "\ttab",
  "\rcr",
  "a\rb",
  "a\nb",
  "a\r\nb",
  'a"b',
  '"',
  "a,b",
  "",
  "'",
  " x ",
];

describe("a file of orders", () => {
  test("gives every text back as it was", () => {
    const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "binary", maxLength: 20 }), fc.string());
    fc.assert(
      fc.property(fc.array(text, { minLength: 7, maxLength: 7 }), (texts) => {
        const order = orderWith(texts);
        const [row, ...others] = rowsOf(headerText() + rowsText(order, order.items));
        assert.equal(others.length, 0);
        const { sku, product_name, customer_name, source, external_reference, csv_source, payment_reference } =
          row ?? {};
        const read = [sku, product_name, customer_name, source, external_reference, csv_source, payment_reference];
        assert.deepEqual(read, texts);
        assert.equal(row?.customer_email, `${texts[0]}@example.com`);
      }),
      { numRuns: 1_000, examples: nasty.map((one) => [Array(7).fill(one)]) },
    );
  });

  test("has no cell that a spreadsheet would calculate", () => {
    for (const formula of ["=HYPERLINK(1)", "+1", "-1", "@A1", "\t=1", "\r=1", "'=1", "''''=1"]) {
      const order = orderWith(Array(7).fill(formula));
      const cells = parse(rowsText(order, order.items), { record_delimiter: "\r\n" }) as string[][];
      assert.deepEqual(
        cells.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell)),
        [],
      );
      assert.ok(cells.flat().includes(`'${formula}`));
    }
  });

  test("is not given back by who does not know of the mark", () => {
    const order = orderWith(Array(7).fill("=1"));
    assert.doesNotMatch(rowsText(order, order.items), /,=1,/);
  });
});

describe("exportOrders", () => {
  test("shows an order with all that belongs to it, one row for each item", async () => {
    const { db } = await testDatabase();
    const batchId = uuidV7(noon);
    const uid = uuidV7(noon);
    const wish: Wish = {
      uid,
      currency: "KWD",
      customerReference: "C-9",
      discountMinor: 50n,
      taxMinor: 25n,
      shippingMinor: 1_005n,
      payment: { kind: "recorded", reference: "tx-1", paidAt: new Date("2026-11-20T08:00:00Z") },
      origin: { source: "shop", externalReference: "R-1", batchId, orderedAt: new Date("2026-11-19T08:00:00Z") },
    };
    const [placed] = await givenListed(db, [wish]);
    const text = await exported(db);
    const [first, second, ...others] = rowsOf(text);
    assert.deepEqual(Object.keys(first ?? {}), exportColumns);
    assert.equal(others.length, 0);
    const ofOrder = {
      order_uuid: uid,
      order_number: orderNumber(placed?.orderId ?? 0n),
      source: "shop",
      external_reference: "R-1",
      status: "paid",
      created_at: "2026-11-23T12:00:00.000Z",
      ordered_at: "2026-11-19T08:00:00.000Z",
      customer_email: "ann@example.com",
      customer_name: "Ann",
      customer_reference: "C-9",
      locale: "en",
      currency: "KWD",
      order_discount: "0.050",
      order_tax: "0.025",
      shipping: "1.005",
      order_total: "1.280",
      captured: "1.280",
      refunded: "0.000",
      paid_at: "2026-11-20T08:00:00.000Z",
      payment_reference: "tx-1",
      import_id: "",
      import_row: "",
      csv_source: "",
      batch_id: batchId,
    };
    const ofLine = { unit_price: "0.100", line_discount: "0.000", line_tax: "0.000" };
    const named = (line: string) => ({ line, sku: `item-${line}`, product_name: `Tea ${line}` });
    assert.deepEqual(first, { ...ofOrder, ...ofLine, ...named("1"), quantity: "1", line_total: "0.100" });
    assert.deepEqual(second, { ...ofOrder, ...ofLine, ...named("2"), quantity: "2", line_total: "0.200" });
    assert.match(text, /^order_uuid,order_number,source,.*\r\n/);
  });

  test("writes amounts with the decimals of their currency", async () => {
    const { db } = await testDatabase();
    await givenListed(
      db,
      ["JPY", "USD", "KWD", "CLF"].map((currency) => ({ currency })),
    );
    const totals = rowsOf(await exported(db)).map(({ currency, order_total: total }) => `${total} ${currency}`);
    assert.deepEqual([...new Set(totals)], ["300 JPY", "3.00 USD", "0.300 KWD", "0.0300 CLF"]);
  });

  test("has every order of many pages once, the oldest first, and none that came after it began", async () => {
    const { db } = await testDatabase();
    const times = Array.from({ length: 500 }, (_, index) => new Date(noon.getTime() + (index % 7) * 1_000));
    const orders = await givenListed(
      db,
      times.map((createdAt) => ({ createdAt })),
    );
    await givenListed(db, [{ createdAt: later }]);
    const numbers = rowsOf(await exported(db)).map((row) => row.order_number);
    const sorted = orders.toSorted(
      (one, other) => Number(one.wish.createdAt) - Number(other.wish.createdAt) || Number(one.orderId - other.orderId),
    );
    assert.deepEqual(
      numbers,
      sorted.flatMap(({ orderId }) => [orderNumber(orderId), orderNumber(orderId)]),
    );
  });

  test("filters as lists do", async () => {
    const { db } = await testDatabase();
    await givenListed(db, [{ status: "paid" }, { status: "shipped", currency: "JPY" }, { status: "shipped" }]);
    const rows = rowsOf(await exported(db, { status: "shipped", currency: "JPY", amount_max: "300" }));
    assert.deepEqual([...new Set(rows.map(({ status, currency }) => `${status} ${currency}`))], ["shipped JPY"]);
    assert.equal(await exported(db, { status: "delivered" }), headerText());
    assert.throws(() => parseOrderFilter({ amount_max: "1e3", currency: "JPY" }), { code: "http.invalid_input" });
  });

  test("cuts an order of a thousand items into parts", async () => {
    const { db } = await testDatabase();
    const [item] = newOrder(1n).items;
    assert.ok(item);
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ...item, line: index + 1 }));
    await givenListed(db, [{ items }, {}]);
    const parts: { rows: number; orders: number }[] = [];
    for await (const { text, orders } of exportOrders(db, parseOrderFilter({}), later))
      parts.push({ rows: text.split("\r\n").length - 1, orders });
    assert.equal(
      parts.reduce((sum, { rows }) => sum + rows, 0),
      1 + 1_000 + 2,
    );
    assert.ok(parts.every(({ rows }) => rows <= 500));
    assert.equal(
      parts.reduce((sum, { orders }) => sum + orders, 0),
      2,
    );
  });

  test("holds no connection between parts, and ends when nobody asks for more", async () => {
    const { db, url } = await testDatabase();
    await givenListed(
      db,
      Array.from({ length: 300 }, () => ({})),
    );
    const single = openDb({ url, applicationName: "orderwell test", connections: 1 });
    const parts = exportOrders(single, parseOrderFilter({}), later);
    await parts.next();
    await parts.next();
    // With its only connection held this would wait in vain.
    assert.deepEqual(await ask(single, "select 1 as one"), [{ one: 1 }]);
    await parts.return();
    assert.equal((await parts.next()).done, true);
    await single.close();
  });
});
