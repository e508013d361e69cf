import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { anyOwner, givenPrice, givenTaxRate, setUnitMinor, viewing, withdraw } from "../../test/support/given-carts.ts";
import { by, noon, policy } from "../../test/support/given-orders.ts";
import { addLine } from "../carts/add-line.ts";
import type { CustomerDraft } from "../customers/index.ts";
import { lockOwners, markMerged } from "../identity/index.ts";
import { findBoughtOrders } from "../orders/index.ts";
import { drawOrderIds } from "../orders/order-queries.ts";
import { refundPayment } from "../orders/refund-payment.ts";
import { tellCustomer } from "../orders/tell-customer.ts";
import type { Db, Tx } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { type PreparedOrder, type PrepareOrder, prepareOrder } from "./prepare-order.ts";

const draft: CustomerDraft = {
  name: "Hanako Tanaka",
  email: "hanako@example.co.jp",
  address: { line1: "1-1-1 Marunouchi", city: "Chiyoda-ku", postal_code: "100-0005", country: "JP" },
};

interface Given {
  readonly owner: string;
  readonly cartId: string;
  readonly priceId: string;
}

/** A shopper with two pieces of something that costs 100 yen, tax of a tenth within. */
async function givenCart(tx: Tx, wanted: Parameters<typeof givenPrice>[1] = {}): Promise<Given> {
  await prepareJobs(tx, [tellCustomer, refundPayment]);
  const owner = anyOwner();
  const [known] = await ask(tx, "select from catalog.tax_rates");
  if (!known) await givenTaxRate(tx, { inclusive: true });
  const priceId = await givenPrice(tx, { names: { en: "Tea" }, ...wanted });
  const ids = { cartId: uuidV7(noon), lineId: uuidV7(noon) };
  const { cartId } = await addLine(tx, { owner, priceId, quantity: 2n, ids, viewing }, noon);
  return { owner, cartId, priceId };
}

async function asked(tx: Tx, { owner, cartId }: Given, more: Partial<PrepareOrder> = {}): Promise<PrepareOrder> {
  const [drawn] = await drawOrderIds(tx, { count: 1 });
  return {
    orderId: drawn?.orderId ?? 0n,
    uid: uuidV7(noon),
    owner,
    billers: [owner],
    cartId,
    billed: { kind: "new", customerId: uuidV7(noon), draft },
    shownMinor: 200n,
    acceptLanguage: "en",
    payment: { kind: "charge", gateway: "sandbox", hosted: true },
    by,
    ...more,
  };
}

async function prepare(tx: Tx, given: Given, more?: Partial<PrepareOrder>): Promise<PreparedOrder> {
  return prepareOrder(tx, await asked(tx, given, more), policy, noon);
}

function placed(prepared: PreparedOrder) {
  if (!("order" in prepared)) throw new Error("The cart was ordered before.");
  return prepared;
}

/** The members by which a refusal tells a program what to do. */
async function membersOf(refused: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await refused.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Refusal);
  return { code: error.code, ...error.extras.members };
}

describe("prepareOrder", () => {
  test(
    "makes an order of a cart, with everything as it was agreed to",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      const { order, attempt, details } = placed(await prepare(tx, given));
      assert.equal(order.status, "payment_processing");
      assert.deepEqual(
        [order.itemsMinor, order.taxMinor, order.taxIncludedMinor, order.totalMinor, order.currency],
        [200n, 0n, 18n, 200n, "JPY"],
      );
      assert.deepEqual([order.customerEmail, order.customerName, order.locale], [draft.email, draft.name, "en"]);
      assert.deepEqual(
        order.items.map(({ productName, quantity, unitPriceMinor, providerId }) => [
          productName,
          quantity,
          unitPriceMinor,
          providerId,
        ]),
        [["Tea", 2n, 100n, "own"]],
      );
      assert.equal(attempt?.hosted, true);
      const { lines, taxes, billing, total_amount } = JSON.parse(details);
      assert.deepEqual([total_amount, lines.length, billing.postal_code], [200, 1, "100-0005"]);
      assert.deepEqual(
        taxes.map(({ percentage, inclusive, tax_amount }: Record<string, unknown>) => [
          percentage,
          inclusive,
          tax_amount,
        ]),
        [[10, true, 18]],
      );
    }),
  );

  test(
    "answers the order that a cart became, and makes no other",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      const { order } = placed(await prepare(tx, given));
      assert.deepEqual(await prepare(tx, given), { before: order.orderId });
      assert.deepEqual(await prepare(tx, given, { shownMinor: 1n }), { before: order.orderId });
    }),
  );

  test(
    "adds a tax that prices lack",
    inTx(async (tx) => {
      await givenTaxRate(tx, { taxCode: "books", rateMillionths: 125_000 });
      const given = await givenCart(tx, { taxCode: "books" });
      const { order } = placed(await prepare(tx, given, { shownMinor: 225n }));
      assert.deepEqual([order.taxMinor, order.taxIncludedMinor, order.totalMinor], [25n, 0n, 225n]);
    }),
  );

  test(
    "bills the default identity, or one that is named and in reach",
    inTx(async (tx) => {
      const first = await givenCart(tx);
      const { order } = placed(await prepare(tx, first));
      const ids = { cartId: uuidV7(noon), lineId: uuidV7(noon) };
      const again = { owner: first.owner, priceId: first.priceId, quantity: 2n, ids, viewing };
      const second = await addLine(tx, again, noon);
      const ordered = placed(await prepare(tx, { ...first, cartId: second.cartId }, { billed: { kind: "default" } }));
      assert.equal(ordered.order.customerId, order.customerId);
      const stranger = await givenCart(tx);
      const named = { kind: "known", customerId: order.customerId } as const;
      await assert.rejects(prepare(tx, stranger, { billed: named }), { code: "checkout.billing_missing" });
      const billers = [stranger.owner, first.owner];
      assert.equal(placed(await prepare(tx, stranger, { billed: named, billers })).order.customerId, order.customerId);
    }),
  );

  test(
    "refuses who bills nobody, and who is billed at no address that is one",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      await assert.rejects(prepare(tx, given, { billed: { kind: "default" } }), { code: "checkout.billing_missing" });
      const wrong = { ...draft, address: { ...draft.address, postal_code: "1" } };
      await assert.rejects(prepare(tx, given, { billed: { kind: "new", customerId: randomUUID(), draft: wrong } }), {
        code: "customer.invalid",
      });
    }),
  );

  test(
    "refuses a cart that is not there, or somebody else's",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      await assert.rejects(prepare(tx, { ...given, cartId: randomUUID() }), { code: "cart.not_found" });
      await assert.rejects(prepare(tx, { ...given, owner: anyOwner() }), { code: "cart.not_found" });
    }),
  );

  test(
    "tells what a price was and is, and orders nothing",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      await setUnitMinor(tx, given.priceId, 120n);
      const { code, old, new: now, lines } = await membersOf(prepare(tx, given));
      assert.deepEqual([code, old, now], ["checkout.price_changed", { total_amount: 200 }, { total_amount: 240 }]);
      const [line] = lines as Record<string, unknown>[];
      assert.deepEqual([line?.price_id, line?.old_unit_amount, line?.new_unit_amount], [given.priceId, 100, 120]);
      assert.deepEqual(await membersOf(prepare(tx, given, { shownMinor: 240n })).then(({ code: same }) => same), code);
    }),
  );

  test(
    "tells when it comes to something else than the shopper was shown",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      const told = await membersOf(prepare(tx, given, { shownMinor: 199n }));
      assert.deepEqual([told.code, told.lines], ["checkout.price_changed", []]);
    }),
  );

  test(
    "refuses what is not sold any more, and what is due again in each interval",
    inTx(async (tx) => {
      const gone = await givenCart(tx);
      await withdraw(tx, gone.priceId);
      assert.equal((await membersOf(prepare(tx, gone))).code, "checkout.not_for_sale");
      const monthly = await givenCart(tx, { interval: "month" });
      assert.equal((await membersOf(prepare(tx, monthly))).code, "checkout.recurring_price");
    }),
  );

  test(
    "refuses a cart with nothing in it",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      await ask(tx, "delete from carts.cart_lines");
      await assert.rejects(prepare(tx, given, { shownMinor: 0n }), { code: "checkout.cart_empty" });
    }),
  );

  test(
    "refuses a visitor who became a user meanwhile",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      const userId = randomUUID();
      await lockOwners(tx, [given.owner, `user/${userId}`]);
      await markMerged(tx, { from: given.owner, userId }, noon);
      await assert.rejects(prepare(tx, given), { code: "identity.shopper_merged" });
    }),
  );

  test(
    "asks for what it needs together, however many lines there are",
    inTx(async (tx) => {
      const given = await givenCart(tx);
      const request = await asked(tx, given);
      const names = await statementsOf(tx, (watched) => prepareOrder(watched, request, policy, noon));
      assert.deepEqual(names.slice(0, 4), [
        "identity.lock_owner",
        "identity.find_merged",
        "carts.lock_cart_row",
        "carts.list_lines",
      ]);
      assert.ok(names.length < 26, names.join(", "));
    }),
  );
});

describe("prepareOrder, at once", () => {
  let database: TestDatabase;
  let db: Db;
  beforeEach(async () => {
    database = await testDatabase();
    db = database.db;
  });

  test("makes one order, however many ask for it", async () => {
    const given = await db.transaction((tx) => givenCart(tx));
    const prepared = await Promise.all(
      Array.from({ length: 16 }, () =>
        db.transaction((tx) => prepare(tx, given, { billed: { kind: "new", customerId: randomUUID(), draft } })),
      ),
    );
    const made = prepared.filter((one) => "order" in one);
    assert.equal(made.length, 1);
    const before = prepared.flatMap((one) => ("before" in one ? [one.before] : []));
    assert.deepEqual([...new Set(before)], [made[0]?.order.orderId]);
    assert.equal((await findBoughtOrders(db, [...new Set(before)])).length, 1);
    assert.equal((await ask(db, "select from customers.customers")).length, 1);
  });

  test("charges the old price or tells of the new one, never the new one in silence", async () => {
    for (let round = 0; round < 10; round += 1) {
      const given = await db.transaction((tx) => givenCart(tx, { key: `tea-${round}` }));
      const [ordered] = await Promise.allSettled([
        db.transaction((tx) => prepare(tx, given)),
        setUnitMinor(db, given.priceId, 500n),
      ]);
      if (ordered.status === "fulfilled") assert.equal(placed(ordered.value).order.totalMinor, 200n);
      else assert.equal((ordered.reason as Refusal).code, "checkout.price_changed");
    }
  });
});
