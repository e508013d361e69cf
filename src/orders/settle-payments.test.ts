import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { by, givenOrder, newOrder, noon, orderPlaced, policy } from "../../test/support/given-orders.ts";
import { findAttempts, listEntries } from "../payments/index.ts";
import { many, type Tx } from "../platform/db.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { Order } from "./order.ts";
import { findOrders } from "./order-queries.ts";
import type { PaymentResult } from "./payment-result.ts";
import { placeOrders } from "./place-orders.ts";
import { settlePayments } from "./settle-payments.ts";

const eventsOf = many<Tx, { orderId: bigint }, { type: string; sequence: number; toStatus: string | null }>(
  "test.events_of",
  "select type, sequence, to_status from events.events where stream_kind = 'order' and stream_id = :orderId order by sequence",
);
const jobsOf = many<Tx, { orderId: string }, { name: string }>(
  "test.jobs_of",
  `select identifier as name from graphile_worker._private_jobs as jobs join graphile_worker._private_tasks as tasks
       on tasks.id = jobs.task_id where payload->>'orderId' = :orderId order by jobs.id`,
);
const tasksOf = many<Tx, { orderId: bigint }, { kind: string }>(
  "test.tasks_of",
  "select kind from tasks.tasks where order_id = :orderId order by task_id",
);
const partsOf = many<Tx, { orderId: bigint }, { providerId: string; processing: string }>(
  "test.parts_of",
  "select provider_id, processing from fulfillment.provider_orders where order_id = :orderId",
);

function paid(order: Order, reference = "pay-1"): PaymentResult {
  const answer = { outcome: "paid", reference, amountMinor: order.totalMinor, currency: order.currency } as const;
  return { orderId: order.orderId, attempt: 1, answer, by };
}

function failed(order: Order): PaymentResult {
  const answer = { outcome: "failed", failure: "card_declined", reference: null } as const;
  return { orderId: order.orderId, attempt: 1, answer, by };
}

async function settle(tx: Tx, ...results: PaymentResult[]): Promise<string[]> {
  const settlements = await settlePayments(tx, results, policy, noon);
  return settlements.map((settlement) => settlement.outcome);
}

async function reread(tx: Tx, { orderId }: Order): Promise<Order> {
  const [order] = await findOrders(tx, { orderIds: [orderId] });
  assert.ok(order);
  return order;
}

describe("settlePayments", () => {
  test(
    "pays the order: ledger, part, mail and four events in the order in which things happened",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      assert.deepEqual(await settle(tx, paid(order)), ["paid"]);
      const { orderId } = order;
      const now = await reread(tx, order);
      assert.equal(now.status, "paid");
      assert.equal(now.capturedMinor, 300n);
      const events = await eventsOf(tx, { orderId });
      assert.deepEqual(
        events.map((event) => [event.sequence, event.type, event.toStatus]),
        [
          [1, "OrderCreated", "pending"],
          [2, "PaymentInitiated", "payment_processing"],
          [3, "PaymentProcessed", null],
          [4, "OrderConfirmed", "paid"],
        ],
      );
      const entries = await listEntries(tx, { orderId });
      assert.deepEqual(
        entries.map((entry) => [entry.kind, entry.amountMinor, entry.sequence]),
        [["capture", 300n, 3]],
      );
      assert.deepEqual(await partsOf(tx, { orderId }), [{ providerId: "own", processing: "confirmed" }]);
      assert.deepEqual(await jobsOf(tx, { orderId: orderId.toString() }), [{ name: "tell-customer" }]);
    }),
  );

  test(
    "changes nothing more when the same news comes again, in one set or later",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      assert.deepEqual(await settle(tx, paid(order), paid(order)), ["paid", "duplicate"]);
      assert.deepEqual(await settle(tx, paid(order), failed(order)), ["duplicate", "duplicate"]);
      assert.equal((await listEntries(tx, { orderId: order.orderId })).length, 1);
      assert.equal((await eventsOf(tx, { orderId: order.orderId })).length, 4);
      assert.equal((await jobsOf(tx, { orderId: order.orderId.toString() })).length, 1);
    }),
  );

  test(
    "puts a declined order back to pending with a deadline",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      assert.deepEqual(await settle(tx, failed(order)), ["failed"]);
      const now = await reread(tx, order);
      assert.equal(now.status, "pending");
      assert.deepEqual(now.expiresAt, new Date(noon.getTime() + policy.expiryMs));
    }),
  );

  for (const [what, wrong] of [
    ["amount", { amountMinor: 299n }],
    ["currency", { currency: "EUR" }],
  ] as const) {
    test(
      `pays nothing when the ${what} is not that of the attempt, and opens one task`,
      inTx(async (tx) => {
        const order = await givenOrder(tx);
        const result = paid(order);
        const news = { ...result, answer: { ...result.answer, ...wrong } } as PaymentResult;
        assert.deepEqual(await settle(tx, news), ["mismatched"]);
        assert.deepEqual(await settle(tx, news), ["mismatched"]);
        // The gateway said so itself: the attempt is over, and the order can be paid again or cancelled.
        assert.equal((await reread(tx, order)).status, "pending");
        assert.deepEqual(await listEntries(tx, { orderId: order.orderId }), []);
        assert.deepEqual(await tasksOf(tx, { orderId: order.orderId }), [{ kind: "payment_mismatch" }]);
        const [attempt] = await findAttempts(tx, { orderIds: [order.orderId] });
        assert.deepEqual([attempt?.state, attempt?.failure], ["failed", "amount_mismatch"]);
      }),
    );

    test(
      `goes on waiting when a webhook told another ${what}: the payment itself may be right`,
      inTx(async (tx) => {
        const order = await givenOrder(tx);
        const result = paid(order);
        const news = { ...result, told: true, answer: { ...result.answer, ...wrong } } as PaymentResult;
        assert.deepEqual(await settle(tx, news), ["mismatched"]);
        assert.equal((await reread(tx, order)).status, "payment_processing");
        assert.deepEqual(await settle(tx, result), ["paid"]);
      }),
    );
  }

  test(
    "keeps an unknown outcome open and looks again later each time",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      const unknown = { ...paid(order), answer: { outcome: "unknown", reason: "no answer" } } as const;
      const waits: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        assert.deepEqual(await settle(tx, unknown), ["waiting"]);
        const [attempt] = await findAttempts(tx, { orderIds: [order.orderId] });
        assert.equal(attempt?.state, "unknown");
        waits.push((attempt?.checkAt?.getTime() ?? 0) - noon.getTime());
      }
      assert.deepEqual(waits, [5_000, 10_000, 20_000]);
      assert.equal((await reread(tx, order)).status, "payment_processing");
      assert.deepEqual(await settle(tx, paid(order)), ["paid"]);
    }),
  );

  test(
    "asks for a person, once, when an outcome stays unknown for long, and goes on asking",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      const unknown = { ...paid(order), answer: { outcome: "unknown", reason: "no answer" } } as const;
      for (let round = 0; round < 12; round += 1) await settle(tx, unknown);
      assert.deepEqual(await tasksOf(tx, { orderId: order.orderId }), [{ kind: "payment_unresolved" }]);
      const [attempt] = await findAttempts(tx, { orderIds: [order.orderId] });
      assert.equal(attempt?.checks, 12);
      assert.notEqual(attempt?.checkAt, null);
    }),
  );

  test(
    "gives money back that arrives for a cancelled order",
    inTx(async (tx) => {
      const order = await givenOrder(tx, { status: "pending" });
      await cancelOrder(tx, { orderId: order.orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
      assert.deepEqual(await settle(tx, paid(order)), ["surplus"]);
      const now = await reread(tx, order);
      assert.equal(now.status, "cancelled");
      assert.deepEqual([now.capturedMinor, now.refundingMinor, now.refundedMinor], [300n, 300n, 0n]);
      const jobs = await jobsOf(tx, { orderId: order.orderId.toString() });
      assert.deepEqual(jobs, [{ name: "tell-customer" }, { name: "refund-payment" }]);
    }),
  );

  test(
    "pays an order whose payment was given up, by its legal moves",
    inTx(async (tx) => {
      const order = await givenOrder(tx, { status: "pending" });
      assert.deepEqual(await settle(tx, paid(order)), ["paid"]);
      const moves = (await eventsOf(tx, { orderId: order.orderId })).map((event) => event.toStatus);
      assert.deepEqual(moves, ["pending", "payment_processing", "pending", "payment_processing", "paid"]);
    }),
  );

  test(
    "opens a task for an attempt that was never made, and says when there is no such order",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      assert.deepEqual(await settle(tx, { ...paid(order), attempt: 7 }), ["unexpected"]);
      assert.deepEqual(await tasksOf(tx, { orderId: order.orderId }), [{ kind: "payment_unexpected" }]);
      assert.deepEqual(await settle(tx, { ...paid(order), orderId: 987_654_321n }), ["no_order"]);
    }),
  );

  test(
    "does not take news of another payment for news of the one that an attempt is known by",
    inTx(async (tx) => {
      const order = await givenOrder(tx);
      const pending = { ...paid(order), answer: { outcome: "pending", reference: "pay-1" } } as const;
      const otherFailed = { outcome: "failed", failure: "card_declined", reference: "pay-2" } as const;
      assert.deepEqual(await settle(tx, pending), ["waiting"]);
      assert.deepEqual(await settle(tx, { ...paid(order, "pay-2"), attempt: null }), ["unexpected"]);
      assert.deepEqual(await settle(tx, { ...paid(order), attempt: null, answer: otherFailed }), ["unexpected"]);
      assert.equal((await reread(tx, order)).status, "payment_processing");
      assert.deepEqual(await listEntries(tx, { orderId: order.orderId }), []);
      assert.deepEqual(await settle(tx, { ...paid(order), attempt: null }), ["paid"]);
    }),
  );

  for (const [how, told] of [
    ["a webhook", { attempt: null }],
    ["a look-up", { readBack: true }],
  ] as const) {
    test(
      `leaves an order unpaid when ${how} names a payment that the ledger has under another, and opens one task`,
      inTx(async (tx) => {
        const [first, second] = [await givenOrder(tx), await givenOrder(tx)];
        assert.deepEqual(await settle(tx, paid(first)), ["paid"]);
        const news = { ...paid(second), ...told };
        assert.deepEqual(await settle(tx, news), ["unexpected"]);
        assert.deepEqual(await settle(tx, news), ["unexpected"]);
        assert.equal((await reread(tx, second)).status, "payment_processing");
        assert.deepEqual(await tasksOf(tx, { orderId: second.orderId }), [{ kind: "payment_unexpected" }]);
        const [attempt] = await findAttempts(tx, { orderIds: [second.orderId] });
        assert.deepEqual([attempt?.state, attempt?.reference], ["unknown", null]);
      }),
    );
  }

  test(
    "settles many orders with as many statements as one",
    inTx(async (tx) => {
      const orders = [await givenOrder(tx), await givenOrder(tx), await givenOrder(tx)];
      const statements = await statementsOf(tx, (watched) =>
        settlePayments(
          watched,
          orders.map((order) => paid(order, `pay-${order.orderId}`)),
          policy,
          noon,
        ),
      );
      assert.deepEqual(statements, [
        "orders.lock_orders",
        "payments.find_attempts",
        "orders.update_orders",
        "payments.update_attempts",
        "payments.insert_money_entries",
        "fulfillment.insert_provider_orders",
        "events.insert_events",
        "platform.insert_jobs",
      ]);
    }),
  );

  test(
    "ends the same for every order of arrival of the same news",
    inTx(async (tx) => {
      await givenOrder(tx);
      let next = 5_000_000n;
      const ends = new Set<string>();
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }), async (sequence) => {
          next += 1n;
          const [placement] = await placeOrders(tx, [newOrder(next)], policy, noon);
          const order = orderPlaced(placement);
          const unknown = { ...paid(order), answer: { outcome: "unknown", reason: "late" } } as const;
          const reference = `pay-${next}`;
          const pending = { ...paid(order), answer: { outcome: "pending", reference } } as const;
          const news = [paid(order, reference), failed(order), unknown, pending, paid(order, reference)];
          for (const index of sequence) await settle(tx, news[index] as PaymentResult);
          const now = await reread(tx, order);
          const entries = await listEntries(tx, { orderId: next });
          ends.add(JSON.stringify([now.status, String(now.capturedMinor), entries.length, now.refunds]));
        }),
        { numRuns: 60 },
      );
      assert.deepEqual([...ends], ['["paid","300",1,0]']);
    }),
  );
});
