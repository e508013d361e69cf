import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { codesOf, type FileRead, readFile } from "../../test/support/read-file.ts";
import { rejectedHeader, rejectedRow } from "./write-rejected.ts";

const header = "order_id,email,currency,product,qty,unit_price";

/** The file of the rows that were rejected, as it is downloaded. */
function rejectedOf({ plan, orders }: FileRead): string {
  const rows = orders
    .filter(({ draft }) => draft === null)
    .flatMap((order) => order.rows)
    .map(({ line, raw, faults }) => rejectedRow(plan, { line, raw, reasons: faults.map(({ detail }) => detail) }));
  return [rejectedHeader(plan), ...rows].filter((line) => line !== undefined).join("\n");
}

describe("the file of rejected rows", () => {
  test("has the row as it stood, its line and the reasons", async () => {
    const read = await readFile(`${header}\nA1,ann@example.com,EUR,"Green, tea",0,2.00\n`);
    assert.equal(
      rejectedOf(read),
      `${header},import_line,import_reason\nA1,ann@example.com,EUR,"Green, tea",0,2.00,2,"""qty"" is ""0""; it must be 1 at least. Correct it, or remove the row."`,
    );
  });
  test("is read as before when it comes back, and corrected it is accepted", async () => {
    const first = await readFile(`${header}\nA1,ann@example.com,EUR,Tea,0,2.00\nA1,ann@example.com,EUR,Mug,1,2.00\n`);
    const again = rejectedOf(first);
    assert.deepEqual(codesOf(await readFile(again)), ["quantity_zero"]);
    const corrected = await readFile(again.replace("Tea,0", "Tea,1"));
    assert.deepEqual(codesOf(corrected), []);
    assert.deepEqual(
      corrected.orders[0]?.draft?.items.map((item) => item.product_name),
      ["Tea", "Mug"],
    );
  });
  test("has the new line and reasons in place of the old ones when it is rejected again", async () => {
    const first = rejectedOf(await readFile(`${header}\n\n\nA1,ann@example.com,EUR,Tea,0,2.00\n`));
    const second = rejectedOf(await readFile(first.replace("Tea,0", "Tea,-1")));
    assert.equal(second.split("\n")[0], first.split("\n")[0]);
    assert.match(second.split("\n")[1] ?? "", /^A1,ann@example\.com,EUR,Tea,-1,2\.00,2,"""qty"" is ""-1""/);
    assert.equal((second.match(/it must be/g) ?? []).length, 1);
  });
  for (const row of ['A1,ann@example.com,EUR,"Tea" cut,1,2.00', "A1,ann@example.com,EUR,Tea", "A1"])
    test(`has its marks once on ${row}, however often that comes back`, async () => {
      const first = rejectedOf(await readFile(`${header}\n${row}\n`));
      const second = rejectedOf(await readFile(first));
      const third = rejectedOf(await readFile(second));
      assert.equal(third, second);
      assert.equal(second.split(",2,").length, 2, second);
    });
  test("has no cell that a spreadsheet calculates, and is read as it was when it comes back", async () => {
    const named = `name,remark,${header}`;
    const names = [
      "=HYPERLINK(1)",
      "+1-2",
      "-1+2",
      "@A1",
      "'=1",
      "''=1",
      '"\t=1"',
      '"=a,b"',
      "'plain",
      "-2",
      "'-2",
      "+49,5",
    ];
    const rows = names.map((name, index) => `${name},=1+1,A${index},ann@example.com,EUR,Tea,0,2`);
    const first = await readFile([named, ...rows].join("\n").replace("+49,5", '"+49,5"'));
    let file = rejectedOf(first);
    for (const round of [1, 2]) {
      const cells = file.split("\n").flatMap((line) => line.split(",").map((cell) => cell.replace(/^"/, "")));
      assert.deepEqual(
        cells.filter((cell) => /^[=+\-@\t]/.test(cell) && !/^[+-]?\d+$/.test(cell)),
        [],
        `round ${round}`,
      );
      file = rejectedOf(await readFile(file));
    }
    const corrected = await readFile(file.replaceAll("Tea,0", "Tea,1"));
    assert.deepEqual(
      corrected.orders.map(({ draft }) => draft?.customer_name),
      ["=HYPERLINK(1)", "+1-2", "-1+2", "@A1", "'=1", "''=1", "=1", "=a,b", "'plain", "-2", "'-2", "+49,5"],
    );
  });
  test("leaves the apostrophes of our own export as they are", async () => {
    const own =
      "order_uuid,order_number,line,external_reference,customer_email,customer_name,currency,sku,product_name";
    const uid = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
    const row = `${uid},ORD-1,1,R-1,ann@example.com,'=1+1,EUR,T,''-x,0,2.00`;
    const first = await readFile(`${own},quantity,unit_price\n${row}\n`);
    const again = rejectedOf(first);
    assert.ok(again.includes(",'=1+1,EUR,T,''-x,0,"));
    const corrected = await readFile(again.replace(",0,2.00", ",1,2.00"));
    const [draft] = corrected.orders.map((order) => order.draft);
    assert.deepEqual([draft?.customer_name, draft?.items[0]?.product_name], ["=1+1", "'-x"]);
  });
  test("defuses names of columns too, which a mapping finds again", async () => {
    const first = await readFile("=ref,email,currency,product,qty,unit_price\nA1,ann@example.com,EUR,Tea,0,2\n", {
      mapping: { "=ref": "order_reference" },
    });
    const again = rejectedOf(first);
    assert.ok(again.startsWith("'=ref,"));
    const corrected = await readFile(again.replace("Tea,0", "Tea,1"), { mapping: { "=ref": "order_reference" } });
    assert.equal(corrected.orders[0]?.reference, "A1");
  });
  test("keeps every kind of broken row rejected, and its neighbours as they were", async () => {
    const rows = ['A1,"open', 'A2,"mis"placed,x', "A3,ragged", "A4,a,b,c,d,e,f", "A5,ann@example.com,EUR,Tea,0,1"];
    const first = await readFile([header, ...rows].join("\n"));
    const again = await readFile(rejectedOf(first));
    assert.equal(again.orders.length, rows.length);
    assert.ok(again.orders.every(({ draft }) => draft === null));
  });
  test("never gets accepted uncorrected, whatever was wrong", async () => {
    const cell = fc.constantFrom(
      "1",
      "-1",
      "",
      "x",
      '"',
      '"a"b',
      '"a,b"',
      '"a\nb"',
      "ann@example.com",
      "EUR",
      "=1+1",
      "緑",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const first = await readFile(
            [header, "ok,ann@example.com,EUR,Tea,1,1", ...rows.map((cells) => cells.join(","))].join("\n"),
          );
          const rejected = rejectedOf(first);
          if (!rejected.includes("\n")) return;
          const again = await readFile(rejected, { mapping: { order_id: "order_reference" } });
          assert.ok(again.orders.every(({ draft }) => draft === null));
          const third = await readFile(rejectedOf(again));
          assert.ok(third.orders.every(({ draft }) => draft === null));
        },
      ),
      { numRuns: 100 },
    );
  });
  test("keeps lines of JSON, with their reasons as members that are left out again", async () => {
    const order = {
      customer_email: "ann@example.com",
      currency: "EUR",
      items: [{ product_name: "Tea", quantity: 0, unit_price: 5 }],
    };
    const first = await readFile([JSON.stringify(order), "{}", "{broken", `{"currency":"EUR"`].join("\n"));
    assert.equal(rejectedHeader(first.plan), undefined);
    const lines = rejectedOf(first).split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).import_line),
      [1, 2, 3, 4],
    );
    const corrected = await readFile(lines[0]?.replace('"quantity":0', '"quantity":1') ?? "");
    assert.deepEqual(codesOf(corrected), []);
    const again = await readFile(lines.join("\n"));
    assert.ok(again.orders.every(({ draft }) => draft === null));
    const third = rejectedOf(again).split("\n");
    assert.equal(third[0], lines[0]);
    assert.deepEqual(codesOf(await readFile(third[0]?.replace('"quantity":0', '"quantity":1') ?? "")), []);
  });
});
