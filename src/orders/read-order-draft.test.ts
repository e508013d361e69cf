import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mostMinor } from "../platform/money.ts";
import type { OrderDraft } from "./order-draft.ts";
import { type DraftedOrder, readOrderDraft } from "./read-order-draft.ts";

const strict = { missingEmail: "reject", zeroPrice: "reject" } as const;
const lenient = { missingEmail: "accept", zeroPrice: "accept" } as const;

const tea = { product_name: "Tea", quantity: 2, unit_price: 150 };
const draft: OrderDraft = { customer_email: "ann@example.com", currency: "USD", items: [tea] };

function read(changed: Partial<OrderDraft>, rules: typeof strict | typeof lenient = strict): DraftedOrder {
  const reading = readOrderDraft({ ...draft, ...changed }, rules);
  assert.ok("order" in reading);
  return reading.order;
}

function faultsOf(changed: Partial<OrderDraft>, rules: typeof strict | typeof lenient = strict): string[] {
  const reading = readOrderDraft({ ...draft, ...changed }, rules);
  return "faults" in reading ? reading.faults.map(({ pointer }) => pointer) : [];
}

/** What an order comes to, by its parts. */
function totalOf(order: DraftedOrder): bigint {
  const items = order.items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
  return items - order.discountMinor + order.taxMinor + order.shippingMinor;
}

const price = fc.integer({ min: 0, max: 1_000_000 });
const anyItem = fc
  .record({ quantity: fc.integer({ min: 1, max: 1_000 }), unit_price: price, tax_amount: fc.option(price, { nil: 0 }) })
  .chain((item) =>
    fc.record({
      product_name: fc.constant("Tea"),
      quantity: fc.constant(item.quantity),
      unit_price: fc.constant(item.unit_price),
      tax_amount: fc.constant(item.tax_amount),
      discount_amount: fc.integer({ min: 0, max: item.quantity * item.unit_price }),
    }),
  );

const lineOf = (item: { quantity: number; unit_price: number; discount_amount: number }) =>
  item.quantity * item.unit_price - item.discount_amount;

/** A draft whose parts are possible, with everything that it could state about itself. */
const anyDraft = fc.array(anyItem, { minLength: 1, maxLength: 8 }).chain((items) => {
  const itemsMinor = items.reduce((sum, item) => sum + lineOf(item), 0);
  return fc
    .record({ discount_amount: fc.integer({ min: 0, max: itemsMinor }), shipping_amount: price })
    .map((money) => {
      const tax = items.reduce((sum, item) => sum + item.tax_amount, 0);
      const total = itemsMinor - money.discount_amount + tax + money.shipping_amount;
      const lines = items.map((item) => ({ ...item, line_total: lineOf(item) }));
      return { ...draft, ...money, items: lines, tax_amount: tax, total_amount: total };
    });
});

describe("the money of a draft", () => {
  test("adds up to the whole, whatever its parts are", () => {
    fc.assert(
      fc.property(anyDraft, (given) => {
        const reading = readOrderDraft(given, lenient);
        assert.ok("order" in reading);
        assert.equal(totalOf(reading.order), BigInt(given.total_amount));
        for (const [index, item] of reading.order.items.entries()) {
          assert.equal(item.lineTotalMinor, item.quantity * item.unitPriceMinor - item.discountMinor);
          assert.equal(item.line, index + 1);
        }
      }),
    );
  });

  test("is the same whether the draft states its sums or leaves them out", () => {
    fc.assert(
      fc.property(anyDraft, ({ total_amount: _total, tax_amount: _tax, ...given }) => {
        const items = given.items.map(({ line_total: _line, ...item }) => item);
        const bare = readOrderDraft({ ...given, items }, lenient);
        assert.deepEqual(bare, readOrderDraft({ ...given, total_amount: _total, tax_amount: _tax }, lenient));
      }),
    );
  });

  test("is refused when any sum that it states is off, by one unit even", () => {
    const off = fc.constantFrom(-1, 1, 100);
    fc.assert(
      fc.property(anyDraft, off, fc.constantFrom("line", "tax", "total"), (given, by, which) => {
        const [first, ...rest] = given.items;
        assert.ok(first);
        const wrong =
          which === "line"
            ? { ...given, items: [{ ...first, line_total: first.line_total + by }, ...rest] }
            : which === "tax"
              ? { ...given, tax_amount: given.tax_amount + by, total_amount: given.total_amount + by }
              : { ...given, total_amount: given.total_amount + by };
        // A tax that no line states may be any: it is the order's alone then.
        fc.pre(which !== "tax" || given.tax_amount > 0);
        assert.ok("faults" in readOrderDraft(wrong, lenient));
      }),
    );
  });

  test("has the tax of the order alone where the lines state none", () => {
    assert.equal(read({ tax_amount: 30, total_amount: 330 }).taxMinor, 30n);
    assert.equal(read({ items: [{ ...tea, tax_amount: 12 }] }).taxMinor, 12n);
  });
});

describe("a draft is refused", () => {
  const cases: [string, Partial<OrderDraft>, string][] = [
    ["with a discount above its lines", { discount_amount: 301 }, "/discount_amount"],
    ["with a discount above its line", { items: [{ ...tea, discount_amount: 301 }] }, "/items/0/discount_amount"],
    ["with taxes that disagree", { items: [{ ...tea, tax_amount: 5 }], tax_amount: 6 }, "/tax_amount"],
    ["with a total that disagrees", { total_amount: 299 }, "/total_amount"],
    ["with a line that disagrees", { items: [{ ...tea, line_total: 301 }] }, "/items/0/line_total"],
    ["in a currency that is none", { currency: "XXX" }, "/currency"],
    ["without an address", { customer_email: null }, "/customer_email"],
    ["at no price", { items: [{ ...tea, unit_price: 0 }] }, "/items/0/unit_price"],
    ["ordered at a time that is none", { ordered_at: "2026-12-31T23:59:60Z" }, "/ordered_at"],
    ["paid before there was money for it", { paid_at: "0001-01-01T00:00:00Z" }, "/paid_at"],
    [
      "with a line beyond bounds",
      { items: [{ ...tea, quantity: 1_000_000, unit_price: Number(mostMinor) }] },
      "/items/0",
    ],
    [
      "with lines beyond bounds together",
      { items: [tea, { ...tea, quantity: 1, unit_price: Number(mostMinor) }] },
      "/items",
    ],
  ];
  for (const [what, changed, pointer] of cases)
    test(what, () => {
      assert.deepEqual(faultsOf(changed), [pointer]);
    });

  test("for all that is wrong at once, but not for sums of lines that are wrong themselves", () => {
    const wrong = { customer_email: null, total_amount: 1, items: [{ ...tea, line_total: 1 }] };
    assert.deepEqual(faultsOf(wrong), ["/items/0/line_total", "/customer_email"]);
  });
});

describe("what a draft leaves out", () => {
  test("is null, empty or the usual", () => {
    const { items, ...order } = read({ customer_email: null, items: [{ ...tea, unit_price: 0 }] }, lenient);
    assert.deepEqual(order, {
      externalReference: null,
      customerEmail: "",
      customerName: "",
      customerReference: null,
      locale: "en",
      currency: "USD",
      discountMinor: 0n,
      taxMinor: 0n,
      shippingMinor: 0n,
      orderedAt: null,
      paymentReference: null,
      paidAt: null,
    });
    assert.deepEqual(
      items.map(({ sku }) => sku),
      ["item-1"],
    );
  });
});
