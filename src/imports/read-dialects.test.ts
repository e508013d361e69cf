import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { newOrder, noon } from "../../test/support/given-orders.ts";
import { codesOf, faultsOf, readFile } from "../../test/support/read-file.ts";
import type { Order } from "../orders/index.ts";
import { type ExportedOrder, headerText, rowsText } from "../orders/order-export.ts";
import type { ImportOptions } from "./import-options.ts";

const shopify = `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Billing Name,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Id,Lineitem discount`;

/** The first row of an order has its cells, a further one those of its line. */
function shopifyRow(cells: Record<string, string>): string {
  const usual = { "Lineitem quantity": "1", "Lineitem name": "Tea", "Lineitem price": "10.00" };
  const all: Record<string, string> = { ...usual, ...cells };
  return shopify
    .split(",")
    .map((name) => all[name] ?? "")
    .join(",");
}

const order1001 = {
  Name: "#1001",
  Email: "ann@example.com",
  "Financial Status": "paid",
  "Paid at": "2025-04-03 14:05:06 -0400",
  Currency: "USD",
  Subtotal: "23.00",
  Shipping: "4.90",
  Taxes: "2.10",
  Total: "30.00",
  "Discount Amount": "2.00",
  "Created at": "2025-04-03 14:00:00 -0400",
  "Billing Name": "Ann Lee",
  "Payment Reference": "c1234.1",
  "Refunded Amount": "0.00",
};
const further = {
  Name: "#1001",
  "Lineitem name": "Mug",
  "Lineitem price": "5.00",
  "Lineitem quantity": "3",
  "Lineitem sku": "007",
};

describe("Shopify's export", () => {
  const wanted = {
    external_reference: "#1001",
    customer_email: "ann@example.com",
    customer_name: "Ann Lee",
    currency: "USD",
    ordered_at: "2025-04-03T18:00:00.000Z",
    items: [
      { product_name: "Tea", quantity: 1, unit_price: 1000 },
      { sku: "007", product_name: "Mug", quantity: 3, unit_price: 500 },
    ],
    discount_amount: 200,
    shipping_amount: 490,
    tax_amount: 210,
    total_amount: 3000,
    payment_reference: "c1234.1",
    paid_at: "2025-04-03T18:05:06.000Z",
  };

  test("is one order of rows of which the first has the order's cells", async () => {
    const file = [
      shopify,
      shopifyRow(order1001),
      shopifyRow(further),
      shopifyRow({ ...order1001, Name: "#1002" }),
    ].join("\n");
    // Its numbers and times are Shopify's, whatever the file's locale is said to be.
    const read = await readFile(file, { payment: "recorded", locale: "de-DE" });
    assert.deepEqual(read.orders[0]?.draft, wanted);
    assert.deepEqual(codesOf(read), ["total_disagrees"]);
  });
  test("goes on with the order above where a row has no name", async () => {
    const file = [shopify, shopifyRow(order1001), shopifyRow({ ...further, Name: "" })].join("\n");
    assert.deepEqual((await readFile(file, { payment: "recorded" })).orders[0]?.draft, wanted);
  });
  test("leaves taxes out that its prices contain", async () => {
    const order = { ...order1001, Total: "27.90" };
    const file = [shopify, shopifyRow(order), shopifyRow(further)].join("\n");
    assert.deepEqual(codesOf(await readFile(file)), ["total_disagrees"]);
    assert.deepEqual(codesOf(await readFile(file, { tax: "included" })), []);
  });
  test("refuses orders whose money was given back, whole or in part, and those that were cancelled", async () => {
    const plain = { ...order1001, Total: "10.00", Shipping: "", Taxes: "", "Discount Amount": "" };
    const rows = [
      { ...plain, "Financial Status": "refunded" },
      { ...plain, "Financial Status": "partially_refunded", Name: "#2" },
      { ...plain, "Refunded Amount": "3.00", Name: "#3" },
      { ...plain, "Cancelled at": "2025-04-04 10:00:00 -0400", Name: "#4" },
      { ...plain, "Financial Status": "voided", Name: "#5" },
      { ...plain, "Financial Status": "pending", Name: "#6" },
    ];
    const read = await readFile([shopify, ...rows.map(shopifyRow)].join("\n"), { payment: "recorded" });
    assert.deepEqual(codesOf(read), [
      "payment_returned",
      "payment_returned",
      "payment_returned",
      "cancellation",
      "payment_returned",
    ]);
    assert.deepEqual([read.orders[5]?.unpaid, read.orders[5]?.draft?.payment_reference], [true, undefined]);
  });
});

/** An order with these texts wherever a caller can put one. */
function exportedOrder([
  sku = "",
  product = "",
  customer = "",
  reference = "",
  payment = "",
]: readonly string[]): ExportedOrder {
  const { payment: _payment, origin, by: _by, ...order } = newOrder(7n);
  const [item] = order.items;
  if (item === undefined) throw new Error("The order has no item.");
  const second = { ...item, line: 2, sku: "T-2", productName: "Mug", discountMinor: 0n };
  return {
    ...order,
    ...origin,
    items: [{ ...item, sku, productName: product }, second],
    status: "paid" satisfies Order["status"],
    customerName: customer,
    customerReference: customer,
    source: "key",
    externalReference: reference,
    capture: { orderId: 7n, reference: payment, paidAt: noon },
    itemsMinor: item.lineTotalMinor * 2n,
    totalMinor: item.lineTotalMinor * 2n,
    capturedMinor: item.lineTotalMinor * 2n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    chargedBackMinor: 0n,
    expiresAt: null,
    createdAt: noon,
    createdKey: "",
    updatedAt: noon,
  };
}

describe("our own export", () => {
  function fileOf(order: ExportedOrder): string {
    return `${headerText()}${rowsText(order, order.items)}`;
  }

  test("comes back as the same order, whatever its texts are", async () => {
    const nasty = fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "\n", '"', ",", ";", " ", "a", "緑");
    const text = fc
      .oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: nasty, minLength: 1, maxLength: 8 }))
      .filter((given) => !/[\0\ufffd]/u.test(given));
    await fc.assert(
      fc.asyncProperty(fc.tuple(text, text, text, text, text), async (texts) => {
        const order = exportedOrder(texts);
        const read = await readFile(fileOf(order), { payment: "recorded", locale: "fr-FR", time_zone: "Asia/Tokyo" });
        assert.deepEqual(faultsOf(read), []);
        const [only] = read.orders;
        assert.equal(only?.uid, order.uid);
        const [sku, product, customer, reference, payment] = texts;
        const draft = only?.draft;
        assert.deepEqual(
          [draft?.items[0]?.sku, draft?.items[0]?.product_name, draft?.customer_name],
          [sku, product, customer],
        );
        assert.deepEqual(
          [draft?.external_reference, draft?.payment_reference, draft?.paid_at, draft?.total_amount],
          [reference, payment, noon.toISOString(), Number(order.totalMinor)],
        );
      }),
      { numRuns: 200 },
    );
  });
  test("keeps orders apart that have no reference, by their UUIDs", async () => {
    const one = exportedOrder(["a", "b", "c", "", "d"]);
    const other = { ...one, uid: "0198b7a0-0000-7000-8000-000000000002" };
    const { orders } = await readFile(`${fileOf(one)}${rowsText(other, other.items)}`);
    assert.deepEqual(
      orders.map(({ uid, reference, rows, draft }) => [uid, reference, rows.length, draft !== null]),
      [
        [one.uid, null, 2, true],
        [other.uid, null, 2, true],
      ],
    );
  });
  test("is not charged again, and shows nothing of a chargeback", async () => {
    const order = exportedOrder(["a", "b", "c", "r", "d"]);
    assert.deepEqual(codesOf(await readFile(fileOf(order), { payment: "charge" })), ["payment_made"]);
    const chargedBack = await readFile(fileOf({ ...order, chargedBackMinor: 1n }), { payment: "recorded" });
    assert.deepEqual([faultsOf(chargedBack), chargedBack.orders[0]?.unpaid], [[], false]);
  });
  test("refuses orders of which money went back or that were cancelled, and leaves unpaid ones unpaid", async () => {
    const order = exportedOrder(["a", "b", "c", "r", "d"]);
    const read = async (changed: Partial<ExportedOrder>) =>
      readFile(fileOf({ ...order, ...changed }), { payment: "recorded" });
    assert.deepEqual(codesOf(await read({ refundedMinor: 1n })), ["payment_returned"]);
    assert.deepEqual(codesOf(await read({ status: "cancelled" })), ["cancellation"]);
    const pending = await read({ status: "pending", capture: undefined });
    assert.deepEqual([pending.orders[0]?.unpaid, pending.orders[0]?.draft?.paid_at], [true, undefined]);
    for (const status of ["shipped", "delivered"] as const)
      assert.equal((await read({ status })).orders[0]?.unpaid, false);
  });
  test("says whose reference it is, unless the options do, and refuses a source that is too long", async () => {
    const order = exportedOrder(["a", "b", "c", "r", "d"]);
    const read = async (source: string, options: Partial<ImportOptions> = {}) =>
      (await readFile(fileOf({ ...order, source }), options)).orders[0]?.source;
    assert.deepEqual([await read("web"), await read("web", { source: "mine" }), await read("")], ["web", null, null]);
    assert.deepEqual(codesOf(await readFile(fileOf({ ...order, source: "x".repeat(201) }))), ["value_invalid"]);
  });
  test("refuses a UUID that is none", async () => {
    const order = exportedOrder(["a", "b", "c", "r", "d"]);
    assert.deepEqual(codesOf(await readFile(fileOf({ ...order, uid: "not-one" }))), ["uid_invalid"]);
  });
});
