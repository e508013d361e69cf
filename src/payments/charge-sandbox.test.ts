import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { listStatements } from "../platform/statements.ts";
import { chargeSandbox, type SandboxCharge } from "./charge-sandbox.ts";
import { findSandboxPayments } from "./find-sandbox-payments.ts";
import { actOf } from "./sandbox.ts";

const noon = new Date("2026-11-23T12:00:00Z");
const later = new Date(noon.getTime() + 10_000);

function aCharge(orderId: bigint, more: Partial<SandboxCharge> & { email?: string } = {}): SandboxCharge {
  const { email = "someone@shop.example", ...rest } = more;
  const amountMinor = rest.amountMinor ?? 100n;
  const act = actOf(email, amountMinor);
  return { paymentId: `pay_${orderId}`, orderId, key: `key-${orderId}`, amountMinor, currency: "JPY", act, ...rest };
}

describe("chargeSandbox", () => {
  test(
    "writes a set of new payments in one statement",
    inTx(async (tx) => {
      const charges = [aCharge(1n), aCharge(2n, { email: "card-declined@shop.example" }), aCharge(3n)];
      const names = await statementsOf(tx, async (watched) => {
        const charged = await chargeSandbox(watched, charges, noon);
        assert.deepEqual(
          charged.map((one) => one.outcome),
          ["made", "made", "made"],
        );
      });
      assert.deepEqual(names, ["payments.insert_sandbox_payments"]);
      const rows = await ask(tx, "select payment_id, status, failure from payments.sandbox_payments order by order_id");
      assert.deepEqual(rows, [
        { paymentId: "pay_1", status: "succeeded", failure: null },
        { paymentId: "pay_2", status: "failed", failure: "card_declined" },
        { paymentId: "pay_3", status: "succeeded", failure: null },
      ]);
    }),
  );

  test(
    "answers each member of a mixed set in its place, its doubles included",
    inTx(async (tx) => {
      await chargeSandbox(tx, [aCharge(1n)], noon);
      const charged = await chargeSandbox(
        tx,
        [
          aCharge(2n),
          aCharge(1n, { paymentId: "pay_new" }),
          aCharge(2n, { paymentId: "pay_double" }),
          aCharge(1n, { paymentId: "pay_other", amountMinor: 101n }),
          aCharge(1n, { paymentId: "pay_euro", currency: "EUR" }),
          aCharge(2n, { paymentId: "pay_second", key: "another" }),
        ],
        noon,
      );
      assert.deepEqual(
        charged.map((one) => [one.outcome, "payment" in one ? one.payment.paymentId : null]),
        [
          ["made", "pay_2"],
          ["repeated", "pay_1"],
          ["repeated", "pay_2"],
          ["key_reused", null],
          ["key_reused", null],
          ["made", "pay_second"],
        ],
      );
    }),
  );

  test("charges a key once when two ask at once", async () => {
    const { db } = await testDatabase();
    const asked = Array.from({ length: 8 }, (_, index) =>
      chargeSandbox(
        db,
        [aCharge(1n, { paymentId: `pay_${index}` }), aCharge(2n, { paymentId: `pay_two_${index}` })],
        noon,
      ),
    );
    const charged = (await Promise.all(asked)).flat();
    assert.deepEqual(charged.filter((one) => one.outcome === "made").length, 2);
    const ids = new Set(charged.map((one) => ("payment" in one ? one.payment.paymentId : "none")));
    assert.equal(ids.size, 2);
  });

  test(
    "lets a late payment succeed for whoever asks when its time has come",
    inTx(async (tx) => {
      const late = aCharge(1n, { email: "pays-late@shop.example" });
      const never = aCharge(2n, { email: "pays-never@shop.example" });
      await chargeSandbox(tx, [late, never], noon);
      const status = async (orderId: bigint, now: Date) =>
        (await findSandboxPayments(tx, orderId, now)).payments.map((payment) => payment.status);

      assert.deepEqual(await status(1n, new Date(later.getTime() - 1)), ["pending"]);
      const [again] = await chargeSandbox(tx, [{ ...late, paymentId: "pay_again" }], later);
      assert.ok(again?.outcome === "repeated");
      assert.equal(again.payment.status, "succeeded");
      assert.deepEqual(await status(1n, later), ["succeeded"]);
      assert.deepEqual(await status(2n, new Date("2036-01-01")), ["pending"]);
    }),
  );

  test("reaches payments by their key with one row and with 100,000", async () => {
    const { db } = await testDatabase();
    const read = listStatements().filter(({ name }) => /^payments\.(find|list|lock|settle|sum)_sandbox_/.test(name));
    assert.equal(read.length, 7);
    const assertIndexed = async (when: string) => {
      for (const { name, sent } of read) {
        const plan = await genericPlan(db, sent);
        assert.match(plan, /Index Cond: .*order_id = /, `${name} ${when}`);
        assert.doesNotMatch(plan, /Seq Scan/, `${name} ${when}`);
      }
    };
    await assertIndexed("on an empty table");
    await db.run(
      {
        name: "",
        source: "",
        sent: `insert into payments.sandbox_payments
          select n, 'key-' || n, 'pay-' || n, 'succeeded', 100, 'JPY', null, null, now() from generate_series(1, 100000) as n`,
        parameters: [],
      },
      {},
    );
    await assertIndexed("before ANALYZE");
    await ask(db, "analyze payments.sandbox_payments");
    await assertIndexed("on a large table");
  });
});
