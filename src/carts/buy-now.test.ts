import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import {
  anyOwner,
  cartsOf,
  givenCart,
  givenPrice,
  newCartIds,
  viewing,
  withdraw,
} from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { buyNow } from "./buy-now.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { findOpenCarts } from "./find-carts.ts";
import { showCart } from "./show-cart.ts";

describe("buyNow", () => {
  test(
    "makes a cart of its own, and leaves the current one as it is",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [tea, dollar] = [await givenPrice(tx), await givenPrice(tx, { currency: "USD" })];
      const current = await givenCart(tx, owner, [[tea, 2n]]);
      const bought = await buyNow(tx, { owner, priceId: dollar, quantity: 3n, ids: newCartIds(), viewing }, noon);
      assert.deepEqual([bought.kind, bought.currency, bought.totals.totalMinor], ["buy_now", "USD", 300n]);
      assert.deepEqual(await showCart(tx, { owner, viewing, cartId: bought.cartId }, noon), bought);
      assert.deepEqual(await showCart(tx, { owner, viewing }, noon), current);
    }),
  );

  test(
    "makes another cart each time, and lets the oldest go that were left",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx);
      await givenCart(tx, owner, [[tea, 1n]]);
      const made: string[] = [];
      for (let count = 0; count < 22; count += 1) {
        const now = new Date(noon.getTime() + count);
        const added = { owner, priceId: tea, quantity: 1n, ids: newCartIds(now), viewing };
        const { cartId } = await buyNow(tx, added, now);
        made.push(cartId);
        if (count === 0) await checkOutCart(tx, { cartId, orderId: 7n }, now);
      }
      const { carts, total } = await findOpenCarts(tx, { owner, page: 1, pageSize: 100 });
      assert.deepEqual(
        carts.filter(({ kind }) => kind === "buy_now").map(({ cartId }) => cartId),
        made.slice(2).reverse(),
      );
      assert.equal(total, 21);
      const [checkedOut] = (await cartsOf(tx, owner)).filter(({ status }) => status === "checked_out");
      assert.equal(checkedOut?.kind, "buy_now");
    }),
  );

  test(
    "refuses prices that are not there, not sold, or worth too much together",
    inTx(async (tx) => {
      const owner = anyOwner();
      const gone = await givenPrice(tx);
      await withdraw(tx, gone);
      const gold = await givenPrice(tx, { unitMinor: 10n ** 14n });
      for (const [priceId, code] of [
        [gone, "cart.price_not_sold"],
        [randomUUID(), "cart.price_not_found"],
        [gold, "cart.worth_too_much"],
      ] as const) {
        const added = { owner, priceId, quantity: 10n, ids: newCartIds(), viewing };
        await assert.rejects(buyNow(tx, added, noon), { code });
      }
      assert.deepEqual(await cartsOf(tx, owner), []);
    }),
  );
});
