import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import type { Tx } from "../platform/db.ts";
import { chargeSandbox } from "./charge-sandbox.ts";
import { type RefundSandbox, refundSandbox } from "./refund-sandbox.ts";
import { actOf } from "./sandbox.ts";

const noon = new Date("2026-11-23T12:00:00Z");

async function givenPayment(tx: Tx, email = "someone@shop.example"): Promise<void> {
  const act = actOf(email, 100n);
  await chargeSandbox(
    tx,
    [{ paymentId: "pay_1", orderId: 1n, key: "k", amountMinor: 100n, currency: "EUR", act }],
    noon,
  );
}

function aRefund(more: Partial<RefundSandbox> = {}): RefundSandbox {
  return { refundId: "re_1", orderId: 1n, paymentId: "pay_1", key: "back", amountMinor: 60n, currency: "EUR", ...more };
}

describe("refundSandbox", () => {
  test(
    "gives money back under the payment's lock",
    inTx(async (tx) => {
      await givenPayment(tx);
      const names = await statementsOf(tx, async (watched) => {
        assert.equal((await refundSandbox(watched, aRefund(), noon)).refundId, "re_1");
      });
      assert.deepEqual(names, [
        "payments.settle_sandbox_payments",
        "payments.lock_sandbox_payment",
        "payments.find_sandbox_refund_by_key",
        "payments.insert_sandbox_refund",
      ]);
    }),
  );

  test(
    "answers the first refund to the same key and gives nothing more",
    inTx(async (tx) => {
      await givenPayment(tx);
      const first = await refundSandbox(tx, aRefund(), noon);
      assert.deepEqual(await refundSandbox(tx, aRefund({ refundId: "re_2" }), noon), first);
      assert.equal((await ask(tx, "select 1 from payments.sandbox_refunds")).length, 1);
    }),
  );

  const refusals: [string, Partial<RefundSandbox>, string][] = [
    ["nothing", { amountMinor: 0n }, "payment.sandbox_amount_wrong"],
    ["less than nothing", { amountMinor: -1n }, "payment.sandbox_amount_wrong"],
    ["another currency", { currency: "USD" }, "payment.sandbox_amount_wrong"],
    ["more than was paid", { amountMinor: 101n }, "payment.sandbox_refund_too_large"],
    ["the payment of another order", { orderId: 2n }, "payment.sandbox_payment_not_found"],
    ["a payment that is not there", { paymentId: "pay_2" }, "payment.sandbox_payment_not_found"],
  ];
  for (const [what, more, code] of refusals) {
    test(
      `refuses to give back ${what}`,
      inTx(async (tx) => {
        await givenPayment(tx);
        await assert.rejects(refundSandbox(tx, aRefund(more), noon), { code });
        assert.deepEqual(await ask(tx, "select 1 from payments.sandbox_refunds"), []);
      }),
    );
  }

  test(
    "refuses to give back more than is left, and says what is left",
    inTx(async (tx) => {
      await givenPayment(tx);
      await refundSandbox(tx, aRefund(), noon);
      await assert.rejects(refundSandbox(tx, aRefund({ refundId: "re_2", key: "more", amountMinor: 41n }), noon), {
        code: "payment.sandbox_refund_too_large",
        message: "Of the payment pay_1, 0.4 EUR can still be given back.",
      });
    }),
  );

  test(
    "refuses a key that stands for another refund",
    inTx(async (tx) => {
      await givenPayment(tx);
      await refundSandbox(tx, aRefund(), noon);
      await assert.rejects(refundSandbox(tx, aRefund({ amountMinor: 1n }), noon), {
        code: "payment.sandbox_key_reused",
      });
    }),
  );

  for (const email of ["card-declined@shop.example", "pays-never@shop.example"]) {
    test(
      `refuses to give back what ${email} never paid`,
      inTx(async (tx) => {
        await givenPayment(tx, email);
        await assert.rejects(refundSandbox(tx, aRefund(), noon), { code: "payment.sandbox_not_refundable" });
      }),
    );
  }
});
