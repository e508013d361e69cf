import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { startFakeGateway } from "../../test/fakes/fake-gateway.ts";
import type { ChargeRequest } from "./gateway.ts";
import { paymentServiceGateway } from "./payment-service-client.ts";

const [fake, keyless] = await Promise.all([startFakeGateway(), startFakeGateway({ keys: "ignored" })]);
after(() => Promise.all([fake.stop(), keyless.stop()]));
const options = { url: fake.url, token: "", timeoutMs: 10_000, keysHonoured: true };
const gateway = paymentServiceGateway(options);
const careful = paymentServiceGateway({ ...options, url: keyless.url, keysHonoured: false });

let orders = 0n;

function aCharge(more: Partial<ChargeRequest> = {}): ChargeRequest {
  orders += 1n;
  const money = { amountMinor: 17_960_050n, currency: "USD" };
  return { key: `pay-${orders}`, orderId: orders, attempt: 1, ...money, customerEmail: "a@shop.example", ...more };
}

function chargesOf(service: typeof fake, { orderId }: ChargeRequest): number {
  return service.ledger().filter((entry) => entry.kind === "charge" && entry.orderId === String(orderId)).length;
}

describe("paymentServiceGateway.charge", () => {
  test("looks the payment up when the service repeats its 500 for the key for ever", async () => {
    const request = aCharge();
    await fake.say({ kind: "effect-then-500", orderId: request.orderId, times: 1 });
    const before = await fake.calls();
    assert.equal((await gateway.charge(request)).outcome, "paid");
    assert.equal((await fake.calls()) - before, 2);
    assert.equal(chargesOf(fake, request), 1);
  });

  test("answers unknown to a 500 while it cannot look up, and has not asked without end", async () => {
    const request = aCharge();
    await fake.say({ kind: "effect-then-500", orderId: request.orderId, times: 1 });
    await fake.say({ kind: "error", on: "find", orderId: request.orderId });
    const before = await fake.calls();
    assert.equal((await gateway.charge(request)).outcome, "unknown");
    assert.equal((await fake.calls()) - before, 6);
    await fake.say({ kind: "none" });
    assert.equal((await gateway.findCharge(request))?.outcome, "paid");
    assert.equal(chargesOf(fake, request), 1);
  });

  test("asks again with the same key after a passing fault", async () => {
    for (const kind of ["error", "drop", "busy", "nonsense"] as const) {
      const request = aCharge();
      await fake.say({ kind, orderId: request.orderId, times: 1 });
      assert.equal((await gateway.charge(request)).outcome, "paid", kind);
      assert.equal(chargesOf(fake, request), 1);
    }
  });

  test("never asks twice where keys are ignored, unless nothing can have happened", async () => {
    for (const [kind, outcome, charges] of [
      ["error", "unknown", 0],
      ["drop", "unknown", 0],
      ["nonsense", "unknown", 0],
      ["busy", "paid", 1],
      ["effect-then-drop", "paid", 1],
      ["effect-then-500", "paid", 1],
    ] as const) {
      const request = aCharge();
      await keyless.say({ kind, orderId: request.orderId, times: 1 });
      assert.equal((await careful.charge(request)).outcome, outcome, kind);
      assert.equal(chargesOf(keyless, request), charges, kind);
    }
  });

  test("hands on the amount that was really taken", async () => {
    const request = aCharge();
    await fake.say({ kind: "wrong-amount", orderId: request.orderId, times: 1 });
    const answer = await gateway.charge(request);
    assert.ok(answer.outcome === "paid");
    assert.equal(answer.amountMinor, 17_960_150n);
  });

  test("does not take a lost reply for a failure while the service is gone", async () => {
    const service = await startFakeGateway();
    after(() => service.stop());
    const remote = paymentServiceGateway({ ...options, url: service.url });
    const request = aCharge();
    await service.say({ kind: "effect-then-hang", orderId: request.orderId, times: 1 });
    const answer = remote.charge(request);
    while (service.ledger().length === 0) await new Promise(setImmediate);
    await service.kill();
    assert.equal((await answer).outcome, "unknown");

    await service.restart();
    assert.equal((await remote.findCharge(request))?.outcome, "paid");
    assert.equal((await remote.charge(request)).outcome, "paid");
    assert.equal(service.ledger().length, 1);
  });

  test("says that nothing was sent when nobody listens or the name is unknown", async () => {
    const gone = await startFakeGateway();
    await gone.stop();
    for (const url of [gone.url, "http://payments.invalid"]) {
      const remote = paymentServiceGateway({ ...options, url });
      assert.equal((await remote.charge(aCharge())).outcome, "not_sent");
      assert.equal((await remote.findCharge(aCharge()))?.outcome, "unknown");
    }
  });

  test("ends with its time, or when it is closed", async () => {
    const request = aCharge();
    await fake.say({ kind: "hang", orderId: request.orderId });
    const hasty = paymentServiceGateway({ ...options, timeoutMs: 100 });
    assert.equal((await hasty.charge(request)).outcome, "unknown");
    const patient = paymentServiceGateway({ ...options, timeoutMs: 3_600_000 });
    const answer = patient.charge(request);
    await patient.close();
    assert.notEqual((await answer).outcome, "paid");
    await fake.say({ kind: "none" });
  });
});

/** Answers every call in the same way, as a proxy or a broken service may. */
async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return paymentServiceGateway({ ...options, url, keysHonoured: false });
}

function payment(change: Record<string, unknown> = {}): string {
  const fine = {
    payment_id: "p",
    order_id: 7,
    amount: 100,
    currency: "JPY",
    status: "succeeded",
    idempotency_key: "k",
  };
  return JSON.stringify({ ...fine, ...change });
}

describe("what a payment service answers", () => {
  const request = aCharge({ key: "k", orderId: 7n, amountMinor: 100n, currency: "JPY" });

  const charges: [string, number, string, string][] = [
    ["a payment", 201, payment(), "paid"],
    ["a payment that failed, as 402", 402, payment({ status: "failed", failure: "expired_card" }), "failed"],
    ["402 with nothing", 402, "", "failed"],
    ["a payment of another order", 201, payment({ order_id: 8 }), "unknown"],
    ["a payment without an amount", 201, payment({ amount: undefined }), "unknown"],
    ["an amount as text", 201, payment({ amount: "100" }), "unknown"],
    ["an amount with too many decimals", 201, payment({ amount: 100.5 }), "unknown"],
    ["a negative amount", 201, payment({ amount: -100 }), "unknown"],
    ["an amount beyond all bounds", 201, payment().replace("100", "1e99"), "unknown"],
    ["a currency that nobody has", 201, payment({ currency: "XXQ" }), "unknown"],
    ["a status that nobody knows", 201, payment({ status: "fine" }), "unknown"],
    ["a list", 201, "[]", "unknown"],
    ["no JSON", 201, "<p>Thank you</p>", "unknown"],
    ["nothing", 200, "", "unknown"],
    ["more than anybody reads", 200, `"${"x".repeat(300_000)}"`, "unknown"],
    ["a payment in a 500", 500, payment(), "paid"],
    ["a redirect", 302, "", "unknown"],
    ["408", 408, "{}", "unknown"],
    ["409", 409, "{}", "unknown"],
    ["422", 422, "{}", "failed"],
    ["400", 400, "{}", "failed"],
    ["401", 401, "{}", "not_sent"],
    ["429", 429, "{}", "not_sent"],
  ];
  for (const [what, status, body, outcome] of charges) {
    test(`is ${outcome} to a charge when it is ${what}`, async () => {
      const remote = await answering(status, body, status === 302 ? { location: "/elsewhere" } : {});
      // The look-up after an unclear answer gets the same one; only a 200 is read there.
      const expected = what === "a payment in a 500" ? "unknown" : outcome;
      assert.equal((await remote.charge(request)).outcome, expected);
    });
  }

  const others = [
    payment({ idempotency_key: undefined, status: "failed" }),
    payment({ idempotency_key: undefined }),
    payment({ idempotency_key: undefined, amount: 99 }),
    payment({ status: "refunded" }),
  ] as const;
  const found: [string, number, string, string | undefined][] = [
    ["our payment by its key", 200, payment(), "paid"],
    ["a list with it", 200, `[${payment({ idempotency_key: "other", status: "failed" })},${payment()}]`, "paid"],
    ["payments of other keys", 200, payment({ idempotency_key: "other" }), undefined],
    ["a nameless payment of our amount", 200, others[1], "paid"],
    ["a nameless failed one, for the first attempt", 200, others[0], "failed"],
    ["a nameless payment of another amount", 200, others[2], "unknown"],
    ["a payment that was given back", 200, others[3], "unknown"],
    ["404 as JSON", 404, "{}", undefined],
    ["404 of some proxy", 404, "<h1>Not found</h1>", "unknown"],
    ["500", 500, "{}", "unknown"],
    ["nonsense", 200, payment({ amount: "much" }), "unknown"],
  ];
  for (const [what, status, body, outcome] of found) {
    test(`is ${outcome ?? "nothing"} to a look-up when it is ${what}`, async () => {
      const remote = await answering(status, body);
      assert.equal((await remote.findCharge(request))?.outcome, outcome);
    });
  }

  test("is nothing to a look-up when only the failed payment of an earlier attempt is there", async () => {
    const remote = await answering(200, others[0]);
    assert.equal(await remote.findCharge({ ...request, attempt: 2 }), undefined);
  });
});

describe("paymentServiceGateway.refund", () => {
  test("gives back once though the reply is lost, whether keys are honoured or not", async () => {
    for (const [service, remote] of [
      [fake, gateway],
      [keyless, careful],
    ] as const) {
      const request = aCharge();
      const paid = await remote.charge(request);
      assert.ok(paid.outcome === "paid");
      const { orderId, currency } = request;
      const asked = {
        key: `${request.key}-back`,
        orderId,
        chargeReference: paid.reference,
        amountMinor: 60n,
        currency,
      };
      await service.say({ kind: "effect-then-drop", on: "refund", orderId, times: 1 });
      await remote.refund(asked);
      assert.equal((await remote.refund(asked)).outcome, "refunded");
      const refunds = service.ledger().filter((entry) => entry.kind === "refund" && entry.orderId === String(orderId));
      assert.equal(refunds.length, 1);
    }
  });

  test("knows a refund again whose key the service forgot", async () => {
    const request = aCharge();
    const paid = await gateway.charge(request);
    assert.ok(paid.outcome === "paid");
    const { orderId, amountMinor, currency } = request;
    const asked = { key: `${request.key}-back`, orderId, chargeReference: paid.reference, amountMinor, currency };
    await fake.say({ kind: "effect-then-500", on: "refund", orderId, times: 1 });
    const first = await gateway.refund(asked);
    assert.equal(first.outcome, "refunded");
    assert.deepEqual(await gateway.refund(asked), first);
  });
});
