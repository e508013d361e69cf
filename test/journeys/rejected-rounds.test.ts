import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { encodeText } from "../support/encode-text.ts";
import { importFile, type ShownImport, type UploadedFile, uploadFile } from "../support/import-over-http.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

let site: Site;
let server: ServingProcess;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
});
after(() => server?.kill());

/** How many orders an import places and rejects. */
type Came = readonly [placed: number, rejected: number];
type Change = readonly [wrong: string, right: string];

interface Story {
  readonly file: UploadedFile & { readonly options: Partial<ImportOptions> & { source: string } };
  /** What is corrected before the next round, and what then comes of it. */
  readonly rounds: readonly { readonly changes: readonly Change[]; readonly came: Came }[];
}

/** Every order in the end. A reference has one order, whoever said how often that it should be placed. */
const totals = { "A-1": 1_350n, "A-2": 1_350n, "A-3": 350n, "A-4": 400n, "A-5": 350n, "A-6": 200n };
const first: Came = [1, 5];

async function bring(file: UploadedFile, [placed, rejected]: Came): Promise<ShownImport> {
  const done = await importFile(server, file);
  const { orders, failure } = done;
  assert.equal(failure, null, JSON.stringify(failure));
  assert.deepEqual([orders.placed, orders.rejected, orders.duplicate, orders.pending], [placed, rejected, 0, 0]);
  return done;
}

async function rejectedOf({ id }: ShownImport): Promise<string> {
  const answer = await server.send("GET", `/api/v2/imports/${id}/rejected.csv`);
  assert.equal(answer.status, 200, answer.text);
  return `\ufeff${answer.text.replace(/^\ufeff/, "")}`;
}

function corrected(rejected: string, changes: readonly Change[]): string {
  return changes.reduce((text, [wrong, right]) => {
    assert.ok(text.includes(wrong), `${wrong} is not in:\n${text}`);
    return text.replaceAll(wrong, right);
  }, rejected);
}

/**
 * Uploads a file, and what was rejected of it: as it is, which places nothing, and corrected a little more each time,
 * which places what was corrected and nothing else. Each file goes twice, and is one import.
 */
async function goRounds({ file, rounds }: Story): Promise<void> {
  const { source } = file.options;
  let last = await bring(file, first);
  for (const [round, { changes, came }] of rounds.entries()) {
    const rejected = await rejectedOf(last);
    const unchanged = { ...file, content: rejected, name: `${source}-${round}-unchanged` };
    const nothing = await bring(unchanged, [0, last.orders.rejected ?? 0]);
    const again = { ...file, content: corrected(await rejectedOf(nothing), changes), name: `${source}-${round}` };
    last = await bring(again, came);
    const options = { ...file.options, auto_start: true };
    assert.equal((await uploadFile(server, { ...again, options })).id, last.id);
  }
  const rows = await ask<{ reference: string; total: bigint }>(
    site.db,
    "select external_reference as reference, total_minor as total from orders.orders where source = $1",
    [source],
  );
  assert.deepEqual(Object.fromEntries(rows.map(({ reference, total }) => [reference, total])), totals);
  assert.equal(rows.length, Object.keys(totals).length);
}

const header = "Order,Email,SKU,Product,Qty,Price,Note";

/** An order that is sound and five that are wrong, each otherwise, with texts that are hard to bring back. */
function csvOf(product: string): string {
  const rows = [
    `A-1,ann@example.com,MUG,${product},2,5.00,"two, please"`,
    `A-1,ann@example.com,TEA,"${product} ""green""",1,3.50,=1+1`,
    `A-2,ann@example.com,MUG,${product},-2,5.00,"first line\r\nsecond, line"`,
    `A-2,ann@example.com,TEA,"${product} ""green""",1,3.50,'=1+1`,
    `A-3,bob at example.com,TEA,${product},1,3.50,@home`,
    `A-4,cyd@example.com,TEA,${product},1,4.oo,"-"`,
    "A-5,dan@example.com,TEA,,1,3.50,+",
    `A-6,eve@example.com,TEA,"${product}" cut,1,2.00,x`,
  ];
  return `${[header, ...rows].join("\r\n")}\r\n`;
}

const csvRounds = (product: string): Story["rounds"] => [
  { changes: [[",-2,5.00,", ",2,5.00,"]], came: [1, 4] },
  {
    changes: [
      ["bob at example.com", "bob@example.com"],
      ["4.oo", "4.00"],
    ],
    came: [2, 2],
  },
  {
    changes: [
      ["dan@example.com,TEA,,1", `dan@example.com,TEA,${product},1`],
      [`"A-6,eve@example.com,TEA,""${product}"" cut,1,2.00,x"`, `A-6,eve@example.com,TEA,"${product}, cut",1,2.00,x`],
    ],
    came: [2, 0],
  },
];

const encodings = [
  ["utf-8", "緑茶 Café", "auto"],
  ["utf-16le", "緑茶 Café", "auto"],
  ["utf-16be", "緑茶 Café", "declared"],
  ["shift_jis", "日本の緑茶とコーヒー", "auto"],
  ["shift_jis", "日本の緑茶とコーヒー", "declared"],
  ["windows-1252", "Grüntee für Bücherfreunde", "auto"],
  ["windows-1252", "Grüntee für Bücherfreunde", "declared"],
] as const;

const item = (product: string, quantity: unknown, price: unknown) =>
  JSON.stringify({ sku: "TEA", product_name: product, quantity, unit_price: price });
const draft = (reference: string, email: string, ...items: string[]) =>
  `{"external_reference":"${reference}","customer_email":"${email}","currency":"EUR","items":[${items.join(",")}]}`;

/** The same orders as lines of JSON. */
const jsonLines = [
  draft("A-1", "ann@example.com", item("緑茶", 2, 500), item('"green" =1+1', 1, 350)),
  draft("A-2", "ann@example.com", item("緑茶", -2, 500), item('"green" =1+1', 1, 350)),
  draft("A-3", "bob at example.com", item("緑茶", 1, 350)),
  draft("A-4", "cyd@example.com", item("緑茶", 1, "4.oo")),
  draft("A-5", "dan@example.com", item("", 1, 350)),
  `${draft("A-6", "eve@example.com", item("緑茶", 1, 200))}}`,
];

const jsonRounds: Story["rounds"] = [
  { changes: [['"quantity":-2', '"quantity":2']], came: [1, 4] },
  {
    changes: [
      ["bob at example.com", "bob@example.com"],
      ['"4.oo"', "400"],
    ],
    came: [2, 2],
  },
  {
    changes: [
      ['"product_name":""', '"product_name":"緑茶"'],
      ['"unit_price":200}]}}', '"unit_price":200}]}'],
    ],
    came: [2, 0],
  },
];

describe("rejected rows that come back until all are right", () => {
  for (const [encoding, product, said] of encodings)
    test(`are placed once each, from CSV in ${encoding} that is ${said === "auto" ? "found out" : "declared"}`, () => {
      const source = `${encoding} ${said}`;
      const options = { source, currency: "EUR", encoding: said === "auto" ? said : encoding } as const;
      return goRounds({ file: { content: encodeText(csvOf(product), encoding), options }, rounds: csvRounds(product) });
    });

  test("are placed once each, from NDJSON", () =>
    goRounds({ file: { content: jsonLines.join("\n"), options: { source: "ndjson" } }, rounds: jsonRounds }));

  test("leave a clean shop behind", async () => {
    await untilDrained(site.db);
    await assertVerified(site.url);
  });
});
