import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { testServer } from "../../test/support/http-server.ts";
import { systemClock } from "../platform/clock.ts";
import { sandboxRoutes } from "./sandbox-routes.ts";

const { db } = await testDatabase();
const { app } = await testServer((server) => void server.register(sandboxRoutes(db, systemClock)));

function send(method: "GET" | "POST", url: string, payload?: string, headers: Record<string, string> = {}) {
  const type = payload === undefined ? {} : { "content-type": "application/json", payload };
  const { payload: sent, ...more } = type as Record<string, string>;
  const all = { authorization: "Bearer owner", ...more, ...headers };
  return app.inject({ method, url, headers: all, ...(sent === undefined ? {} : { payload: sent }) });
}

describe("the sandbox over HTTP", () => {
  test("takes, shows and gives back a payment, with and without the trailing slash", async () => {
    for (const [slash, orderId] of [
      ["", 1],
      ["/", 2],
    ] as const) {
      const body = `{"order_id":${orderId},"amount":179600.0,"currency":"JPY"}`;
      const made = await send("POST", `/api/v1/payments${slash}`, body);
      assert.equal(made.statusCode, 201, made.body);
      const payment = made.json<{ payment_id: string; amount: number; status: string; order_id: number }>();
      assert.deepEqual([payment.order_id, payment.amount, payment.status], [orderId, 179_600, "succeeded"]);

      const back = `{"payment_id":"${payment.payment_id}","order_id":${orderId},"amount":600.0,"currency":"JPY"}`;
      const refund = await send("POST", `/api/v1/payments/refund${slash}`, back);
      assert.equal(refund.statusCode, 201, refund.body);

      const found = await send("GET", `/api/v1/payments/order/${orderId}${slash}`);
      assert.equal(found.statusCode, 200, found.body);
      const books = found.json<{ payment_id: string; payments: unknown[]; refunds: { amount: number }[] }>();
      assert.equal(books.payment_id, payment.payment_id);
      assert.equal(books.payments.length, 1);
      assert.deepEqual(
        books.refunds.map((one) => one.amount),
        [600],
      );
    }
  });

  test("answers the same key with the same payment, and says so", async () => {
    const body = '{"order_id":3,"amount":0.3,"currency":"USD"}';
    const [first, second] = [
      await send("POST", "/api/v1/payments", body, { "idempotency-key": "k3" }),
      await send("POST", "/api/v1/payments", body, { "idempotency-key": "k3" }),
    ];
    assert.deepEqual([first.statusCode, second.statusCode], [201, 200]);
    assert.equal(second.headers["idempotent-replayed"], "true");
    assert.equal(first.body, second.body);
    const other = await send("POST", "/api/v1/payments", body.replace("0.3", "0.4"), { "idempotency-key": "k3" });
    assert.deepEqual([other.statusCode, other.json<{ code: string }>().code], [422, "payment.sandbox_key_reused"]);
  });

  test("declines a test customer and says why", async () => {
    const body = '{"order_id":4,"amount":1,"currency":"USD","customer_email":"expired-card@shop.example"}';
    const made = (await send("POST", "/api/v1/payments", body)).json<{ status: string; failure: string }>();
    assert.deepEqual([made.status, made.failure], ["failed", "expired_card"]);
  });

  const wrongs = [
    '{"order_id":5,"amount":0.5,"currency":"JPY"}',
    '{"order_id":5,"amount":0,"currency":"USD"}',
    '{"order_id":5,"amount":-1,"currency":"USD"}',
    '{"order_id":5,"amount":0.30000000000000001,"currency":"USD"}',
    '{"order_id":5,"amount":1e30,"currency":"USD"}',
    '{"order_id":5,"amount":"1","currency":"USD"}',
    '{"order_id":5,"amount":1,"currency":"XXQ"}',
    '{"order_id":5,"amount":1,"currency":"usd"}',
    '{"order_id":0,"amount":1,"currency":"USD"}',
    '{"order_id":1.5,"amount":1,"currency":"USD"}',
    '{"order_id":99999999999999999999,"amount":1,"currency":"USD"}',
    '{"amount":1,"currency":"USD"}',
  ];
  for (const body of wrongs) {
    test(`refuses ${body} and charges nothing`, async () => {
      const refused = await send("POST", "/api/v1/payments", body);
      assert.equal(refused.statusCode, 422, refused.body);
      const refund = await send("POST", "/api/v1/payments/refund", body.replace("{", '{"payment_id":"pay_1",'));
      assert.equal(refund.statusCode, 422, refund.body);
      assert.deepEqual(await ask(db, "select 1 from payments.sandbox_payments where order_id in (0, 5)"), []);
    });
  }

  test("knows no payment of an order that has none, and wants the scope", async () => {
    assert.equal((await send("GET", "/api/v1/payments/order/999")).statusCode, 404);
    assert.equal((await send("GET", "/api/v1/payments/order/abc")).statusCode, 422);
    const reader = { authorization: "Bearer reader" };
    assert.equal((await send("GET", "/api/v1/payments/order/1", undefined, reader)).statusCode, 403);
  });
});
