import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { eventually } from "../../test/support/eventually.ts";
import { anyOwner, cartsOf, givenCart, givenPrice, newCartIds, viewing } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { sendTogether, type TogetherAnswer } from "../../test/support/send-together.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../../test/support/serve.ts";
import { lockShopper } from "../identity/index.ts";
import { lockOwner } from "../identity/shopper-queries.ts";
import type { Db, Tx } from "../platform/db.ts";
import { addLine } from "./add-line.ts";
import type { CartView } from "./cart-view.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { expireCarts } from "./expire-carts.ts";
import { lockCart } from "./lock-cart.ts";
import { mergeCarts } from "./merge-carts.ts";

const writers = 64;
const linesPath = "/api/store/cart/lines";

let site: Site;
let server: ServingProcess;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
});

/** A shopper with a cookie, and nothing in the cart that they add to. */
async function givenShopper(priceId: string): Promise<{ cookie: string }> {
  const body = { price_id: priceId, quantity: 1 };
  const [answer] = await sendTogether(server.address, [{ method: "POST", path: "/api/store/cart/buy-now", body }]);
  assert.equal(answer?.status, 201, answer?.text);
  return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

function piecesOf(answer: TogetherAnswer | undefined): Record<string, number> {
  assert.equal(answer?.status, 200, answer?.text);
  const cart = JSON.parse(answer.text) as CartView;
  const lines = cart.baskets.flatMap((basket) => basket.lines);
  return Object.fromEntries(lines.map(({ price_id, quantity }) => [price_id, Number(quantity)]));
}

async function readCart(headers: { cookie: string }): Promise<Record<string, number>> {
  const [answer] = await sendTogether(server.address, [{ method: "GET", path: "/api/store/cart", headers }]);
  return piecesOf(answer);
}

describe("64 clients that write one cart at once", () => {
  test("make one cart, in which every acknowledged piece is, and each hears a state that was", async () => {
    const tea = await givenPrice(site.db);
    const headers = await givenShopper(tea);
    const quantities = Array.from({ length: writers }, (_, index) => 1 + (index % 19) ** 2);
    const answers = await sendTogether(
      server.address,
      quantities.map((quantity) => ({ method: "POST", path: linesPath, headers, body: { price_id: tea, quantity } })),
    );
    const states = answers
      .map((answer, index) => ({ after: piecesOf(answer)[tea] ?? 0, added: quantities[index] ?? 0 }))
      .sort((one, other) => one.after - other.after);
    let state = 0;
    for (const { after, added } of states) {
      assert.equal(after, state + added, "each adds to the state that the one before left");
      state = after;
    }
    assert.deepEqual(await readCart(headers), { [tea]: state });
    assert.equal(
      state,
      quantities.reduce((sum, one) => sum + one, 0),
    );
  });

  test("lose no line while others change and remove theirs", async () => {
    const [tea, mug, cup] = await Promise.all([givenPrice(site.db), givenPrice(site.db), givenPrice(site.db)]);
    const headers = await givenShopper(tea);
    const put = (price_id: string, quantity = 1) => ({
      method: "POST",
      path: linesPath,
      headers,
      body: { price_id, quantity },
    });
    const [made] = await sendTogether(server.address, [put(cup)]);
    const lineId = (JSON.parse(made?.text ?? "") as CartView).baskets[0]?.lines[0]?.line_id;
    const path = `${linesPath}/${lineId}`;
    const answers = await sendTogether(
      server.address,
      Array.from({ length: writers }, (_, index) => {
        if (index % 4 === 0) return put(tea);
        if (index % 4 === 1) return put(mug, 2);
        if (index % 4 === 2) return { method: "PATCH", path, headers, body: { quantity: index } };
        return index === 3 ? { method: "DELETE", path, headers } : put(tea, 3);
      }),
    );
    const changes = answers.filter((_, index) => index % 4 === 2);
    const others = answers.filter((_, index) => index % 4 !== 2);
    for (const answer of others) assert.equal(answer.status, 200, answer.text);
    for (const { status } of changes) assert.ok(status === 200 || status === 404, String(status));
    assert.deepEqual(await readCart(headers), { [tea]: 16 + 15 * 3, [mug]: 32 });
  });

  test("count a key once, however often it comes", async () => {
    const tea = await givenPrice(site.db);
    const headers = await givenShopper(tea);
    const answers = await sendTogether(
      server.address,
      Array.from({ length: writers }, (_, index) => ({
        method: "POST",
        path: linesPath,
        headers: { ...headers, "idempotency-key": `${tea} ${index % 16}` },
        body: { price_id: tea, quantity: 1 },
      })),
    );
    const first = new Map<number, string>();
    for (const [index, { status, text }] of answers.entries()) {
      assert.equal(status, 200, text);
      assert.equal(text, first.get(index % 16) ?? text, "the same bytes for the same key");
      first.set(index % 16, text);
    }
    assert.deepEqual(await readCart(headers), { [tea]: 16 });
    assert.equal(answers.filter((answer) => answer.headers.has("idempotent-replayed")).length, 48);
  });
});

describe("a shopper who writes a lot", () => {
  test("keeps nobody else waiting", async () => {
    const tea = await givenPrice(site.db);
    const [busy, other] = [await givenShopper(tea), await givenShopper(tea)];
    const put = (headers: { cookie: string }) => ({
      method: "POST",
      path: linesPath,
      headers,
      body: { price_id: tea, quantity: 1 },
    });
    const [made] = await sendTogether(server.address, [put(busy)]);
    const { cart_id } = JSON.parse(made?.text ?? "") as CartView;
    let flood: Promise<TogetherAnswer[]> | undefined;
    await site.db.transaction(async (tx) => {
      const [cart] = await ask<{ owner: string }>(tx, "select owner from carts.carts where cart_id = $1", [cart_id]);
      await lockOwner(tx, { owner: cart?.owner ?? "" });
      // More than the server has connections.
      flood = sendTogether(
        server.address,
        Array.from({ length: 40 }, () => put(busy)),
      );
      await eventually("a write waits for the shopper", async () => {
        const waiting = "select from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
        return (await ask(site.db, waiting)).length > 0;
      });
      for (let times = 0; times < 5; times += 1) {
        const [heard] = await sendTogether(server.address, [put(other)]);
        assert.deepEqual(piecesOf(heard), { [tea]: times + 1 });
      }
    });
    for (const answer of (await flood) ?? []) assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(await readCart(busy), { [tea]: 41 });
  });
});

/** What `mergeShopper` of the checkout does with carts. */
function merge(db: Db, { from, to }: { from: string; to: string }): Promise<void> {
  return db.transaction(async (tx) => {
    for (const owner of [from, to].sort()) await lockOwner(tx, { owner });
    const marked = "insert into identity.merged_shoppers (owner, user_id, merged_at) values ($1, $2, now())";
    await ask(tx, `${marked} on conflict do nothing`, [from, randomUUID()]);
    await mergeCarts(tx, { from, to }, noon);
  });
}

function add(db: Db, owner: string, priceId: string): Promise<string> {
  return db
    .transaction((tx) => addLine(tx, { owner, priceId, quantity: 1n, ids: newCartIds(), viewing }, noon))
    .then(
      () => "added",
      (error: { code: string }) => error.code,
    );
}

describe("a merge", () => {
  test("is done once by five that come at once", async () => {
    const { db } = site;
    const owners = { from: anyOwner("anonymous"), to: anyOwner("user") };
    const [tea, mug] = [await givenPrice(db), await givenPrice(db)];
    await db.transaction((tx) => givenCart(tx, owners.from, [[tea, 2n]]));
    await db.transaction((tx) =>
      givenCart(tx, owners.to, [
        [tea, 3n],
        [mug, 1n],
      ]),
    );
    await Promise.all(Array.from({ length: 5 }, () => merge(db, owners)));
    assert.deepEqual(await cartsOf(db, owners.to), [
      { kind: "current", status: "open", pieces: { [tea]: 5, [mug]: 1 } },
    ]);
  });

  test("keeps every piece that was acknowledged, and refuses those that come after it", async () => {
    const { db } = site;
    const tea = await givenPrice(db);
    for (let round = 0; round < 10; round += 1) {
      const owners = { from: anyOwner("anonymous"), to: anyOwner("user") };
      const work = Array.from({ length: 12 }, () => add(db, owners.from, tea));
      const merging = merge(db, owners);
      work.push(...Array.from({ length: 12 }, () => add(db, owners.from, tea)));
      const outcomes = await Promise.all(work);
      await merging;
      const added = outcomes.filter((outcome) => outcome === "added").length;
      const refused = outcomes.filter((outcome) => outcome === "identity.shopper_merged").length;
      assert.equal(added + refused, 24);
      const pieces = (await cartsOf(db, owners.to)).map((cart) => cart.pieces[tea]);
      assert.deepEqual(pieces, added === 0 ? [] : [added]);
    }
  });

  test("leaves a cart that is being checked out whole, whoever comes first", async () => {
    const { db } = site;
    const tea = await givenPrice(db);
    for (let round = 0; round < 20; round += 1) {
      const owners = { from: anyOwner("anonymous"), to: anyOwner("user") };
      const { cartId } = await db.transaction((tx) => givenCart(tx, owners.from, [[tea, 2n]]));
      await db.transaction((tx) => givenCart(tx, owners.to, [[tea, 3n]]));
      const checkOut = async (tx: Tx) => {
        await lockShopper(tx, owners.from);
        if ((await lockCart(tx, { owner: owners.from, cartId }))?.status !== "open") return;
        await checkOutCart(tx, { cartId, orderId: BigInt(1000 + round) }, noon);
      };
      const turns = [() => merge(db, owners), () => db.transaction(checkOut)];
      const [, ...rest] = await Promise.allSettled((round % 2 === 0 ? turns : turns.reverse()).map((turn) => turn()));
      assert.equal(rest.length, 1);
      const carts = await cartsOf(db, owners.to);
      const ordered = carts.filter(({ status }) => status === "checked_out").map(({ pieces }) => pieces[tea]);
      const open = carts.filter(({ status }) => status === "open").map(({ pieces }) => pieces[tea]);
      assert.deepEqual([ordered, open], ordered.length > 0 ? [[2], [3]] : [[], [5]]);
    }
  });
});

describe("a cart that goes while its shopper adds to it", () => {
  test("is made anew with what was acknowledged", async () => {
    const { db } = site;
    const owner = anyOwner();
    const tea = await givenPrice(db);
    await db.transaction((tx) => givenCart(tx, owner, [[tea, 5n]]));
    let adding: Promise<string> | undefined;
    await db.transaction(async (tx) => {
      await ask(tx, "select from carts.carts where owner = $1 for update", [owner]);
      adding = add(db, owner, tea);
      await eventually("the add waits for the cart", async () => {
        const waiting = await ask(
          db,
          "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%carts.carts%'",
        );
        return waiting.length > 0;
      });
      assert.ok((await expireCarts(tx, 0, new Date(noon.getTime() + 1))) > 0);
    });
    assert.equal(await adding, "added");
    assert.deepEqual(await cartsOf(db, owner), [{ kind: "current", status: "open", pieces: { [tea]: 1 } }]);
  });
});
