import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inputCompiler } from "../http/check-input.ts";
import { parseStrictJson } from "../http/strict-json.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { OrderV1Body, readOrderV1 } from "./order-v1-body.ts";

const check = inputCompiler()({ schema: OrderV1Body as object, method: "POST", url: "/orders", httpPart: "body" });

/** Reads a body as the route does: strictly, then by its schema, then its money. */
function read(text: string) {
  const body = parseStrictJson(Buffer.from(text));
  const checked: unknown = check(body);
  if (checked !== true) throw (checked as { error: Refusal }).error;
  return readOrderV1(body as OrderV1Body);
}

interface Wanted {
  email?: string;
  name?: string;
  items?: string;
  rest?: string;
}

const tea = '{"product_name":"Tea","quantity":2,"unit_price":1.5}';

function bodyText({
  email = "ann@example.com",
  name = "Ann",
  items = tea,
  rest = ',"currency":"USD"',
}: Wanted): string {
  return `{"customer_email":${JSON.stringify(email)},"customer_name":${JSON.stringify(name)},"items":[${items}]${rest}}`;
}

function itemText(fields: { name?: string; quantity?: string; price?: string }): string {
  const { name = "Tea", quantity = "1", price = "1" } = fields;
  return `{"product_name":${JSON.stringify(name)},"quantity":${quantity},"unit_price":${price}}`;
}

function faults(wanted: Wanted): readonly Fault[] {
  try {
    read(bodyText(wanted));
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.kind, "invalid");
    return error.extras.faults ?? [];
  }
  return assert.fail("It was not refused.");
}

const pointers = (wanted: Wanted) => faults(wanted).map((fault) => fault.pointer);

describe("readOrderV1", () => {
  test("reads an order of DD-ORDER-001 into exact minor units", () => {
    const order = read(bodyText({ items: `${tea},${itemText({ name: "田中 😀", quantity: "3", price: "0.1" })}` }));
    assert.equal(order.customerEmail, "ann@example.com");
    assert.equal(order.customerName, "Ann");
    assert.equal(order.currency, "USD");
    assert.deepEqual(
      order.items.map((item) => [item.line, item.sku, item.productName, item.quantity, item.unitPriceMinor]),
      [
        [1, "item-1", "Tea", 2n, 150n],
        [2, "item-2", "田中 😀", 3n, 10n],
      ],
    );
    assert.deepEqual(
      order.items.map((item) => item.lineTotalMinor),
      [300n, 30n],
    );
  });

  test("takes yen when no currency is named", () => {
    const order = read(bodyText({ items: itemText({ price: "89800.0" }), rest: "" }));
    assert.equal(order.currency, "JPY");
    assert.equal(order.items[0]?.unitPriceMinor, 89_800n);
  });

  for (const [price, currency, minor] of [
    ["9007199254740.99", "USD", 900_719_925_474_099n],
    ["999999999999.999", "KWD", 999_999_999_999_999n],
    ["999999999999999", "JPY", 999_999_999_999_999n],
    ["0.1e1", "USD", 100n],
    ["1.10000000000000000000", "USD", 110n],
    ["0", "USD", 0n],
    ["-0", "USD", 0n],
  ] as const) {
    test(`reads ${price} ${currency} as it was written`, () => {
      const order = read(bodyText({ items: itemText({ price }), rest: `,"currency":"${currency}"` }));
      assert.equal(order.items[0]?.unitPriceMinor, minor);
    });
  }

  test("names each price that is wrong", () => {
    const items = [itemText({ price: "0.001" }), tea, itemText({ price: "1.999" })].join(",");
    assert.deepEqual(pointers({ items }), ["/items/0/unit_price", "/items/2/unit_price"]);
  });

  test("refuses a price that only its digits show to be too exact, though its double is a whole number", () => {
    const items = itemText({ price: "100.00000000000000001" });
    assert.deepEqual(pointers({ items }), ["/items/0/unit_price"]);
  });

  test("takes what stands at the ends of its bounds", () => {
    const email = `${"a".repeat(242)}@example.com`;
    assert.equal(email.length, 254);
    const items = Array.from({ length: 1000 }, () => itemText({ price: "0" })).join(",");
    assert.equal(read(bodyText({ email, name: "n".repeat(200), items })).items.length, 1000);
    const one = itemText({ name: "p".repeat(500), quantity: "1000000", price: "0.01" });
    assert.equal(read(bodyText({ items: one })).items[0]?.lineTotalMinor, 1_000_000n);
  });
});

describe("the body of v1's create call", () => {
  const refused: [string, Wanted, string][] = [
    ["no items", { items: "" }, "/items"],
    ["1,001 items", { items: Array.from({ length: 1001 }, () => tea).join(",") }, "/items"],
    ["an address that is too long", { email: `${"a".repeat(243)}@example.com` }, "/customer_email"],
    ["an address without an at", { email: "example.com" }, "/customer_email"],
    ["an address with two", { email: "a@b@c" }, "/customer_email"],
    ["an address with a display name", { email: "Ann <ann@example.com>" }, "/customer_email"],
    ["an address with a header", { email: "ann@example.com\nBcc:b@example.com" }, "/customer_email"],
    ["an empty name", { name: "" }, "/customer_name"],
    ["a name that is too long", { name: "n".repeat(201) }, "/customer_name"],
    ["an empty product", { items: itemText({ name: "" }) }, "/items/0/product_name"],
    ["a product that is too long", { items: itemText({ name: "p".repeat(501) }) }, "/items/0/product_name"],
    ["no pieces", { items: itemText({ quantity: "0" }) }, "/items/0/quantity"],
    ["more pieces than may be", { items: itemText({ quantity: "1000001" }) }, "/items/0/quantity"],
    ["part of a piece", { items: itemText({ quantity: "1.5" }) }, "/items/0/quantity"],
    ["pieces as text", { items: itemText({ quantity: '"2"' }) }, "/items/0/quantity"],
    ["a price as text", { items: itemText({ price: '"2"' }) }, "/items/0/unit_price"],
    ["no price", { items: itemText({ price: "null" }) }, "/items/0/unit_price"],
    ["a negative price", { items: itemText({ price: "-0.01" }) }, "/items/0/unit_price"],
    ["a price that is worth more than an order may be", { items: itemText({ price: "1e13" }) }, "/items/0/unit_price"],
    ["a total that is", { items: itemText({ quantity: "1000000", price: "10000000" }) }, "/items"],
    ["a currency in small letters", { rest: ',"currency":"usd"' }, "/currency"],
    ["a currency that there is not", { rest: ',"currency":"QQQ"' }, "/currency"],
    ["a currency that is null", { rest: ',"currency":null' }, "/currency"],
    ["a field that there is not", { rest: ',"discount":5' }, "/discount"],
  ];
  for (const [what, wanted, pointer] of refused) {
    test(`is refused for ${what}`, () => assert.deepEqual(pointers(wanted), [pointer]));
  }

  test("is refused for everything that is wrong at once", () => {
    assert.deepEqual(pointers({ email: "x", name: "", items: itemText({ quantity: "0" }) }).sort(), [
      "/customer_email",
      "/customer_email",
      "/customer_name",
      "/items/0/quantity",
    ]);
  });
});
