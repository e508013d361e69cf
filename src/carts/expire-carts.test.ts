import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { anyOwner, cartsOf, givenCart, givenPrice } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Db } from "../platform/db.ts";
import { expireAllCarts } from "./cart-jobs.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { expireCarts } from "./expire-carts.ts";

const dayMs = 86_400_000;
const keptMs = 90 * dayMs;
const daysLater = (days: number) => new Date(noon.getTime() + days * dayMs);

describe("expireCarts", () => {
  test(
    "takes carts away that nobody touched for so long, and no others",
    inTx(async (tx) => {
      const tea = await givenPrice(tx);
      const [left, touched] = [anyOwner(), anyOwner()];
      await givenCart(tx, left, [[tea, 1n]]);
      await givenCart(tx, touched, [[tea, 1n]]);
      await givenCart(tx, touched, [[tea, 1n]], daysLater(60));
      assert.equal(await expireCarts(tx, keptMs, daysLater(90)), 0);
      assert.equal(await expireCarts(tx, keptMs, daysLater(91)), 1);
      assert.deepEqual(await cartsOf(tx, left), []);
      assert.equal((await cartsOf(tx, touched)).length, 1);
      assert.equal(await expireCarts(tx, keptMs, daysLater(91)), 0);
    }),
  );

  test(
    "never takes a cart away that became an order",
    inTx(async (tx) => {
      const owner = anyOwner();
      const { cartId } = await givenCart(tx, owner, [[await givenPrice(tx), 1n]]);
      await checkOutCart(tx, { cartId, orderId: 7n }, noon);
      assert.equal(await expireCarts(tx, keptMs, daysLater(9_000)), 0);
      assert.equal((await cartsOf(tx, owner)).length, 1);
    }),
  );
});

describe("expireAllCarts", () => {
  let db: Db;

  before(async () => {
    ({ db } = await testDatabase());
  });

  test("goes on until no cart is left, piece by piece, and does not wait for one that is held", async () => {
    const owners = Array.from({ length: 1_201 }, () => anyOwner());
    const held = anyOwner();
    await db.transaction(async (tx) => {
      const tea = await givenPrice(tx);
      await ask(
        tx,
        `insert into carts.carts (cart_id, owner, kind, status, currency, created_at, updated_at)
         select gen_random_uuid(), owner, 'current', 'open', 'JPY', $2, $2 from unnest($1::text[]) as owner`,
        [[...owners, held], noon],
      );
      await ask(
        tx,
        `insert into carts.cart_lines (cart_id, line_id, price_id, quantity, agreed_unit_minor, added_at)
         select cart_id, gen_random_uuid(), $1::uuid, 1, 100, $2 from carts.carts`,
        [tea, noon],
      );
    });
    const clock = { now: () => daysLater(91) };
    await db.transaction(async (tx) => {
      await ask(tx, "select from carts.carts where owner = $1 for update", [held]);
      await expireAllCarts({ db, clock }, keptMs);
      assert.deepEqual(await ask(db, "select owner from carts.carts"), [{ owner: held }]);
    });
    await expireAllCarts({ db, clock }, keptMs);
    assert.deepEqual(await ask(db, "select count(*)::int as lines from carts.cart_lines"), [{ lines: 0 }]);
  });
});
