import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import {
  anyOwner,
  cartsOf,
  givenCart,
  givenPrice,
  givenTaxRate,
  newCartIds,
  setUnitMinor,
  viewing,
  withdraw,
} from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import { addLine } from "./add-line.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { showCart } from "./show-cart.ts";

const later = new Date(noon.getTime() + 60_000);
const mostMinor = 999_999_999_999_999n;

/** Tries to add pieces, and answers the refusal's code; what was there before is there still. */
async function refused(tx: Tx, owner: string, priceId: string, quantity = 1n): Promise<string> {
  const before = await cartsOf(tx, owner);
  const code = await addLine(tx, { owner, priceId, quantity, ids: newCartIds(), viewing }, noon).then(
    () => "added",
    (error: { code: string }) => error.code,
  );
  assert.deepEqual(await cartsOf(tx, owner), before);
  return code;
}

describe("addLine", () => {
  test(
    "makes a cart with the first line, and answers what is read then",
    inTx(async (tx) => {
      await givenTaxRate(tx);
      const owner = anyOwner();
      const priceId = await givenPrice(tx, { unitMinor: 105n, names: { en: "Tea", ja: "茶" } });
      const ids = newCartIds();
      const cart = await addLine(tx, { owner, priceId, quantity: 3n, ids, viewing }, noon);
      assert.deepEqual(
        { ...cart, lines: cart.lines.length, totals: cart.totals.totalMinor },
        {
          cartId: ids.cartId,
          owner,
          kind: "current",
          status: "open",
          currency: "JPY",
          orderId: null,
          mergedInto: null,
          createdAt: noon,
          updatedAt: noon,
          lines: 1,
          totals: 347n,
        },
      );
      assert.deepEqual(await showCart(tx, { owner, viewing }, noon), cart);
    }),
  );

  test(
    "has one line for each price, whose pieces add up",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [tea, mug] = [await givenPrice(tx, { unitMinor: 100n }), await givenPrice(tx, { unitMinor: 7n })];
      await givenCart(tx, owner, [
        [tea, 2n],
        [mug, 1n],
      ]);
      const cart = await givenCart(tx, owner, [[tea.toUpperCase(), 3n]], later);
      assert.deepEqual(
        cart.lines.map(({ priceId, quantity }) => [priceId, quantity]),
        [
          [tea, 5n],
          [mug, 1n],
        ],
      );
      assert.deepEqual([cart.totals.totalMinor, cart.createdAt, cart.updatedAt], [507n, noon, later]);
      assert.deepEqual(await showCart(tx, { owner, viewing }, later), cart);
    }),
  );

  test(
    "keeps what the shopper agreed to when a line with a new price gets more pieces",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx, { unitMinor: 100n });
      await givenCart(tx, owner, [[tea, 1n]]);
      await setUnitMinor(tx, tea, 120n);
      const cart = await givenCart(tx, owner, [[tea, 1n]]);
      const [line] = cart.lines;
      assert.deepEqual([line?.agreedUnitMinor, line?.unitMinor, line?.priceChanged], [100n, 120n, true]);
      assert.equal(cart.totals.totalMinor, 240n);
    }),
  );

  test(
    "takes a recurring price, and marks it",
    inTx(async (tx) => {
      const monthly = await givenPrice(tx, { interval: "month", unitMinor: 900n });
      const cart = await givenCart(tx, anyOwner(), [[monthly, 1n]]);
      assert.deepEqual([cart.lines[0]?.problem, cart.totals.totalMinor], ["recurring", 900n]);
    }),
  );

  test(
    "refuses prices that are not there or not sold",
    inTx(async (tx) => {
      const owner = anyOwner();
      await givenCart(tx, owner, [[await givenPrice(tx), 1n]]);
      const gone = await givenPrice(tx);
      await withdraw(tx, gone);
      const over = await givenPrice(tx, { validUntil: noon });
      const hidden = await givenPrice(tx, { active: false });
      for (const price of [gone, over, hidden]) assert.equal(await refused(tx, owner, price), "cart.price_not_sold");
      for (const price of [randomUUID(), "nonsense", ""])
        assert.equal(await refused(tx, owner, price), "cart.price_not_found");
      assert.equal(await refused(tx, anyOwner(), gone), "cart.price_not_sold");
    }),
  );

  test(
    "keeps one currency a cart, and any for one that is empty",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [yen, dollar] = [await givenPrice(tx), await givenPrice(tx, { currency: "USD" })];
      await givenCart(tx, owner, [[yen, 1n]]);
      assert.equal(await refused(tx, owner, dollar), "cart.other_currency");
      assert.equal((await givenCart(tx, anyOwner(), [[dollar, 1n]])).currency, "USD");
    }),
  );

  test(
    "has a limit of lines",
    inTx(async (tx) => {
      const owner = anyOwner();
      const prices: string[] = [];
      for (let count = 0; count < 101; count += 1) prices.push(await givenPrice(tx));
      await givenCart(
        tx,
        owner,
        prices.slice(0, 100).map((price) => [price, 1n] as const),
      );
      assert.equal(await refused(tx, owner, prices[100] ?? ""), "cart.too_many_lines");
      assert.equal((await givenCart(tx, owner, [[prices[0] ?? "", 1n]])).lines.length, 100);
    }),
  );

  test(
    "has a limit of pieces on a line",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx);
      await givenCart(tx, owner, [[tea, 999_999n]]);
      assert.equal(await refused(tx, owner, tea, 2n), "cart.too_many_pieces");
      assert.equal((await givenCart(tx, owner, [[tea, 1n]])).lines[0]?.quantity, 1_000_000n);
    }),
  );

  test(
    "is exact up to the most that an order may be worth, and refuses one more",
    inTx(async (tx) => {
      const owner = anyOwner();
      const [gold, one] = [
        await givenPrice(tx, { unitMinor: mostMinor - 1n }),
        await givenPrice(tx, { unitMinor: 1n }),
      ];
      const cart = await givenCart(tx, owner, [
        [gold, 1n],
        [one, 1n],
      ]);
      assert.equal(cart.totals.totalMinor, mostMinor);
      assert.equal(await refused(tx, owner, one), "cart.worth_too_much");
      assert.equal(await refused(tx, owner, gold, 1_000n), "cart.worth_too_much");
      await givenTaxRate(tx, { rateMillionths: 1 });
      assert.equal(
        await refused(tx, anyOwner(), await givenPrice(tx, { unitMinor: mostMinor })),
        "cart.worth_too_much",
      );
    }),
  );

  test(
    "begins a new cart after the last one became an order, which takes nothing more",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx);
      const { cartId } = await givenCart(tx, owner, [[tea, 1n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      const added = { owner, priceId: tea, quantity: 2n, ids: newCartIds(later), viewing };
      await assert.rejects(addLine(tx, { ...added, cartId }, later), { code: "cart.checked_out" });
      await addLine(tx, added, later);
      assert.deepEqual(await cartsOf(tx, owner), [
        { kind: "current", status: "checked_out", pieces: { [tea]: 1 } },
        { kind: "current", status: "open", pieces: { [tea]: 2 } },
      ]);
    }),
  );

  test(
    "puts pieces into another cart of the shopper's, and finds nobody else's",
    inTx(async (tx) => {
      const [owner, stranger] = [anyOwner(), anyOwner()];
      const tea = await givenPrice(tx);
      const { cartId } = await givenCart(tx, owner, [[tea, 1n]]);
      const added = { priceId: tea, quantity: 2n, ids: newCartIds(), viewing, cartId };
      assert.equal((await addLine(tx, { ...added, owner }, noon)).lines[0]?.quantity, 3n);
      for (const asked of [
        { ...added, owner: stranger },
        { ...added, owner, cartId: randomUUID() },
        { ...added, owner, cartId: "nonsense" },
      ]) {
        await assert.rejects(addLine(tx, asked, noon), { code: "cart.not_found" });
      }
    }),
  );

  test(
    "refuses a shopper who was merged",
    inTx(async (tx) => {
      const owner = anyOwner();
      await ask(tx, "insert into identity.merged_shoppers (owner, user_id, merged_at) values ($1, $2, $3)", [
        owner,
        randomUUID(),
        noon,
      ]);
      assert.equal(await refused(tx, owner, await givenPrice(tx)), "identity.shopper_merged");
    }),
  );

  test(
    "goes to the database twice before it commits, whatever is in the cart",
    inTx(async (tx) => {
      const owner = anyOwner();
      const tea = await givenPrice(tx);
      const run = (watched: Tx) => givenCart(watched, owner, [[tea, 1n]]);
      const hold = [
        "identity.lock_owner",
        "identity.find_merged",
        "carts.lock_current_cart",
        "carts.list_current_lines",
        "catalog.list_sellables",
        "catalog.list_tax_rates_in_force",
      ];
      assert.deepEqual(await statementsOf(tx, run), [...hold, "carts.insert_cart", "carts.put_line"]);
      assert.deepEqual(await statementsOf(tx, run), [...hold, "carts.touch_cart", "carts.put_line"]);
    }),
  );
});
