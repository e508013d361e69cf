import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { systemClock } from "../platform/clock.ts";
import { openDb } from "../platform/db.ts";
import type { ChargeRequest } from "./gateway.ts";
import { sandboxGateway } from "./sandbox-client.ts";

function aCharge(orderId: bigint, localPart = "someone"): ChargeRequest {
  const money = { amountMinor: 179_600n, currency: "JPY" };
  return { key: `key-${orderId}`, orderId, attempt: 1, ...money, customerEmail: `${localPart}@shop.example` };
}

const { db } = await testDatabase();
const timeoutMs = 3_600_000;

describe("sandboxGateway", () => {
  test("brings charges that arrive together into one statement", async () => {
    let statements = 0;
    const counting: typeof db = {
      ...db,
      run(text, params) {
        statements += 1;
        return db.run(text, params);
      },
    };
    const gateway = sandboxGateway(counting, systemClock, { timeoutMs });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => gateway.charge(aCharge(BigInt(index + 1)))),
    );
    assert.ok(answers.every((answer) => answer.outcome === "paid"));
    assert.equal(statements, 1);
  });

  test("tells twice by webhook of a payment that is answered twice, and not again when it is asked again", async () => {
    const told: [bigint, string][] = [];
    const sendWebhook = async (orderId: bigint, body: string) => void told.push([orderId, body]);
    const gateway = sandboxGateway(db, systemClock, { timeoutMs, sendWebhook });
    const answer = await gateway.charge(aCharge(1001n, "answers-twice"));
    assert.ok(answer.outcome === "paid");
    await gateway.charge(aCharge(1001n, "answers-twice"));
    const body = `{"payment_id":"${answer.reference}","status":"succeeded","amount":179600.0,"currency":"JPY"}`;
    assert.deepEqual(told, [
      [1001n, body],
      [1001n, body],
    ]);
  });

  test("bears a webhook that cannot be delivered", async () => {
    const sendWebhook = async () => {
      throw new Error("Nobody listens.");
    };
    const gateway = sandboxGateway(db, systemClock, { timeoutMs, sendWebhook });
    assert.equal((await gateway.charge(aCharge(1002n, "answers-twice"))).outcome, "paid");
  });

  test("settles a late payment once its time has come, and tells of it by webhook", async () => {
    const told: string[] = [];
    const sendWebhook = async (_orderId: bigint, body: string) => void told.push(body);
    const gateway = sandboxGateway(db, systemClock, { timeoutMs, sendWebhook });
    const request = aCharge(1003n, "pays-late");
    assert.equal((await gateway.charge(request)).outcome, "pending");
    await eventually("the webhook tells that it succeeded", () => told.some((body) => body.includes('"succeeded"')));
    assert.equal((await gateway.findCharge(request))?.outcome, "paid");
    assert.equal(told.length, 1);
  });

  test("holds no connection for 200 calls that are never answered", async () => {
    const gateway = sandboxGateway(db, systemClock, { timeoutMs });
    const hanging = Array.from({ length: 200 }, (_, index) =>
      gateway.charge(aCharge(BigInt(2001 + index), "times-out")),
    );
    assert.equal((await gateway.charge(aCharge(2000n))).outcome, "paid");
    const { total, idle, waiting } = db.load();
    assert.deepEqual([total - idle, waiting], [0, 0]);
    await gateway.close();
    for (const answer of await Promise.all(hanging)) assert.equal(answer.outcome, "unknown");
  });

  test("answers at once when it is closed while a customer times out", async () => {
    const gateway = sandboxGateway(db, systemClock, { timeoutMs });
    const answer = gateway.charge(aCharge(1004n, "times-out"));
    await gateway.close();
    assert.equal((await answer).outcome, "unknown");
    assert.deepEqual(await ask(db, "select 1 from payments.sandbox_payments where order_id = 1004"), []);
  });

  test("answers unknown, and never throws, while its database is away", async () => {
    const away = openDb({ url: "postgres://nobody@127.0.0.1:1/none", applicationName: "orderwell test" });
    const gateway = sandboxGateway(away, systemClock, { timeoutMs });
    const { orderId, amountMinor, currency } = aCharge(1n);
    const asked = { key: "back", orderId, chargeReference: "pay_1", amountMinor, currency };
    assert.equal((await gateway.charge(aCharge(1n))).outcome, "unknown");
    assert.equal((await gateway.findCharge(aCharge(1n)))?.outcome, "unknown");
    assert.equal((await gateway.refund(asked)).outcome, "unknown");
    await away.close();
  });
});
