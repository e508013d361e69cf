import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";

let site: Site;
let server: ServingProcess;

interface Wanted {
  name?: string;
  product?: string;
  price?: string;
  quantity?: string;
  currency?: string;
  email?: string;
}

/** A body as text, since what is tested may be no value of this language. Texts are given as JSON escapes them. */
function bodyText(wanted: Wanted): string {
  const { name = "Ann", product = "Tea", price = "1", quantity = "1", currency = "JPY" } = wanted;
  const item = `{"product_name":"${product}","quantity":${quantity},"unit_price":${price}}`;
  const email = wanted.email ?? "ann@example.com";
  return `{"customer_email":"${email}","customer_name":"${name}","items":[${item}],"currency":"${currency}"}`;
}

describe("what is sent to v1", () => {
  before(async () => {
    site = await givenSite();
    server = await startServing(site);
  });
  after(async () => assert.equal(await server.stop(), 0));

  describe("an order is refused and leaves nothing", () => {
    const refused: [string, Wanted, string][] = [
      ["half a yen", { price: "0.5" }, "/items/0/unit_price"],
      ["a tenth of a cent", { price: "0.001", currency: "USD" }, "/items/0/unit_price"],
      ["a negative price", { price: "-1" }, "/items/0/unit_price"],
      ["a price beyond all money", { price: "1e400" }, "/items/0/unit_price"],
      ["a total beyond what an order can be worth", { price: "999999999999999", quantity: "2" }, "/items"],
      ["a price that no double holds", { price: "9007199254740993" }, "/items/0/unit_price"],
      ["no pieces", { quantity: "0" }, "/items/0/quantity"],
      ["half a piece", { quantity: "1.5" }, "/items/0/quantity"],
      ["too many pieces", { quantity: "1000001" }, "/items/0/quantity"],
      ["pieces as text", { quantity: '"2"' }, "/items/0/quantity"],
      ["a currency that there is not", { currency: "ABC" }, "/currency"],
      ["NUL in a name", { name: "An\\u0000n" }, "/customer_name"],
      ["half of an emoji", { product: "Tea \\ud83c" }, "/items/0/product_name"],
      ["a second address", { email: "ann@example.com,eve@example.com" }, "/customer_email"],
      ["a control character in the address", { email: "ann\\u0001@example.com" }, "/customer_email"],
      ["an address that is turned around", { email: "ann@\u202eexample.com" }, "/customer_email"],
      ["a line break in the address", { email: "ann@example.com\\r\\nBcc: eve@example.com" }, "/customer_email"],
    ];

    for (const [what, wanted, pointer] of refused) {
      test(`for ${what}`, async () => {
        const answer = await server.send("POST", path, { body: bodyText(wanted), key: `refused ${what}` });
        assert.equal(answer.status, 422, answer.text);
        assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
        const { errors } = JSON.parse(answer.text) as { errors: { pointer: string }[] };
        assert.ok(
          errors.some((error) => error.pointer === pointer),
          answer.text,
        );
        assert.deepEqual(await ask(site.db, "select order_id from orders.orders where customer_email like 'ann%'"), []);
      });
    }

    test("without an API key, and with a wrong one", async () => {
      for (const authorization of ["", "Bearer nobody"]) {
        const answer = await server.send("POST", path, { body: bodyText({}), headers: { authorization } });
        assert.equal(answer.status, 401, answer.text);
        assert.ok(answer.headers.get("www-authenticate"));
      }
      assert.deepEqual(await ask(site.db, "select order_id from orders.orders where customer_email like 'ann%'"), []);
    });

    test("when it is no JSON, or not declared as such", async () => {
      assert.equal((await server.send("POST", path, { body: "{" })).status, 400);
      const plain = { "content-type": "text/plain" };
      assert.equal((await server.send("POST", path, { body: bodyText({}), headers: plain })).status, 415);
      const packed = { "content-encoding": "gzip" };
      assert.equal((await server.send("POST", path, { body: bodyText({}), headers: packed })).status, 415);
    });

    test("when it is not there", async () => {
      for (const [method, address] of [
        ["GET", `${path}999999`],
        ["DELETE", `${path}999999`],
        ["GET", `${path}9223372036854775808`],
        ["GET", `${path}01a20894-d39a-79b3-989f-1f108db9be97`],
        ["GET", "/api/v2/orders/ORD-00000001"],
      ] as const) {
        assert.equal((await server.send(method, address)).status, 404, `${method} ${address}`);
      }
    });
  });

  describe("a name comes back whole", () => {
    const names = {
      Japanese: "田中太郎",
      "emoji of several parts": "Ann 👩‍👩‍👧‍👦 🇯🇵",
      "right to left": "محمد بن عبد الله",
      "letters with marks of their own": "e\u0301clair",
      "markup and quotes": `<b>"O'Neill" & sons</b>`,
    };

    for (const [what, name] of Object.entries(names)) {
      test(`that is ${what}`, async () => {
        const escaped = JSON.stringify(name).slice(1, -1);
        const email = "whole@example.com";
        const answer = await server.send("POST", path, { body: bodyText({ name: escaped, product: escaped, email }) });
        assert.equal(answer.status, 201, answer.text);
        const order = JSON.parse(answer.text) as {
          id: number;
          customer_name: string;
          items: { product_name: string }[];
        };
        assert.equal(order.customer_name, name);
        assert.equal(order.items[0]?.product_name, name);
        assert.equal((await server.send("GET", `${path}${order.id}`)).text, answer.text);
      });
    }
  });
});
