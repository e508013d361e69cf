import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import {
  importFile,
  read,
  type ShownImport,
  type UploadedFile,
  untilEnded,
  uploadFile,
} from "../support/import-over-http.ts";
import { randomFrom } from "../support/random.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

let site: Site;
let servers: ServingProcess[] = [];
let server: ServingProcess;

before(async () => {
  site = await givenSite();
  servers = await Promise.all([startServing(site), startServing(site)]);
  [server] = servers as [ServingProcess];
});
after(() => Promise.all(servers.map((one) => one.kill())));

const header = "order_reference,customer_email,currency,product_name,quantity,unit_price";
const rowOf = (reference: string, product = "Tea") => `${reference},ann@example.com,USD,${product},1,1.50`;
const csvOf = (rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

/** Bytes that are nothing at all. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const random = randomFrom(length);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

async function bring(file: UploadedFile): Promise<ShownImport> {
  return importFile(server, { ...file, options: { payment: "recorded", ...file.options } });
}

const zipped = (...names: string[]) =>
  bytesOf(`PK\x03\x04\x14\x00\x08\x00${names.map((name) => `${name}\x00\x01`).join("PK\x01\x02")}`);

describe("a file that is none of orders", () => {
  const files: readonly (readonly [what: string, content: UploadedFile["content"], code: string])[] = [
    ["a gzip archive", Uint8Array.from(gzipSync(csvOf([rowOf("A-1")]))), "import_file.not_text"],
    ["a ZIP archive", zipped("orders.csv"), "import_file.not_text"],
    ["an Excel workbook", zipped("[Content_Types].xml", "xl/workbook.xml"), "import_file.not_text"],
    ["a PDF document", bytesOf("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), "import_file.not_text"],
    ["a PNG picture", bytesOf("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "import_file.not_text"],
    ["noise", noise(300_000), "import_file.not_text"],
    ["a page of HTML", "<!doctype html><title>Sign in</title>", "import_file.format_wrong"],
    ["an array of JSON", '[{"currency":"USD"}]', "import_file.format_wrong"],
    ["nothing but blanks", "\r\n \r\n", "import_file.empty"],
    ["a header alone", `${header}\n`, "import_file.empty"],
    ["a million columns", `${"c,".repeat(1_000_000)}\n${"1,".repeat(1_000_000)}\n`, "import_file.too_many_columns"],
    ["a header that never ends", "x".repeat(2_000_000), "import_file.header_broken"],
  ];
  for (const [what, content, code] of files)
    test(`fails its import when it is ${what}, and says so`, async () => {
      const { status, failure, rows } = await bring({ content });
      assert.deepEqual([status, failure?.code, rows.read], ["failed", code, 0], JSON.stringify(failure));
    });
});

describe("a file of orders that means harm", () => {
  const placed = async ({ id }: ShownImport) =>
    ask<{ reference: string; items: bigint }>(
      site.db,
      `select external_reference as reference, (select count(*) from orders.order_items where order_id = placed.order_id) as items
         from orders.orders as placed where import_id = $1 order by import_row`,
      [id],
    );

  test("has orders of their own for references that only look alike", async () => {
    const alike = [
      "ref-1",
      "REF-1",
      "Ref-1",
      "ｒｅｆ-1",
      "ref-１",
      "ref -1",
      "ref  -1",
      "ref\u200b-1",
      "réf-1",
      "re\u0301f-1",
    ];
    const done = await bring({ content: csvOf([...alike, ...alike].map((reference) => rowOf(reference))) });
    assert.deepEqual([done.status, done.orders.placed], ["completed", alike.length], JSON.stringify(done));
    assert.deepEqual(
      await placed(done),
      alike.map((reference) => ({ reference, items: 2n })),
    );
  });

  test("has one order for a reference with blanks around it, which is no part of it", async () => {
    const blank = ["blank-1", " blank-1", "blank-1\t", "\u3000blank-1 "];
    const done = await bring({ content: csvOf(blank.map((reference) => rowOf(reference))) });
    assert.deepEqual(await placed(done), [{ reference: "blank-1", items: 4n }]);
  });

  test("has no order for rows with NUL or half a character, and one for each neighbour", async () => {
    const rows = [rowOf("nul-1", "T\0ea"), rowOf("nul-2"), rowOf("nul-\0"), rowOf("nul-3"), rowOf("nul-1")];
    const done = await bring({ content: csvOf(rows) });
    assert.deepEqual([done.rows.rejected, done.rows.placed], [3, 2], JSON.stringify(done.rows));
    assert.deepEqual(
      await placed(done),
      ["nul-2", "nul-3"].map((reference) => ({ reference, items: 1n })),
    );
    const half = `{"external_reference":"\\ud800","customer_email":"a@example.com","currency":"USD","items":[{"product_name":"T\\u0000","quantity":1,"unit_price":1}]}`;
    const json = await bring({ content: `${half}\n${half.replace("\\u0000", "")}\n{}\n[]\n1\n"\n` });
    assert.deepEqual([json.status, json.rows.rejected], ["completed_with_errors", 6]);
  });

  test("is accounted for to the last row when two references alternate in each of its rows", async () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => rowOf(`alternates-${row % 2}`));
    const done = await bring({ content: csvOf([...rows, rowOf("alone")]) });
    assert.deepEqual([done.orders.read, done.orders.placed, done.rows.rejected], [3, 1, 30_000]);
    const { data } = await read<{ data: { reasons: { code: string }[] }[] }>(
      server,
      `imports/${done.id}/rows?status=rejected`,
    );
    assert.deepEqual(
      data[0]?.reasons.map(({ code }) => code),
      ["too_many_rows"],
    );
    const { faults } = await read<{ faults: object[] }>(server, `imports/${done.id}/preview`);
    assert.deepEqual(faults, [{ code: "too_many_rows", column: null, rows: 30_000 }]);
  });

  test("is placed once when two processes take it in and work on it at once", async () => {
    const content = csvOf(Array.from({ length: 3_000 }, (_, row) => rowOf(`twice-${row % 1_000}`)));
    const options = { payment: "recorded", auto_start: true, source: "twice" } as const;
    const received = await Promise.all(servers.map((one) => uploadFile(one, { content, options })));
    assert.equal(new Set(received.map(({ id }) => id)).size, 1);
    const { status, orders } = await untilEnded(server, received[0] as ShownImport);
    assert.deepEqual([status, orders.placed, orders.duplicate], ["completed", 1_000, 0]);
  });

  test("leaves nothing wrong behind", async () => {
    await untilDrained(site.db);
    await assertVerified(site.url);
  });
});
