import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import type { ChargeAnswer, ChargeRequest, Gateway } from "./gateway.ts";
import { guarded } from "./guarded-gateway.ts";

const request: ChargeRequest = {
  key: "k",
  orderId: 1n,
  attempt: 1,
  amountMinor: 1n,
  currency: "JPY",
  customerEmail: "someone@shop.example",
};
const asked = { ...request, chargeReference: "pay_1" };
const paid: ChargeAnswer = { outcome: "paid", reference: "pay_1", amountMinor: 1n, currency: "JPY" };
const unsure: ChargeAnswer = { outcome: "unknown", reason: "a test" };
const limits = { timeoutMs: 10_000, atOnce: 2, waiting: 1, failuresToOpen: 3, openMs: 3_600_000 };

/** A gateway whose answers a test gives one by one; not a double of ours, which all open connections. */
function byHand() {
  const open: ((answer: ChargeAnswer) => void)[] = [];
  const calls = { count: 0 };
  let standing: ChargeAnswer | undefined;
  const charge = () =>
    new Promise<ChargeAnswer>((resolve) => {
      calls.count += 1;
      if (standing) resolve(standing);
      else open.push(resolve);
    });
  const gateway: Gateway = {
    name: "by-hand",
    keysAreSafe: true,
    charge,
    findCharge: charge,
    refund: async () => {
      throw new Error("A gateway that throws breaks its word.");
    },
    close: async () => {},
  };
  return {
    gateway,
    calls,
    open,
    always(answer: ChargeAnswer) {
      standing = answer;
    },
  };
}

describe("guarded", () => {
  test("hands answers through and counts a declined card for no trouble", async () => {
    const hand = byHand();
    const gateway = guarded(hand.gateway, limits);
    const declined: ChargeAnswer = { outcome: "failed", failure: "card_declined", reference: "pay_1" };
    hand.always(declined);
    for (let call = 0; call < 10; call += 1) assert.deepEqual(await gateway.charge(request), declined);
    assert.deepEqual(gateway.load(), { breaker: "closed", underWay: 0, waiting: 0 });
  });

  test("leaves a gateway alone after unclear answers in a row", async () => {
    const hand = byHand();
    const gateway = guarded(hand.gateway, limits);
    hand.always(unsure);
    for (let call = 0; call < 3; call += 1) assert.equal((await gateway.charge(request)).outcome, "unknown");
    assert.equal(gateway.load().breaker, "open");
    assert.equal((await gateway.charge(request)).outcome, "not_sent");
    assert.equal((await gateway.refund(asked)).outcome, "not_sent");
    assert.equal((await gateway.findCharge(request))?.outcome, "unknown");
    assert.equal(hand.calls.count, 3);
  });

  test("tries with one call whether the gateway is back, and turns others away meanwhile", async () => {
    const hand = byHand();
    const gateway = guarded(hand.gateway, { ...limits, failuresToOpen: 1, openMs: 20 });
    const first = gateway.charge(request);
    await eventually("the first call is under way", () => hand.open.length === 1);
    hand.open.pop()?.(unsure);
    await first;

    let probe: Promise<ChargeAnswer> | undefined;
    await eventually("one call is let through", async () => {
      probe = gateway.charge(request);
      await Promise.race([probe, new Promise(setImmediate)]);
      return hand.open.length === 1;
    });
    assert.equal(gateway.load().breaker, "half-open");
    assert.equal((await gateway.charge(request)).outcome, "not_sent");
    hand.open.pop()?.(paid);
    assert.deepEqual(await probe, paid);
    assert.equal(gateway.load().breaker, "closed");
  });

  test("lets so many calls be under way, so many wait, and turns the rest away", async () => {
    const hand = byHand();
    const gateway = guarded(hand.gateway, limits);
    const calls = [gateway.charge(request), gateway.charge(request), gateway.charge(request)];
    assert.equal((await gateway.charge(request)).outcome, "not_sent");
    assert.deepEqual(gateway.load(), { breaker: "closed", underWay: 2, waiting: 1 });
    hand.always(paid);
    for (const answer of hand.open) answer(paid);
    assert.deepEqual(await Promise.all(calls), [paid, paid, paid]);
    assert.equal(hand.calls.count, 3);
  });

  test("answers unknown when a call takes too long, and frees its place", async () => {
    const hand = byHand();
    const gateway = guarded(hand.gateway, { ...limits, timeoutMs: 20, failuresToOpen: 100 });
    const answers = await Promise.all([gateway.charge(request), gateway.charge(request), gateway.charge(request)]);
    assert.deepEqual(
      answers.map((answer) => answer.outcome),
      ["unknown", "unknown", "unknown"],
    );
    assert.equal(gateway.load().underWay, 0);
  });

  test("answers unknown when a gateway breaks its word and throws", async () => {
    assert.equal((await guarded(byHand().gateway, limits).refund(asked)).outcome, "unknown");
  });
});
