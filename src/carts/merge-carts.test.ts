import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import {
  anyOwner,
  cartsOf,
  givenCart,
  givenPrice,
  newCartIds,
  setUnitMinor,
  viewing,
} from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import { buyNow } from "./buy-now.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { mergeCarts } from "./merge-carts.ts";
import { emptyCart } from "./remove-line.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);

function twoOwners() {
  return { from: anyOwner("anonymous"), to: anyOwner("user") };
}

async function givenPrices(tx: Tx, count: number): Promise<string[]> {
  const prices: string[] = [];
  for (let made = 0; made < count; made += 1) prices.push(await givenPrice(tx));
  return prices;
}

/** Merges twice, and makes sure that the second time changes nothing more. */
async function mergeTwice(tx: Tx, owners: { from: string; to: string }): Promise<void> {
  await mergeCarts(tx, owners, later);
  const once = await ask(
    tx,
    "select * from carts.carts left join carts.cart_lines using (cart_id) order by 1, line_id",
  );
  await mergeCarts(tx, owners, new Date(later.getTime() + 1));
  const twice = await ask(
    tx,
    "select * from carts.carts left join carts.cart_lines using (cart_id) order by 1, line_id",
  );
  assert.deepEqual(twice, once);
}

describe("mergeCarts", () => {
  test(
    "makes the carts that each adds to one, in which pieces at one price add up",
    inTx(async (tx) => {
      const owners = twoOwners();
      const [tea = "", mug = "", cup = ""] = await givenPrices(tx, 3);
      await givenCart(tx, owners.from, [
        [tea, 2n],
        [mug, 1n],
      ]);
      const { cartId } = await givenCart(tx, owners.to, [
        [tea, 3n],
        [cup, 4n],
      ]);
      await mergeTwice(tx, owners);
      assert.deepEqual(await cartsOf(tx, owners.to), [
        { kind: "current", status: "open", pieces: { [tea]: 5, [mug]: 1, [cup]: 4 } },
      ]);
      const [left] = await ask(tx, "select status, merged_into from carts.carts where owner = $1", [owners.from]);
      assert.deepEqual(left, { status: "merged", mergedInto: cartId });
      assert.deepEqual(await cartsOf(tx, owners.from), [{ kind: "current", status: "merged", pieces: {} }]);
      const shown = await showCart(tx, { owner: owners.to, viewing }, later);
      assert.deepEqual([shown?.totals.totalMinor, shown?.updatedAt], [1000n, later]);
    }),
  );

  test(
    "keeps the lower of two prices that were agreed to, so that a higher one is told of",
    inTx(async (tx) => {
      const owners = twoOwners();
      const tea = await givenPrice(tx, { unitMinor: 100n });
      await givenCart(tx, owners.from, [[tea, 1n]]);
      await setUnitMinor(tx, tea, 120n);
      await givenCart(tx, owners.to, [[tea, 1n]]);
      await mergeTwice(tx, owners);
      const [line] = (await showCart(tx, { owner: owners.to, viewing }, later))?.lines ?? [];
      assert.deepEqual([line?.quantity, line?.agreedUnitMinor, line?.priceChanged], [2n, 100n, true]);
    }),
  );

  test(
    "gives a user who has none the anonymous cart",
    inTx(async (tx) => {
      const owners = twoOwners();
      const tea = await givenPrice(tx);
      const { cartId } = await givenCart(tx, owners.from, [[tea, 2n]]);
      await mergeTwice(tx, owners);
      assert.equal((await showCart(tx, { owner: owners.to, viewing }, later))?.cartId, cartId);
      assert.deepEqual(await cartsOf(tx, owners.from), []);
    }),
  );

  test(
    "has nothing to do for a shopper without carts",
    inTx(async (tx) => {
      const owners = twoOwners();
      const cart = await givenCart(tx, owners.to, [[await givenPrice(tx), 2n]]);
      await mergeTwice(tx, owners);
      assert.deepEqual(await showCart(tx, { owner: owners.to, viewing }, noon), cart);
    }),
  );

  test(
    "sets a cart in another currency aside, whole",
    inTx(async (tx) => {
      const owners = twoOwners();
      const [yen, dollar] = [await givenPrice(tx), await givenPrice(tx, { currency: "USD" })];
      await givenCart(tx, owners.from, [[dollar, 2n]]);
      await givenCart(tx, owners.to, [[yen, 3n]], later);
      await mergeTwice(tx, owners);
      assert.deepEqual(await cartsOf(tx, owners.to), [
        { kind: "set_aside", status: "open", pieces: { [dollar]: 2 } },
        { kind: "current", status: "open", pieces: { [yen]: 3 } },
      ]);
      assert.deepEqual(await cartsOf(tx, owners.from), []);
    }),
  );

  test(
    "sets a cart aside with which a line would have too many pieces, or the cart too many lines",
    inTx(async (tx) => {
      const prices = await givenPrices(tx, 101);
      const [tea = "", ...others] = prices;
      for (const [given, there] of [
        [[[tea, 1n]], [[tea, 1_000_000n]]],
        [[[tea, 1n]], others.map((price) => [price, 1n] as const)],
      ] as [[string, bigint][], [string, bigint][]][]) {
        const owners = twoOwners();
        await givenCart(tx, owners.from, given);
        await givenCart(tx, owners.to, there, later);
        await mergeTwice(tx, owners);
        assert.deepEqual(await cartsOf(tx, owners.to), [
          { kind: "set_aside", status: "open", pieces: { [tea]: 1 } },
          {
            kind: "current",
            status: "open",
            pieces: Object.fromEntries(there.map(([price, quantity]) => [price, Number(quantity)])),
          },
        ]);
      }
    }),
  );

  test(
    "moves carts that became orders and carts for one purchase as they are",
    inTx(async (tx) => {
      const owners = twoOwners();
      const tea = await givenPrice(tx);
      const { cartId } = await givenCart(tx, owners.from, [[tea, 1n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      const ids = newCartIds(new Date(noon.getTime() + 1));
      await buyNow(tx, { owner: owners.from, priceId: tea, quantity: 2n, ids, viewing }, noon);
      await givenCart(tx, owners.from, [[tea, 3n]], later);
      await givenCart(tx, owners.to, [[tea, 4n]], new Date(later.getTime() + 1));
      await mergeTwice(tx, owners);
      assert.deepEqual(await cartsOf(tx, owners.to), [
        { kind: "current", status: "checked_out", pieces: { [tea]: 1 } },
        { kind: "buy_now", status: "open", pieces: { [tea]: 2 } },
        { kind: "current", status: "open", pieces: { [tea]: 7 } },
      ]);
      const [order] = await ask(tx, "select order_id from carts.carts where cart_id = $1::uuid", [cartId]);
      assert.deepEqual(order, { orderId: 7n });
    }),
  );

  test(
    "gathers the carts of several anonymous shoppers in one, and leaves nothing when that is emptied",
    inTx(async (tx) => {
      const to = anyOwner("user");
      const tea = await givenPrice(tx);
      await givenCart(tx, to, [[tea, 1n]]);
      const strangers = [anyOwner(), anyOwner(), anyOwner()];
      for (const from of strangers) {
        await givenCart(tx, from, [[tea, 2n]]);
        await mergeTwice(tx, { from, to });
      }
      assert.deepEqual(await cartsOf(tx, to), [{ kind: "current", status: "open", pieces: { [tea]: 7 } }]);
      await emptyCart(tx, { owner: to });
      for (const owner of [to, ...strangers]) assert.deepEqual(await cartsOf(tx, owner), []);
    }),
  );
});
