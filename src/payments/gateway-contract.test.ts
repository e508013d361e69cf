import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type FakeGateway, startFakeGateway } from "../../test/fakes/fake-gateway.ts";
import { testDatabase } from "../../test/support/database.ts";
import { testServer } from "../../test/support/http-server.ts";
import { systemClock } from "../platform/clock.ts";
import type { ChargeRequest, Gateway } from "./gateway.ts";
import { paymentServiceGateway } from "./payment-service-client.ts";
import { sandboxTests } from "./sandbox.ts";
import { sandboxGateway } from "./sandbox-client.ts";
import { sandboxRoutes } from "./sandbox-routes.ts";

const timeoutMs = 10_000;
const shortMs = 300;

type Trouble = "decline" | "late" | "lose" | "silent";

interface Subject {
  readonly gateway: Gateway;
  /** Gives up quickly, for what is never answered. */
  readonly hasty: Gateway;
  /** Prepares a charge that meets this trouble. */
  arrange(request: ChargeRequest, trouble: Trouble): Promise<ChargeRequest>;
  /** How often money was taken under this key. */
  charges(request: ChargeRequest): Promise<number>;
}

let orders = 1000n;

function aCharge(more: Partial<ChargeRequest> = {}): ChargeRequest {
  orders += 1n;
  const orderId = orders;
  const money = { amountMinor: 17_960_050n, currency: "USD" };
  return {
    key: `order-${orderId}-pay-1`,
    orderId,
    attempt: 1,
    ...money,
    customerEmail: "someone@shop.example",
    ...more,
  };
}

const testNames: Record<Trouble, string> = {
  decline: "insufficient-funds",
  late: "pays-never",
  lose: "loses-reply",
  silent: "times-out",
};

function amountOf(trouble: Trouble): bigint {
  const found = sandboxTests.find((one) => one.localPart === testNames[trouble]);
  assert.ok(found);
  return found.amountMinor;
}

async function sandboxInProcess(): Promise<Subject> {
  const { db } = await testDatabase();
  const gateway = sandboxGateway(db, systemClock, { timeoutMs });
  return {
    gateway,
    hasty: sandboxGateway(db, systemClock, { timeoutMs: shortMs }),
    arrange: async (request, trouble) => ({ ...request, customerEmail: `${testNames[trouble]}@shop.example` }),
    charges: async (request) => ((await gateway.findCharge(request)) === undefined ? 0 : 1),
  };
}

async function sandboxOverHttp(): Promise<Subject> {
  const { db } = await testDatabase();
  const { listen } = await testServer((server) => void server.register(sandboxRoutes(db, systemClock)));
  const { origin } = await listen();
  const service = { url: `${origin}/`, token: "owner", keysHonoured: true };
  const gateway = paymentServiceGateway({ ...service, timeoutMs });
  return {
    gateway,
    hasty: paymentServiceGateway({ ...service, timeoutMs: shortMs }),
    arrange: async (request, trouble) => ({ ...request, amountMinor: amountOf(trouble) }),
    charges: async (request) => ((await gateway.findCharge(request)) === undefined ? 0 : 1),
  };
}

const fakeFaults = { decline: "refuse", late: "pending", lose: "effect-then-drop", silent: "hang" } as const;

async function fakeOverHttp(): Promise<Subject> {
  const fake: FakeGateway = await startFakeGateway();
  after(() => fake.stop());
  const service = { url: fake.url, token: "", keysHonoured: true };
  return {
    gateway: paymentServiceGateway({ ...service, timeoutMs }),
    hasty: paymentServiceGateway({ ...service, timeoutMs: shortMs }),
    async arrange(request, trouble) {
      await fake.say({ kind: fakeFaults[trouble], orderId: request.orderId, times: 1 });
      return request;
    },
    charges: async (request) =>
      fake.ledger().filter((entry) => entry.kind === "charge" && entry.key === request.key).length,
  };
}

function contract(name: string, subject: Subject): void {
  describe(`${name} keeps the contract of a gateway:`, () => {
    test(`${name} takes exactly what is asked for, and finds it again`, async () => {
      const { gateway } = subject;
      for (const [amountMinor, currency] of [
        [179_600n, "JPY"],
        [30n, "USD"],
        [1234n, "KWD"],
        [999_999_999_999_999n, "USD"],
      ] as const) {
        const request = aCharge({ amountMinor, currency });
        const answer = await gateway.charge(request);
        assert.equal(answer.outcome, "paid");
        assert.deepEqual({ ...answer, reference: "" }, { outcome: "paid", reference: "", amountMinor, currency });
        assert.deepEqual(await gateway.findCharge(request), answer);
      }
    });

    test(`${name} answers the same key with the same payment, also when asked at once`, async () => {
      const request = aCharge();
      const answers = await Promise.all(Array.from({ length: 8 }, () => subject.gateway.charge(request)));
      assert.equal(answers[0]?.outcome, "paid");
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      assert.equal(await subject.charges(request), 1);
    });

    test(`${name} refuses a key that was used for another amount`, async () => {
      const request = aCharge();
      await subject.gateway.charge(request);
      const other = await subject.gateway.charge({ ...request, amountMinor: 1n });
      assert.deepEqual(other, { outcome: "failed", failure: "processing_error", reference: null });
      assert.equal(await subject.charges(request), 1);
    });

    test(`${name} takes two attempts of one order for two payments`, async () => {
      const first = aCharge();
      const second = { ...first, key: `${first.key}-again`, attempt: 2 };
      const [one, two] = [await subject.gateway.charge(first), await subject.gateway.charge(second)];
      assert.equal(one.outcome, "paid");
      assert.equal(two.outcome, "paid");
      assert.notDeepEqual(one, two);
      assert.deepEqual(await subject.gateway.findCharge(first), one);
      assert.deepEqual(await subject.gateway.findCharge(second), two);
    });

    test(`${name} finds nothing where nothing was charged`, async () => {
      assert.equal(await subject.gateway.findCharge(aCharge()), undefined);
    });

    test(`${name} says why a card is declined, the second time too`, async () => {
      const request = await subject.arrange(aCharge(), "decline");
      const answer = await subject.gateway.charge(request);
      assert.ok(answer.outcome === "failed" && answer.reference !== null);
      assert.equal(answer.failure, "insufficient_funds");
      assert.deepEqual(await subject.gateway.charge(request), answer);
      assert.deepEqual(await subject.gateway.findCharge(request), answer);
    });

    test(`${name} says that a payment is pending`, async () => {
      const request = await subject.arrange(aCharge(), "late");
      const answer = await subject.gateway.charge(request);
      assert.equal(answer.outcome, "pending");
      assert.deepEqual(await subject.gateway.findCharge(request), answer);
    });

    test(`${name} has charged once when its reply was lost`, async () => {
      const request = await subject.arrange(aCharge(), "lose");
      const answer = await subject.gateway.charge(request);
      assert.ok(answer.outcome === "paid" || answer.outcome === "unknown");
      assert.equal((await subject.gateway.findCharge(request))?.outcome, "paid");
      assert.equal(await subject.charges(request), 1);
    });

    test(`${name} answers unknown when there is no answer in time, and has charged nothing`, async () => {
      const request = await subject.arrange(aCharge(), "silent");
      assert.equal((await subject.hasty.charge(request)).outcome, "unknown");
      assert.equal(await subject.gateway.findCharge(request), undefined);
    });

    test(`${name} gives money back once for a key, and never more than it took`, async () => {
      const request = aCharge({ amountMinor: 100n });
      const paid = await subject.gateway.charge(request);
      assert.ok(paid.outcome === "paid");
      const refund = { key: `${request.key}-back`, orderId: request.orderId, chargeReference: paid.reference };
      const asked = { ...refund, amountMinor: 60n, currency: "USD" };

      const answers = await Promise.all([subject.gateway.refund(asked), subject.gateway.refund(asked)]);
      assert.equal(answers[0].outcome, "refunded");
      assert.deepEqual(answers[0], answers[1]);

      const more = await subject.gateway.refund({ ...asked, key: `${request.key}-more` });
      assert.equal(more.outcome, "failed");
      const rest = await subject.gateway.refund({ ...asked, key: `${request.key}-rest`, amountMinor: 40n });
      assert.equal(rest.outcome, "refunded");
      assert.equal((await subject.gateway.findCharge(request))?.outcome, "paid");
    });

    test(`${name} refuses to give back what was never paid`, async () => {
      const { orderId } = aCharge();
      const asked = { key: `${orderId}-back`, orderId, chargeReference: "pay_none", amountMinor: 1n, currency: "USD" };
      assert.equal((await subject.gateway.refund(asked)).outcome, "failed");
    });

    test(`${name} pays back at most what it took when 64 ask at once`, async () => {
      const request = aCharge({ amountMinor: 100n });
      const paid = await subject.gateway.charge(request);
      assert.ok(paid.outcome === "paid");
      const { orderId, currency } = request;
      const asked = { orderId, chargeReference: paid.reference, amountMinor: 60n, currency };
      const keys = Array.from({ length: 64 }, (_, index) => `${request.key}-back-${index}`);
      const answers = await Promise.all(keys.map((key) => subject.gateway.refund({ ...asked, key })));
      assert.equal(answers.filter((answer) => answer.outcome === "refunded").length, 1);
      assert.equal(answers.filter((answer) => answer.outcome === "failed").length, 63);
    });
  });
}

contract("the sandbox", await sandboxInProcess());
contract("the sandbox over HTTP", await sandboxOverHttp());
contract("the fake", await fakeOverHttp());
