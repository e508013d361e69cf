import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { anyOwner, cartsOf, givenCart, givenPrice, setUnitMinor, viewing } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { changeLine } from "./change-line.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);

describe("changeLine", () => {
  test(
    "gives a line as many pieces as are wanted, once and again",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [tea, mug] = [await givenPrice(tx), await givenPrice(tx)];
      const cart = await givenCart(tx, owner, [
        [tea, 2n],
        [mug, 1n],
      ]);
      const asked = { owner, lineId: cart.lines[0]?.lineId ?? "", quantity: 7n, viewing };
      for (const wanted of [
        asked,
        { ...asked, lineId: asked.lineId.toUpperCase() },
        { ...asked, cartId: cart.cartId },
      ]) {
        const changed = await changeLine(tx, wanted, later);
        assert.deepEqual([changed.totals.totalMinor, changed.updatedAt], [800n, later]);
        assert.deepEqual(await showCart(tx, { owner, viewing }, later), changed);
      }
    }),
  );

  test(
    "refuses more than an order may be worth, and takes fewer of what is worth too much",
    inTx(async (tx) => {
      const owner = anyOwner();
      const gold = await givenPrice(tx, { unitMinor: 10n ** 14n });
      const cart = await givenCart(tx, owner, [[gold, 9n]]);
      const asked = { owner, lineId: cart.lines[0]?.lineId ?? "", viewing };
      await assert.rejects(changeLine(tx, { ...asked, quantity: 10n }, noon), {
        code: "cart.worth_too_much",
        extras: { faults: [{ pointer: "/quantity", detail: "Is more than the cart has room for." }] },
      });
      await setUnitMinor(tx, gold, 9n * 10n ** 14n);
      const fewer = await changeLine(tx, { ...asked, quantity: 2n }, noon);
      assert.deepEqual([fewer.lines[0]?.problem, fewer.totals.totalMinor], ["worth_too_much", 0n]);
      assert.equal((await changeLine(tx, { ...asked, quantity: 1n }, noon)).totals.totalMinor, 9n * 10n ** 14n);
    }),
  );

  test(
    "finds no line that is not there, nor a stranger's",
    inTx(async (tx) => {
      const owner = anyOwner();
      const cart = await givenCart(tx, owner, [[await givenPrice(tx), 2n]]);
      const lineId = cart.lines[0]?.lineId ?? "";
      const asked = { owner, lineId, quantity: 3n, viewing };
      for (const wanted of [
        { ...asked, owner: anyOwner() },
        { ...asked, lineId: randomUUID() },
        { ...asked, lineId: "nonsense" },
        { ...asked, lineId: randomUUID(), cartId: cart.cartId },
      ]) {
        await assert.rejects(changeLine(tx, wanted, noon), { code: "cart.line_not_found" });
      }
      await assert.rejects(changeLine(tx, { ...asked, cartId: randomUUID() }, noon), { code: "cart.not_found" });
      const [kept] = await cartsOf(tx, owner);
      assert.deepEqual(Object.values(kept?.pieces ?? {}), [2]);
    }),
  );

  test(
    "refuses a cart that became an order, by its id and by its line's",
    inTx(async (tx) => {
      const owner = anyOwner();
      const { cartId, lines } = await givenCart(tx, owner, [[await givenPrice(tx), 2n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      const asked = { owner, lineId: lines[0]?.lineId ?? "", quantity: 3n, viewing };
      await assert.rejects(changeLine(tx, asked, noon), { code: "cart.checked_out" });
      await assert.rejects(changeLine(tx, { ...asked, cartId }, noon), { code: "cart.checked_out" });
      await givenCart(tx, owner, [[await givenPrice(tx), 1n]]);
      await assert.rejects(changeLine(tx, asked, noon), { code: "cart.checked_out" });
    }),
  );
});
