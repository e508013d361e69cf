import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startS3 } from "../fakes/s3-server.ts";
import { eventually } from "../support/eventually.ts";
import { uploadForm } from "../support/given-uploads.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const header = "Order,Email,SKU,Product,Qty,Price,Note";
const good = [
  'A-1,ann@example.com,MUG,Mug,2,5.00,"two, please"',
  "A-1,ann@example.com,TEA,Tea,1,3.50,",
  "A-2,bob@example.com,TEA,Tea,4,3.50,=1+1",
];
const bad = ["A-3,cyd@example.com,MUG,Mug,-2,5.00,", "A-3,cyd@example.com,TEA,Tea,1,3.50,"];
const options = JSON.stringify({ source: "webshop", currency: "EUR" });

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly orders: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
}

async function upload(server: ServingProcess, csv: string, name: string): Promise<{ status: number; shown: Shown }> {
  const response = await fetch(`${server.address}/api/v2/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.apiKey}` },
    body: uploadForm([
      ["options", options],
      ["file", csv, name],
    ]),
  });
  return { status: response.status, shown: (await response.json()) as Shown };
}

async function read<Body>(server: ServingProcess, path: string): Promise<Body> {
  const answer = await server.send("GET", `/api/v2/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Body;
}

async function ready(server: ServingProcess, id: string): Promise<Shown> {
  let shown: Shown | undefined;
  await eventually("the import is ready", async () => {
    shown = await read<Shown>(server, `imports/${id}`);
    assert.notEqual(shown.status, "failed", JSON.stringify(shown));
    return shown.status === "ready";
  });
  return shown as Shown;
}

/** Starts an import and hears its progress to the end; answers the types of the messages and the last of them. */
async function startAndWatch(server: ServingProcess, id: string) {
  const response = await fetch(`${server.address}/api/v2/imports/${id}/events`, {
    headers: { authorization: `Bearer ${server.apiKey}` },
  });
  assert.equal((await server.send("POST", `/api/v2/imports/${id}/start`)).status, 200);
  const messages = (await response.text()).split("\n\n").filter((message) => message.startsWith("event: "));
  const types = messages.map((message) => /^event: (\w+)/.exec(message)?.[1]);
  const last = JSON.parse(/^data: (.*)$/m.exec(messages.at(-1) ?? "")?.[1] ?? "{}") as Record<string, unknown>;
  return { types: [...new Set(types)], last };
}

async function walk(server: ServingProcess): Promise<void> {
  const csv = `${[header, ...good, ...bad].join("\n")}\n`;
  const { status, shown } = await upload(server, csv, "orders.csv");
  assert.equal(status, 202, JSON.stringify(shown));
  assert.equal((await ready(server, shown.id)).orders.rejected, 1);

  const preview = await read<{
    plan: { columns: { name: string; field: string }[] };
    orders: { reference: string; draft: { items: { unit_price: number }[] } | null }[];
    faults: { code: string; column: string; rows: number }[];
  }>(server, `imports/${shown.id}/preview`);
  assert.deepEqual(
    preview.plan.columns.map(({ name, field }) => `${name}: ${field}`),
    [
      "Order: order_reference",
      "Email: customer_email",
      "SKU: sku",
      "Product: product_name",
      "Qty: quantity",
      "Price: unit_price",
      "Note: ignore",
    ],
  );
  assert.deepEqual(
    preview.orders.map(({ reference, draft }) => [reference, draft?.items.map((item) => item.unit_price) ?? null]),
    [
      ["A-1", [500, 350]],
      ["A-2", [350]],
      ["A-3", null],
    ],
  );
  assert.deepEqual(
    preview.faults.map(({ column, rows }) => [column, rows]),
    [["Qty", 1]],
  );

  const { types, last } = await startAndWatch(server, shown.id);
  assert.equal(types.at(-1), "end");
  assert.equal(last.status, "completed_with_errors");
  assert.deepEqual([last.orders_placed, last.orders_rejected, last.orders_pending], [2, 1, 0]);

  const rejected = await server.send("GET", `/api/v2/imports/${shown.id}/rejected.csv`);
  assert.match(rejected.headers.get("content-disposition") ?? "", /filename="orders-rejected\.csv"/);
  const [first = "", ...rest] = rejected.text
    .replace(/^\ufeff/, "")
    .split("\r\n")
    .filter((line) => line !== "");
  assert.equal(first, `${header},import_line,import_reason`);
  assert.deepEqual(
    rest.map((line, index) => line.startsWith(`${bad[index]},${index + 5},`)),
    [true, true],
    rest.join("\n"),
  );

  const rows = await read<{ data: { row: number; line: number; status: string; reasons: { column: string }[] }[] }>(
    server,
    `imports/${shown.id}/rows?status=rejected`,
  );
  assert.deepEqual(
    rows.data.map(({ row, line, status, reasons }) => [row, line, status, reasons.map(({ column }) => column)]),
    [
      [4, 5, "rejected", ["Qty"]],
      [5, 6, "rejected", []],
    ],
  );

  // Corrected, and uploaded again with what was placed before: only what was not is placed.
  const corrected = rejected.text.replace("Mug,-2,", "Mug,2,");
  const second = await upload(server, corrected, "orders-rejected.csv");
  assert.equal(second.status, 202);
  await ready(server, second.shown.id);
  const again = await startAndWatch(server, second.shown.id);
  assert.deepEqual([again.last.status, again.last.orders_placed], ["completed", 1]);

  const third = await upload(server, `${csv.replace("Mug,-2,", "Mug,2,")}`, "all.csv");
  await ready(server, third.shown.id);
  const all = await startAndWatch(server, third.shown.id);
  assert.deepEqual([all.last.orders_placed, all.last.orders_duplicate], [0, 3]);

  const summary = await read<{ by_currency: unknown[]; payments: Record<string, number> }>(
    server,
    `imports/${shown.id}/summary`,
  );
  const money = { total_amount: 2_750, captured_amount: 0, refunded_amount: 0 };
  assert.deepEqual(summary.by_currency, [{ currency: "EUR", orders: 2, ...money }]);
  assert.equal(summary.payments.unpaid, 2);
  const orders = await read<{ data: { external_reference: string; import_row: number; csv_source: string }[] }>(
    server,
    `orders?import_id=${second.shown.id}`,
  );
  assert.deepEqual(
    orders.data.map(({ external_reference, import_row, csv_source }) => [external_reference, import_row, csv_source]),
    [["A-3", 1, "orders-rejected.csv"]],
  );

  const same = await upload(server, csv, "orders.csv");
  assert.deepEqual([same.status, same.shown.id], [200, shown.id]);
}

describe("a file of orders", () => {
  test("goes from upload to corrected rows, and no order is doubled", async () => {
    const server = await startServing(await givenSite());
    await walk(server);
    assert.equal(await server.stop(), 0);
  });

  test("does so from a bucket, too", async () => {
    const s3 = await startS3("orderwell-files");
    const server = await startServing(await givenSite(), {
      BLOB_URL: s3.url,
      S3_ENDPOINT: s3.endpoint,
      S3_ADDRESSING: s3.addressing,
      S3_ACCESS_KEY_ID: s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    });
    await walk(server);
    assert.equal(await server.stop(), 0);
  });
});
