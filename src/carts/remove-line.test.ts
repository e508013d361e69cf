import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { anyOwner, cartsOf, givenCart, givenPrice, viewing } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { emptyCart, removeLine } from "./remove-line.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);

describe("removeLine", () => {
  test(
    "takes a line out, and the cart away with its last",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [tea, mug] = [await givenPrice(tx), await givenPrice(tx, { unitMinor: 7n })];
      const { lines } = await givenCart(tx, owner, [
        [tea, 2n],
        [mug, 1n],
      ]);
      const [first, second] = lines.map(({ lineId }) => ({ owner, lineId, viewing }));
      assert.ok(first && second);
      const left = await removeLine(tx, first, later);
      assert.deepEqual([left?.totals.totalMinor, left?.updatedAt], [7n, later]);
      assert.deepEqual(await showCart(tx, { owner, viewing }, later), left);
      await assert.rejects(removeLine(tx, first, later), { code: "cart.line_not_found" });
      assert.equal(await removeLine(tx, second, later), undefined);
      assert.deepEqual(await cartsOf(tx, owner), []);
    }),
  );

  test(
    "leaves a cart that became an order as it is",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx);
      const { cartId, lines } = await givenCart(tx, owner, [[tea, 2n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      const asked = { owner, lineId: lines[0]?.lineId ?? "", viewing };
      await assert.rejects(removeLine(tx, asked, noon), { code: "cart.checked_out" });
      await assert.rejects(removeLine(tx, { ...asked, cartId }, noon), { code: "cart.checked_out" });
      assert.deepEqual(await cartsOf(tx, owner), [{ kind: "current", status: "checked_out", pieces: { [tea]: 2 } }]);
    }),
  );
});

describe("emptyCart", () => {
  test(
    "takes the cart away, and has nothing to do a second time",
    inTx(async (tx) => {
      const owner = anyOwner();
      await givenCart(tx, owner, [[await givenPrice(tx), 2n]]);
      await emptyCart(tx, { owner });
      assert.deepEqual(await cartsOf(tx, owner), []);
      await emptyCart(tx, { owner });
    }),
  );

  test(
    "takes no cart away that became an order, nor a stranger's",
    inTx(async (tx) => {
      const owner = anyOwner();
      const { cartId } = await givenCart(tx, owner, [[await givenPrice(tx), 2n]]);
      await assert.rejects(emptyCart(tx, { owner: anyOwner(), cartId }), { code: "cart.not_found" });
      await assert.rejects(emptyCart(tx, { owner, cartId: randomUUID() }), { code: "cart.not_found" });
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      await assert.rejects(emptyCart(tx, { owner, cartId }), { code: "cart.checked_out" });
      await emptyCart(tx, { owner });
      assert.equal((await cartsOf(tx, owner)).length, 1);
    }),
  );
});
