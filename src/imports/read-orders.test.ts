import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { importOptions } from "../../test/support/given-imports.ts";
import { codesOf, type FileRead, faultsOf, readFile } from "../../test/support/read-file.ts";
import { readOrders } from "./read-orders.ts";
import type { ReadOrder } from "./reading.ts";
import { recognizeFile } from "./recognize-file.ts";
import { rereadOrder } from "./reread-order.ts";

const header = "order_id,email,currency,product,qty,unit_price";

function rowOf(reference: string, product = "Tea"): string {
  return `${reference},ann@example.com,EUR,${product},1,2.00`;
}

function shapeOf({ orders }: FileRead): [string | null, number, boolean][] {
  return orders.map(({ reference, rows, draft }) => [reference, rows.length, draft !== null]);
}

describe("readOrders", () => {
  test("numbers rows without the header and lines as editors do, over blank lines and quoted breaks", async () => {
    const file = `\n${header}\r\n${rowOf("1", '"two\r\nlines"')}\r\n\r\n${rowOf("2")}\r\n${rowOf("3")}`;
    const { orders } = await readFile(file);
    assert.deepEqual(
      orders.map(({ rows }) => rows.map(({ rowNo, line, raw }) => [rowNo, line, raw.slice(0, 2)])),
      [[[1, 3, "1,"]], [[2, 6, "2,"]], [[3, 7, "3,"]]],
    );
  });
  test("leaves out the line that tells spreadsheets the delimiter, and counts it as editors do", async () => {
    const file = `sep=;\r\n${[header, rowOf("1"), rowOf("2")].join("\r\n").replaceAll(",", ";")}`;
    for (const chunkBytes of [3, 65_536]) {
      const { orders } = await readFile(file, {}, { chunkBytes });
      assert.deepEqual(
        orders.map(({ reference, rows }) => [reference, rows[0]?.rowNo, rows[0]?.line]),
        [
          ["1", 1, 3],
          ["2", 2, 4],
        ],
      );
    }
  });
  test("reads the same orders from every encoding", async () => {
    const file = `${header}\n${rowOf("1", "Thé à la menthe")}\n${rowOf("2", "Größe")}\n`;
    const wanted = (await readFile(file)).orders;
    assert.equal(wanted[0]?.draft?.items[0]?.product_name, "Thé à la menthe");
    const forms = [
      Buffer.from(`\ufeff${file}`),
      Buffer.from(`\ufeff${file}`, "utf16le"),
      Buffer.from(file, "utf16le"),
      Buffer.from(`\ufeff${file}`, "utf16le").swap16(),
      Buffer.from(file, "latin1"),
    ];
    for (const form of forms) assert.deepEqual((await readFile(form, {}, { chunkBytes: 3 })).orders, wanted);
  });
  test("refuses the rows whose bytes are no text, and no others", async () => {
    const file = Buffer.from(`${header}\n${`${rowOf("1", "緑茶")}\n`.repeat(20)}${rowOf("2", "X")}\n${rowOf("3")}\n`);
    file[file.indexOf("X")] = 0xff;
    const read = await readFile(file);
    assert.deepEqual(codesOf(read), ["text_unreadable"]);
    assert.deepEqual(
      read.orders.map(({ draft }) => draft !== null),
      [true, false, true],
    );
  });
  test("makes fragments of rows that stand apart", async () => {
    const read = await readFile([header, rowOf("1"), rowOf("2"), rowOf("1"), rowOf("1")].join("\n"));
    assert.deepEqual(shapeOf(read), [
      ["1", 1, true],
      ["2", 1, true],
      ["1", 2, true],
    ]);
  });
  test("refuses an order of more than a thousand rows in every one of its fragments, and takes one of a thousand", async () => {
    const rows = [...Array(2_300).fill(rowOf("big")), ...Array(1_000).fill(rowOf("full")), rowOf("small")];
    const read = await readFile([header, ...rows].join("\n"));
    assert.deepEqual(shapeOf(read), [
      ["big", 1_000, false],
      ["big", 1_000, false],
      ["big", 300, false],
      ["full", 1_000, true],
      ["small", 1, true],
    ]);
    assert.deepEqual(codesOf(read), ["too_many_rows", "too_many_rows", "too_many_rows"]);
  });
  test("bounds the fragments of long rows by their characters", async () => {
    const long = rowOf("1", "x".repeat(1_000_000));
    const read = await readFile([header, ...Array(10).fill(long)].join("\n"));
    assert.deepEqual(
      shapeOf(read).map(([, rows]) => rows),
      [4, 4, 2],
    );
    assert.equal(codesOf(read).filter((code) => code === "too_many_rows").length, 3);
  });
  test("refuses a row of ten megabytes and reads on, a part of its order or not", async () => {
    const long = rowOf("1", "x".repeat(10_000_000));
    const read = await readFile([header, rowOf("1"), long, rowOf("2")].join("\n"));
    assert.deepEqual(shapeOf(read), [
      ["1", 2, false],
      ["2", 1, true],
    ]);
    assert.deepEqual(codesOf(read), ["row_too_long"]);
    assert.equal(read.orders[0]?.rows[1]?.raw.length, 2_000);
  });
  test("lets others have their turn while it reads", async () => {
    const file = Buffer.from(
      [header, ...Array(20_000).fill(rowOf("1"))].map((row, index) => `${index}${row}`).join("\n"),
    );
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const { orders } = await readFile(
      file,
      { mapping: { "0order_id": "order_reference" } },
      { chunkBytes: file.length },
    );
    clearInterval(ticking);
    assert.equal(orders.length, 20_000);
    assert.ok(turns > 10, `${turns} turns`);
  });
});

/** Rows of every kind: whole, broken, apart, in fragments. */
const lines = fc.array(
  fc.oneof(
    fc
      .record({
        reference: fc.constantFrom("A", "B", "C"),
        product: fc.constantFrom("Tea", '"two\nlines"', '"open', "", "緑茶"),
      })
      .map(({ reference, product }) => rowOf(reference, product)),
    fc.constantFrom("", "A,ragged", ",,,,,", `${rowOf("A")},`, rowOf("")),
  ),
  { minLength: 1, maxLength: 30 },
);

describe("readOrders as properties", () => {
  test("gives the same orders however the file comes", async () => {
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, chunkBytes, end) => {
          const file = [header, rowOf("first"), ...rows].join(end);
          assert.deepEqual((await readFile(file, {}, { chunkBytes })).orders, (await readFile(file)).orders);
        },
      ),
      { numRuns: 60 },
    );
  });
  test("gives the same rest from the end of any fragment on", async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (rows) => {
        const file = [header, rowOf("first"), ...rows].join("\n");
        const { orders } = await readFile(file);
        for (const [index, order] of orders.entries()) {
          const from = order.rows.at(-1)?.rowNo ?? 0;
          assert.deepEqual((await readFile(file, {}, { from })).orders, orders.slice(index + 1));
        }
      }),
      { numRuns: 40 },
    );
  });
  test("understands rows given again as it did before", async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (rows) => {
        const { orders, plan } = await readFile([header, rowOf("first"), ...rows].join("\n"));
        for (const order of orders)
          assert.deepEqual(withoutPlaces(rereadOrder(plan, importOptions(), order.rows)), withoutPlaces(order));
      }),
      { numRuns: 60 },
    );
  });
});

/** A quote that is never closed is known to be so only by what follows it. */
function withoutPlaces(order: ReadOrder): unknown {
  const text = JSON.stringify(order);
  return text.replaceAll(
    /"code":"quote_(?:unclosed|misplaced)","column":null,"value":null,"detail":"[^"]*"/g,
    "broken",
  );
}

describe("rereadOrder", () => {
  test("understands the fragments of one order as one", async () => {
    const { orders, plan } = await readFile([header, rowOf("1"), rowOf("2"), rowOf("1", "Mug")].join("\n"));
    const rows = orders.filter(({ reference }) => reference === "1").flatMap((order) => order.rows);
    const order = rereadOrder(plan, importOptions(), rows);
    assert.deepEqual(
      order.draft?.items.map((item) => item.product_name),
      ["Tea", "Mug"],
    );
    assert.deepEqual(
      order.rows.map(({ rowNo, line }) => [rowNo, line]),
      [
        [1, 2],
        [3, 4],
      ],
    );
  });
  test("never takes the beginning of a row that was too long for the row", async () => {
    const file = `${header},note\n${rowOf("1")},${"x".repeat(2_000_000)}\n${rowOf("2")},\n`;
    const { orders, plan } = await readFile(file);
    const again = rereadOrder(plan, importOptions(), orders[0]?.rows ?? []);
    assert.equal(again.draft, null);
    assert.equal(again.rows[0]?.faults[0]?.code, "row_too_long");
  });
});

describe("readOrders of NDJSON", () => {
  const order = { external_reference: "N1", customer_email: "ann@example.com", currency: "EUR" };
  const item = { product_name: "Tea", quantity: 2, unit_price: 1250 };
  const good = JSON.stringify({ ...order, items: [item] });

  test("takes one draft from each line", async () => {
    const { orders, plan } = await readFile(`${good}\r\n\r\n${good.replace("N1", "N2")}`);
    assert.equal(plan.format, "ndjson");
    assert.deepEqual(
      orders.map(({ reference, draft, rows }) => [reference, draft?.items, rows[0]?.line]),
      [
        ["N1", [item], 1],
        ["N2", [item], 3],
      ],
    );
  });
  const wrong: readonly [code: string, column: string | null, line: string][] = [
    ["json_invalid", null, '{"currency":"EUR"'],
    ["json_invalid", null, "[1]"],
    ["json_invalid", null, '{"a":1,"a":2}'],
    ["json_invalid", "/currency", '{"currency":"\\u0000"}'],
    ["value_invalid", "/nonsense", JSON.stringify({ ...order, items: [item], nonsense: 1 })],
    ["quantity_invalid", "/items/0/quantity", JSON.stringify({ ...order, items: [{ ...item, quantity: 0 }] })],
    ["email_missing", "/customer_email", JSON.stringify({ currency: "EUR", items: [item] })],
    ["price_zero", "/items/0/unit_price", JSON.stringify({ ...order, items: [{ ...item, unit_price: 0 }] })],
    ["total_disagrees", "/total_amount", JSON.stringify({ ...order, items: [item], total_amount: 1 })],
    ["currency_unknown", "/currency", JSON.stringify({ ...order, currency: "ABC", items: [item] })],
  ];
  for (const [code, column, line] of wrong) {
    test(`says ${code} of ${line.slice(0, 40)} and reads on`, async () => {
      const read = await readFile([good, line, good].join("\n"));
      const [fault] = faultsOf(read);
      assert.equal(fault?.code, code);
      if (column !== null) assert.equal(fault?.column, column);
      assert.deepEqual(
        read.orders.map(({ draft }) => draft !== null),
        [true, false, true],
      );
    });
  }
  test("never charges an order of which the line says that it was paid", async () => {
    const paid = JSON.stringify({
      ...order,
      items: [item],
      payment_reference: "tr-1",
      paid_at: "2025-04-03T00:00:00Z",
    });
    const read = await readFile(paid, { payment: "charge" });
    assert.deepEqual(
      faultsOf(read).map(({ code, column }) => [code, column]),
      [
        ["payment_made", "/payment_reference"],
        ["payment_made", "/paid_at"],
      ],
    );
    assert.deepEqual(codesOf(await readFile(paid, { payment: "recorded" })), []);
  });
  test("refuses a line of more than a megabyte and reads on", async () => {
    const read = await readFile([good, good.replace("Tea", "x".repeat(1_100_000)), good].join("\n"));
    assert.deepEqual(codesOf(read), ["row_too_long"]);
    assert.equal(read.orders.length, 3);
  });
});

test("a batch is never held back for long: a file that pauses has given what it had", async () => {
  const options = importOptions();
  const file = Buffer.from(`${[header, rowOf("1"), rowOf("2"), rowOf("3")].join("\n")}\n`);
  const plan = recognizeFile(file, options);
  let given = false;
  async function* pausing() {
    yield await Promise.resolve(file);
    given = true;
  }
  const reading = readOrders(pausing(), plan, options, { rowNo: 0 });
  const { value } = await reading.next();
  assert.equal(given, false);
  assert.equal((value as readonly ReadOrder[]).length, 2);
  await reading.return(undefined);
});
