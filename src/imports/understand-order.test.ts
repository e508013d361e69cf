import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codesOf, faultsOf, readFile } from "../../test/support/read-file.ts";
import type { Field, ImportOptions } from "./import-options.ts";

const names = "order_id,email,currency,sku,product,qty,unit_price";
const first = "A1,ann@example.com,EUR,00123,Green tea,2,12.50";

/** A file of rows with more columns than the usual ones. */
function fileOf(more: string, ...rows: string[]): string {
  return [more === "" ? names : `${names},${more}`, ...rows].join("\n");
}

async function draftsOf(file: string, options: Partial<ImportOptions> = {}) {
  const read = await readFile(file, options);
  assert.deepEqual(faultsOf(read), []);
  return read.orders.map(({ draft }) => draft);
}

describe("understandOrder", () => {
  test("makes one order of rows that stand together, and keeps the zeros of a SKU", async () => {
    const file = fileOf("", first, "A1,ann@example.com,EUR,T-2,Mug,1,3", "A2,ben@example.com,JPY,,Book,1,500");
    assert.deepEqual(await draftsOf(file), [
      {
        external_reference: "A1",
        customer_email: "ann@example.com",
        currency: "EUR",
        items: [
          { sku: "00123", product_name: "Green tea", quantity: 2, unit_price: 1250 },
          { sku: "T-2", product_name: "Mug", quantity: 1, unit_price: 300 },
        ],
      },
      {
        external_reference: "A2",
        customer_email: "ben@example.com",
        currency: "JPY",
        items: [{ product_name: "Book", quantity: 1, unit_price: 500 }],
      },
    ]);
  });
  test("counts what stands on every row once, and takes it from the row that has it", async () => {
    const more = "discount,shipping,tax,total,customer_name,locale,order_date";
    const whole = "1.00,4.90,2.10,46.00,Ann Lee,ja-JP,2025-04-03";
    const file = fileOf(more, `${first},${whole}`, `A1,,,T-2,Mug,5,3,${whole}`);
    const [draft] = await draftsOf(file, { time_zone: "Asia/Tokyo" });
    assert.deepEqual(draft, {
      external_reference: "A1",
      customer_email: "ann@example.com",
      customer_name: "Ann Lee",
      locale: "ja",
      currency: "EUR",
      ordered_at: "2025-04-02T15:00:00.000Z",
      items: [
        { sku: "00123", product_name: "Green tea", quantity: 2, unit_price: 1250 },
        { sku: "T-2", product_name: "Mug", quantity: 5, unit_price: 300 },
      ],
      discount_amount: 100,
      shipping_amount: 490,
      tax_amount: 210,
      total_amount: 4600,
    });
  });
  test("makes an order of each row of a file without references", async () => {
    const file = "email,currency,sku,qty,price\na@example.com,EUR,TEA,1,2\na@example.com,EUR,TEA,1,2\n";
    const drafts = await draftsOf(file);
    assert.equal(drafts.length, 2);
    assert.deepEqual(drafts[0]?.items, [{ sku: "TEA", product_name: "TEA", quantity: 1, unit_price: 200 }]);
  });
  test("leaves taxes out that prices contain", async () => {
    const file = fileOf("tax,line_tax,total", `${first},4.00,4.00,25.00`);
    const [draft] = await draftsOf(file, { tax: "included" });
    assert.equal(draft?.tax_amount, undefined);
    assert.equal(draft?.items[0]?.tax_amount, undefined);
    assert.deepEqual(codesOf(await readFile(file)), ["total_disagrees"]);
  });
  test("rounds what is left after a rate, half away from zero, and not the discount", async () => {
    const cases = [
      ["0.15", "5.55", 83], // 4.7175 is 4.72.
      ["15 %", "5.55", 83],
      ["50%", "0.01", 0], // Half a cent is a cent.
      ["0.15000000596046448", "18.00", 270],
      ["1", "3.00", 300],
      ["0", "3.00", 0],
    ] as const;
    for (const [rate, price, discount] of cases) {
      const [draft] = await draftsOf(fileOf("discount_rate", `A1,ann@example.com,EUR,,Tea,1,${price},${rate}`));
      assert.equal(draft?.items[0]?.discount_amount ?? 0, discount, rate);
    }
  });
  test("reads amounts of currencies with three decimals, with none, and with their sign", async () => {
    const file = [
      "order_id;email;currency;product;qty;price",
      "1;a@b.example;KWD;Tea;1;1,234",
      "2;a@b.example;JPY;Tea;1;1.200",
    ];
    const drafts = await draftsOf([...file, "3;a@b.example;EUR;Tea;1.000;€ 12,50"].join("\n"), { locale: "de-DE" });
    assert.deepEqual(
      drafts.map((draft) => [draft?.items[0]?.quantity, draft?.items[0]?.unit_price]),
      [
        [1, 1234],
        [1, 1200],
        [1000, 1250],
      ],
    );
  });
});

describe("understandOrder: what it refuses", () => {
  const rows: readonly [code: string, row: string, value: string | null][] = [
    ["reference_missing", ",ann@example.com,EUR,,Tea,1,2", null],
    ["email_missing", "A1,,EUR,,Tea,1,2", null],
    ["email_invalid", "A1,ann at home,EUR,,Tea,1,2", "ann at home"],
    ["currency_missing", "A1,ann@example.com,,,Tea,1,2", null],
    ["currency_unknown", "A1,ann@example.com,EURO,,Tea,1,2", "EURO"],
    ["product_missing", "A1,ann@example.com,EUR,,,1,2", null],
    ["quantity_missing", "A1,ann@example.com,EUR,,Tea,,2", null],
    ["quantity_invalid", "A1,ann@example.com,EUR,,Tea,1.5,2", "1.5"],
    ["quantity_invalid", "A1,ann@example.com,EUR,,Tea,1e3,2", "1e3"],
    ["quantity_invalid", "A1,ann@example.com,EUR,,Tea,٣,2", "٣"],
    ["quantity_invalid", "A1,ann@example.com,EUR,,Tea,2000000,2", "2000000"],
    ["quantity_zero", "A1,ann@example.com,EUR,,Tea,0,2", "0"],
    ["quantity_negative", "A1,ann@example.com,EUR,,Tea,-3,2", "-3"],
    ["price_missing", "A1,ann@example.com,EUR,,Tea,1,", null],
    ["price_zero", "A1,ann@example.com,EUR,,Tea,1,0.00", "0.00"],
    ["price_negative", "A1,ann@example.com,EUR,,Tea,1,-2", "-2"],
    ["amount_invalid", 'A1,ann@example.com,EUR,,Tea,1,"1,234.50"', "1,234.50"],
    ["amount_invalid", "A1,ann@example.com,EUR,,Tea,1,NaN", "NaN"],
    ["amount_too_precise", "A1,ann@example.com,EUR,,Tea,1,0.005", "0.005"],
    ["amount_too_precise", "A1,ann@example.com,JPY,,Tea,1,0.5", "0.5"],
    ["amount_too_large", "A1,ann@example.com,EUR,,Tea,1,99999999999999.99", "99999999999999.99"],
    ["amount_too_large", "A1,ann@example.com,EUR,,Tea,1000000,9999999999.99", "9999999999.99"],
    ["value_invalid", `${"R".repeat(201)},ann@example.com,EUR,,Tea,1,2`, `${"R".repeat(200)}…`],
    ["cells_missing", "A1,ann@example.com,EUR,,Tea,1", null],
    ["cells_too_many", "A1,ann@example.com,EUR,,Tea,1,2,", null],
    ["quote_misplaced", 'A1,ann@example.com,EUR,,"Tea"s,1,2', null],
    ["text_unreadable", "A1,ann@example.com,EUR,,Te\0a,1,2", null],
  ];
  for (const [code, row, value] of rows) {
    test(`says ${code} of ${row.replace("\0", "NUL").slice(0, 60)}`, async () => {
      const read = await readFile(
        fileOf("", "A0,ann@example.com,EUR,,Tea,1,2", row, "A9,ann@example.com,EUR,,Tea,1,2"),
      );
      const [fault] = faultsOf(read);
      assert.deepEqual(
        read.orders.map(({ draft }) => draft !== null),
        [true, false, true],
      );
      assert.deepEqual([fault?.code, fault?.value], [code, value]);
      assert.ok(fault && fault.detail.length > 20 && fault.detail.endsWith("."), fault?.detail);
      const raw = read.orders[1]?.rows[0]?.raw ?? "";
      assert.ok(!raw.includes("\0"));
    });
  }
  test("names the column as the file calls it, and says what to do", async () => {
    const [fault] = faultsOf(
      await readFile('Bestellung,Menge,Preis,Ware\n1,3,"1,50",Tee\n', {
        currency: "EUR",
        missing_email: "accept",
        mapping: { Bestellung: "order_reference", Menge: "quantity", Preis: "unit_price", Ware: "product_name" },
      }),
    );
    assert.deepEqual(fault, {
      code: "amount_invalid",
      column: "Preis",
      value: "1,50",
      detail:
        '"Preis" is "1,50", which is no amount of EUR. Write it like 1234.50; or say in the options (`locale`) how the file writes numbers.',
    });
  });
  test("finds everything that is wrong with an order at once, each on its row", async () => {
    const file = fileOf(
      "shipping,order_date",
      "A1,,EUR,,Tea,x,2,free,03/04/2025",
      "A1,,EUR,,,1,-2,,",
      "A1,,EUR,,Mug,1,2,,",
    );
    const { orders } = await readFile(file);
    assert.equal(orders.length, 1);
    assert.deepEqual(
      orders[0]?.rows.map(({ line, faults }) => [line, faults.map(({ code }) => code)]),
      [
        [2, ["quantity_invalid", "email_missing", "amount_invalid", "time_invalid"]],
        [3, ["product_missing", "price_negative"]],
        [4, []],
      ],
    );
  });
  test("refuses an amount on several rows that may be the order's or each line's, unless something says which", async () => {
    const rows = [`${first},1.00`, "A1,ann@example.com,EUR,,Mug,1,3,1.00"];
    const codes = async (columns: string, mapping?: Record<string, Field>, lines = rows) =>
      faultsOf(await readFile(fileOf(columns, ...lines), mapping ? { mapping } : {})).map(({ code }) => code);
    assert.deepEqual(await codes("tax"), ["amount_ambiguous"]);
    assert.deepEqual(await codes("discount"), ["amount_ambiguous"]);
    assert.deepEqual(await codes("shipping"), []);
    assert.deepEqual(await codes("tax", { tax: "line_tax" }), []);
    assert.deepEqual(await codes("tax", { tax: "order_tax" }), []);
    const none = [`${first},0`, "A1,ann@example.com,EUR,,Mug,1,3,0"];
    assert.deepEqual(await codes("tax", undefined, none), []);
    assert.deepEqual(await codes("tax", undefined, [`${first},1.00`, "A1,ann@example.com,EUR,,Mug,1,3,"]), []);
  });
  test("refuses rows of one order that say different things of it, and names both lines", async () => {
    const file = fileOf("shipping", `${first},4.90`, "A1,ann@example.com,EUR,,Mug,1,3,5.90");
    const [fault] = faultsOf(await readFile(file));
    assert.deepEqual([fault?.code, fault?.column, fault?.value], ["values_disagree", "shipping", "5.90"]);
    assert.match(fault?.detail ?? "", /"5\.90" on line 3 and "4\.90" on line 2/);
  });
  test("refuses totals that are not what their parts come to, with both figures", async () => {
    const line = faultsOf(await readFile(fileOf("line_total", `${first},24.00`)));
    assert.deepEqual([line[0]?.code, line[0]?.column], ["line_total_disagrees", "line_total"]);
    assert.match(line[0]?.detail ?? "", / says 24\.00; .* is 25\.00\. Correct it, or its parts\.$/);
    const total = faultsOf(await readFile(fileOf("shipping,total", `${first},4.90,30.00`)));
    assert.deepEqual([total[0]?.code, total[0]?.value], ["total_disagrees", "30.00"]);
    assert.match(
      total[0]?.detail ?? "",
      /^"[^"]+" says 30\.00; lines 25\.00 - discount 0\.00 \+ tax 0\.00 \+ shipping 4\.90 is 29\.90\. Correct/,
    );
    const tax = await readFile(fileOf("tax,line_tax", `${first},3.00,2.00`));
    assert.deepEqual(codesOf(tax), ["tax_disagrees"]);
  });
  test("refuses discounts beyond what they are given on, rates beyond one, and two kinds on one line", async () => {
    assert.deepEqual(codesOf(await readFile(fileOf("discount", `${first},25.01`))), ["discount_too_large"]);
    assert.deepEqual(codesOf(await readFile(fileOf("line_discount", `${first},25.01`))), ["discount_too_large"]);
    for (const rate of ["1.01", "15", "-0.1", "101 %", "x"])
      assert.deepEqual(codesOf(await readFile(fileOf("discount_rate", `${first},${rate}`))), ["rate_invalid"]);
    assert.deepEqual(codesOf(await readFile(fileOf("line_discount,discount_rate", `${first},1,0.1`))), [
      "discount_twice",
    ]);
  });
  test("refuses a language that customers are not told in, and a time that clocks did not show", async () => {
    assert.deepEqual(codesOf(await readFile(fileOf("locale", `${first},fr`))), ["locale_unknown"]);
    const night = await readFile(fileOf("order_date", `${first},2025-03-30 02:30`), { time_zone: "Europe/Berlin" });
    assert.deepEqual(codesOf(night), ["time_invalid"]);
  });
  test("rejects all rows of an order with a broken one, and not its neighbours", async () => {
    const broken = 'A1,ann@example.com,EUR,,"Tea,1,2';
    const file = fileOf("", first, broken, "A1,ann@example.com,EUR,,Mug,1,3", "A2,ann@example.com,EUR,,Mug,1,3");
    const { orders } = await readFile(file);
    assert.deepEqual(
      orders.map(({ reference, rows: own, draft }) => [reference, own.length, draft !== null]),
      [
        ["A1", 3, false],
        ["A2", 1, true],
      ],
    );
  });
});

describe("understandOrder: declared policies", () => {
  const returned = ["A1,ann@example.com,EUR,,Tea,2,12.50", "A1,ann@example.com,EUR,,Mug,-1,3"];

  test("drops lines with a negative quantity, and an order of which no line is left", async () => {
    const { orders } = await readFile(fileOf("", ...returned, "A2,ann@example.com,EUR,,Mug,-1,0"), {
      negative_quantity: "drop_line",
    });
    assert.deepEqual(
      orders.map(({ rows, draft }) => [
        rows.map(({ dropped, faults }) => [dropped, faults.length]),
        draft?.items.length,
      ]),
      [
        [
          [
            [false, 0],
            [true, 0],
          ],
          1,
        ],
        [[[true, 0]], undefined],
      ],
    );
  });
  test("rejects cancellations, or drops them whole", async () => {
    const file = fileOf(
      "cancelled_at",
      "C1,ann@example.com,EUR,,Tea,-2,12.50,",
      `${first},2025-01-01`,
      `${first.replace("A1", "A2")},`,
    );
    assert.deepEqual(codesOf(await readFile(file)), ["cancellation", "cancellation"]);
    const { orders } = await readFile(file, { cancellations: "drop" });
    assert.deepEqual(
      orders.map(({ rows, draft }) => [rows[0]?.dropped, rows[0]?.faults.length, draft !== null]),
      [
        [true, 0, false],
        [true, 0, false],
        [false, 0, true],
      ],
    );
  });
  test("takes a reference with a C for an order when nothing is given back", async () => {
    assert.deepEqual(codesOf(await readFile(fileOf("", first.replace("A1", "C1001")))), []);
  });
  test("accepts customers without an address, and prices of nothing", async () => {
    const [draft] = await draftsOf(fileOf("", "A1,,EUR,,Tea,1,0"), { missing_email: "accept", zero_price: "accept" });
    assert.equal(draft?.customer_email, undefined);
    assert.equal(draft?.items[0]?.unit_price, 0);
  });
  test("takes the currency of the options where a row has none", async () => {
    const drafts = await draftsOf(fileOf("", "A1,a@b.example,,,Tea,1,5", "A2,a@b.example,usd,,Tea,1,5"), {
      currency: "JPY",
    });
    assert.deepEqual(
      drafts.map((draft) => [draft?.currency, draft?.items[0]?.unit_price]),
      [
        ["JPY", 5],
        ["USD", 500],
      ],
    );
  });
});

describe("understandOrder: payments", () => {
  const more = "payment_status,paid_at,payment_reference,refunded_amount";
  async function said(status: string, options: Partial<ImportOptions>, refunded = "") {
    const read = await readFile(fileOf(more, `${first},${status},2025-04-03,tr-1,${refunded}`), options);
    const [order] = read.orders;
    return codesOf(read)[0] ?? [order?.draft?.payment_reference, order?.draft?.paid_at?.slice(0, 10), order?.unpaid];
  }
  const recorded = { payment: "recorded" } as const;

  test("records what was paid, with its reference and date", async () => {
    for (const status of ["paid", "Completed", "支払済", "入金済み", ""])
      assert.deepEqual(await said(status, recorded), ["tr-1", "2025-04-03", false]);
  });
  test("records nothing for what was not paid", async () => {
    for (const status of ["pending", "Unpaid", "authorized", "未払い"])
      assert.deepEqual(await said(status, recorded), [undefined, undefined, true]);
  });
  test("never places what was given back or came in part", async () => {
    for (const payment of ["none", "recorded", "charge"] as const)
      for (const status of ["refunded", "Partially Refunded", "voided", "partially_paid", "返金済み"])
        assert.equal(await said(status, { payment }), "payment_returned");
    assert.equal(await said("paid", recorded, "0.01"), "payment_returned");
    assert.deepEqual(await said("paid", recorded, "0.00"), ["tr-1", "2025-04-03", false]);
  });
  test("never charges what was paid", async () => {
    assert.equal(await said("paid", { payment: "charge" }), "payment_made");
    assert.equal(await said("", { payment: "charge" }), "payment_made");
    assert.deepEqual(await said("pending", { payment: "charge" }), [undefined, undefined, false]);
  });
  test("leaves payments alone when nothing is to be done about them", async () => {
    assert.deepEqual(await said("paid", { payment: "none" }), [undefined, undefined, false]);
  });
  test("does not guess what a word means", async () => {
    assert.equal(await said("perhaps", recorded), "payment_status_unknown");
  });
});
