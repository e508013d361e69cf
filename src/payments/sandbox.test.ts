import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { actOf, parseSandboxAmount, type SandboxPayment, sandboxTests, webhookBody } from "./sandbox.ts";

describe("actOf", () => {
  test("knows the test customers by the part before the @, in any case, at any domain", () => {
    assert.equal(actOf("card-declined@shop.example", 1n).failure, "card_declined");
    assert.equal(actOf("Card-Declined@elsewhere.test", 1n).failure, "card_declined");
    assert.equal(actOf("pays-late@shop.example", 1n).settlesAfterMs, 10_000);
  });

  test("lets everybody else pay", () => {
    for (const email of [
      "card-declined",
      "my-card-declined@shop.example",
      "card-declined+1@shop.example",
      "",
      "@",
      "田中@shop.example",
    ]) {
      assert.deepEqual(actOf(email, 1n), { status: "succeeded", failure: null, settlesAfterMs: null, reply: "once" });
    }
  });

  test("lets who is declined at first pay when the order is tried again, and declines the others again", () => {
    assert.equal(actOf("pays-second@shop.example", 1n, 1).failure, "card_declined");
    assert.equal(actOf("pays-second@shop.example", 1n, 2).status, "succeeded");
    assert.equal(actOf("someone@shop.example", 77_700_009n, 3).status, "succeeded");
    assert.equal(actOf("card-declined@shop.example", 1n, 2).failure, "card_declined");
  });

  test("knows the test amounts, and the customer before the amount", () => {
    assert.equal(actOf("someone@shop.example", 77_700_003n).failure, "expired_card");
    assert.equal(actOf("card-declined@shop.example", 77_700_003n).failure, "card_declined");
  });

  test("has the test customers and amounts that docs/payments.md has", () => {
    const page = readFileSync(new URL("../../docs/payments.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z-]+)@…` \| (\d+) \| (.*) \|$/gm)];
    assert.deepEqual(
      rows.map(([, localPart, amount]) => [localPart, amount]),
      sandboxTests.map((one) => [one.localPart, one.amountMinor.toString()]),
    );
    for (const [index, one] of sandboxTests.entries()) {
      if (one.act.failure) assert.ok(rows[index]?.[3]?.includes(`\`${one.act.failure}\``));
    }
  });
});

describe("parseSandboxAmount", () => {
  test("reads an amount exactly as it is written", () => {
    assert.equal(parseSandboxAmount("179600.0", "JPY"), 179_600n);
    assert.equal(parseSandboxAmount("1.234", "KWD"), 1234n);
    assert.equal(parseSandboxAmount("9999999999999.99", "USD"), 999_999_999_999_999n);
  });

  for (const [amount, currency] of [
    ["0", "USD"],
    ["-1", "USD"],
    ["0.005", "EUR"],
    ["0.5", "JPY"],
    ["10000000000000", "USD"],
    ["1e99", "USD"],
    ["NaN", "USD"],
    ["1", "XXQ"],
  ] as const) {
    test(`refuses ${amount} ${currency}`, () => {
      assert.throws(() => parseSandboxAmount(amount, currency), { code: "payment.sandbox_amount_wrong" });
    });
  }
});

describe("webhookBody", () => {
  test("tells of a payment with its exact amount", () => {
    const at = new Date(0);
    const payment: SandboxPayment = {
      orderId: 1n,
      idempotencyKey: "k",
      paymentId: "pay_1",
      status: "succeeded",
      amountMinor: 179_600n,
      currency: "JPY",
      failure: null,
      settlesAt: null,
      createdAt: at,
    };
    assert.equal(
      webhookBody(payment),
      '{"payment_id":"pay_1","status":"succeeded","amount":179600.0,"currency":"JPY"}',
    );
  });
});
