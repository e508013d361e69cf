import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { anyOwner, givenCart, givenPrice, setUnitMinor, viewing, withdraw } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { acceptPrices } from "./accept-prices.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);

/** A cart whose two lines, of 100 each, cost 120 and 80 now. */
async function givenChanged(tx: Tx) {
  const owner = anyOwner();
  const [tea, mug] = [await givenPrice(tx), await givenPrice(tx)];
  const { cartId, lines } = await givenCart(tx, owner, [
    [tea, 2n],
    [mug, 1n],
  ]);
  await setUnitMinor(tx, tea, 120n);
  await setUnitMinor(tx, mug, 80n);
  const [first = "", second = ""] = lines.map(({ lineId }) => lineId);
  return { owner, cartId, tea, mug, first, second };
}

async function agreedOf(sql: Sql, owner: string) {
  const cart = await showCart(sql, { owner, viewing }, later);
  return cart?.lines.map(({ agreedUnitMinor, priceChanged }) => [agreedUnitMinor, priceChanged]);
}

describe("acceptPrices", () => {
  test(
    "agrees to what the shopper was shown, once and again",
    inTx(async (tx) => {
      const { owner, cartId, first, second } = await givenChanged(tx);
      const one = await acceptPrices(tx, { owner, viewing, seen: [{ lineId: first, unitMinor: 120n }] }, later);
      assert.deepEqual(await showCart(tx, { owner, viewing }, later), one);
      assert.equal(one.updatedAt.getTime(), later.getTime());
      assert.deepEqual(await agreedOf(tx, owner), [
        [120n, false],
        [100n, true],
      ]);
      const seen = [
        { lineId: first, unitMinor: 120n },
        { lineId: second.toUpperCase(), unitMinor: 80n },
      ];
      for (let times = 0; times < 2; times += 1) {
        const all = await acceptPrices(tx, { owner, cartId, viewing, seen }, later);
        assert.deepEqual(await showCart(tx, { owner, viewing }, later), all);
        assert.deepEqual(await agreedOf(tx, owner), [
          [120n, false],
          [80n, false],
        ]);
      }
    }),
  );

  test(
    "agrees to no price that changed again, nor to one that the line never had",
    inTx(async (tx) => {
      const { owner, tea, first, second } = await givenChanged(tx);
      await setUnitMinor(tx, tea, 130n);
      const seen = [
        { lineId: first, unitMinor: 120n },
        { lineId: second, unitMinor: 1n },
      ];
      const run = (watched: Tx) => acceptPrices(watched, { owner, viewing, seen }, later);
      const statements = await statementsOf(tx, run);
      assert.ok(!statements.includes("carts.set_agreed"));
      assert.deepEqual(await agreedOf(tx, owner), [
        [100n, true],
        [100n, true],
      ]);
    }),
  );

  test(
    "agrees to the price of what was withdrawn, which is not sold for it",
    inTx(async (tx) => {
      const { owner, tea, first } = await givenChanged(tx);
      await withdraw(tx, tea);
      const cart = await acceptPrices(tx, { owner, viewing, seen: [{ lineId: first, unitMinor: 120n }] }, later);
      assert.deepEqual([cart.lines[0]?.problem, cart.lines[0]?.priceChanged], ["withdrawn", false]);
    }),
  );

  test(
    "refuses lines that are not there, strangers, and a cart that became an order",
    inTx(async (tx) => {
      const { owner, cartId, first } = await givenChanged(tx);
      const seen = [{ lineId: first, unitMinor: 120n }];
      for (const asked of [
        { owner, viewing, seen: [...seen, { lineId: randomUUID(), unitMinor: 1n }] },
        { owner: anyOwner(), viewing, seen },
      ]) {
        await assert.rejects(acceptPrices(tx, asked, later), { code: "cart.line_not_found" });
      }
      const byStranger = { owner: anyOwner(), cartId, viewing, seen };
      await assert.rejects(acceptPrices(tx, byStranger, later), { code: "cart.not_found" });
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      await assert.rejects(acceptPrices(tx, { owner, cartId, viewing, seen }, later), { code: "cart.checked_out" });
    }),
  );
});
