import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testDatabase } from "../../test/support/database.ts";
import { testServer } from "../../test/support/http-server.ts";
import type { Clock } from "../platform/clock.ts";
import type { SessionAnswer, SessionRequest } from "./gateway.ts";
import { guarded } from "./guarded-gateway.ts";
import { measured } from "./measure-gateway.ts";
import type { SessionAction } from "./page.ts";
import { lateMs } from "./sandbox.ts";
import { sandboxGateway } from "./sandbox-client.ts";
import { openSandboxNews } from "./sandbox-news-client.ts";
import { sandboxSessionRoutes } from "./sandbox-session-routes.ts";

const { db } = await testDatabase();
let nowMs = Date.parse("2026-11-23T12:00:00.000Z");
const clock: Clock = { now: () => new Date(nowMs) };
const halfHourMs = 1_800_000;
const told: { orderId: bigint; body: string }[] = [];
const sendWebhook = async (orderId: bigint, body: string) => void told.push({ orderId, body });
const gateway = sandboxGateway(db, clock, { timeoutMs: 50, pagesAt: () => "https://shop.example" });
const news = openSandboxNews(db, clock, { sendWebhook, closing: new AbortController().signal });
const { app } = await testServer((server) => void server.register(sandboxSessionRoutes(db, clock, news)));

let orders = 500n;
function aSession(more: Partial<SessionRequest> = {}): SessionRequest {
  orders += 1n;
  return {
    key: `order-${orders}-pay-1`,
    orderId: orders,
    attempt: 1,
    amountMinor: 2592n,
    currency: "JPY",
    customerEmail: "ann@shop.example",
    description: "ORD-1",
    locale: "ja",
    returnUrl: "https://shop.example/orders/1",
    cancelUrl: "https://shop.example/cart",
    ...more,
  };
}

async function open(request: SessionRequest): Promise<SessionAnswer | undefined> {
  return gateway.openSession?.(request);
}

async function opened(request: SessionRequest): Promise<{ reference: string; url: string }> {
  const answer = await open(request);
  assert.ok(answer?.outcome === "opened", JSON.stringify(answer));
  return answer;
}

async function decide(sessionId: string, action: SessionAction) {
  const payload = { action };
  const answer = await app.inject({ method: "POST", url: `/api/v1/payments/sessions/${sessionId}`, payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

describe("a payment page of the sandbox", () => {
  test("is the same for the same key, and another one for another key", async () => {
    const request = aSession();
    const [first, second] = await Promise.all([opened(request), opened(request)]);
    assert.equal(first.reference, second.reference);
    assert.equal(first.url, `https://shop.example/sandbox/pay/${first.reference}`);
    assert.notEqual((await opened(aSession())).reference, first.reference);
  });

  test("is refused for a key that stands for another amount", async () => {
    const request = aSession();
    await opened(request);
    assert.equal((await open({ ...request, amountMinor: 1n }))?.outcome, "failed");
  });

  test("says what is to be paid, and moves nothing until the shopper decides", async () => {
    const request = aSession();
    const { reference } = await opened(request);
    const shown = await app.inject({ url: `/api/v1/payments/sessions/${reference}` });
    const { status, amount, currency, exponent } = shown.json<Record<string, unknown>>();
    assert.deepEqual([status, amount, currency, exponent], ["open", 2592, "JPY", 0]);
    assert.deepEqual(await gateway.findCharge(request), { outcome: "pending", reference: null });
    const page = await app.inject({ url: `/sandbox/pay/${reference}` });
    assert.match(page.body, /Sandbox payment/);
    assert.match(page.headers["content-security-policy"] as string, /script-src 'self'/);
  });

  test("takes the money once, tells of it, and is over", async () => {
    const request = aSession();
    const { reference } = await opened(request);
    const [one, other] = await Promise.all([decide(reference, "pay"), decide(reference, "pay")]);
    assert.deepEqual([one?.status, other?.status].toSorted(), [200, 409]);
    const found = await gateway.findCharge(request);
    assert.ok(found?.outcome === "paid");
    assert.deepEqual([found.amountMinor, found.currency], [2592n, "JPY"]);
    assert.deepEqual(await open(request), { outcome: "over" });
    const webhooks = told.filter(({ orderId }) => orderId === request.orderId);
    assert.equal(webhooks.length, 1);
    assert.equal(JSON.parse(webhooks[0]?.body ?? "{}").status, "succeeded");
  });

  for (const [action, failure] of [
    ["decline", "card_declined"],
    ["fail_challenge", "processing_error"],
  ] as const) {
    test(`sends the shopper back without a payment after ${action}`, async () => {
      const request = aSession();
      const { reference } = await opened(request);
      const decided = await decide(reference, action);
      assert.deepEqual(decided.body, { status: "failed", next_url: request.cancelUrl });
      const found = await gateway.findCharge(request);
      assert.ok(found?.outcome === "failed");
      assert.equal(found.failure, failure);
    });
  }

  test("is slow when it is asked to be: pending first, paid when its time has come", async () => {
    const request = aSession();
    const { reference } = await opened(request);
    assert.equal((await decide(reference, "pay_slowly")).body.status, "pending");
    assert.equal((await gateway.findCharge(request))?.outcome, "pending");
    nowMs += lateMs;
    assert.equal((await gateway.findCharge(request))?.outcome, "paid");
  });

  test("loses its reply for the test customer who wants that, and is read back", async () => {
    const request = aSession({ customerEmail: "loses-reply@shop.example" });
    const { reference } = await opened(request);
    await decide(reference, "pay");
    assert.equal(told.filter(({ orderId }) => orderId === request.orderId).length, 0);
    assert.equal((await gateway.findCharge(request))?.outcome, "paid");
  });

  test("cannot be paid when its time is over, and says so for ever", async () => {
    const request = aSession();
    const { reference } = await opened(request);
    nowMs += halfHourMs;
    assert.deepEqual(await gateway.findCharge(request), {
      outcome: "failed",
      failure: "session_expired",
      reference: null,
    });
    const late = await decide(reference, "pay");
    assert.deepEqual([late.status, late.body.code], [409, "payment.sandbox_session_over"]);
    assert.deepEqual(await open(request), { outcome: "over" });
  });

  test("is not there for who guesses", async () => {
    const guessed = await decide("cs_guessed", "pay");
    assert.deepEqual([guessed.status, guessed.body.code], [404, "payment.sandbox_session_not_found"]);
    const shown = await app.inject({ url: "/api/v1/payments/sessions/cs_guessed" });
    assert.equal(shown.statusCode, 404);
  });

  test("is offered by the limits and the counting around the gateway, and by no gateway without pages", async () => {
    const limits = { timeoutMs: 1000, atOnce: 1, waiting: 1, failuresToOpen: 5, openMs: 10 };
    const around = measured(guarded(gateway, limits));
    assert.equal((await around.openSession?.(aSession()))?.outcome, "opened");
    const without = sandboxGateway(db, clock, { timeoutMs: 50 });
    assert.equal(measured(guarded(without, limits)).openSession, undefined);
  });
});
