import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenPrice, setUnitMinor, withdraw } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { type Browser, openBrowser, testShoppers } from "../../test/support/shopping.ts";
import type { Db } from "../platform/db.ts";
import { openShopperTurns } from "./answer-cart.ts";
import { cartLineRoutes } from "./cart-line-routes.ts";
import { cartRoutes } from "./cart-routes.ts";
import type { CartView } from "./cart-view.ts";

const path = "/api/store/cart";
const json = { "content-type": "application/json" };

let db: Db;
let app: FastifyInstance;
let tea: string;

before(async () => {
  ({ db } = await testDatabase());
  const ground = { db, clock: { now: () => noon }, turns: openShopperTurns(), country: "JP", currency: "JPY" };
  const routes = (server: FastifyInstance) => {
    void server.register(cartRoutes(ground));
    void server.register(cartLineRoutes(ground));
  };
  ({ app } = await testServer(routes, { shoppers: testShoppers(db) }));
  tea = await givenPrice(db);
});

const codeOf = ({ statusCode, body }: { statusCode: number; body: string }) =>
  `${statusCode} ${(JSON.parse(body) as { code?: string }).code}`;

function linesOf({ baskets }: CartView) {
  return baskets.flatMap(({ lines }) => lines);
}

async function countLines(): Promise<bigint> {
  const [row] = await ask<{ count: bigint }>(db, "select count(*) from carts.cart_lines");
  return row?.count ?? 0n;
}

/** Quantities as they may come, each as the JSON text that is sent. */
const wrongQuantities = [
  "-1",
  "0",
  "1.5",
  "1.00000000000000000001",
  "1e9",
  "1000001",
  "1e400",
  '"1e3"',
  '"0x10"',
  '" 12 "',
  '"１"',
  '"2"',
  "9007199254740993",
  "null",
  "[]",
  "[2]",
  "{}",
  "true",
];
const unreadable = ["NaN", "Infinity", "0x10", "01", "１", "+1", ""];

describe("POST /api/store/cart/lines", () => {
  test("takes the price by either name, and gives the shopper a cookie with the first one", async () => {
    const browser = openBrowser(app);
    const first = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 2 } });
    assert.equal(first.statusCode, 200, first.body);
    assert.match(
      String(first.headers["set-cookie"]),
      /^ANONYMOUS_USER_EXTERNAL_ID=\S+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    );
    const second = await browser.send("POST", `${path}/lines`, { payload: { pricing_id: tea, quantity: 1 } });
    assert.equal(second.headers["set-cookie"], undefined);
    const [line] = linesOf(second.json());
    assert.deepEqual([line?.price_id, line?.quantity], [tea, 3]);
    assert.equal((await browser.send("GET", path)).body, second.body);
  });

  for (const quantity of wrongQuantities) {
    test(`refuses a quantity of ${quantity}, and writes nothing`, async () => {
      const browser = openBrowser(app);
      const before = await countLines();
      const payload = `{"price_id":"${tea}","quantity":${quantity}}`;
      for (const to of ["lines", "buy-now"]) {
        const answer = await browser.send("POST", `${path}/${to}`, { payload, headers: json });
        assert.equal(codeOf(answer), "422 http.invalid_input", answer.body);
        assert.equal(answer.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, "/quantity");
      }
      assert.deepEqual([await countLines(), browser.cookie()], [before, ""]);
    });
  }

  for (const quantity of unreadable) {
    test(`cannot read a quantity of ${quantity || "nothing"}`, async () => {
      const payload = `{"price_id":"${tea}","quantity":${quantity}}`;
      const answer = await openBrowser(app).send("POST", `${path}/lines`, { payload, headers: json });
      assert.equal(codeOf(answer), "400 http.unreadable_body");
    });
  }

  test("wants one name of the price, and a quantity", async () => {
    const browser = openBrowser(app);
    for (const payload of [
      {},
      { quantity: 1 },
      { price_id: tea },
      { price_id: tea, pricing_id: tea, quantity: 1 },
      { price_id: "tea", quantity: 1 },
      { price_id: null, quantity: 1 },
      { price_id: tea, quantity: 1, unit_amount: 1 },
      [],
    ]) {
      const answer = await browser.send("POST", `${path}/lines`, { payload });
      assert.equal(codeOf(answer), "422 http.invalid_input", JSON.stringify(payload));
    }
  });

  test("says why a price does not go into the cart", async () => {
    const [gone, dollar] = [await givenPrice(db), await givenPrice(db, { currency: "USD" })];
    await withdraw(db, gone);
    const gold = await givenPrice(db, { unitMinor: 10n ** 14n });
    const browser = openBrowser(app);
    await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 1 } });
    for (const [price_id, quantity, expected] of [
      [randomUUID(), 1, "404 cart.price_not_found"],
      [gone, 1, "409 cart.price_not_sold"],
      [dollar, 1, "409 cart.other_currency"],
      [tea, 1_000_000, "409 cart.too_many_pieces"],
      [gold, 10, "422 cart.worth_too_much"],
    ] as const) {
      assert.equal(codeOf(await browser.send("POST", `${path}/lines`, { payload: { price_id, quantity } })), expected);
    }
    const view = (await browser.send("GET", path)).json<CartView>();
    assert.deepEqual([linesOf(view).length, view.total_amount], [1, 100]);
  });

  test("answers the same bytes to a key that comes again, and adds nothing", async () => {
    const browser = openBrowser(app);
    await browser.send("POST", `${path}/buy-now`, { payload: { price_id: tea, quantity: 1 } });
    const headers = { "idempotency-key": randomUUID() };
    const send = (quantity: number, by: Browser = browser) =>
      by.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity }, headers });
    const first = await send(2);
    await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 5 } });
    const again = await send(2);
    assert.equal(again.body, first.body);
    assert.equal(again.headers["idempotent-replayed"], "true");
    assert.equal(codeOf(await send(3)), "422 http.idempotency_key_reused");
    assert.equal(linesOf((await browser.send("GET", path)).json())[0]?.quantity, 7);
    const stranger = openBrowser(app);
    assert.equal(linesOf((await send(3, stranger)).json())[0]?.quantity, 3, "a key is its shopper's own");
  });

  test("refuses a page of another site", async () => {
    const headers = { origin: "https://evil.example" };
    const payload = { price_id: tea, quantity: 1 };
    const answer = await openBrowser(app).send("POST", `${path}/lines`, { payload, headers });
    assert.equal(codeOf(answer), "403 http.cross_site");
    assert.equal(answer.headers["set-cookie"], undefined);
  });
});

describe("the table of lines", () => {
  for (const [what, values] of [
    ["no pieces", "0, 100"],
    ["fewer than none", "-1, 100"],
    ["a million and one", "1000001, 100"],
    ["as many as a double cannot count", "9007199254740993, 100"],
    ["pieces that are not known", "null, 100"],
    ["a price below nothing", "1, -1"],
    ["a price beyond all money", "1, 1000000000000000"],
  ] as const) {
    test(`takes no line with ${what}`, async () => {
      const browser = openBrowser(app);
      const made = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 1 } });
      const { cart_id } = made.json<CartView>();
      const insert = `insert into carts.cart_lines (cart_id, line_id, price_id, added_at, quantity, agreed_unit_minor)
                      values ($1, gen_random_uuid(), gen_random_uuid(), now(), ${values})`;
      await assert.rejects(ask(db, insert, [cart_id]), /violates (check|not-null) constraint/);
    });
  }
});

describe("PATCH and DELETE /api/store/cart/lines/{line_id}", () => {
  test("change a line, and take it out", async () => {
    const browser = openBrowser(app);
    const made = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 1 } });
    const [line] = linesOf(made.json());
    const byId = `/api/store/carts/${made.json<CartView>().cart_id}`;
    for (const [at, quantity] of [
      [path, 7],
      [byId, 1_000_000],
    ] as const) {
      const changed = await browser.send("PATCH", `${at}/lines/${line?.line_id}`, { payload: { quantity } });
      assert.equal(linesOf(changed.json())[0]?.quantity, quantity, changed.body);
      assert.equal((await browser.send("GET", path)).body, changed.body);
    }
    const removed = await browser.send("DELETE", `${path}/lines/${line?.line_id}`);
    assert.deepEqual([removed.statusCode, removed.json<CartView>().cart_id], [200, null]);
    const again = await browser.send("DELETE", `${path}/lines/${line?.line_id}`);
    assert.equal(codeOf(again), "404 cart.line_not_found");
  });

  test("refuse wrong quantities, and change nothing", async () => {
    const browser = openBrowser(app);
    const made = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 3 } });
    const [line] = linesOf(made.json());
    for (const quantity of wrongQuantities) {
      const payload = `{"quantity":${quantity}}`;
      const answer = await browser.send("PATCH", `${path}/lines/${line?.line_id}`, { payload, headers: json });
      assert.equal(codeOf(answer), "422 http.invalid_input", quantity);
    }
    assert.equal(linesOf((await browser.send("GET", path)).json())[0]?.quantity, 3);
  });

  test("find no stranger's line, nor any for nobody", async () => {
    const browser = openBrowser(app);
    const made = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 3 } });
    const url = `${path}/lines/${linesOf(made.json())[0]?.line_id}`;
    const stranger = openBrowser(app);
    for (const at of [url, `${path}/lines/nonsense`, `${path}/lines/${randomUUID()}`]) {
      for (const by of [stranger, openBrowser(app)]) {
        const changed = await by.send("PATCH", at, { payload: { quantity: 1 } });
        assert.equal(codeOf(changed), "404 cart.line_not_found");
        assert.equal(codeOf(await by.send("DELETE", at)), "404 cart.line_not_found");
        assert.equal(by.cookie(), "");
      }
    }
  });
});

describe("POST /api/store/cart/buy-now", () => {
  test("answers a cart of its own, and charges the price of now", async () => {
    const browser = openBrowser(app);
    const made = await browser.send("POST", `${path}/lines`, { payload: { price_id: tea, quantity: 3 } });
    const mug = await givenPrice(db, { currency: "USD" });
    await setUnitMinor(db, mug, 1234n);
    const bought = await browser.send("POST", `${path}/buy-now`, { payload: { price_id: mug, quantity: 2 } });
    const view = bought.json<CartView>();
    assert.deepEqual([bought.statusCode, view.kind, view.currency, view.total_amount], [201, "buy_now", "USD", 2468]);
    assert.equal((await browser.send("GET", path)).body, made.body);
    assert.equal((await browser.send("GET", `/api/store/carts/${view.cart_id}`)).body, bought.body);
  });
});
