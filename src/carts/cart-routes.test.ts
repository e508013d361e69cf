import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenImage, givenPrice, givenTaxRate, setUnitMinor, withdraw } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { type Browser, openBrowser, testShoppers } from "../../test/support/shopping.ts";
import type { Db } from "../platform/db.ts";
import { openShopperTurns } from "./answer-cart.ts";
import { cartLineRoutes } from "./cart-line-routes.ts";
import { cartRoutes } from "./cart-routes.ts";
import type { CartView } from "./cart-view.ts";
import { checkOutCart } from "./check-out-cart.ts";

const path = "/api/store/cart";

let db: Db;
let app: FastifyInstance;

/** Ticks at each look, so that lines stand in the order in which they were put in. */
function tickingClock() {
  let atMs = noon.getTime();
  return {
    now() {
      atMs += 1;
      return new Date(atMs);
    },
  };
}

before(async () => {
  ({ db } = await testDatabase());
  const ground = { db, clock: tickingClock(), turns: openShopperTurns(), country: "JP", currency: "JPY" };
  const routes = (server: FastifyInstance) => {
    void server.register(cartRoutes(ground));
    void server.register(cartLineRoutes(ground));
  };
  ({ app } = await testServer(routes, { shoppers: testShoppers(db) }));
  await givenTaxRate(db, { name: "消費税", inclusive: true });
  await givenTaxRate(db, { name: "軽減税率", inclusive: true, rateMillionths: 80_000, taxCode: "food" });
  await givenTaxRate(db, { name: "NY", country: "US", region: "US-NY", rateMillionths: 45_000 });
});

async function put(browser: Browser, price_id: string, quantity = 1): Promise<CartView> {
  const answer = await browser.send("POST", `${path}/lines`, { payload: { price_id, quantity } });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

/** A browser with a cart. */
async function givenBrowser(...prices: string[]): Promise<{ browser: Browser; cart: CartView }> {
  const browser = openBrowser(app);
  let cart: CartView | undefined;
  for (const price of prices) cart = await put(browser, price);
  return { browser, cart: cart as CartView };
}

const codeOf = ({ statusCode, body }: { statusCode: number; body: string }) =>
  `${statusCode} ${(JSON.parse(body) as { code?: string }).code}`;

const linesOf = ({ baskets }: CartView) => baskets.flatMap(({ lines }) => lines);

describe("GET /api/store/cart", () => {
  test("shows nobody an empty cart, and makes nobody of them", async () => {
    const browser = openBrowser(app);
    const answer = await browser.send("GET", path);
    assert.deepEqual(answer.json(), {
      cart_id: null,
      kind: "current",
      status: "open",
      currency: "JPY",
      baskets: [],
      price_changed: false,
      orderable: false,
      items_amount: 0,
      discount_amount: 0,
      tax_amount: 0,
      tax_included_amount: 0,
      shipping_amount: 0,
      total_amount: 0,
      taxes: [],
      created_at: null,
      updated_at: null,
    });
    assert.equal(browser.cookie(), "");
    assert.equal(answer.headers["cache-control"], "private, no-store");
  });

  test("shows what a shopper put together, by provider, taxed and named in their language", async () => {
    const tea = await givenPrice(db, {
      key: "sencha",
      unitMinor: 1080n,
      taxCode: "food",
      providerId: "kiosk",
      names: { en: "Tea", ja: "煎茶" },
    });
    const mug = await givenPrice(db, { key: "mug", unitMinor: 2200n, names: { en: "Mug" } });
    const cup = await givenPrice(db, { key: "cup", unitMinor: 100n, providerId: "kiosk" });
    const imageId = await givenImage(db, tea);
    const { browser, cart } = await givenBrowser(tea, mug, cup, tea);
    const answer = await browser.send("GET", path, { headers: { "accept-language": "ja-JP,en;q=0.5" } });
    const view = answer.json<CartView>();
    const [line] = view.baskets[0]?.lines ?? [];
    assert.deepEqual(line, {
      line_id: line?.line_id,
      price_id: tea,
      product_key: "sencha",
      sku: "SKU-sencha",
      name: "煎茶",
      checkout_description: "煎茶!",
      image: {
        title: "A tin of tea",
        url: `/api/store/images/${imageId}`,
        thumbnail: `/api/store/images/${imageId}/160.webp`,
      },
      shippable: true,
      consumable: false,
      interval: "one_off",
      interval_count: 1,
      quantity: 2,
      unit_amount: 1080,
      agreed_unit_amount: 1080,
      price_changed: false,
      problem: null,
      discount_amount: 0,
      line_total: 2160,
      tax_amount: 0,
      tax_included_amount: 160,
      tax: { name: "軽減税率", percentage: 8, inclusive: true },
    });
    const { baskets, ...sums } = view;
    assert.deepEqual(sums, {
      cart_id: cart.cart_id,
      kind: "current",
      status: "open",
      currency: "JPY",
      price_changed: false,
      orderable: true,
      items_amount: 4460,
      discount_amount: 0,
      tax_amount: 0,
      tax_included_amount: 369,
      shipping_amount: 0,
      total_amount: 4460,
      taxes: [
        { name: "消費税", percentage: 10, inclusive: true, net_amount: 2091, tax_amount: 209 },
        { name: "軽減税率", percentage: 8, inclusive: true, net_amount: 2000, tax_amount: 160 },
      ],
      created_at: view.created_at,
      updated_at: cart.updated_at,
    });
    assert.ok((view.created_at ?? "") < (view.updated_at ?? ""));
    assert.deepEqual(
      baskets.map(({ provider_id, lines, total_amount }) => [provider_id, lines.map(({ name }) => name), total_amount]),
      [
        ["kiosk", ["煎茶", "cup"], 2260],
        ["own", ["Mug"], 2200],
      ],
    );
    const english = (await browser.send("GET", path, { headers: { "accept-language": "en" } })).json<CartView>();
    assert.deepEqual(
      linesOf(english).map(({ name }) => name),
      ["Tea", "cup", "Mug"],
    );
  });

  test("adds the taxes of the place where the bill goes", async () => {
    const { browser } = await givenBrowser(await givenPrice(db, { unitMinor: 1000n }));
    for (const [query, tax, included] of [
      ["", 0, 91],
      ["?country=JP", 0, 91],
      ["?country=US", 0, 0],
      ["?country=US&region=US-NY", 45, 0],
      ["?region=US-NY", 45, 0],
      ["?region=JP-13", 0, 91],
    ] as const) {
      const view = (await browser.send("GET", `${path}${query}`)).json<CartView>();
      assert.deepEqual([view.tax_amount, view.tax_included_amount, view.total_amount], [tax, included, 1000 + tax]);
    }
    for (const query of ["?country=jp", "?country=JPN", "?region=NY", "?region=US-NEWYORK", "?place=US"])
      assert.equal((await browser.send("GET", `${path}${query}`)).statusCode, 422, query);
  });

  test("tells of a price that changed, of one that was withdrawn and of one that is gone", async () => {
    const [dear, gone, lost] = await Promise.all([givenPrice(db), givenPrice(db), givenPrice(db)]);
    const { browser } = await givenBrowser(dear, gone, lost);
    await setUnitMinor(db, dear, 150n);
    await withdraw(db, gone);
    await ask(db, "delete from catalog.prices where price_id = $1::uuid", [lost]);
    const view = (await browser.send("GET", path)).json<CartView>();
    const seen = linesOf(view).map((line) => [
      line.price_id,
      line.problem,
      line.price_changed,
      line.agreed_unit_amount,
      line.unit_amount,
      line.line_total,
    ]);
    assert.deepEqual(seen, [
      [dear, null, true, 100, 150, 150],
      [gone, "withdrawn", false, 100, 100, null],
      [lost, "withdrawn", false, 100, null, null],
    ]);
    assert.deepEqual([view.price_changed, view.orderable, view.total_amount], [true, false, 150]);
    assert.deepEqual(
      view.baskets.map(({ provider_id }) => provider_id),
      ["own", null],
    );
  });

  test("has a tag, another one as soon as anything in it is", async () => {
    const tea = await givenPrice(db);
    const { browser } = await givenBrowser(tea);
    const first = await browser.send("GET", path);
    const headers = { "if-none-match": String(first.headers.etag) };
    assert.equal((await browser.send("GET", path, { headers })).statusCode, 304);
    await put(browser, tea);
    assert.equal((await browser.send("GET", path, { headers })).statusCode, 200);
  });

  test("shows a forged cookie nothing, and a stranger's cart nobody", async () => {
    const { browser, cart } = await givenBrowser(await givenPrice(db));
    const forged = `${browser.cookie().slice(0, -2)}AA`;
    const answer = await app.inject({ url: path, headers: { cookie: forged } });
    assert.equal(answer.json<CartView>().cart_id, null);
    const byId = `/api/store/carts/${cart.cart_id}`;
    assert.equal((await browser.send("GET", byId)).json<CartView>().cart_id, cart.cart_id);
    const other = (await givenBrowser(await givenPrice(db))).browser;
    assert.equal(codeOf(await other.send("GET", byId)), "404 cart.not_found");
    assert.equal(codeOf(await openBrowser(app).send("GET", byId)), "404 cart.not_found");
    for (const id of [randomUUID(), "nonsense", "%00"])
      assert.equal((await browser.send("GET", `/api/store/carts/${id}`)).statusCode < 500, true);
  });
});

describe("GET /api/store/carts", () => {
  test("lists a shopper's open carts over the pages, newest first", async () => {
    const tea = await givenPrice(db);
    const { browser, cart } = await givenBrowser(tea);
    const bought: (string | null)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const payload = { pricing_id: tea, quantity: 2 };
      const answer = await browser.send("POST", `${path}/buy-now`, { payload });
      assert.equal(answer.statusCode, 201, answer.body);
      bought.push(answer.json<CartView>().cart_id);
    }
    const pages: { cart_id: string }[] = [];
    for (const page of [1, 2, 3]) {
      const answer = await browser.send("GET", `/api/store/carts?page=${page}&page_size=2`);
      const list = answer.json<{ data: { cart_id: string }[]; total: number; page: number; page_size: number }>();
      assert.deepEqual([list.total, list.page, list.page_size], [4, page, 2]);
      pages.push(...list.data);
    }
    assert.deepEqual(new Set(pages.map(({ cart_id }) => cart_id)), new Set([cart.cart_id, ...bought]));
    assert.equal(pages.length, 4);
    const nobody = (await openBrowser(app).send("GET", "/api/store/carts")).json();
    assert.deepEqual(nobody, { data: [], page: 1, page_size: 20, total: 0 });
    for (const query of ["?page=0", "?page=1001", "?page_size=101", "?page=x", "?cursor=x"])
      assert.equal((await browser.send("GET", `/api/store/carts${query}`)).statusCode, 422);
  });
});

describe("DELETE /api/store/cart", () => {
  test("takes everything out, and answers the empty cart each time", async () => {
    const { browser } = await givenBrowser(await givenPrice(db));
    for (let times = 0; times < 2; times += 1) {
      const answer = await browser.send("DELETE", path);
      assert.deepEqual([answer.statusCode, answer.json<CartView>().cart_id], [200, null]);
    }
    assert.deepEqual((await browser.send("GET", path)).json<CartView>().baskets, []);
  });

  test("takes one of the shopper's other carts away by its id", async () => {
    const tea = await givenPrice(db);
    const { browser, cart } = await givenBrowser(tea);
    const bought = await browser.send("POST", `${path}/buy-now`, { payload: { price_id: tea, quantity: 1 } });
    const byId = `/api/store/carts/${bought.json<CartView>().cart_id}`;
    assert.equal((await browser.send("DELETE", byId)).statusCode, 200);
    assert.equal(codeOf(await browser.send("DELETE", byId)), "404 cart.not_found");
    assert.equal((await browser.send("GET", path)).json<CartView>().cart_id, cart.cart_id);
  });
});

describe("POST /api/store/cart/accept-prices", () => {
  test("agrees to what was shown, so that the cart can be ordered again", async () => {
    const tea = await givenPrice(db);
    const { browser, cart } = await givenBrowser(tea);
    const [line] = linesOf(cart);
    await setUnitMinor(db, tea, 150n);
    const accept = (unit_amount: unknown, at = path) =>
      browser.send("POST", `${at}/accept-prices`, { payload: { lines: [{ line_id: line?.line_id, unit_amount }] } });
    const stale = (await accept(140)).json<CartView>();
    assert.deepEqual([stale.price_changed, linesOf(stale)[0]?.agreed_unit_amount], [true, 100]);
    for (const at of [path, `/api/store/carts/${cart.cart_id}`]) {
      const agreed = (await accept(150, at)).json<CartView>();
      assert.deepEqual([agreed.price_changed, agreed.orderable], [false, true]);
      assert.equal(linesOf(agreed)[0]?.agreed_unit_amount, 150);
    }
    for (const wrong of [-1, 1.5, "150", null, 10 ** 15]) assert.equal((await accept(wrong)).statusCode, 422);
    for (const lines of [[], undefined, [{}], [{ line_id: "x", unit_amount: 1 }]]) {
      assert.equal((await browser.send("POST", `${path}/accept-prices`, { payload: { lines } })).statusCode, 422);
    }
    const unknown = { lines: [{ line_id: randomUUID(), unit_amount: 1 }] };
    const answer = await browser.send("POST", `${path}/accept-prices`, { payload: unknown });
    assert.equal(codeOf(answer), "404 cart.line_not_found");
  });
});

describe("a cart that became an order", () => {
  test("is shown, and refuses every change, while the next line begins a new one", async () => {
    const tea = await givenPrice(db);
    const { browser, cart } = await givenBrowser(tea);
    const cartId = cart.cart_id ?? "";
    const [line] = linesOf(cart);
    await db.transaction((tx) => checkOutCart(tx, { cartId, orderId: 7n }, noon));
    const byId = `/api/store/carts/${cartId}`;
    const payload = { price_id: tea, quantity: 1 };
    const agreed = { lines: [{ line_id: line?.line_id, unit_amount: 100 }] };
    for (const [method, url, asked] of [
      ["POST", `${byId}/lines`, { payload }],
      ["PATCH", `${byId}/lines/${line?.line_id}`, { payload: { quantity: 2 } }],
      ["PATCH", `${path}/lines/${line?.line_id}`, { payload: { quantity: 2 } }],
      ["DELETE", `${byId}/lines/${line?.line_id}`, {}],
      ["DELETE", `${path}/lines/${line?.line_id}`, {}],
      ["POST", `${byId}/accept-prices`, { payload: agreed }],
      ["DELETE", byId, {}],
    ] as const) {
      assert.equal(codeOf(await browser.send(method, url, asked)), "409 cart.checked_out", `${method} ${url}`);
    }
    const shown = (await browser.send("GET", byId)).json<CartView>();
    assert.deepEqual([shown.status, shown.orderable, shown.total_amount], ["checked_out", false, 100]);
    assert.notEqual((await put(browser, tea)).cart_id, cartId);
  });
});
