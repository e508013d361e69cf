import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { anyOwner, givenCart, givenPrice, setUnitMinor, viewing } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { lockCart } from "./lock-cart.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);

describe("checkOutCart", () => {
  test(
    "locks a cart for good, with the order that it became",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx, { unitMinor: 100n });
      const { cartId } = await givenCart(tx, owner, [[tea, 2n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, later);
      const cart = await lockCart(tx, { owner, cartId });
      assert.deepEqual([cart?.status, cart?.orderId, cart?.updatedAt], ["checked_out", 7n, later]);
      assert.equal(await showCart(tx, { owner, viewing }, later), undefined, "it is not the current one any more");
      await setUnitMinor(tx, tea, 500n);
      const shown = await showCart(tx, { owner, viewing, cartId }, later);
      assert.equal(shown?.totals.totalMinor, 200n, "it costs what it cost then");
    }),
  );

  test(
    "takes a cart once",
    inTx(async (tx) => {
      const { cartId } = await givenCart(tx, anyOwner(), [[await givenPrice(tx), 2n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      for (const orderId of [7n, 8n]) {
        await assert.rejects(checkOutCart(tx, { cartId, orderId }, noon), { code: "cart.checked_out" });
      }
    }),
  );
});

describe("lockCart", () => {
  test(
    "answers a shopper's own cart, with its lines as they were put in",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [tea, mug] = [await givenPrice(tx), await givenPrice(tx)];
      const { cartId } = await givenCart(tx, owner, [
        [tea, 2n],
        [mug, 1n],
      ]);
      const cart = await lockCart(tx, { owner, cartId });
      assert.deepEqual(
        cart?.lines.map(({ priceId, quantity }) => [priceId, quantity]),
        [
          [tea, 2n],
          [mug, 1n],
        ],
      );
      assert.equal(await lockCart(tx, { owner: anyOwner(), cartId }), undefined);
      assert.equal(await lockCart(tx, { owner, cartId: randomUUID() }), undefined);
      assert.equal(await lockCart(tx, { owner, cartId: "nonsense" }), undefined);
    }),
  );
});
